// The walk test: every control that was ever moved is ticked off when it is moved again. Pure.
import { inOrder, keyOf, placeOf, type Place } from './controls';
import type { MidiEvent } from './message';

export interface Step extends Place {
    touched: boolean;
}

export class Walk {
    private readonly steps = new Map<string, Step>();

    /** `known`: what a walk before this one had met. `again`: it was begun anew once; until then it knows only what it saw. */
    constructor(
        known: readonly Place[] = [],
        public again = false,
    ) {
        for (const place of known) this.steps.set(keyOf(place), { ...place, touched: false });
    }

    take(event: MidiEvent): void {
        const place = event.kind === 'note_off' ? null : placeOf(event);
        if (!place) return;
        const key = keyOf(place);
        const step = this.steps.get(key);
        if (step) step.touched = true;
        else this.steps.set(key, { ...place, touched: true });
    }

    /** Those not touched first. */
    list(): Step[] {
        return [...this.steps.values()].sort((a, b) => Number(a.touched) - Number(b.touched) || inOrder(a, b));
    }

    get known(): number {
        return this.steps.size;
    }

    get touched(): number {
        let count = 0;
        for (const step of this.steps.values()) if (step.touched) count++;
        return count;
    }

    /** Begins anew, with all that is known. */
    reset(): void {
        this.again = this.steps.size > 0;
        for (const step of this.steps.values()) step.touched = false;
    }

    /** Another surface. */
    forget(): void {
        this.again = false;
        this.steps.clear();
    }

    places(): Place[] {
        return [...this.steps.values()].map(({ kind, port, channel, number }) => ({ kind, port, channel, number }));
    }
}
