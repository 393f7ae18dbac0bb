// Numbers as people read them.
export function microseconds(us: number): string {
    if (us < 1000) return `${us} µs`;
    return us < 100_000 ? `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms` : `${Math.round(us / 1000)} ms`;
}

export function rate(perSecond: number): string {
    return perSecond < 10 && perSecond % 1 !== 0 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en');
}

export function count(value: number): string {
    return value.toLocaleString('en');
}

export function bytes(value: number): string {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function percent(value: number): string {
    return value === 0 || value >= 10 ? `${Math.round(value)} %` : `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

/** The time of day on this screen's clock. */
export function clockTime(at: string | number): string {
    return new Date(at).toLocaleTimeString('en-GB');
}

export function dayAndTime(at: string | number): string {
    const date = new Date(at);
    const today = date.toDateString() === new Date().toDateString();
    return today ? clockTime(at) : `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${clockTime(at)}`;
}
