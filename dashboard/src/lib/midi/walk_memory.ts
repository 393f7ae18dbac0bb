// Which controls a device has, as this browser met them.
import type { Place } from './controls';
import { Walk } from './walk';

const key = (device: number): string => `midinet.walk.${device}`;
/** Whether that walk was begun anew once. */
const againKey = (device: number): string => `${key(device)}.again`;

export function recall(device: number): Walk {
    try {
        return new Walk(JSON.parse(localStorage.getItem(key(device)) ?? '[]') as Place[], localStorage.getItem(againKey(device)) === '1');
    } catch {
        return new Walk(); // somebody else's
    }
}

/** What was kept last: writing is dear, and mostly there is nothing new. */
let kept = '';

export function keep(device: number, walk: Walk): void {
    const now = `${device} ${walk.known} ${walk.again}`;
    if (now === kept) return;
    kept = now;
    localStorage.setItem(key(device), JSON.stringify(walk.places()));
    localStorage.setItem(againKey(device), walk.again ? '1' : '0');
}
