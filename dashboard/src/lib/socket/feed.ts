// A document that a server tells as numbered messages: a snapshot, then what changed. Pure.
import { applyPatch, type Operation } from './json_patch';

interface Message {
    run: string;
    seq: number;
    type: string;
    state?: unknown;
    patch?: Operation[];
    dropped?: number;
}

export class Feed<T> {
    document: T | null = null;
    /** Messages that the server did not send because this page was too slow. */
    dropped = 0;
    private run = '';
    private seq = 0;

    /** Takes a message. False: it does not follow on the last one; ask anew, without a place. */
    take(said: string): boolean {
        try {
            return this.follow(JSON.parse(said) as Message);
        } catch {
            this.forget();
            return false;
        }
    }

    /** Where to go on from, as a query; empty: from the beginning. */
    place(): string {
        return this.seq > 0 ? `run=${encodeURIComponent(this.run)}&seq=${this.seq}` : '';
    }

    private follow(message: Message): boolean {
        if (message.type === 'snapshot') {
            this.document = message.state as T;
            this.dropped += message.dropped ?? 0;
        } else if (message.type === 'delta' && message.run === this.run && message.seq === this.seq + 1) {
            this.document = applyPatch(this.document, message.patch ?? []) as T;
        } else {
            this.forget();
            return false;
        }
        this.run = message.run;
        this.seq = message.seq;
        return true;
    }

    private forget(): void {
        this.run = '';
        this.seq = 0;
    }
}
