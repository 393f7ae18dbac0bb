import type { Problem } from './api/client';

/** Where a panel has its data from. */
export interface Source {
    /** When it came, by this screen's clock; 0: not yet. */
    readonly at: number;
    /** Older than this it is not what is, but what was; 1.5 s where it is not said. ms */
    readonly limit?: number;
    /** Why it does not come any more. */
    readonly problem?: Problem | null;
}
