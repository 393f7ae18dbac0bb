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

/** Which of a page's things wait. */
export function waitingAt(page: string): string[] {
    return [...kept.keys()].filter((key) => key.startsWith(`${page} `)).map((key) => key.slice(page.length + 1));
}

export class Draft<T> {
    /** `name`: which of a page's things it is. */
    constructor(
        private readonly page: string,
        private readonly name: () => string,
    ) {}

    /** Null: nothing was touched. */
    get value(): T | null {
        return (this.kept?.value ?? null) as T | null;
    }

    get basis(): string | null {
        return this.kept?.basis ?? null;
    }

    /** `basis` counts when it is the first change. A value that is as it was is none. */
    change(value: T, was: unknown, basis: string | null): void {
        if (JSON.stringify(value) === JSON.stringify(was)) this.drop();
        else kept.set(this.key, { value, basis: this.kept?.basis ?? basis });
    }

    /** What it was made from was changed by this page itself, elsewhere. */
    rebase(from: string | null, to: string | null): void {
        if (this.kept?.basis === from) kept.set(this.key, { value: this.value, basis: to });
    }

    /** Whether somebody else changed what it was made from; `etag`: of what is there now. */
    outdated(etag: string | null): boolean {
        return this.value !== null && etag !== null && etag !== this.basis;
    }

    drop(): void {
        kept.delete(this.key);
    }

    /** The draft as it is now: of another name, or changed again, it stays. For what takes its time. */
    sent(): () => void {
        const [key, was] = [this.key, this.kept];
        return () => {
            if (kept.get(key) === was) kept.delete(key);
        };
    }

    private get key(): string {
        return `${this.page} ${this.name()}`;
    }

    private get kept(): Kept | undefined {
        return kept.get(this.key);
    }
}

/** Throws away one that waits elsewhere on the page. */
export function dropAt(page: string, name: string): void {
    kept.delete(`${page} ${name}`);
}
