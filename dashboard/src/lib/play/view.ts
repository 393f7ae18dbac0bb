// What a virtual controller shows, as its page's address has it; which keys fit; which key of the computer plays what. Pure.
export interface View {
    /** Null: the one that most clients play. */
    host: number | null;
    port: number;
    channel: number;
    velocity: number;
    octaves: number;
    /** The lowest key, always a white one. */
    from: number;
    /** The first controller of eight each, the first note of sixteen. */
    faders: number;
    knobs: number;
    pads: number;
}

export const USUAL: View = { host: null, port: 0, channel: 1, velocity: 100, octaves: 2, from: 48, faders: 16, knobs: 48, pads: 36 };
export const BANK = 8;
export const PADS = 16;
/** What may be chosen, from and to. */
export const RANGES: Record<Exclude<keyof View, 'host'>, [number, number]> = {
    port: [0, 15], channel: [1, 16], velocity: [1, 127], octaves: [1, 3], from: [0, 127], faders: [0, 127 - BANK + 1], knobs: [0, 127 - BANK + 1], pads: [0, 127 - PADS + 1],
};

const WHITE = [0, 2, 4, 5, 7, 9, 11];
const TOP = 127;

export const isWhite = (note: number): boolean => WHITE.includes(note % 12);

function numberOf(said: string | null, [least, most]: [number, number], usual: number): number {
    const value = Number(said);
    return said !== null && /^\d+$/.test(said) && value >= least && value <= most ? value : usual;
}

/** Of an address; what makes no sense counts as not said. */
export function viewOf(query: URLSearchParams): View {
    const view = { ...USUAL };
    for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) view[name] = numberOf(query.get(name), RANGES[name], USUAL[name]);
    const host = numberOf(query.get('host'), [1, 65535], 0);
    return { ...view, host: host === 0 ? null : host, from: isWhite(view.from) ? view.from : view.from - 1 };
}

/** How an address says it; null: not at all, as it is usual. */
export function word(name: keyof View, value: number | null): string | null {
    return value === null || value === USUAL[name] ? null : String(value);
}

export interface Key {
    note: number;
    /** In widths of a white key, from the left; of a black one, its middle. */
    at: number;
    white: boolean;
}

/** So many white keys from there up, and the black ones between them. */
export function keysFrom(from: number, whites: number): Key[] {
    const keys: Key[] = [];
    let at = 0;
    for (let note = from; note <= TOP && at < whites; note++) {
        const white = isWhite(note);
        keys.push({ note, at, white });
        if (white) at++;
    }
    if (keys.at(-1)?.white === false) keys.pop();
    return keys;
}

/** White keys of so many octaves and the C above, as far as there is room. */
export function whitesThatFit(octaves: number, width: number, least: number): number {
    return Math.max(1, Math.min(octaves * 7 + 1, Math.floor(width / least)));
}

/** The lowest key after a shift by an octave, or by what is shown where that is less; the keyboard stays within 0 and 127. */
export function shifted(from: number, whites: number, up: boolean): number {
    const step = Math.min(7, whites);
    let [note, left] = [from, step];
    while (left > 0) {
        const next = note + (up ? 1 : -1);
        if (next < 0 || next > TOP) break;
        note = next;
        if (isWhite(note)) left--;
    }
    return Math.min(note, highestFrom(whites));
}

/** From where the last white keys are just shown. */
function highestFrom(whites: number): number {
    let [note, left] = [TOP, whites - 1];
    while (left > 0) if (isWhite(--note)) left--;
    return note;
}

/** By their places on the keyboard, whatever is printed on them: a row of white keys, and the black ones above. */
const CODES = ['KeyA', 'KeyW', 'KeyS', 'KeyE', 'KeyD', 'KeyF', 'KeyT', 'KeyG', 'KeyY', 'KeyH', 'KeyU', 'KeyJ', 'KeyK', 'KeyO', 'KeyL', 'KeyP', 'Semicolon'];

/** The first C that is shown, from which the computer's keys play. */
export function firstC(from: number): number {
    return Math.ceil(from / 12) * 12;
}

/** The note of a key of the computer; null: none. */
export function noteOfCode(code: string, from: number): number | null {
    const at = CODES.indexOf(code);
    const note = firstC(from) + at;
    return at < 0 || note > TOP ? null : note;
}

/** What is printed there, mostly; empty: no key plays it. */
export function letterOf(note: number, from: number): string {
    const code = CODES[note - firstC(from)] ?? '';
    return code === 'Semicolon' ? ';' : code.replace('Key', '');
}
