/** The time by which ages are told, four times a second. */
class Clock {
    now = $state(Date.now());

    constructor() {
        setInterval(() => (this.now = Date.now()), 250);
    }
}

export const clock = new Clock();
