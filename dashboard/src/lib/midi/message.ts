// What /ws/midi tells, as docs/rest_api.md has it. Pure.
export const TAPS = ['in', 'out', 'delivered', 'lights'] as const;
export type Tap = (typeof TAPS)[number];
export const TYPES = ['note', 'cc', 'program', 'bend', 'pressure', 'sysex', 'system', 'clock'] as const;
export type MidiType = (typeof TYPES)[number];

export interface Source {
    host?: number;
    client?: string;
    name: string;
}

export interface MidiEvent {
    /** By the server's clock. */
    unix_us: number;
    tap: Tap;
    source: Source;
    device: number;
    port: number;
    raw: string;
    /** Of the whole message; of a SysEx `raw` is the beginning alone. */
    bytes: number;
    kind: string;
    type: MidiType;
    channel: number | null;
    text: string;
    note?: number;
    name?: string;
    velocity?: number;
    controller?: number;
    value?: number;
    program?: number;
}

/** A box that is tapped, and what it answered. */
export interface Tapped {
    tap: Tap;
    device: number;
    source: Source;
    state: 'asked' | 'live' | 'refused' | 'silent' | 'gone';
    why: string | null;
}

export type MidiMessage =
    | { type: 'snapshot'; seq: number; taps: Tapped[] }
    | { type: 'midi'; seq: number; events: MidiEvent[]; dropped: number; lost: number }
    | { type: 'problem'; seq: number; detail: string };

/** Numbered messages, with no going back: a socket that is opened anew begins anew. */
export class MidiFeed {
    document: MidiMessage | null = null;
    private seq = 0;

    /** False: it is not what follows. */
    take(said: string): boolean {
        try {
            const message = JSON.parse(said) as MidiMessage;
            if (message.seq !== this.seq + 1 || !['snapshot', 'midi', 'problem'].includes(message.type)) return this.forget();
            this.seq = message.seq;
            this.document = message;
            return true;
        } catch {
            return this.forget();
        }
    }

    place(): string {
        this.seq = 0;
        return '';
    }

    private forget(): false {
        this.seq = 0;
        return false;
    }
}
