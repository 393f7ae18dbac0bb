// The piano roll as pixels: one for each column and key, the highest key on top. Pure.
import { COLUMNS, KEYS, type Roll } from '../midi/roll';

export type Rgb = readonly [number, number, number];

/** "#57c7b8" or "rgb(87, 199, 184)". */
export function rgbOf(colour: string): Rgb {
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
    const hex = short ? `#${short.slice(1).map((digit) => digit + digit).join('')}` : colour;
    const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
    if (digits) return [1, 2, 3].map((part) => parseInt(digits[part] ?? '0', 16)) as unknown as Rgb;
    const parts = colour.match(/\d+/g)?.map(Number) ?? [];
    return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}

/** Into red, green, blue and opacity of COLUMNS x KEYS pixels. */
export function paintRoll(pixels: Uint8ClampedArray, roll: Roll, [red, green, blue]: Rgb): void {
    for (let index = 0; index < COLUMNS; index++) {
        const from = roll.column(index);
        for (let key = 0; key < KEYS; key++) {
            const velocity = roll.cells[from + key] ?? 0;
            const at = ((KEYS - 1 - key) * COLUMNS + index) * 4;
            pixels[at] = red;
            pixels[at + 1] = green;
            pixels[at + 2] = blue;
            pixels[at + 3] = velocity === 0 ? 0 : 90 + (velocity * 165) / 127;
        }
    }
}
