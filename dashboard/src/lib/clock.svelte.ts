/** The time by which ages are told, four times a second. */
class Clock {
    now = $state(Date.now());

    constructor() {
        setInterval(() => this.tick(), 250);
    }

    tick(): void {
        this.now = Date.now();
    }
}

export const clock = new Clock();
