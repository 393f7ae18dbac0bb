// What is known of the show, as the sockets tell it.
import { access } from './access.svelte';
import { isStale, STALE_MS } from './age';
import { Problem } from './api/client';
import type { AlertDocument, History, Host, ShowDocument } from './api/types';
import { clock } from './clock.svelte';
import { route } from './route.svelte';
import { Connection } from './socket/connection';
import { socketUrl } from './socket/url';

/** Deltas come once a second. */
const SILENCE_MS = 4000;
/** A socket that was closed is mostly there again at the first attempt. */
const ATTEMPTS = 2;
/** Of a device that no host has, or that cannot be. */
const REFUSED = [400, 404];
/** Two minutes of rates. */
const REMEMBERED = 120;

class Show {
    document = $state.raw<ShowDocument | null>(null);
    alerts = $state.raw<AlertDocument | null>(null);
    /** When the latest message came, by this screen's clock; 0: none. */
    at = $state(0);
    /** Messages a second, one for each second; the newest last. */
    rates = $state.raw<number[]>([]);
    /** Why there is no such show; empty: there is one, or nobody knows. */
    missing = $state('');
    private ratedAt = '';
    /** Sockets that closed, or could not be opened, since the latest message. */
    private failures = $state(0);
    private overdue: ReturnType<typeof setTimeout> | undefined;

    /** For $effect: follows the show of a device until it is undone. */
    follow(device: number): () => void {
        this.document = null;
        this.missing = '';
        this.rates = [];
        void this.recall(device);
        const status = new Connection<ShowDocument>({
            url: () => socketUrl(device > 1 ? `/ws/status?device=${device}` : '/ws/status'),
            silenceMs: SILENCE_MS,
            onDocument: (document) => this.take(document),
            onLost: () => {
                this.failures++;
                void this.explain(device);
            },
        });
        const alerts = new Connection<AlertDocument>({
            url: () => socketUrl('/ws/alerts'),
            silenceMs: 0,
            onDocument: (document) => (this.alerts = document),
        });
        return () => {
            clearTimeout(this.overdue);
            status.end();
            alerts.end();
        };
    }

    /** Of the latest message; ms. The clock that ages are told by ticks four times a second, and may be behind. */
    get age(): number {
        return Math.max(0, clock.now - this.at);
    }

    get stale(): boolean {
        return isStale(clock.now, this.at) || this.failures >= ATTEMPTS;
    }

    /** Whether controls do something: the picture is of now, and this tab may. */
    get writable(): boolean {
        return !this.stale && access.state === 'open';
    }

    /** Active alerts that nobody acknowledged. */
    readonly waiting = $derived(this.alerts?.active.filter((alert) => alert.acknowledged === null) ?? []);

    host(id: number): Host | undefined {
        return this.document?.hosts.hosts.find((host) => host.id === id);
    }

    /** How long a host is still held back for a rehearsal; ms, 0: it is not. */
    heldMs(host: Host): number {
        return host.gone ? 0 : Math.max(0, host.held_ms - this.age);
    }

    hostName(id: number): string {
        const host = this.host(id);
        return host && host.name ? host.name : `host ${id}`;
    }

    /** What was before this page came, where it may be read. */
    private async recall(device: number): Promise<void> {
        try {
            const { value } = await access.ask<History>(`/api/metrics/history?range=${REMEMBERED}s&metric=events_per_s&device=${device}`);
            const past = (value.series['events_per_s']?.points ?? []).map((point) => point[1] ?? 0);
            if (device === route.device) this.rates = [...past, ...this.rates].slice(-REMEMBERED);
        } catch {
            // then the line begins now
        }
    }

    /** A socket that is refused does not say why. */
    private async explain(device: number): Promise<void> {
        if (this.document !== null || device === 1) return;
        try {
            await access.ask(`/api/status?device=${device}`);
        } catch (error) {
            const refused = error instanceof Problem && REFUSED.includes(error.status);
            if (refused && device === route.device) this.missing = error.message;
        }
    }

    private take(document: ShowDocument): void {
        this.missing = '';
        const wasAway = this.at > 0 && isStale(Date.now(), this.at);
        this.document = document;
        this.at = Date.now();
        this.failures = 0;
        clearTimeout(this.overdue);
        this.overdue = setTimeout(() => clock.tick(), STALE_MS + 1); // to the moment, not at the next tick
        if (wasAway || access.state === 'unknown') void access.probe();
        const second = document.status.as_of.slice(0, 19);
        if (second === this.ratedAt) return;
        this.ratedAt = second;
        this.rates = [...this.rates, document.status.midi.events_per_s].slice(-REMEMBERED);
    }
}

export const show = new Show();
