// What docs/openapi.yaml does not have yet.
export interface RehearsedClient {
    id: string;
    name: string;
    /** It played that host when it began. */
    played: boolean;
    outcome: 'moved' | 'untouched' | 'stayed' | 'gone' | 'waiting';
    to: number | null;
    took_us: number | null;
    lost: number;
    silences: number;
}
export interface Rehearsal {
    host: number;
    running: boolean;
    left_ms: number;
    began: string;
    lasted_ms: number;
    armed: boolean;
    clients: RehearsedClient[];
}
export interface Rehearsals {
    as_of: string;
    device: number;
    rehearsals: Rehearsal[];
}
export interface RehearsalsEnded {
    ended: number[];
}
export interface PlayResult {
    outcome: string;
    why: string;
    host: number;
    played: number;
}
export interface Bucket {
    up_to_us: number | null;
    count: number;
}
export interface HeldHost {
    held_ms: number;
}
export interface ClientTransit {
    transit_p99_9_us: number;
    transit_max_us: number;
    transit_histogram: Bucket[];
}
