// The last messages, as many as are kept. Each has a number, from 0, that stays its own. Pure.
import { shows, type Filter } from './filter';
import type { MidiEvent } from './message';

export class Log {
    /** Taken so far: the number of the next one. */
    total = 0;
    /** Left out by the box, the server or the socket; did not arrive from the box. */
    dropped = 0;
    lost = 0;
    private ring: MidiEvent[] = [];

    constructor(readonly most = 20_000) {}

    take(events: readonly MidiEvent[], dropped: number, lost: number): void {
        for (const event of events) this.ring[this.total++ % this.most] = event;
        this.dropped += dropped;
        this.lost += lost;
    }

    clear(): void {
        this.ring = [];
        this.total = this.dropped = this.lost = 0;
    }

    /** The number of the oldest that is still there. */
    get first(): number {
        return Math.max(0, this.total - this.most);
    }

    /** Those of the filter before number `end`, all but the last `back`; at most `count`, the newest last. */
    before(end: number, filter: Filter, count: number, back = 0): MidiEvent[] {
        const found: MidiEvent[] = [];
        for (let number = Math.min(end, this.total) - 1; number >= this.first && found.length < count; number--) {
            const event = this.ring[number % this.most];
            if (event && shows(filter, event) && back-- <= 0) found.push(event);
        }
        return found.reverse();
    }

    /** So many of the filter are before number `end`. */
    count(end: number, filter: Filter): number {
        return this.before(end, filter, this.most).length;
    }
}
