// Latencies as bars: both axes logarithmic, so that one late message in a million is seen. Pure but for the context it draws on.
import { EDGES } from '../histogram';

export interface HistogramLook {
    bar: string;
    /** Of bars beyond the limit. */
    late: string;
    line: string;
    label: string;
    limit: string;
    /** Between the limit and a bar of its colour. */
    ground: string;
    font: string;
    size: number;
}

export interface HistogramPicture {
    slots: readonly number[];
    first: number;
    end: number;
    limitUs: number | null;
    marks: readonly { us: number; label: string }[];
    format: (us: number) => string;
}

/** Of labels above the bars, and how high one is in letters. */
const ROWS = 2;
const ROW = 1.4;

const lower = (at: number): number => (at === 0 ? (EDGES[0] ?? 16) / 1.5 : (EDGES[at - 1] ?? 1));
const upper = (at: number): number => EDGES[at] ?? (EDGES.at(-1) ?? 1) * 1.5;

/** Where a time stands, in pixels of the picture. */
export function xOf(us: number, first: number, end: number, width: number): number {
    const [low, high] = [Math.log(lower(first)), Math.log(upper(end - 1))];
    return (Math.min(1, Math.max(0, (Math.log(Math.max(1, us)) - low) / (high - low)))) * width;
}

/** How high a bar is, of one; one message is seen, a million fit. */
export function heightOf(count: number, most: number): number {
    return count <= 0 ? 0 : Math.log10(count + 1) / Math.log10(Math.max(most, 9) + 1);
}

/** Decades, with twos and fives where there is room. */
export function ticks(first: number, end: number, width: number, apart: number): number[] {
    const all = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].flatMap((decade) => [decade, 2 * decade, 5 * decade]);
    const inside = all.filter((us) => us >= lower(first) && us <= upper(end - 1));
    const decades = inside.filter((us) => Number.isInteger(Math.log10(us)));
    const fits = (list: number[]): boolean => list.length * apart <= width;
    return fits(inside) ? inside : fits(decades) && decades.length > 1 ? decades : inside.filter((_, at) => at % Math.max(1, Math.ceil((inside.length * apart) / width)) === 0);
}

/** In which row each label stands, and where its middle is; those with no room in any are left out, with their lines: the figures below say them too. */
export function labelRows(marks: readonly { x: number; width: number }[], width: number): { at: number; row: number; middle: number }[] {
    const free = new Array<number>(ROWS).fill(-Infinity);
    return marks.flatMap((mark, at) => {
        const half = mark.width / 2;
        const middle = Math.min(width - half, Math.max(half, mark.x));
        const row = free.findIndex((from) => middle - half >= from);
        if (row < 0) return [];
        free[row] = middle + half + 6;
        return [{ at, row, middle }];
    });
}

/** Of two colours where the limit runs through it: right of its line all is late. */
function fillBar(context: CanvasRenderingContext2D, [left, top, wide, tall]: [number, number, number, number], limit: number, look: HistogramLook): void {
    const right = left + wide;
    const split = Math.min(right, Math.max(left, limit));
    context.fillStyle = look.bar;
    if (split > left) context.fillRect(left, top, split - left, tall);
    context.fillStyle = look.late;
    if (split < right) context.fillRect(split, top, right - split, tall);
}

export function drawHistogram(context: CanvasRenderingContext2D, width: number, height: number, picture: HistogramPicture, look: HistogramLook): void {
    const { slots, first, end, limitUs } = picture;
    const foot = look.size * 1.9;
    const head = look.size * ROW * ROWS;
    const bottom = height - foot;
    const x = (us: number): number => xOf(us, first, end, width);
    context.font = `${look.size}px ${look.font}`;
    context.textBaseline = 'alphabetic';
    context.fillStyle = look.line;
    for (const us of ticks(first, end, width, look.size * 6)) {
        context.fillRect(Math.round(x(us)), head, 1, bottom - head);
    }
    const most = Math.max(...slots);
    for (let at = first; at < end; at++) {
        const count = slots[at] ?? 0;
        if (count === 0) continue;
        const [left, right] = [x(lower(at)), x(upper(at))];
        const tall = Math.max(3, heightOf(count, most) * (bottom - head));
        fillBar(context, [left + 1, bottom - tall, Math.max(2, right - left - 2), tall], limitUs === null ? Infinity : lower(at) >= limitUs ? -Infinity : upper(at) <= limitUs ? Infinity : x(limitUs), look);
    }
    context.fillStyle = look.line;
    context.fillRect(0, bottom, width, 1);
    drawLabels(context, width, height, picture, look, x);
}

function drawLabels(context: CanvasRenderingContext2D, width: number, height: number, picture: HistogramPicture, look: HistogramLook, x: (us: number) => number): void {
    const { first, end, limitUs } = picture;
    const bottom = height - look.size * 1.9;
    context.fillStyle = look.label;
    for (const us of ticks(first, end, width, look.size * 6)) {
        const at = x(us);
        context.textAlign = at < look.size * 2 ? 'left' : at > width - look.size * 2 ? 'right' : 'center';
        context.fillText(picture.format(us), at, height - look.size * 0.5);
    }
    drawMarks(context, width, bottom, picture, look);
    if (limitUs === null) return;
    context.fillStyle = look.ground;
    const head = look.size * ROW * ROWS;
    context.fillRect(x(limitUs) - 3, head, 6, bottom - head);
    context.strokeStyle = look.limit;
    context.lineWidth = 2;
    context.setLineDash([7, 4]);
    context.beginPath();
    context.moveTo(x(limitUs), head);
    context.lineTo(x(limitUs), bottom);
    context.stroke();
    context.setLineDash([]);
}

/** Each line with its name above it. */
function drawMarks(context: CanvasRenderingContext2D, width: number, bottom: number, picture: HistogramPicture, look: HistogramLook): void {
    const sized = picture.marks.map((mark) => ({ x: xOf(mark.us, picture.first, picture.end, width), width: context.measureText(mark.label).width }));
    const placed = labelRows(sized, width);
    context.fillStyle = look.label;
    context.textAlign = 'center';
    for (const { at, row } of placed) {
        const top = look.size * ROW * (row + 1);
        context.fillRect(Math.round(sized[at]?.x ?? 0) - 1, top, 2, bottom - top);
    }
    for (const { at, row, middle } of placed) {
        const half = (sized[at]?.width ?? 0) / 2;
        context.fillStyle = look.ground; // a line from above goes behind a name
        if (row > 0) context.fillRect(middle - half - 2, look.size * ROW * row, half * 2 + 4, look.size * ROW);
        context.fillStyle = look.label;
        context.fillText(picture.marks[at]?.label ?? '', middle, look.size * (ROW * (row + 1) - 0.3));
    }
}
