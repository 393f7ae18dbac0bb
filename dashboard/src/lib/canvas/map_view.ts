// Sixteen channels by 128 numbers: a pixel for each, and then a picture of them. Pure but for the context it draws on.
import type { Rgb } from './roll_view';

export interface MapLook {
    ground: string;
    gap: string;
    label: string;
    font: string;
    size: number;
}

/** Into red, green, blue and opacity of 128 x 16 pixels. `values`: 0 to 127; below `least` there is nothing. */
export function paintMap(pixels: Uint8ClampedArray, values: ArrayLike<number>, least: number, [red, green, blue]: Rgb): void {
    for (let at = 0; at < values.length; at++) {
        const value = values[at] ?? -1;
        // a controller at 0 is known all the same
        pixels.set([red, green, blue, value < least ? 0 : 65 + (value * 190) / 127], at * 4);
    }
}

export function drawMap(context: CanvasRenderingContext2D, width: number, height: number, cells: CanvasImageSource, look: MapLook): void {
    const margin = Math.round(look.size * 1.8);
    context.fillStyle = look.ground;
    context.fillRect(margin, 0, width - margin, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(cells, margin, 0, width - margin, height);
    context.font = `${look.size}px ${look.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (let channel = 1; channel <= 16; channel++) {
        context.fillStyle = look.gap;
        context.fillRect(margin, Math.round((channel * height) / 16) - 1, width - margin, 1);
        context.fillStyle = look.label;
        if (channel === 1 || channel % 4 === 0) context.fillText(String(channel), margin - 6, ((channel - 0.5) * height) / 16);
    }
}
