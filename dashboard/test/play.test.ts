import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../src/lib/api/client';
import type { PlayResult } from '../src/lib/api/types';
import { controlChange, noteOff, noteOn } from '../src/lib/play/bytes';
import { Held } from '../src/lib/play/held';
import { APART_MS, MOST_AT_ONCE, Outbox, PER_SECOND, type Batch } from '../src/lib/play/outbox';
import { KEEP_MS, Player } from '../src/lib/play/player.svelte';
import { keysFrom, letterOf, noteOfCode, shifted, USUAL, viewOf, whitesThatFit, word } from '../src/lib/play/view';

const note = (number: number, channel = 1, port = 0): { port: number; channel: number; note: number } => ({ port, channel, note: number });
const on = (number: number): string => noteOn(1, number, 100);
const off = (number: number): string => noteOff(1, number);
const cc = (controller: number, value: number): string => controlChange(1, controller, value);

describe('bytes', () => {
    it('are whole messages in hexadecimal', () => expect([noteOn(1, 60, 100), noteOff(16, 5), controlChange(3, 7, 64)]).toEqual(['903C64', '8F0540', 'B20740']));
});

describe('what is held', () => {
    it('begins with the first finger and ends with the last', () => {
        const held = new Held();
        expect([held.press('finger', note(60)), held.press('key', note(60)), held.press('pad', note(60, 2))]).toEqual([true, false, true]);
        expect([held.release('finger'), held.release('key'), held.release('key')]).toEqual([null, note(60), null]);
        expect([held.size, held.isDown(note(60)), held.isDown(note(60, 2))]).toEqual([1, false, true]);
    });
    it('is let go all at once, each note once', () => {
        const held = new Held();
        for (const who of ['a', 'b']) held.press(who, note(60));
        held.press('c', note(61));
        expect(held.releaseAll()).toEqual([note(60), note(61)]);
        expect([held.size, held.releaseAll()]).toEqual([0, []]);
    });
});

describe('the outbox', () => {
    it('keeps the newest value of each control, and every note', () => {
        const box = new Outbox(0);
        for (let value = 0; value < 100; value++) for (const controller of [16, 17]) box.control(0, cc(controller, value));
        for (const key of [60, 60, 60]) box.note(0, on(key));
        expect(box.take(0)?.messages).toEqual([cc(16, 99), cc(17, 99), on(60), on(60), on(60)]);
    });
    it('leaves a value before the note that it was meant for', () => {
        const box = new Outbox(0);
        box.control(0, cc(7, 1));
        box.note(0, on(60));
        for (const value of [2, 3]) box.control(0, cc(7, value));
        box.note(0, off(60));
        expect(box.take(0)?.messages).toEqual([cc(7, 1), on(60), cc(7, 3), off(60)]);
    });
    it('knows controls by port and channel', () => {
        const box = new Outbox(0);
        box.control(0, cc(7, 1));
        box.control(0, controlChange(2, 7, 1));
        box.control(1, cc(7, 2));
        expect([box.take(0), box.take(APART_MS), box.take(1000)]).toEqual([{ port: 0, messages: [cc(7, 1), controlChange(2, 7, 1)] }, { port: 1, messages: [cc(7, 2)] }, null]);
    });
    it('never gives 200 in any second, 24 at once, and nothing is lost', () => {
        const box = new Outbox(0);
        const sent: number[] = [];
        let requests = 0;
        let given = 0;
        for (let now = 0; now < 5000; now++) {
            for (let n = 0; n < 2 && given < 600; n++, given++) box.note(0, on(given % 128));
            const batch = box.take(now);
            if (batch) requests++;
            expect(batch?.messages.length ?? 0).toBeLessThanOrEqual(MOST_AT_ONCE);
            for (let n = 0; n < (batch?.messages.length ?? 0); n++) sent.push(now);
        }
        expect(sent).toHaveLength(600);
        expect(requests).toBeLessThan(5 * 100);
        const most = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 1000).length));
        expect(most).toBeLessThan(200);
        expect(most).toBeGreaterThanOrEqual(PER_SECOND);
    });
    it('says how long to wait', () => {
        const box = new Outbox(0);
        for (let n = 0; n < 30; n++) box.note(0, on(n));
        expect(box.waitMs(0)).toBe(0);
        box.take(0);
        expect(box.waitMs(0)).toBe(APART_MS);
        expect([box.take(APART_MS - 1), box.take(APART_MS)?.messages]).toEqual([null, [on(24)]]);
        const wait = box.waitMs(APART_MS);
        expect([box.take(APART_MS + wait - 1), box.take(APART_MS + wait)?.messages[0]]).toEqual([null, on(25)]);
    });
    it('takes back what was too much, in front', () => {
        const box = new Outbox(0);
        box.note(0, on(1));
        const batch = box.take(0) as Batch;
        box.note(0, off(1));
        box.putBack(batch);
        expect([box.take(400), box.waitMs(400) > 100, box.take(1000)]).toEqual([null, true, { port: 0, messages: [on(1), off(1)] }]);
    });
    it('is emptied of all but beginnings', () => {
        const box = new Outbox(0);
        box.control(0, cc(7, 9));
        for (const message of [on(60), off(60)]) box.note(0, message);
        box.note(1, off(61));
        expect([box.drain(), box.size]).toEqual([[{ port: 0, messages: [cc(7, 9), off(60)] }, { port: 1, messages: [off(61)] }], 0]);
    });
});

/** An API that answers when it is told to. */
class Api {
    readonly asked: { host: number | null; batch: Batch; last: boolean; answer: (status?: number) => Promise<void> }[] = [];
    readonly player = new Player(({ host }, batch, last) => {
        return new Promise<PlayResult>((resolve, reject) => {
            const answer = async (status = 200): Promise<void> => {
                if (status === 200) resolve({ outcome: 'done', why: '', host: 1, played: batch.messages.length } as PlayResult);
                else reject(new Problem({ title: '', status, detail: `answered ${status}` }));
                await vi.advanceTimersByTimeAsync(APART_MS);
            };
            this.asked.push({ host, batch, last, answer });
        });
    });
    get sent(): string[][] {
        return this.asked.map(({ batch }) => batch.messages);
    }
    async answer(status = 200): Promise<void> {
        await this.asked.at(-1)?.answer(status);
    }
}

describe('the player', () => {
    beforeEach(() => vi.useFakeTimers());
    afterEach(() => vi.useRealTimers());

    it('sends the first at once, and what comes meanwhile together, in order', async () => {
        const api = new Api();
        api.player.press('a', note(60), 100);
        api.player.release('a');
        for (const value of [1, 2, 3]) api.player.control(0, 1, 7, value);
        api.player.press('a', note(62), 100);
        expect(api.sent).toEqual([[on(60)]]);
        await api.answer();
        expect(api.sent[1]).toEqual([off(60), cc(7, 3), on(62)]);
        await api.answer();
        expect([api.player.played, api.player.host, api.player.isDown(note(62))]).toEqual([4, 1, true]);
    });
    it('glides: the note before ends as the next one begins', async () => {
        const api = new Api();
        api.player.press('finger', note(60), 100);
        await api.answer();
        api.player.press('finger', note(62), 100);
        await api.answer();
        expect(api.sent.flat()).toEqual([on(60), off(60), on(62)]);
        expect([api.player.under('finger')?.note, api.player.under('other')]).toEqual([62, undefined]);
    });
    it('says again and again that a note is meant, while it is held', async () => {
        const api = new Api();
        api.player.press('a', note(60), 100);
        await api.answer();
        for (let n = 0; n < 3; n++) {
            await vi.advanceTimersByTimeAsync(KEEP_MS);
            await api.answer();
        }
        expect(api.sent).toEqual([[on(60)], [], [], []]);
        api.player.release('a');
        await api.answer();
        await vi.advanceTimersByTimeAsync(10 * KEEP_MS);
        expect(api.sent.slice(4)).toEqual([[off(60)]]);
    });
    it('lets go of everything as the page goes, and does not wait for its turn', async () => {
        const api = new Api();
        api.player.press('a', note(60), 100);
        api.player.press('b', note(62), 100);
        api.player.control(0, 1, 7, 5);
        api.player.leave();
        expect(api.asked[1]).toMatchObject({ last: true, batch: { messages: [cc(7, 5), off(60), off(62)] } });
        await api.asked[0]?.answer(429); // what was asked for before must not begin now
        await vi.advanceTimersByTimeAsync(60_000);
        expect(api.asked).toHaveLength(2);
        expect(api.player.anyDown).toBe(false);
    });
    it('ends at the one host what began there, before it plays another', async () => {
        const api = new Api();
        api.player.aim({ device: 1, host: 2 });
        api.player.press('a', note(60), 100);
        await api.answer();
        api.player.aim({ device: 1, host: 3 });
        api.player.press('a', note(64), 100);
        expect(api.asked.map(({ host, batch }) => [host, ...batch.messages])).toEqual([[2, on(60)], [2, off(60)], [3, on(64)]]);
    });
    it('tries again what was too much, later, and loses no note', async () => {
        const api = new Api();
        api.player.press('a', note(60), 100);
        api.player.release('a');
        await api.answer(429);
        expect([api.asked.length, api.player.problem?.status]).toEqual([1, 429]);
        api.player.press('b', note(62), 100); // and whoever goes on does not make it worse
        expect(api.asked).toHaveLength(1);
        await vi.advanceTimersByTimeAsync(1000);
        await api.answer();
        expect([api.sent.slice(1).flat(), api.player.problem]).toEqual([[on(60), off(60), on(62)], null]);
    });
    it.each([409, 503, 504, 0])('after %i plays nothing late, and tries once to end what may sound', async (status) => {
        const api = new Api();
        api.player.press('a', note(60), 100);
        api.player.press('b', note(62), 100);
        api.player.control(0, 1, 7, 5);
        await api.answer(status);
        expect([api.player.anyDown, api.player.problem?.status]).toEqual([false, status]);
        expect(api.sent[1]).toEqual([off(60), off(62)]);
        await api.answer(status);
        await vi.advanceTimersByTimeAsync(60_000);
        expect(api.asked).toHaveLength(2);
        api.player.press('a', note(64), 100); // and may be asked again
        await api.answer();
        expect([api.sent[2], api.player.problem]).toEqual([[on(64)], null]);
    });
});

describe('what the page shows', () => {
    const view = (query: string): ReturnType<typeof viewOf> => viewOf(new URLSearchParams(query));
    it('is what the address says; nonsense counts as not said', () => {
        expect(view('')).toEqual(USUAL);
        expect(view('host=2&channel=10&octaves=3&from=61&faders=120&pads=0')).toEqual({ ...USUAL, host: 2, channel: 10, octaves: 3, from: 60, faders: 120, pads: 0 });
        expect(view('host=0&channel=17&velocity=0&octaves=4&from=128&faders=121')).toEqual(USUAL);
    });
    it('says in the address only what is not usual', () => expect([word('channel', 1), word('channel', 2), word('host', null), word('host', 2)]).toEqual([null, '2', null, '2']));
    it('has black keys between white ones, none at its end', () => {
        const keys = keysFrom(60, 8);
        expect(keys.map((key) => key.note)).toEqual([60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72]);
        expect(keys.filter((key) => !key.white).map((key) => key.at)).toEqual([1, 2, 4, 5, 6]);
        expect(keysFrom(120, 99).at(-1)?.note).toBe(127);
        expect(keysFrom(60, 3).map((key) => key.note)).toEqual([60, 61, 62, 63, 64]);
    });
    it('has as many keys as fit', () => expect([whitesThatFit(3, 2000, 44), whitesThatFit(1, 300, 44), whitesThatFit(1, 0, 44)]).toEqual([22, 6, 1]));
    it('is shifted by an octave, or by what is seen, and not beyond its ends', () => {
        expect([shifted(48, 15, true), shifted(48, 15, false), shifted(48, 5, true)]).toEqual([60, 36, 57]);
        expect([shifted(0, 15, false), shifted(96, 15, true), shifted(103, 15, true)]).toEqual([0, 103, 103]);
    });
    it('is played by the computer’s keys from the first C on', () => {
        expect([noteOfCode('KeyA', 48), noteOfCode('KeyW', 48), noteOfCode('KeyK', 53), noteOfCode('KeyQ', 48), noteOfCode('Semicolon', 120)]).toEqual([48, 49, 72, null, null]);
        expect([letterOf(48, 48), letterOf(64, 48), letterOf(47, 48), letterOf(65, 48)]).toEqual(['A', ';', '', '']);
    });
});
