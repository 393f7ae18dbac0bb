// Which notes sounded in the last 30 s, in columns of 50 ms: as much work for a flood as for a melody. Pure.
import { CELLS, cell } from './controls';
import type { MidiEvent } from './message';

export const COLUMN_US = 50_000;
export const COLUMNS = 600;
export const KEYS = 128;

export class Roll {
    /** Column after column, each of 128 velocities; which is which says column(). */
    readonly cells = new Uint8Array(COLUMNS * KEYS);
    /** The column of now, counted since 1970; 0: nothing was seen. */
    newest = 0;
    private readonly sounding = new Uint8Array(CELLS);
    private readonly held = new Uint8Array(KEYS);

    take(event: MidiEvent): void {
        if (event.note === undefined || event.channel === null || (event.kind !== 'note_on' && event.kind !== 'note_off')) return;
        this.advance(event.unix_us);
        const velocity = event.kind === 'note_on' ? (event.velocity ?? 0) : 0;
        this.sounding[cell(event.channel, event.note)] = velocity;
        this.held[event.note] = this.loudest(event.note);
        const now = (this.newest % COLUMNS) * KEYS + event.note;
        this.cells[now] = Math.max(this.cells[now] ?? 0, velocity); // a note shorter than a column is seen all the same
    }

    /** Time goes on without notes too; it never goes back. */
    advance(unixUs: number): void {
        const target = Math.floor(unixUs / COLUMN_US);
        if (target <= this.newest) return;
        for (let column = Math.max(this.newest + 1, target - COLUMNS + 1); column <= target; column++) this.cells.set(this.held, (column % COLUMNS) * KEYS);
        this.newest = target;
    }

    /** Where in `cells` a column begins; 0: the oldest, 599: now. */
    column(index: number): number {
        return ((this.newest + 1 + index) % COLUMNS) * KEYS;
    }

    clear(): void {
        this.cells.fill(0);
        this.sounding.fill(0);
        this.held.fill(0);
        this.newest = 0;
    }

    private loudest(note: number): number {
        let most = 0;
        for (let channel = 1; channel <= 16; channel++) most = Math.max(most, this.sounding[cell(channel, note)] ?? 0);
        return most;
    }
}
