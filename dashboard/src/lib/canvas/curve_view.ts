// The velocity curve on its field: 1 to 127 both ways. Pure but for the context it draws on.
import { TOP, velocityOf, type Curve } from '../curve';

export interface CurveColours {
    grid: string;
    line: string;
    edge: string;
    ground: string;
}

const MARGIN = 14;

export function toPixels(x: number, y: number, width: number, height: number): [number, number] {
    return [MARGIN + (x / TOP) * (width - 2 * MARGIN), height - MARGIN - (y / TOP) * (height - 2 * MARGIN)];
}

export function toValues(px: number, py: number, width: number, height: number): { in: number; out: number } {
    return { in: ((px - MARGIN) / (width - 2 * MARGIN)) * TOP, out: ((height - MARGIN - py) / (height - 2 * MARGIN)) * TOP };
}

/** Which point is under a finger; -1: none. */
export function pointAt(curve: Curve, px: number, py: number, width: number, height: number, reach: number): number {
    let best = -1;
    let nearest = reach;
    curve.points.forEach((point, index) => {
        const [x, y] = toPixels(point.in, point.out, width, height);
        const away = Math.hypot(x - px, y - py);
        if (away < nearest) [best, nearest] = [index, away];
    });
    return best;
}

function drawGrid(context: CanvasRenderingContext2D, width: number, height: number, colour: string): void {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    for (let part = 0; part <= 4; part++) {
        const [x, y] = toPixels((part * TOP) / 4, (part * TOP) / 4, width, height);
        context.beginPath();
        context.moveTo(x, MARGIN);
        context.lineTo(x, height - MARGIN);
        context.moveTo(MARGIN, y);
        context.lineTo(width - MARGIN, y);
        context.stroke();
    }
}

export function drawCurve(context: CanvasRenderingContext2D, width: number, height: number, curve: Curve, chosen: number, colours: CurveColours): void {
    drawGrid(context, width, height, colours.grid);
    context.beginPath();
    for (let velocity = 1; velocity <= TOP; velocity++) context.lineTo(...toPixels(velocity, velocityOf(curve, velocity), width, height));
    context.strokeStyle = colours.line;
    context.lineWidth = 3;
    context.stroke();
    if (curve.kind !== 'points') return;
    curve.points.forEach((point, index) => {
        const [x, y] = toPixels(point.in, point.out, width, height);
        context.beginPath();
        context.arc(x, y, index === chosen ? 10 : 7, 0, 2 * Math.PI);
        context.fillStyle = index === chosen ? colours.line : colours.ground;
        context.fill();
        context.strokeStyle = index === chosen ? colours.edge : colours.line;
        context.stroke();
    });
}
