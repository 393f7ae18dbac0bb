import { describe, expect, it } from 'vitest';
import type { Rehearsal, RehearsedClient } from '../src/lib/api/types';
import { drawHistogram, heightOf, labelRows, ticks, xOf } from '../src/lib/canvas/histogram_view';
import { baselineOf, counted, distribution, EDGES, shown, since, slotOf, slotsOf, SLOTS, total, within } from '../src/lib/histogram';
import { leftMs, outcomeGrade, sumOf } from '../src/lib/rehearsal';

const buckets = [{ up_to_us: 48, count: 90 }, { up_to_us: 64, count: 9 }, { up_to_us: 1024, count: 1 }];
const client = (uptime_ms: number, list = buckets, lost = 0): Parameters<typeof baselineOf>[0] => ({ uptime_ms, counters: { lost }, transit_histogram: list });

describe('a histogram', () => {
    it('has the edges that clients have', () => expect([EDGES.slice(0, 7), EDGES.at(-1), SLOTS]).toEqual([[16, 24, 32, 48, 64, 96, 128], 524_288, 32]));
    it('is of all slots, those with nothing too, and of what is beyond', () => {
        const slots = slotsOf([...buckets, { up_to_us: null, count: 2 }]);
        expect([total(slots), slots[3], slots[4], slots[slotOf(1024)], slots[31]]).toEqual([102, 90, 9, 1, 2]);
    });
    it('says within which edge a share of them is', () => {
        const slots = slotsOf(buckets);
        expect([within(slots, 50), within(slots, 90), within(slots, 99), within(slots, 99.9), within(slots, 100)]).toEqual([48, 48, 64, 1024, 1024]);
        expect([within(slotsOf([]), 50), within(slotsOf([{ up_to_us: null, count: 1 }]), 50)]).toEqual([null, Infinity]);
    });
    it('is of what came since, or of everything where the client began anew', () => {
        expect(since([5, 7], [5, 2])).toEqual([0, 5]);
        expect(since([1, 7], [5, 2])).toEqual([1, 7]);
        const before = baselineOf(client(9000, buckets, 3));
        const more = [{ up_to_us: 48, count: 95 }, { up_to_us: 64, count: 9 }, { up_to_us: 1024, count: 2 }];
        expect([total(distribution(client(9500, more), before)), counted(client(9500, more, 4), 'lost', before)]).toEqual([6, 1]);
        expect([total(distribution(client(100, more), before)), counted(client(100, more, 4), 'lost', before)]).toEqual([106, 4]);
        expect([total(distribution(client(100), undefined)), counted(client(100), 'repaired', undefined)]).toEqual([100, 0]);
    });
    it('shows what has something in it, and the limit', () => {
        expect(shown(slotsOf(buckets), null)).toEqual([2, slotOf(1024) + 2]);
        expect(shown(slotsOf(buckets), 20_000)[1]).toBe(slotOf(20_000) + 2);
        expect(shown(slotsOf([]), null)).toEqual([0, SLOTS]);
    });
});

describe('its picture', () => {
    it('has each doubling equally wide', () => {
        const at = (us: number): number => xOf(us, 1, 13, 600);
        expect(at(64) - at(32)).toBeCloseTo(at(512) - at(256));
        expect([at(1), at(10_000_000)]).toEqual([0, 600]);
    });
    it('shows one in a million', () => {
        expect([heightOf(0, 1e6), heightOf(1e6, 1e6)]).toEqual([0, 1]);
        expect(heightOf(1, 1e6)).toBeGreaterThan(0.04);
    });
    it('has decades where there is no room for more', () => {
        expect(ticks(0, SLOTS, 900, 60)).toContain(2000);
        expect(ticks(0, SLOTS, 260, 60)).toEqual([100, 1000, 10_000, 100_000]);
        expect(ticks(3, 6, 130, 60)).toHaveLength(1);
    });
    /** What was drawn at a limit: rectangles with their colours, names, and where dashed lines end. */
    const drawn = (limitUs: number, marks: { us: number; label: string }[] = []): { fills: [string, number, number][]; names: string[]; strokes: number[]; x: (us: number) => number } => {
        const fills: [string, number, number][] = [];
        const names: string[] = [];
        const strokes: number[] = [];
        const context = new Proxy({ fillStyle: '' } as Record<string, unknown>, {
            get: (target, name) => {
                if (name === 'fillRect') return (left: number, _top: number, wide: number) => fills.push([String(target['fillStyle']), left, wide]);
                if (name === 'fillText') return (said: string) => names.push(said);
                if (name === 'measureText') return () => ({ width: 20 });
                if (name === 'lineTo') return (x: number) => strokes.push(x);
                return name in target ? target[String(name)] : () => undefined;
            },
            set: (target, name, value) => ((target[String(name)] = value), true),
        }) as unknown as CanvasRenderingContext2D;
        const slots = slotsOf(buckets);
        const [first, end] = shown(slots, limitUs);
        drawHistogram(context, 600, 200, { slots, first, end, limitUs, marks, format: String }, { bar: 'bar', late: 'late', line: 'line', label: 'label', limit: 'limit', ground: 'ground', font: 'x', size: 12 });
        return { fills, names, strokes, x: (us) => xOf(us, first, end, 600) };
    };
    it('marks those beyond the limit otherwise, and the limit', () => {
        const { fills, strokes, x } = drawn(512);
        expect([fills.filter(([fill]) => fill === 'bar').length, fills.filter(([fill]) => fill === 'late').length]).toEqual([2, 1]);
        expect(strokes).toEqual([x(512)]);
    });
    it('parts the bar that the limit runs through, at its line', () => {
        const { fills, x } = drawn(900);
        const [late] = fills.filter(([fill]) => fill === 'late');
        const before = fills.filter(([fill]) => fill === 'bar').at(-1);
        expect(fills.filter(([fill]) => fill === 'bar')).toHaveLength(3);
        expect(late?.[1]).toBeCloseTo(x(900));
        expect((before?.[1] ?? 0) + (before?.[2] ?? 0)).toBeCloseTo(x(900));
        expect((late?.[1] ?? 0) + (late?.[2] ?? 0)).toBeCloseTo(x(1024) - 1);
    });
    it('names each line, in a second row where the first has no room, and draws none without a name', () => {
        expect(labelRows([{ x: 100, width: 40 }, { x: 110, width: 40 }, { x: 120, width: 40 }, { x: 146, width: 40 }, { x: 599, width: 40 }], 600).map(({ at, row, middle }) => [at, row, middle])).toEqual([[0, 0, 100], [1, 1, 110], [3, 0, 146], [4, 0, 580]]);
        const marks = [{ us: 500, label: 'p99' }, { us: 501, label: 'p99.9' }, { us: 502, label: 'Longest' }];
        const { fills, names } = drawn(512, marks);
        expect(names.filter((name) => marks.some(({ label }) => label === name))).toEqual(['p99', 'p99.9']);
        expect(fills.filter(([fill, , wide]) => fill === 'label' && wide === 2)).toHaveLength(2);
    });
});

describe('a rehearsal', () => {
    const one = (more: Partial<RehearsedClient>): RehearsedClient => ({ id: 'a', name: 'a', played: true, outcome: 'moved', to: 2, took_us: 8800, lost: 0, silences: 1, ...more });
    const of = (...clients: RehearsedClient[]): Rehearsal => ({ host: 1, running: false, left_ms: 0, began: '', lasted_ms: 5000, armed: true, clients });
    it('is judged by its worst outcome; what was lost is no good outcome', () => {
        expect(sumOf(of(one({}), one({ took_us: 12_000 }), one({ played: false, outcome: 'untouched', took_us: null })))).toEqual({ concerned: 2, moved: 2, waiting: 0, lost: 0, slowestUs: 12_000, grade: 'good' });
        expect(sumOf(of(one({}), one({ outcome: 'stayed', to: null, took_us: null, lost: 4 })))).toMatchObject({ moved: 1, lost: 4, grade: 'bad' });
        expect(sumOf(of(one({ outcome: 'waiting', took_us: null })))).toMatchObject({ moved: 0, waiting: 1, slowestUs: null, grade: 'off' });
        expect([sumOf(of()).grade, outcomeGrade(one({ lost: 1 })), outcomeGrade(one({ outcome: 'gone' }))]).toEqual(['off', 'warn', 'bad']);
    });
    it('counts down, not below nothing, and never up', () => expect([leftMs(5000, 100, 1100), leftMs(500, 100, 9000), leftMs(500, 100, 50)]).toEqual([4000, 0, 500]));
});
