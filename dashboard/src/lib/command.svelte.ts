// Something that was asked for: under way, done, or why not.
import { access } from './access.svelte';
import { Problem, type Answer, type Wish } from './api/client';

export class Command<T> {
    busy = $state(false);
    answer = $state.raw<Answer<T> | null>(null);
    problem = $state.raw<Problem | null>(null);

    async run(path: string, wish: Wish): Promise<Answer<T> | null> {
        if (this.busy) return null;
        this.clear();
        this.busy = true;
        try {
            this.answer = await access.ask<T>(path, wish);
            return this.answer;
        } catch (error) {
            if (!(error instanceof Problem)) throw error;
            this.problem = error;
            return null;
        } finally {
            this.busy = false;
        }
    }

    clear(): void {
        this.answer = null;
        this.problem = null;
    }
}
