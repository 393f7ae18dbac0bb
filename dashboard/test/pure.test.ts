import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ageText, isStale } from '../src/lib/age';
import type { Client, Host, MachineFigures, Rehearsal, ShowEvent } from '../src/lib/api/types';
import { pointAt, toPixels, toValues } from '../src/lib/canvas/curve_view';
import { sparkPoints } from '../src/lib/canvas/sparkline';
import { addPoint, movePoint, pointsLike, velocityOf, type Curve } from '../src/lib/curve';
import { withNewest } from '../src/lib/events';
import { bytes, microseconds, percent } from '../src/lib/format';
import { silenceUs } from '../src/lib/rehearsal';
import { wires } from '../src/pages/overview/topology';
import { changeOf, FIELDS } from '../src/pages/settings/fields';
import { degrees, fullest, usedShare } from '../src/pages/system/figures';
import { table } from '../src/pages/system/table';
import { text } from '../src/text';

describe('age', () => {
    it('is stale after 1.5 s, not at it', () => expect([isStale(11_500, 10_000), isStale(11_501, 10_000)]).toEqual([false, true]));
    it('is told in whole seconds, then minutes, hours, days', () => expect([0, 900, 1001, 61_000, 3_700_000, 200_000_000].map(ageText)).toEqual(['1 s', '1 s', '2 s', '1 min', '1 h', '2 d']));
});

describe('events', () => {
    const of = (...ids: number[]): ShowEvent[] => ids.map((id) => ({ id }) as ShowEvent);
    const ids = (events: ShowEvent[]): number[] => events.map((event) => event.id);
    it('are known once each, the newest first', () => expect(ids(withNewest(of(5, 4, 3, 2, 1), of(7, 6, 5)))).toEqual([7, 6, 5, 4, 3, 2, 1]));
    it('that are the first stand for themselves', () => expect([ids(withNewest([], of(2, 1))), withNewest([], [])]).toEqual([[2, 1], []]));
    it('counted anew by another run are all there are', () => expect(ids(withNewest(of(9, 8), of(2, 1)))).toEqual([2, 1]));
});

describe('numbers', () => {
    it('of time', () => expect([0, 999, 1000, 12_345, 150_000].map(microseconds)).toEqual(['0 µs', '999 µs', '1.00 ms', '12.3 ms', '150 ms']));
    it('of bytes', () => expect([0, 999, 1500, 25_276_026_880].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '25 GB']));
    it('of shares', () => expect([0, 0.123, 1.26, 55.5].map(percent)).toEqual(['0 %', '0.12 %', '1.3 %', '56 %']));
});

describe('a velocity curve', () => {
    const curve = (kind: Curve['kind'], points: Curve['points'] = []): Curve => ({ kind, fixed: 100, points });
    it('has the values that hosts have', () => {
        expect([1, 64, 127].map((x) => velocityOf(curve('logarithmic'), x))).toEqual([4, 94, 127]);
        expect([1, 64, 127].map((x) => velocityOf(curve('exponential'), x))).toEqual([1, 31, 127]);
        expect([1, 64, 127].map((x) => velocityOf(curve('s_curve'), x))).toEqual([1, 64, 127]);
        expect(velocityOf(curve('fixed'), 3)).toBe(100);
    });
    it('is straight between points and level behind the last', () => {
        const bent = curve('points', [{ in: 64, out: 100 }]);
        expect([32, 64, 127].map((x) => velocityOf(bent, x))).toEqual([50, 100, 100]);
    });
    it('keeps points in order, however they are dragged', () => {
        const points = pointsLike(curve('linear'));
        expect(movePoint(points, 1, { in: 500, out: -5 })[1]).toEqual({ in: 63, out: 1 });
        expect(movePoint(points, 0, { in: -5, out: 90 })[0]).toEqual({ in: 1, out: 32 });
    });
    it('takes 16 points, each at a place of its own', () => {
        let points = pointsLike(curve('linear'));
        expect(addPoint(points, { in: 64, out: 1 }).index).toBe(-1);
        for (let x = 2; x < 40; x++) points = addPoint(points, { in: x, out: x }).points;
        expect(points).toHaveLength(16);
        expect(points.every((point, at) => at === 0 || point.in > (points[at - 1]?.in ?? 0))).toBe(true);
    });
    it('is drawn where it is grasped', () => {
        const [x, y] = toPixels(64, 100, 400, 300);
        expect(toValues(x, y, 400, 300).in).toBeCloseTo(64);
        expect(pointAt(curve('points', [{ in: 64, out: 100 }]), x + 5, y, 400, 300, 24)).toBe(0);
        expect(pointAt(curve('points', [{ in: 64, out: 100 }]), x + 50, y, 400, 300, 24)).toBe(-1);
    });
});

describe('pictures', () => {
    it('have the newest value at the end', () => expect(sparkPoints([1, 2], 3, 100, 10).map(([x]) => x)).toEqual([50, 100]));
    it('tell what is played from what is spare and what is broken', () => {
        const host = (id: number, gone = false): Host => ({ id, gone }) as Host;
        const client = { id: 'c', active: 1, gone: false, sources: [{ host: 1, alive: true }, { host: 2, alive: true }, { host: 3, alive: false }] } as unknown as Client;
        expect(wires([host(1), host(2), host(3), host(4)], [client], 300).map((wire) => wire.state)).toEqual(['played', 'spare', 'broken']);
        expect(wires([host(1, true)], [client], 300).map((wire) => wire.state)).toEqual(['broken']);
    });
    it('have one time for all series', () => expect(table([[[1, 5], [2, 6]], [[2, 7]]])).toEqual([[1, 2], [5, 6], [null, 7]]));
});

describe('settings', () => {
    it('are sent by section', () => expect(changeOf({ 'host.id': 2, 'host.name': 'x', 'log.level': 'off' })).toEqual({ host: { id: 2, name: 'x' }, log: { level: 'off' } }));
});

describe('the alarm', () => {
    beforeAll(() => vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined }));
    it('is of changes that nobody asked for, until it is cleared', async () => {
        const { latched } = await import('../src/lib/alarm.svelte');
        const event = (at: string, text: string): ShowEvent => ({ at, text }) as ShowEvent;
        const all = [event('2026-01-01T00:00:03Z', 'x left host 1 for host 2: switched by hand; it took 1 ms'), event('2026-01-01T00:00:02Z', 'x left host 2 for host 1: the one before fell silent; it took 9 ms')];
        expect(latched(all, '').map((one) => one.at)).toEqual(['2026-01-01T00:00:02Z']);
        expect(latched(all, '2026-01-01T00:00:03Z')).toEqual([]);
    });
});

describe('a switch', () => {
    beforeAll(() => vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined }));
    it('was asked for, where the host was held silent for a rehearsal just then', async () => {
        const { ofRehearsal } = await import('../src/lib/alarm.svelte');
        const rehearsal = { host: 1, began: '2026-01-01T00:00:10.000Z', lasted_ms: 5000 } as Rehearsal;
        const left = (host: number, at: string): boolean => ofRehearsal({ at, text: `x left host ${host} for host 3: the one before fell silent; it took 9 ms` } as ShowEvent, [rehearsal]);
        expect([left(1, '2026-01-01T00:00:10.020Z'), left(1, '2026-01-01T00:00:17.000Z')]).toEqual([true, true]);
        expect([left(2, '2026-01-01T00:00:10.020Z'), left(1, '2026-01-01T00:00:09.990Z'), left(1, '2026-01-01T00:00:19.000Z'), left(11, '2026-01-01T00:00:12.000Z')]).toEqual([false, false, false, false]);
    });
});

describe('words', () => {
    it('are of one and of several', () => {
        expect([text.failover.alarm(1, 1, false), text.failover.alarm(2, 2, false), text.failover.alarm(1, 3, false), text.failover.alarm(3, 200, true)]).toEqual(['1 client changed host, and nobody asked', '2 clients changed host, and nobody asked', '1 client changed host, 3 times in all, and nobody asked', '3 clients changed host, more than 200 times in all, and nobody asked']);
        expect([text.failover.rules(1, '10 ms'), text.failover.rules(3, '9 ms')].map((words) => /heartbeats?/.exec(words)?.[0])).toEqual(['heartbeat', 'heartbeats']);
        expect([text.monitor.walk.all(1), text.monitor.walk.all(18)]).toEqual(['The only one known was moved', 'All 18 were moved']);
    });
    it('explain every key of the form', () => expect(FIELDS.filter(({ key }) => !text.settings.about[key])).toEqual([]));
    it('tell how long silence is, as the host has it', () => expect(silenceUs({ miss_threshold: 100, interval_us: 10_000 })).toBe(1_000_000));
});

describe('figures of a machine', () => {
    it('of space, and of nothing', () => expect([usedShare({ total_bytes: 200, available_bytes: 50 }), usedShare({ total_bytes: 0, available_bytes: 0 })]).toEqual([75, 0]));
    it('name the disk with the least left', () => {
        const disks = [{ path: '/', total_bytes: 100, available_bytes: 60 }, { path: '/var', total_bytes: 10, available_bytes: 1 }];
        expect(fullest(disks)?.path).toBe('/var');
        expect(fullest([])).toBeUndefined();
    });
    it('of a temperature that no sensor tells', () => expect([degrees({ temperature_c: null } as MachineFigures), degrees({ temperature_c: 61.6 } as MachineFigures)]).toEqual(['–', '62 °C']));
});
