// Sixteen channels by 128 numbers. Pure but for the context it draws on.
import { cell } from '../midi/controls';

export interface MapLook {
    ground: string;
    value: string;
    label: string;
    font: string;
    size: number;
}

/** Where a cell is; whole pixels, so that its edges are sharp. */
export function cellBox(channel: number, number: number, width: number, height: number, margin: number): [number, number, number, number] {
    const x = (n: number): number => Math.round(margin + (n * (width - margin)) / 128);
    const y = (n: number): number => Math.round((n * height) / 16);
    return [x(number), y(channel - 1), x(number + 1) - x(number), y(channel) - y(channel - 1)];
}

/** `values`: 0 to 127; below `least` there is nothing. */
export function drawMap(context: CanvasRenderingContext2D, width: number, height: number, values: ArrayLike<number>, least: number, look: MapLook): void {
    const margin = look.size * 1.8;
    context.font = `${look.size}px ${look.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (let channel = 1; channel <= 16; channel++) {
        const [x, y, , tall] = cellBox(channel, 0, width, height, margin);
        context.globalAlpha = 1;
        context.fillStyle = look.label;
        if (channel === 1 || channel % 4 === 0) context.fillText(String(channel), margin - 6, y + tall / 2);
        context.fillStyle = look.ground;
        context.fillRect(x, y, width - x, tall - 1);
        context.fillStyle = look.value;
        for (let number = 0; number < 128; number++) {
            const value = values[cell(channel, number)] ?? -1;
            if (value < least) continue;
            const [left, , wide] = cellBox(channel, number, width, height, margin);
            context.globalAlpha = 0.25 + (0.75 * value) / 127; // a controller at 0 is known all the same
            context.fillRect(left, y, Math.max(1, wide - 1), tall - 1);
        }
    }
    context.globalAlpha = 1;
}
