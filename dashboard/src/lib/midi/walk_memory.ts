// Which controls a device has, as this browser met them.
import type { Place } from './controls';
import { Walk } from './walk';

const key = (device: number): string => `midinet.walk.${device}`;

export function recall(device: number): Walk {
    try {
        return new Walk(JSON.parse(localStorage.getItem(key(device)) ?? '[]') as Place[]);
    } catch {
        return new Walk(); // somebody else's
    }
}

export function keep(device: number, walk: Walk): void {
    const said = JSON.stringify(walk.places());
    if (said !== localStorage.getItem(key(device))) localStorage.setItem(key(device), said);
}
