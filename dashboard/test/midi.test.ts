import { describe, expect, it } from 'vitest';
import { isNarrow, rowsThatFit } from '../src/lib/canvas/log_view';
import { paintMap } from '../src/lib/canvas/map_view';
import { paintRoll, rgbOf } from '../src/lib/canvas/roll_view';
import { cell, Controls, placeOf } from '../src/lib/midi/controls';
import { filterOf, shows, socketQuery, typesWord, USUAL } from '../src/lib/midi/filter';
import { Log } from '../src/lib/midi/log';
import { MidiFeed, type MidiEvent } from '../src/lib/midi/message';
import { COLUMN_US, COLUMNS, KEYS, Roll } from '../src/lib/midi/roll';
import { Walk } from '../src/lib/midi/walk';
import { asText, briefly, hexWords, noteName, placeWords } from '../src/lib/midi/words';
import recorded from './frames/midi.json';

/** As a midi-admin sent them: the snapshots of a tap that is asked for and then live, and what passed. */
const frames: string[] = recorded;
const events: MidiEvent[] = frames.flatMap((frame) => {
    const message = JSON.parse(frame) as { events?: MidiEvent[] };
    return message.events ?? [];
});
const BASE = 1_800_000_000_000_000;
const event = (kind: string, more: Partial<MidiEvent> = {}): MidiEvent => ({ unix_us: BASE, tap: 'in', source: { host: 1, name: 'a' }, device: 1, port: 0, raw: '90 3c 40', bytes: 3, kind, type: 'note', channel: 1, text: '', ...more });
const on = (note: number, more: Partial<MidiEvent> = {}): MidiEvent => event('note_on', { note, velocity: 100, ...more });
const off = (note: number, more: Partial<MidiEvent> = {}): MidiEvent => event('note_off', { note, velocity: 64, ...more });
const cc = (controller: number, value: number, more: Partial<MidiEvent> = {}): MidiEvent => event('control_change', { type: 'cc', controller, value, ...more });
const all = filterOf(new URLSearchParams());

describe('a tap', () => {
    it('is told in numbered messages', () => {
        const feed = new MidiFeed();
        const kinds = frames.map((frame) => (expect(feed.take(frame)).toBe(true), feed.document?.type));
        expect(kinds.slice(0, 3)).toEqual(['snapshot', 'snapshot', 'midi']);
        expect(events.length).toBeGreaterThan(30);
    });
    it('does not believe what does not follow, and begins anew with a new socket', () => {
        const feed = new MidiFeed();
        expect(feed.take(frames[0] ?? '')).toBe(true);
        expect(feed.take(frames[2] ?? '')).toBe(false);
        feed.place();
        expect(feed.take(frames[0] ?? '')).toBe(true);
        for (const said of ['', '{', 'null', '{"seq":2,"type":"party"}']) expect(feed.take(said)).toBe(false);
    });
});

describe('a filter', () => {
    it('is what the address says; nonsense counts as not said', () => {
        expect(filterOf(new URLSearchParams('tap=delivered&client=ab&host=3&channel=16&port=0&types=cc,note,x'))).toEqual({ tap: 'delivered', host: null, client: 'ab', port: 0, channel: 16, types: ['note', 'cc'] });
        expect(filterOf(new URLSearchParams('tap=x&host=-1&channel=17&port=16&types='))).toEqual({ tap: 'out', host: null, client: null, port: null, channel: null, types: USUAL });
        expect(USUAL).not.toContain('clock');
    });
    it('says in the address only what is not usual', () => expect([typesWord(USUAL), typesWord(['cc', 'note']), typesWord([])]).toEqual([null, 'note,cc', null]));
    it('asks the socket for all of it', () => expect(socketQuery({ ...all, host: 2, port: 0, types: ['cc'] }, 3)).toBe('tap=out&types=cc&host=2&port=0&device=3'));
    it('hides what came before it was changed', () => {
        expect(shows({ ...all, channel: 2 }, cc(7, 1))).toBe(false);
        expect(shows({ ...all, port: 1 }, cc(7, 1))).toBe(false);
        expect(shows({ ...all, types: ['note'] }, cc(7, 1))).toBe(false);
        expect(shows({ ...all, channel: 1, port: 0, types: ['cc'] }, cc(7, 1))).toBe(true);
    });
});

describe('the log', () => {
    const filled = (): Log => {
        const log = new Log(10);
        log.take(Array.from({ length: 25 }, (_, value) => cc(7, value)), 2, 1);
        return log;
    };
    const values = (list: MidiEvent[]): (number | undefined)[] => list.map((one) => one.value);
    it('keeps the last ones, and counts all', () => {
        const log = filled();
        expect([log.total, log.first, log.dropped, log.lost]).toEqual([25, 15, 2, 1]);
        expect(values(log.before(25, all, 3))).toEqual([22, 23, 24]);
        expect(values(log.before(25, all, 3, 4))).toEqual([18, 19, 20]);
    });
    it('stays where it was stopped, until that is overwritten', () => {
        const log = filled();
        expect(values(log.before(18, all, 99))).toEqual([15, 16, 17]);
        log.take(Array.from({ length: 10 }, () => cc(1, 1)), 0, 0);
        expect(log.before(18, all, 99)).toEqual([]);
        log.clear();
        expect([log.total, log.dropped, log.lost, log.count(99, all)]).toEqual([0, 0, 0, 0]);
    });
    it('is written as text', () => {
        expect(asText([on(60, { text: 'note on   ch 1   C4 (60)  velocity 64' })])).toBe('2027-01-15T08:00:00.000Z\tin\ta\tdevice 1\tport 0\t90 3C 40\tnote on ch 1 C4 (60) vel 64\n');
        expect(hexWords(event('sysex', { raw: 'f0 01', bytes: 402 }))).toBe('F0 01 … 402 bytes');
        expect(briefly('cc        ch 1   7 = 3')).toBe('cc ch 1 7 = 3');
    });
    it('has two lines for a message where it is narrow', () => {
        expect([isNarrow(260, 14), isNarrow(900, 14)]).toEqual([true, false]);
        expect(rowsThatFit(900, 240, 14)).toBe(10);
    });
});

describe('controls', () => {
    it('stand where they were seen last', () => {
        const controls = new Controls();
        for (const one of [cc(7, 1), cc(7, 127), event('pitch_bend', { type: 'bend', channel: 2, value: -8192 }), on(60)]) controls.take(one);
        expect(controls.list().map((one) => [placeWords(one), one.value, one.share])).toEqual([['ch 1 · CC 7', 127, 1], ['ch 2 · Bend', -8192, 0]]);
        expect([controls.notes[cell(1, 60)], controls.values[cell(1, 7)], controls.values[cell(1, 8)]]).toEqual([100, 127, -1]);
    });
    it('fall silent one by one, or all of a channel', () => {
        const controls = new Controls();
        for (const one of [on(60), on(61), on(60, { channel: 2 }), off(61)]) controls.take(one);
        expect(controls.notes.filter((velocity) => velocity > 0)).toHaveLength(2);
        controls.take(cc(123, 0));
        expect([controls.notes[cell(1, 60)], controls.notes[cell(2, 60)]]).toEqual([0, 100]);
    });
    it('of a recorded show are its faders and its bend', () => {
        const controls = new Controls();
        for (const one of events) controls.take(one);
        expect(controls.list().map(placeWords)).toEqual([...Array.from({ length: 8 }, (_, n) => `ch 1 · CC ${16 + n}`), 'ch 2 · Bend']);
    });
    it('are named', () => {
        expect([0, 60, 127].map(noteName)).toEqual(['C-1', 'C4', 'G9']);
        expect(placeWords({ kind: 'note', port: 2, channel: 10, number: 36 })).toBe('port 2 · ch 10 · C2');
        expect(placeOf(event('clock', { channel: null }))).toBeNull();
    });
});

describe('the piano roll', () => {
    const at = (roll: Roll, index: number, key: number): number | undefined => roll.cells[roll.column(index) + key];
    it('draws a note from the column it begins in to the one it ends in', () => {
        const roll = new Roll();
        roll.take(on(60));
        roll.take(off(60, { unix_us: BASE + 4 * COLUMN_US }));
        roll.advance(BASE + 6 * COLUMN_US);
        expect(Array.from({ length: 9 }, (_, back) => at(roll, COLUMNS - 9 + back, 60))).toEqual([0, 0, 100, 100, 100, 100, 100, 0, 0]);
    });
    it('shows a note that is shorter than a column, and the louder of two channels', () => {
        const roll = new Roll();
        for (const one of [on(60), off(60), on(61, { velocity: 9 }), on(61, { channel: 2 }), off(61, { channel: 2, unix_us: BASE + COLUMN_US })]) roll.take(one);
        roll.advance(BASE + 2 * COLUMN_US);
        expect([at(roll, COLUMNS - 3, 60), at(roll, COLUMNS - 2, 60), at(roll, COLUMNS - 3, 61), at(roll, COLUMNS - 1, 61)]).toEqual([100, 0, 100, 9]);
    });
    it('forgets after 30 s, and time does not go back', () => {
        const roll = new Roll();
        roll.take(on(60));
        roll.take(off(60));
        roll.advance(BASE + 31_000_000);
        roll.advance(BASE);
        expect(roll.cells.every((velocity) => velocity === 0)).toBe(true);
    });
    it('has its highest key on top, and now at the end', () => {
        const roll = new Roll();
        roll.take(on(127));
        const pixels = new Uint8ClampedArray(COLUMNS * KEYS * 4);
        paintRoll(pixels, roll, rgbOf('#57c7b8'));
        expect([...pixels.slice((COLUMNS - 1) * 4, COLUMNS * 4)]).toEqual([0x57, 0xc7, 0xb8, 220]);
        expect([rgbOf('#abc'), rgbOf('rgb(1, 2, 3)')]).toEqual([[0xaa, 0xbb, 0xcc], [1, 2, 3]]);
    });
});

describe('the map', () => {
    it('has what is known, a controller at 0 too', () => {
        const values = new Int16Array(2048).fill(-1);
        values[cell(3, 5)] = 0;
        values[cell(16, 127)] = 127;
        const pixels = new Uint8ClampedArray(2048 * 4);
        paintMap(pixels, values, 0, [1, 2, 3]);
        expect([cell(3, 5), cell(16, 127), 0].map((at) => pixels[at * 4 + 3])).toEqual([65, 255, 0]);
        paintMap(pixels, values, 1, [1, 2, 3]);
        expect(pixels[cell(3, 5) * 4 + 3]).toBe(0);
    });
});

describe('the walk test', () => {
    it('ticks off what is moved, and says what was not', () => {
        const walk = new Walk();
        for (const one of [cc(7, 1), cc(8, 1), on(60), off(61)]) walk.take(one);
        expect([walk.known, walk.touched]).toEqual([3, 3]);
        expect(walk.again).toBe(false); // it knows what it saw, and no more
        walk.reset();
        expect(walk.again).toBe(true);
        walk.take(cc(8, 9));
        expect(walk.list().map((step) => [placeWords(step), step.touched])).toEqual([['ch 1 · CC 7', false], ['ch 1 · C4', false], ['ch 1 · CC 8', true]]);
    });
    it('knows the surface the next time', () => {
        const walk = new Walk();
        walk.take(cc(7, 1));
        const next = new Walk(walk.places());
        expect([next.known, next.touched]).toEqual([1, 0]);
        next.forget();
        expect(next.known).toBe(0);
    });
});
