// Where boxes and lines of the picture stand. Pure.
import type { Client, Host } from '../../lib/api/types';

export interface Spot {
    y: number;
    height: number;
}
export interface Wire {
    from: Spot;
    to: Spot;
    host: Host;
    client: Client;
    /** Played: what the client's port gets. Spare: heard, and in reserve. Broken: it was heard, and is not. */
    state: 'played' | 'spare' | 'broken';
}

const HEIGHT = 64;
const GAP = 16;

/** Boxes of a column, centred in the height of the picture. */
export function column(boxes: number, height: number): Spot[] {
    const whole = boxes * HEIGHT + Math.max(0, boxes - 1) * GAP;
    return Array.from({ length: boxes }, (_, index) => ({ y: (height - whole) / 2 + index * (HEIGHT + GAP), height: HEIGHT }));
}

export function pictureHeight(hosts: number, clients: number): number {
    const most = Math.max(1, hosts, clients);
    return most * HEIGHT + (most - 1) * GAP + 4;
}

export function wires(hosts: Host[], clients: Client[], height: number): Wire[] {
    const left = column(hosts.length, height);
    const right = column(clients.length, height);
    return clients.flatMap((client, row) =>
        hosts.flatMap((host, line) => {
            const source = client.sources.find((one) => one.host === host.id);
            const from = left[line];
            const to = right[row];
            if (!source || !from || !to) return [];
            const broken = !source.alive || client.gone || host.gone;
            const state = broken ? 'broken' : client.active === host.id ? 'played' : 'spare';
            return [{ from, to, host, client, state } satisfies Wire];
        }),
    );
}
