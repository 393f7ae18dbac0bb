// What applications sent back to the surface, as far as was seen; for as many as look at it.
import { eachFrame } from '../../lib/canvas/frames';
import { cell } from '../../lib/midi/controls';
import { Monitor } from '../../lib/midi/monitor.svelte';
import type { Tapped } from '../../lib/midi/message';
import { socketQuery, USUAL } from '../../lib/midi/filter';

/** Lamps that flash faster are not seen anyway. */
const EVERY_MS = 33;

export class Lamps {
    private readonly monitor = new Monitor();
    private version = $state(0);

    /** For $effect: looks at a port of a host, of all where it is null, until it is undone. */
    follow(device: number, host: number | null, port: number): () => void {
        this.monitor.clear();
        const end = this.monitor.follow(socketQuery({ tap: 'lights', host, client: null, port, channel: null, types: USUAL }, device));
        const stop = eachFrame(() => {
            if (this.version !== this.monitor.controls.version) this.version = this.monitor.controls.version;
        }, EVERY_MS);
        return () => {
            stop();
            end();
        };
    }

    /** Velocity of a lamp; 0: dark. */
    lit(channel: number, note: number): number {
        return this.version >= 0 ? (this.monitor.controls.notes[cell(channel, note)] ?? 0) : 0;
    }

    /** Where a control was sent to; -1: not seen. */
    position(channel: number, controller: number): number {
        return this.version >= 0 ? (this.monitor.controls.values[cell(channel, controller)] ?? -1) : -1;
    }

    get taps(): Tapped[] | null {
        return this.monitor.taps;
    }

    get problem(): string {
        return this.monitor.problem;
    }

    /** Since when there is no socket; 0: there is one. */
    get lostAt(): number {
        return this.monitor.lostAt;
    }
}
