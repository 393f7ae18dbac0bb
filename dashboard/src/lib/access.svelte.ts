// Whether this tab may change things, and with which token. It is kept for the tab, and nowhere else.
import { ask, Problem, type Answer, type Wish } from './api/client';

const KEY = 'midinet.token';

class Access {
    /** unknown: nobody was asked yet. locked: a token is wanted. */
    state = $state<'unknown' | 'open' | 'locked'>('unknown');
    asking = $state(false);
    private token = sessionStorage.getItem(KEY) ?? '';

    async ask<T>(path: string, wish: Wish = {}): Promise<Answer<T>> {
        try {
            const answer = await ask<T>(path, { ...wish, token: this.token });
            this.state = 'open';
            return answer;
        } catch (error) {
            if (error instanceof Problem && error.status === 401) this.state = 'locked';
            throw error;
        }
    }

    /** Asks the server what it wants; silent where it cannot be reached. */
    async probe(): Promise<void> {
        try {
            await this.ask('/api/status');
        } catch {
            // what came of it is in state
        }
    }

    /** Errors: Problem, and then the token is not kept. */
    async unlock(token: string): Promise<void> {
        await ask('/api/status', { token });
        this.token = token;
        sessionStorage.setItem(KEY, token);
        this.state = 'open';
    }

    lock(): void {
        this.token = '';
        sessionStorage.removeItem(KEY);
        void this.probe();
    }

    get hasToken(): boolean {
        return this.state === 'open' && this.token !== '';
    }
}

export const access = new Access();
