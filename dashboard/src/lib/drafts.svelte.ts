// What was changed on a page and not sent yet. It waits while other pages are looked at; the browser asks before it is lost with the tab.
import { SvelteMap } from 'svelte/reactivity';

interface Kept {
    value: unknown;
    /** The ETag of what it was made from. */
    basis: string | null;
}
const kept = new SvelteMap<string, Kept>();

addEventListener('beforeunload', (event) => {
    if (kept.size > 0) event.preventDefault();
});

/** Whether something of a page waits. */
export function waitsAt(page: string): boolean {
    return [...kept.keys()].some((key) => key.split(' ')[0] === page);
}

export class Draft<T> {
    /** `key`: a page's path, and behind a space which of its things it is. */
    constructor(private readonly key: () => string) {}

    /** Null: nothing was touched. */
    get value(): T | null {
        return (kept.get(this.key())?.value ?? null) as T | null;
    }

    get basis(): string | null {
        return kept.get(this.key())?.basis ?? null;
    }

    /** `basis` counts when it is the first change. */
    change(value: T, basis: string | null): void {
        kept.set(this.key(), { value, basis: kept.get(this.key())?.basis ?? basis });
    }

    drop(): void {
        kept.delete(this.key());
    }
}
