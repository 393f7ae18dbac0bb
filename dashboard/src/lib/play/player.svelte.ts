// Plays through the API: one request at a time, so that order is kept; what waits meanwhile goes with the next one.
// What is pressed is let go by whoever pressed it, when the page goes, or when nothing can be sent.
import { Problem } from '../api/client';
import type { PlayResult } from '../api/types';
import { controlChange, noteOff, noteOn } from './bytes';
import { Held, type Note } from './held';
import { MOST_AT_ONCE, Outbox, type Batch } from './outbox';

export interface Target {
    device: number;
    /** Null: the one that most clients play. */
    host: number | null;
}

/** `last`: the page goes; nobody waits for the answer. Errors: Problem. */
export type Post = (target: Target, batch: Batch, last: boolean) => Promise<PlayResult>;

/** A host lets go after 5 s without a word. */
export const KEEP_MS = 2000;
const TOO_MANY = 429;

export class Player {
    problem = $state.raw<Problem | null>(null);
    /** Messages that were taken; by which host the last ones. */
    played = $state(0);
    host = $state<number | null>(null);
    private presses = $state(0);
    private target: Target = { device: 1, host: null };
    private readonly held = new Held();
    private readonly outbox: Outbox;
    private sending = false;
    /** Nothing was taken since the last failure: what would end notes was sent once, and is not sent for ever. */
    private failing = false;
    /** Which stay at this page it is: what was asked for in one before must not begin anything now. */
    private stay = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;

    constructor(
        private readonly post: Post,
        private readonly now: () => number = Date.now,
    ) {
        this.outbox = new Outbox(now());
    }

    /** What is pressed at the one before ends there. */
    aim(target: Target): void {
        if (target.device === this.target.device && target.host === this.target.host) return;
        this.leave();
        this.target = target;
        this.host = null;
    }

    press(who: string, note: Note, velocity: number): void {
        this.release(who);
        if (this.held.press(who, note)) this.outbox.note(note.port, noteOn(note.channel, note.note, velocity));
        this.presses++;
        this.pump();
    }

    release(who: string): void {
        const note = this.held.release(who);
        if (note) this.outbox.note(note.port, noteOff(note.channel, note.note));
        this.presses++;
        this.pump();
    }

    releaseAll(): void {
        for (const note of this.held.releaseAll()) this.outbox.note(note.port, noteOff(note.channel, note.note));
        this.presses++;
        this.pump();
    }

    control(port: number, channel: number, controller: number, value: number): void {
        this.outbox.control(port, controlChange(channel, controller, value));
        this.pump();
    }

    isDown(note: Note): boolean {
        return this.presses >= 0 && this.held.isDown(note);
    }

    /** What this finger is on. */
    under(who: string): Note | undefined {
        return this.held.of(who);
    }

    get anyDown(): boolean {
        return this.presses >= 0 && this.held.size > 0;
    }

    /** The page goes, and does not wait for its turn: all that is pressed ends, the last values stay. */
    leave(): void {
        this.stay++;
        clearTimeout(this.timer);
        for (const note of this.held.releaseAll()) this.outbox.note(note.port, noteOff(note.channel, note.note));
        for (const batch of this.outbox.drain()) this.post(this.target, batch, true).catch(() => undefined); // the host lets go by itself, then
        this.presses++;
    }

    private pump(): void {
        if (this.sending) return;
        clearTimeout(this.timer);
        const batch = this.outbox.take(this.now());
        if (batch) void this.send(batch);
        else if (this.outbox.size > 0) this.timer = setTimeout(() => this.pump(), this.outbox.waitMs(this.now()));
        else if (this.held.size > 0) this.timer = setTimeout(() => this.keep(), KEEP_MS);
    }

    /** Says that what is pressed is still meant. */
    private keep(): void {
        const [note] = this.held.notes();
        if (note) void this.send({ port: note.port, messages: [] });
    }

    private async send(batch: Batch): Promise<void> {
        const stay = this.stay;
        this.sending = true;
        try {
            const result = await this.post(this.target, batch, false);
            this.played += result.played;
            this.host = result.host;
            this.problem = null;
            this.failing = false;
        } catch (error) {
            if (!(error instanceof Problem)) throw error;
            this.problem = error;
            if (stay === this.stay) this.refused(batch, error);
        } finally {
            this.sending = false;
        }
        this.pump();
    }

    /** A note that is late is worse than none: only what ends one is tried once more. */
    private refused(batch: Batch, problem: Problem): void {
        if (problem.status === TOO_MANY) {
            this.outbox.putBack(batch);
            return;
        }
        const begun = batch.messages.filter((message) => message.startsWith('8')).map((message) => ({ port: batch.port, message }));
        const waiting = this.outbox.drain().flatMap(({ port, messages }) => messages.filter((message) => message.startsWith('8')).map((message) => ({ port, message })));
        const pressed = this.held.releaseAll().map((note) => ({ port: note.port, message: noteOff(note.channel, note.note) }));
        if (!this.failing) for (const { port, message } of [...begun, ...waiting, ...pressed].slice(0, 4 * MOST_AT_ONCE)) this.outbox.note(port, message);
        this.failing = true;
        this.presses++;
    }
}
