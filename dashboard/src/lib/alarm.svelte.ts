// Changes of host that nobody asked for stay in sight until somebody clears them on this screen.
import type { Rehearsal, ShowEvent } from './api/types';

const KEY = 'midinet.alarm-cleared';
/** As clients say it (failover_policy): what else there is happened by itself. */
const BY_HAND = 'switched by hand';

/** Of an event, or of what a client says of its last change. */
export function byHand(event: Pick<ShowEvent, 'text'>): boolean {
    return event.text.includes(BY_HAND);
}

/** Clients that could not tell at once do so in the next second. */
const TOLD_LATER_MS = 3000;

/** Whether a client left a host while that one was held silent: somebody asked for it. */
export function ofRehearsal(event: ShowEvent, rehearsals: readonly Rehearsal[]): boolean {
    const left = /left host (\d+)/.exec(event.text)?.[1];
    const at = Date.parse(event.at);
    return rehearsals.some(({ host, began, lasted_ms: lasted }) => {
        const from = Date.parse(began);
        return String(host) === left && at >= from && at <= from + lasted + TOLD_LATER_MS;
    });
}

/** Of switches, the newest first: those by themselves since the one that was cleared. */
export function latched(switches: ShowEvent[], clearedAt: string): ShowEvent[] {
    return switches.filter((event) => event.at > clearedAt && !byHand(event));
}

class Alarm {
    /** Times compare as texts: all are UTC and of one form. */
    clearedAt = $state(localStorage.getItem(KEY) ?? '');

    clear(upTo: string): void {
        this.clearedAt = upTo;
        localStorage.setItem(KEY, upTo);
    }
}

export const alarm = new Alarm();
