// Velocity curves as hosts compute them (docs/pipeline.md), and their points being dragged. Pure.
import type { Pipeline } from './api/types';

export type CurveKind = NonNullable<Pipeline['velocity_curve']>;
export interface Point {
    in: number;
    out: number;
}
export interface Curve {
    kind: CurveKind;
    fixed: number;
    points: readonly Point[];
}

export const TOP = 127;
export const MOST_POINTS = 16;
const BEND = 9;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function interpolated(points: readonly Point[], x: number): number {
    let before: Point = { in: 0, out: 0 };
    for (const point of points) {
        if (x <= point.in) return before.out + ((x - before.in) / (point.in - before.in)) * (point.out - before.out);
        before = point;
    }
    return before.out;
}

function shaped(curve: Curve, x: number): number {
    const part = x / TOP;
    switch (curve.kind) {
        case 'fixed':
            return curve.fixed;
        case 'points':
            return interpolated(curve.points, x);
        case 'logarithmic':
            return (TOP * Math.log1p(BEND * part)) / Math.log1p(BEND);
        case 'exponential':
            return (TOP * Math.expm1(part * Math.log1p(BEND))) / BEND;
        case 's_curve':
            return TOP * part * part * (3 - 2 * part);
        default:
            return x;
    }
}

/** Of a note-on's velocity, 1 to 127; it never becomes 0. */
export function velocityOf(curve: Curve, velocity: number): number {
    return clamp(Math.round(shaped(curve, velocity)), 1, TOP);
}

/** The points with one moved as far as its neighbours let it: `in` rises, `out` does not fall. */
export function movePoint(points: readonly Point[], index: number, to: Point): Point[] {
    const before = points[index - 1];
    const after = points[index + 1];
    const moved = {
        in: clamp(Math.round(to.in), before ? before.in + 1 : 1, after ? after.in - 1 : TOP),
        out: clamp(Math.round(to.out), before ? before.out : 1, after ? after.out : TOP),
    };
    return points.map((point, at) => (at === index ? moved : point));
}

/** With one more where there is room; the index of it, or -1. */
export function addPoint(points: readonly Point[], at: Point): { points: Point[]; index: number } {
    const rounded = { in: clamp(Math.round(at.in), 1, TOP), out: clamp(Math.round(at.out), 1, TOP) };
    if (points.length >= MOST_POINTS || points.some((point) => point.in === rounded.in)) return { points: [...points], index: -1 };
    const index = points.filter((point) => point.in < rounded.in).length;
    const more = [...points.slice(0, index), rounded, ...points.slice(index)];
    return { points: movePoint(more, index, rounded), index };
}

/** Points that follow another curve closely, as something to begin with. */
export function pointsLike(curve: Curve): Point[] {
    return [1, 32, 64, 96, TOP].map((x) => ({ in: x, out: velocityOf(curve, x) }));
}
