// What happened, as it is told again and again: the newest ones each time.
import type { ShowEvent } from './api/types';

/** `known` with what came, the newest first, each once. Another run of midi-admin without a file counts anew: then only what it tells. */
export function withNewest(known: ShowEvent[], came: ShowEvent[]): ShowEvent[] {
    const newest = came[0];
    const oldest = came.at(-1);
    if (!newest || !oldest || (known[0] && known[0].id > newest.id)) return came;
    return [...came, ...known.filter((event) => event.id < oldest.id)];
}
