import { access } from '../access.svelte';
import type { PlayResult } from '../api/types';
import type { Post } from './player.svelte';

export const post: Post = async ({ device, host }, { port, messages }, last) => {
    const body = { ...(host === null ? {} : { host }), port, messages };
    return (await access.ask<PlayResult>(`/api/devices/${device}/play`, { method: 'POST', body, keepalive: last })).value;
};
