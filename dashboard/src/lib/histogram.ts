// How latencies are distributed, as clients count them: since they began, or since somebody looks. Pure.
import type { Bucket } from './api/types';

/** Upper edges as docs/rest_api.md has them: 16, 24, 32, 48 … 524288 µs. */
export const EDGES: readonly number[] = Array.from({ length: 31 }, (_, at) => (at % 2 === 0 ? 16 : 24) * 2 ** Math.floor(at / 2));
/** One more for what took longer. */
export const SLOTS = EDGES.length + 1;

/** Counts of all slots, those with nothing too. */
export function slotsOf(buckets: readonly Bucket[]): number[] {
    const slots = new Array<number>(SLOTS).fill(0);
    for (const { up_to_us: edge, count } of buckets) {
        const found = edge === null ? SLOTS - 1 : EDGES.findIndex((one) => edge <= one);
        const at = found < 0 ? SLOTS - 1 : found;
        slots[at] = (slots[at] ?? 0) + count;
    }
    return slots;
}

/** What came since `before`. Where something became less, the client began anew since: then all of it came since. */
export function since(now: readonly number[], before: readonly number[]): number[] {
    const less = now.some((count, at) => count < (before[at] ?? 0));
    return less ? [...now] : now.map((count, at) => count - (before[at] ?? 0));
}

export const total = (slots: readonly number[]): number => slots.reduce((sum, count) => sum + count, 0);

/** The edge that so many of a hundred do not exceed; null: none were counted. Infinity: the longest took longer than the last edge. */
export function within(slots: readonly number[], percent: number): number | null {
    const all = total(slots);
    if (all === 0) return null;
    let sum = 0;
    for (const [at, count] of slots.entries()) {
        sum += count;
        if (sum * 100 >= all * percent && sum > 0) return EDGES[at] ?? Infinity;
    }
    return Infinity;
}

/** The slots that are worth a picture: all with something in them and the limit, with one more at each side. */
export function shown(slots: readonly number[], limitUs: number | null): [first: number, end: number] {
    const used = slots.flatMap((count, at) => (count > 0 ? [at] : []));
    if (limitUs !== null) used.push(slotOf(limitUs));
    if (used.length === 0) return [0, SLOTS];
    return [Math.max(0, Math.min(...used) - 1), Math.min(SLOTS, Math.max(...used) + 2)];
}

export function slotOf(us: number): number {
    const at = EDGES.findIndex((edge) => us <= edge);
    return at < 0 ? SLOTS - 1 : at;
}

/** What a client had counted when somebody began to look. */
export interface Baseline {
    uptimeMs: number;
    slots: number[];
    counters: Record<string, number>;
}

interface Counting {
    uptime_ms: number;
    counters: Record<string, number>;
    transit_histogram: readonly Bucket[];
}

export function baselineOf(client: Counting): Baseline {
    return { uptimeMs: client.uptime_ms, slots: slotsOf(client.transit_histogram), counters: client.counters };
}

/** Whether the client still is the one that was looked at; it may have been started anew since. */
export const isSame = (client: Counting, before: Baseline): boolean => client.uptime_ms >= before.uptimeMs;

/** A counter since then. */
export function counted(client: Counting, name: string, before: Baseline | undefined): number {
    const now = client.counters[name] ?? 0;
    const then = before && isSame(client, before) ? (before.counters[name] ?? 0) : 0;
    return Math.max(0, now - then);
}

/** Slots since then; without a baseline since the client's start. */
export function distribution(client: Counting, before: Baseline | undefined): number[] {
    const now = slotsOf(client.transit_histogram);
    return before && isSame(client, before) ? since(now, before.slots) : now;
}
