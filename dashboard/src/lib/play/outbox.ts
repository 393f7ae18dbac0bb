// What waits to be sent: in order, so many at once, and never more a second than the API takes. Pure.
import { isNoteOn } from './bytes';

/** The API takes 24 messages at once and 200 a second, in 100 requests; a margin, as both clocks need not agree on what a second is. */
export const MOST_AT_ONCE = 24;
export const PER_SECOND = 150;
export const APART_MS = 12;

interface Waiting {
    port: number;
    message: string;
    /** What it sets, where a newer value makes an older one needless; null: it is never left out. */
    sets: string | null;
}

export interface Batch {
    port: number;
    messages: string[];
}

export class Outbox {
    private waiting: Waiting[] = [];
    private allowed = MOST_AT_ONCE;
    private countedAt: number;
    private takenAt = -Infinity;

    constructor(now: number) {
        this.countedAt = now;
    }

    note(port: number, message: string): void {
        this.waiting.push({ port, message, sets: null });
    }

    /** The newest value of a control wins. One that stands before a note stays: it was meant for that note. */
    control(port: number, message: string): void {
        const sets = `${port}/${message.slice(0, 4)}`;
        for (let at = this.waiting.length - 1; at >= 0; at--) {
            const one = this.waiting[at];
            if (!one || one.sets === null) break;
            if (one.sets === sets) {
                one.message = message;
                return;
            }
        }
        this.waiting.push({ port, message, sets });
    }

    /** The next ones of one port, and they are counted as sent; none: nothing waits, or not yet. */
    take(now: number): Batch | null {
        this.count(now);
        const most = Math.min(MOST_AT_ONCE, Math.floor(this.allowed));
        const port = this.waiting[0]?.port;
        if (port === undefined || most <= 0 || now - this.takenAt < APART_MS) return null;
        this.takenAt = now;
        const other = this.waiting.findIndex((one) => one.port !== port);
        const taken = this.waiting.splice(0, Math.min(most, other < 0 ? this.waiting.length : other));
        this.allowed -= taken.length;
        return { port, messages: taken.map((one) => one.message) };
    }

    /** Was refused, because it was too much: first again, half a second later. Sooner would ask for the next refusal. */
    putBack(batch: Batch): void {
        const sets = (message: string): string | null => (message.startsWith('B') ? `${batch.port}/${message.slice(0, 4)}` : null);
        this.waiting.unshift(...batch.messages.map((message) => ({ port: batch.port, message, sets: sets(message) })));
        this.allowed = -PER_SECOND / 2;
    }

    /** How long until one more may go; ms. */
    waitMs(now: number): number {
        this.count(now);
        const forOne = this.allowed >= 1 ? 0 : Math.ceil(((1 - this.allowed) * 1000) / PER_SECOND);
        return Math.max(forOne, this.takenAt + APART_MS - now, 0);
    }

    /** Takes all that ends something or stays, at once; what would begin is left out. */
    drain(): Batch[] {
        const batches: Batch[] = [];
        for (const { port, message } of this.waiting.splice(0)) {
            if (isNoteOn(message)) continue;
            const last = batches.at(-1);
            if (last?.port === port && last.messages.length < MOST_AT_ONCE) last.messages.push(message);
            else batches.push({ port, messages: [message] });
        }
        return batches;
    }

    clear(): void {
        this.waiting = [];
    }

    get size(): number {
        return this.waiting.length;
    }

    private count(now: number): void {
        this.allowed = Math.min(MOST_AT_ONCE, this.allowed + (Math.max(0, now - this.countedAt) * PER_SECOND) / 1000);
        this.countedAt = now;
    }
}
