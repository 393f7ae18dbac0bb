// Asks the API. Every failure is a Problem: the server's own (RFC 9457), or that it cannot be reached.
import { text } from '../../text';

export interface ProblemBody {
    title: string;
    status: number;
    detail: string;
    pointer?: string;
    [member: string]: unknown;
}

export class Problem extends Error {
    constructor(readonly body: ProblemBody) {
        super(body.detail);
    }
    get status(): number {
        return this.body.status;
    }
}

export interface Answer<T> {
    value: T;
    etag: string | null;
    status: number;
}

export interface Wish {
    method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
    body?: unknown;
    /** The ETag of what is meant to be changed. */
    match?: string | null;
    token?: string;
    /** Goes out although the page goes. */
    keepalive?: boolean;
}

/** Hosts answer within 5 s or never. */
const PATIENCE_MS = 8000;

export function problemOf(status: number, said: unknown): Problem {
    const body = typeof said === 'object' && said !== null ? (said as Partial<ProblemBody>) : {};
    return new Problem({ ...body, title: body.title ?? '', status, detail: body.detail ?? text.problem.unexplained(status) });
}

export async function ask<T>(path: string, wish: Wish = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = {};
    if (wish.token) headers['Authorization'] = `Bearer ${wish.token}`;
    if (wish.match) headers['If-Match'] = wish.match;
    const request: RequestInit = { method: wish.method ?? 'GET', headers, cache: 'no-store', keepalive: wish.keepalive ?? false, signal: AbortSignal.timeout(PATIENCE_MS) };
    if (wish.body !== undefined) {
        headers['Content-Type'] = 'application/json';
        request.body = JSON.stringify(wish.body);
    }
    let response: Response;
    let said: unknown = null;
    try {
        response = await fetch(path, request);
        said = await response.json();
    } catch {
        throw new Problem({ title: '', status: 0, detail: text.problem.unreachable });
    }
    if (!response.ok) throw problemOf(response.status, said);
    return { value: said as T, etag: response.headers.get('ETag'), status: response.status };
}
