import type { Host, Verdict } from './api/types';

export type Grade = 'good' | 'warn' | 'bad' | 'off';

const VERDICTS: Record<Verdict, Grade> = { ready: 'good', degraded: 'warn', not_safe: 'bad', unreachable: 'bad' };

export function gradeOf(verdict: Verdict): Grade {
    return VERDICTS[verdict];
}

/** Of a host as a place to play from. */
export function hostGrade(host: Pick<Host, 'gone' | 'device_present' | 'health' | 'held_ms'>): Grade {
    if (host.gone || !host.device_present) return 'bad';
    return host.health < 100 || host.held_ms > 0 ? 'warn' : 'good';
}
