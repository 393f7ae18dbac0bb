// Which notes are pressed, and by what: a finger, a key of the computer, a pad. Pure.
export interface Note {
    port: number;
    channel: number;
    note: number;
}

const keyOf = (note: Note): string => `${note.port}/${note.channel}/${note.note}`;

export class Held {
    /** By who presses it. A finger is on one note at a time. */
    private readonly fingers = new Map<string, Note>();

    /** True: nobody else pressed that note, so it begins now. */
    press(who: string, note: Note): boolean {
        const first = !this.isDown(note);
        this.fingers.set(who, note);
        return first;
    }

    /** The note that ends by it; null: another finger is still on it, or this one was on none. */
    release(who: string): Note | null {
        const note = this.fingers.get(who);
        if (!note) return null;
        this.fingers.delete(who);
        return this.isDown(note) ? null : note;
    }

    /** Each note once. */
    releaseAll(): Note[] {
        const notes = new Map([...this.fingers.values()].map((note) => [keyOf(note), note]));
        this.fingers.clear();
        return [...notes.values()];
    }

    isDown(note: Note): boolean {
        const key = keyOf(note);
        for (const one of this.fingers.values()) if (keyOf(one) === key) return true;
        return false;
    }

    of(who: string): Note | undefined {
        return this.fingers.get(who);
    }

    get size(): number {
        return this.fingers.size;
    }

    /** What is pressed, to look up by isDown's key. */
    notes(): Note[] {
        return [...this.fingers.values()];
    }
}
