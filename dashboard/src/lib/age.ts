/** Data older than this is not what is, but what was. */
export const STALE_MS = 1500;

export function isStale(nowMs: number, atMs: number, limitMs: number = STALE_MS): boolean {
    return nowMs - atMs > limitMs;
}

/** Whole seconds, rounded up: an age that does not flicker while data is fresh. */
export function ageText(ms: number): string {
    const seconds = Math.max(1, Math.ceil(ms / 1000));
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
