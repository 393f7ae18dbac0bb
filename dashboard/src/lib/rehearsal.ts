// A rehearsal in figures and words' keys. Pure.
import type { Host, Rehearsal, RehearsedClient } from './api/types';
import type { Grade } from './grade';

export const SECONDS = { least: 1, most: 60, usual: 5 };

const GRADES: Record<RehearsedClient['outcome'], Grade> = { moved: 'good', untouched: 'good', stayed: 'bad', gone: 'bad', waiting: 'off' };

/** Moved, and yet something was lost: that is no good outcome. */
export function outcomeGrade(client: RehearsedClient): Grade {
    const grade = GRADES[client.outcome];
    return grade === 'good' && client.lost > 0 ? 'warn' : grade;
}

export interface Sum {
    /** Those that played the host which was held. */
    concerned: number;
    moved: number;
    waiting: number;
    lost: number;
    /** The slowest of those that moved; null: nobody told. */
    slowestUs: number | null;
    grade: Grade;
}

export function sumOf({ clients }: Rehearsal): Sum {
    const concerned = clients.filter((client) => client.played);
    const took = concerned.flatMap((client) => (client.outcome === 'moved' && client.took_us !== null ? [client.took_us] : []));
    const grades = clients.map(outcomeGrade);
    const worst = (['bad', 'off', 'warn'] as const).find((grade) => grades.includes(grade));
    return {
        concerned: concerned.length,
        moved: concerned.filter((client) => client.outcome === 'moved').length,
        waiting: clients.filter((client) => client.outcome === 'waiting').length,
        lost: clients.reduce((sum, client) => sum + client.lost, 0),
        slowestUs: took.length > 0 ? Math.max(...took) : null,
        grade: clients.length === 0 ? 'off' : (worst ?? 'good'),
    };
}

/** How long a host must say nothing until its clients leave it, by its own rule. */
export const silenceUs = (rule: Pick<Host['failover'], 'miss_threshold' | 'interval_us'>): number => rule.miss_threshold * rule.interval_us;

/** How long it was, to a tenth of a second, as the CLI says it. */
export function lengthText(ms: number): string {
    return `${(ms / 1000).toFixed(1)} s`;
}

/** What is left, by now; ms. */
export function leftMs(leftThen: number, thenMs: number, nowMs: number): number {
    return Math.max(0, leftThen - Math.max(0, nowMs - thenMs));
}
