import { colour } from '../../lib/canvas/surface';
import type { CurveColours } from '../../lib/canvas/curve_view';

export function curveColours(canvas: HTMLCanvasElement): CurveColours {
    return { grid: colour(canvas, '--line'), line: colour(canvas, '--accent'), edge: colour(canvas, '--text'), ground: colour(canvas, '--bg') };
}
