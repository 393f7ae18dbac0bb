// Messages and controls in words. Pure.
import type { Place } from './controls';
import type { MidiEvent } from './message';

const NAMES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];

/** C4 is 60, as everywhere here. */
export function noteName(note: number): string {
    return `${NAMES[note % 12]}${Math.floor(note / 12) - 1}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The time of day on this screen's clock, to the millisecond. */
export function stamp(unixUs: number): string {
    const at = new Date(unixUs / 1000);
    return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** "90 3C 64", and how much longer it is. */
export function hexWords(event: MidiEvent): string {
    const shown = Math.ceil(event.raw.length / 3);
    return event.raw.toUpperCase() + (event.bytes > shown ? ` … ${event.bytes} bytes` : '');
}

/** For narrow screens. */
export function briefly(text: string): string {
    return text.replace(/ {2,}/g, ' ').replace('velocity', 'vel');
}

export function placeWords(place: Place): string {
    const what = { note: noteName(place.number), cc: `CC ${place.number}`, bend: 'Bend', pressure: 'Pressure', program: 'Program' }[place.kind];
    return `${place.port > 0 ? `port ${place.port} · ` : ''}ch ${place.channel} · ${what}`;
}

/** A line of each, as text files have them: separated by tabs. */
export function asText(events: readonly MidiEvent[]): string {
    return events.map((event) => [new Date(event.unix_us / 1000).toISOString(), event.tap, event.source.name, `device ${event.device}`, `port ${event.port}`, hexWords(event), briefly(event.text)].join('\t') + '\n').join('');
}
