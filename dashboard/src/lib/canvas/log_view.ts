// Lines of the log, the newest at the bottom. Pure but for the context it draws on.
import type { MidiEvent } from '../midi/message';
import { briefly, hexWords, stamp } from '../midi/words';

export interface LogLook {
    hex: boolean;
    /** Of the letters; px. */
    size: number;
    text: string;
    muted: string;
    accent: string;
    stripe: string;
    font: string;
}

/** Narrower than this a message has two lines. */
const NARROW = 36; // em

export function isNarrow(width: number, size: number): boolean {
    return width < NARROW * size;
}

export function rowHeight(width: number, size: number): number {
    return Math.round(size * (isNarrow(width, size) ? 3.1 : 1.7));
}

export function rowsThatFit(width: number, height: number, size: number): number {
    return Math.max(1, Math.floor(height / rowHeight(width, size)));
}

function colourOf(event: MidiEvent, look: LogLook): string {
    if (event.type === 'cc' || event.type === 'bend') return look.accent;
    return event.kind === 'note_off' || event.type === 'clock' ? look.muted : look.text;
}

export function drawLog(context: CanvasRenderingContext2D, width: number, height: number, events: readonly MidiEvent[], look: LogLook): void {
    const narrow = isNarrow(width, look.size);
    const step = rowHeight(width, look.size);
    const letter = look.size * 0.602; // of a monospaced font
    const top = height - events.length * step;
    context.font = `${look.size}px ${look.font}`;
    context.textBaseline = 'middle';
    events.forEach((event, index) => {
        const y = top + index * step;
        const first = y + (narrow ? step * 0.29 : step / 2);
        const words = look.hex ? hexWords(event) : narrow ? briefly(event.text) : event.text;
        const from = `${event.source.name}${event.port > 0 ? ` port ${event.port}` : ''}`;
        context.fillStyle = look.stripe;
        context.fillRect(0, Math.round(y + step) - 1, width, 1);
        context.fillStyle = look.muted;
        context.fillText(stamp(event.unix_us), 0, first);
        context.fillText(narrow ? from : from.slice(0, 16), 14 * letter, first);
        context.fillStyle = colourOf(event, look);
        context.fillText(words, narrow ? 0 : 32 * letter, narrow ? y + step * 0.7 : first);
    });
}
