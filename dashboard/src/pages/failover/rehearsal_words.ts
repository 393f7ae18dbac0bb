import type { Rehearsal } from '../../lib/api/types';
import { microseconds } from '../../lib/format';
import { sumOf } from '../../lib/rehearsal';
import { text } from '../../text';

/** What came of it, in a line. */
export function summaryOf(rehearsal: Rehearsal): string {
    const { concerned, moved, lost, slowestUs } = sumOf(rehearsal);
    const t = text.rehearsal;
    return concerned === 0 ? t.untouched(lost) : t.summary(moved, concerned, slowestUs === null ? null : microseconds(slowestUs), lost);
}
