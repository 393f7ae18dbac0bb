/** How long to wait before the next attempt: doubling, never longer than people wait, and not all pages at once. */
const FIRST_MS = 150;
const LONGEST_MS = 1500;

export function waitBefore(attempt: number, random: () => number = Math.random): number {
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.5 + random() / 2);
}
