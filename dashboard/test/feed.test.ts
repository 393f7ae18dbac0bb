import { describe, expect, it } from 'vitest';
import type { ShowDocument } from '../src/lib/api/types';
import { Feed } from '../src/lib/socket/feed';
import { applyPatch, PatchError } from '../src/lib/socket/json_patch';
import recorded from './frames/status.json';

/** As a midi-admin sent them: a snapshot and three deltas. */
const frames: string[] = recorded;
const frame = (index: number): string => frames[index] ?? '';

describe('a feed', () => {
    it('is what the snapshot said, with what changed since', () => {
        const feed = new Feed<ShowDocument>();
        expect(frames.map((one) => feed.take(one))).toEqual([true, true, true, true]);
        expect(feed.document?.status.midi.played).toBe(574);
        expect(feed.document?.hosts.hosts.map((host) => host.name)).toEqual(['host-a', 'host-b']);
        expect(feed.document?.hosts.hosts[0]?.counters['events']).toBe(284);
    });
    it('leaves documents that were handed out as they were', () => {
        const feed = new Feed<ShowDocument>();
        feed.take(frame(0));
        const before = feed.document;
        const played = before?.status.midi.played;
        for (const one of frames.slice(1)) feed.take(one);
        expect(before?.status.midi.played).toBe(played);
        expect(feed.document).not.toBe(before);
    });
    it('names its place, so that a new socket goes on from there', () => {
        const feed = new Feed<ShowDocument>();
        expect(feed.place()).toBe('');
        feed.take(frame(0));
        feed.take(frame(1));
        expect(feed.place()).toBe('run=9494767066480912786&seq=2');
    });
    it('does not believe a delta that does not follow, and asks anew', () => {
        const feed = new Feed<ShowDocument>();
        feed.take(frame(0));
        expect(feed.take(frame(2))).toBe(false);
        expect(feed.place()).toBe('');
    });
    it('does not believe a delta of another run', () => {
        const feed = new Feed<ShowDocument>();
        feed.take(frame(0));
        expect(feed.take(frame(1).replace('9494767066480912786', '1'))).toBe(false);
    });
    it('takes no nonsense', () => {
        const feed = new Feed<ShowDocument>();
        for (const said of ['', '{', '{"type":"delta"}', 'null', '{"type":"party","run":"1","seq":1}']) expect(feed.take(said)).toBe(false);
        expect(feed.document).toBeNull();
    });
});

describe('a patch', () => {
    it('adds, removes and replaces in objects and lists', () => {
        const patch = [
            { op: 'add', path: '/a/1', value: 'x' },
            { op: 'remove', path: '/a/0' },
            { op: 'replace', path: '/b~1c/d~0', value: 3 },
            { op: 'add', path: '/a/-', value: 'end' },
        ];
        expect(applyPatch({ a: [1, 2], 'b/c': { 'd~': 2 } }, patch)).toEqual({ a: ['x', 2, 'end'], 'b/c': { 'd~': 3 } });
    });
    it('replaces the whole', () => expect(applyPatch({ a: 1 }, [{ op: 'replace', path: '', value: 2 }])).toBe(2));
    it.each([
        [{ op: 'replace', path: '/none', value: 1 }],
        [{ op: 'remove', path: '/a/2' }],
        [{ op: 'add', path: '/a/3', value: 1 }],
        [{ op: 'replace', path: '/a/x', value: 1 }],
        [{ op: 'move', path: '/a' }],
        [{ op: 'add', path: 'a', value: 1 }],
        [{ op: 'add', path: '/n/x', value: 1 }],
    ])('refuses what does not fit: %o', (operation) => expect(() => applyPatch({ a: [1, 2], n: 1 }, [operation])).toThrow(PatchError));
});
