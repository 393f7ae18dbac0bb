import { access } from '../access.svelte';
import type { PlayResult } from '../api/types';
import type { Post } from './player.svelte';

/** Hosts let go of what one player leaves behind, whatever others play: two pages are two players. */
const player = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

export const post: Post = async ({ device, host }, { port, messages }, last) => {
    const body = { ...(host === null ? {} : { host }), port, messages, player };
    return (await access.ask<PlayResult>(`/api/devices/${device}/play`, { method: 'POST', body, keepalive: last })).value;
};
