// What clients had counted when somebody began to look at this page.
import type { Client } from '../../lib/api/types';
import { baselineOf, type Baseline } from '../../lib/histogram';

export class Baselines {
    /** By this screen's clock; 0: not yet. */
    at = $state(0);
    private of = $state.raw<ReadonlyMap<string, Baseline>>(new Map());

    begin(clients: readonly Client[]): void {
        this.of = new Map(clients.map((client) => [client.id, baselineOf(client)]));
        this.at = Date.now();
    }

    /** Of a client that came later there is nothing before. */
    get(id: string): Baseline {
        return this.of.get(id) ?? { uptimeMs: 0, slots: [], counters: {} };
    }
}
