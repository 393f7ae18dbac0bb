// What of the MIDI is looked at: as the page's address has it, as the socket is asked for it, and of what was taken already. Pure.
import { TAPS, TYPES, type MidiEvent, type MidiType, type Tap } from './message';

export interface Filter {
    tap: Tap;
    /** Null: of all that there are; likewise port and channel. */
    host: number | null;
    client: string | null;
    port: number | null;
    channel: number | null;
    types: MidiType[];
}

/** Clocks come by the dozen a second, and say nothing. */
export const USUAL: MidiType[] = TYPES.filter((type) => type !== 'clock');

function numberOf(text: string | null, least: number, most: number): number | null {
    const value = Number(text);
    return text !== null && /^\d+$/.test(text) && value >= least && value <= most ? value : null;
}

/** Of an address; what makes no sense counts as not said. */
export function filterOf(query: URLSearchParams): Filter {
    const tap = TAPS.find((one) => one === query.get('tap')) ?? 'out';
    const said = query.get('types')?.split(',') ?? [];
    const types = TYPES.filter((type) => said.includes(type));
    return {
        tap,
        host: tap === 'delivered' ? null : numberOf(query.get('host'), 1, 65535),
        client: tap === 'delivered' ? query.get('client') : null,
        port: numberOf(query.get('port'), 0, 15),
        channel: numberOf(query.get('channel'), 1, 16),
        types: types.length > 0 ? types : USUAL,
    };
}

/** How an address says these types; null: not at all. */
export function typesWord(types: readonly MidiType[]): string | null {
    const ordered = TYPES.filter((type) => types.includes(type));
    return ordered.join() === USUAL.join() || ordered.length === 0 ? null : ordered.join(',');
}

/** What the socket is asked for. */
export function socketQuery(filter: Filter, device: number): string {
    const query = new URLSearchParams({ tap: filter.tap, types: filter.types.join(',') });
    for (const name of ['host', 'client', 'port', 'channel'] as const) if (filter[name] !== null) query.set(name, String(filter[name]));
    if (device > 1) query.set('device', String(device));
    return query.toString();
}

/** As the server decides it, for what came before the filter was changed. */
export function shows(filter: Filter, event: MidiEvent): boolean {
    if (filter.port !== null && event.port !== filter.port) return false;
    if (filter.channel !== null && event.channel !== filter.channel) return false;
    return filter.types.includes(event.type);
}
