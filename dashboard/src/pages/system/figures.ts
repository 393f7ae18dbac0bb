// What is told of a machine, in words.
import type { MachineFigures } from '../../lib/api/types';
import { bytes } from '../../lib/format';
import { text } from '../../text';

type Space = MachineFigures['memory'];

/** Per cent; 0 where nothing is known. */
export function usedShare(space: Space): number {
    return space.total_bytes === 0 ? 0 : (1 - space.available_bytes / space.total_bytes) * 100;
}

export function used(space: Space): string {
    return text.system.used(bytes(space.total_bytes - space.available_bytes), bytes(space.total_bytes));
}

export function degrees(figures: MachineFigures): string {
    return figures.temperature_c === null ? '–' : `${figures.temperature_c.toFixed(0)} °C`;
}

/** The one that is filled most; undefined where none is told. */
export function fullest(disks: MachineFigures['disks']): MachineFigures['disks'][number] | undefined {
    return disks.toSorted((a, b) => usedShare(b) - usedShare(a))[0];
}
