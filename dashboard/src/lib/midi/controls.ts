// What each control stands at, as far as was seen. Pure.
import type { MidiEvent } from './message';

export type ControlKind = 'note' | 'cc' | 'bend' | 'pressure' | 'program';

/** Something on a surface that can be moved. */
export interface Place {
    kind: ControlKind;
    port: number;
    channel: number;
    /** Of its kind: a note, a controller; 0 where there is but one on a channel. */
    number: number;
}

export interface Control extends Place {
    value: number;
    /** Of the range, 0 to 1. */
    share: number;
}

export const CELLS = 16 * 128;
const ALL_SOUND_OFF = 120;
const ALL_NOTES_OFF = 123;

export function cell(channel: number, number: number): number {
    return (channel - 1) * 128 + number;
}

export function keyOf(place: Place): string {
    return `${place.port}/${place.channel}/${place.kind}/${place.number}`;
}

/** By port, channel, kind and number. */
export function inOrder(a: Place, b: Place): number {
    return a.port - b.port || a.channel - b.channel || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) || a.number - b.number;
}

/** What was moved; null: nothing that stays where it is put. */
export function placeOf(event: MidiEvent): Place | null {
    if (event.channel === null) return null;
    const at = (kind: ControlKind, number = 0): Place => ({ kind, port: event.port, channel: event.channel ?? 1, number });
    switch (event.kind) {
        case 'note_on': case 'note_off': return at('note', event.note);
        case 'control_change': return at('cc', event.controller);
        case 'pitch_bend': return at('bend');
        case 'channel_pressure': return at('pressure');
        case 'program_change': return at('program');
        default: return null;
    }
}

export class Controls {
    /** Velocity of what sounds, by channel and note; 0: silent. */
    notes = new Uint8Array(CELLS);
    /** By channel and controller; -1: never seen. */
    values = new Int16Array(CELLS).fill(-1);
    /** More each time something changed. */
    version = 0;
    private readonly moved = new Map<string, Control>();

    take(event: MidiEvent): void {
        const place = placeOf(event);
        if (!place) return;
        this.version++;
        if (place.kind === 'note') {
            this.notes[cell(place.channel, place.number)] = event.kind === 'note_on' ? (event.velocity ?? 0) : 0;
            return;
        }
        const value = event.value ?? event.program ?? 0;
        if (place.kind === 'cc') this.takeController(place, value);
        this.moved.set(keyOf(place), { ...place, value, share: place.kind === 'bend' ? (value + 8192) / 16383 : value / 127 });
    }

    /** All but notes. */
    list(): Control[] {
        return [...this.moved.values()].sort(inOrder);
    }

    clear(): void {
        this.notes.fill(0);
        this.values.fill(-1);
        this.moved.clear();
        this.version++;
    }

    private takeController(place: Place, value: number): void {
        this.values[cell(place.channel, place.number)] = value;
        if (place.number === ALL_SOUND_OFF || place.number >= ALL_NOTES_OFF) this.notes.fill(0, cell(place.channel, 0), cell(place.channel, 127) + 1);
    }
}
