// A resource that is asked for again and again while somebody looks at it.
import { access } from './access.svelte';
import { Problem } from './api/client';
import type { Source } from './source';

export class Polled<T> implements Source {
    value = $state.raw<T | null>(null);
    problem = $state.raw<Problem | null>(null);
    etag = $state<string | null>(null);
    /** When it came. */
    at = $state(0);

    /** While the component that makes it is there. When an answer was missed, what it has is old. */
    constructor(
        private readonly path: () => string,
        private readonly everyMs = 1000,
    ) {
        $effect(() => this.run());
    }

    get limit(): number {
        return this.everyMs * 1.5;
    }

    /** From the beginning when the path changes. */
    private run(): () => void {
        const path = this.path();
        let timer: ReturnType<typeof setTimeout>;
        let ended = false;
        const turn = async (): Promise<void> => {
            await this.fetch(path, () => ended);
            if (!ended) timer = setTimeout(turn, this.everyMs);
        };
        void turn();
        return () => {
            ended = true;
            clearTimeout(timer);
        };
    }

    /** What is known is of something else. */
    forget(): void {
        this.value = this.problem = this.etag = null;
        this.at = 0;
    }

    /** Now, beside the rhythm. */
    async again(): Promise<void> {
        await this.fetch(this.path(), () => false);
    }

    private async fetch(path: string, ended: () => boolean): Promise<void> {
        try {
            const answer = await access.ask<T>(path);
            if (ended()) return;
            this.value = answer.value;
            this.etag = answer.etag;
            this.at = Date.now();
            this.problem = null;
        } catch (error) {
            if (!ended() && error instanceof Problem) this.problem = error;
        }
    }
}
