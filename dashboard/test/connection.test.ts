import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitBefore } from '../src/lib/socket/backoff';
import { Connection, type SocketLike } from '../src/lib/socket/connection';

class FakeSocket implements SocketLike {
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onclose: (() => void) | null = null;
    closed = false;
    constructor(readonly url: string) {}
    close(): void {
        this.closed = true;
    }
    say(seq: number, value: number, type = 'snapshot'): void {
        const message = type === 'snapshot' ? { state: { value } } : { patch: [{ op: 'replace', path: '/value', value }] };
        this.onmessage?.({ data: JSON.stringify({ run: 'r', seq, type, ...message }) });
    }
}

describe('a connection', () => {
    let sockets: FakeSocket[] = [];
    let seen: number[] = [];
    const connect = (silenceMs = 4000): Connection<{ value: number }> =>
        new Connection({
            url: () => 'ws://x/ws/status',
            silenceMs,
            random: () => 1,
            onDocument: (document) => seen.push(document.value),
            open: (url) => {
                const socket = new FakeSocket(url);
                sockets.push(socket);
                return socket;
            },
        });
    beforeEach(() => {
        vi.useFakeTimers();
        sockets = [];
        seen = [];
    });
    afterEach(() => vi.useRealTimers());

    it('comes again where it was, and takes what it missed', () => {
        connect();
        sockets[0]?.say(7, 1);
        sockets[0]?.onclose?.();
        vi.advanceTimersByTime(150);
        expect(sockets[1]?.url).toBe('ws://x/ws/status?run=r&seq=7');
        sockets[1]?.say(8, 2, 'delta');
        expect(seen).toEqual([1, 2]);
    });
    it('comes again from the beginning after a gap', () => {
        connect();
        sockets[0]?.say(1, 1);
        sockets[0]?.say(3, 3, 'delta');
        expect(sockets[0]?.closed).toBe(true);
        vi.advanceTimersByTime(150);
        expect(sockets[1]?.url).toBe('ws://x/ws/status');
        expect(seen).toEqual([1]);
    });
    it('gives up a socket that fell silent', () => {
        connect();
        sockets[0]?.say(1, 1);
        vi.advanceTimersByTime(3999);
        expect(sockets).toHaveLength(1);
        vi.advanceTimersByTime(151);
        expect(sockets).toHaveLength(2);
    });
    it('does not mind silence where it is usual', () => {
        connect(0);
        sockets[0]?.say(1, 1);
        vi.advanceTimersByTime(3_600_000);
        expect(sockets).toHaveLength(1);
    });
    it('opens nothing more once it is ended', () => {
        const connection = connect();
        connection.end();
        vi.advanceTimersByTime(60_000);
        expect(sockets).toHaveLength(1);
        expect(sockets[0]?.closed).toBe(true);
    });
});

describe('the wait before an attempt', () => {
    it('doubles up to what people wait', () => expect([0, 1, 2, 3, 4, 40].map((attempt) => waitBefore(attempt, () => 1))).toEqual([150, 300, 600, 1200, 1500, 1500]));
    it('differs between pages', () => expect(waitBefore(4, () => 0)).toBe(750));
});
