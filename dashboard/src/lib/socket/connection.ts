// Keeps a feed's socket open: opens it again where it was, ever slower; closes one that fell silent.
import { waitBefore } from './backoff';
import { Feed } from './feed';

export interface SocketLike {
    onmessage: ((event: { data: unknown }) => void) | null;
    onclose: (() => void) | null;
    onopen?: (() => void) | null;
    readonly readyState?: number;
    close(): void;
}

/** Makes a document of what the socket says. */
export interface Reader<T> {
    readonly document: T | null;
    /** False: that does not follow; the socket is opened anew. */
    take(said: string): boolean;
    /** Where a new socket goes on, as a query; empty: from the beginning. */
    place(): string;
}

export interface ConnectionOptions<T> {
    /** Without the place. */
    url: () => string;
    onDocument: (document: T) => void;
    onLost?: () => void;
    /** A socket that says nothing for so long is dead, although nobody closed it; 0: silence is usual. */
    silenceMs: number;
    /** A Feed where it is not said. */
    feed?: Reader<T>;
    open?: (url: string) => SocketLike;
    random?: () => number;
}

const OPENING_MS = 3000;
const CONNECTING = 0;

export class Connection<T> {
    private readonly feed: Reader<T>;
    private socket: SocketLike | null = null;
    private attempt = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private ended = false;

    constructor(private readonly options: ConnectionOptions<T>) {
        this.feed = options.feed ?? new Feed<T>();
        this.open();
    }

    end(): void {
        this.ended = true;
        clearTimeout(this.timer);
        this.drop();
    }

    private open(): void {
        const place = this.feed.place();
        const url = this.options.url();
        const full = place ? url + (url.includes('?') ? '&' : '?') + place : url;
        const make = this.options.open ?? ((where: string) => new WebSocket(where) as unknown as SocketLike);
        this.socket = make(full);
        this.socket.onmessage = (event) => this.take(String(event.data));
        this.socket.onclose = () => this.again();
        this.expect(OPENING_MS);
    }

    private take(said: string): void {
        if (!this.feed.take(said)) return this.again();
        this.attempt = 0;
        if (this.options.silenceMs > 0) this.expect(this.options.silenceMs);
        else clearTimeout(this.timer);
        if (this.feed.document !== null) this.options.onDocument(this.feed.document);
    }

    private expect(withinMs: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.again(), withinMs);
    }

    private again(): void {
        this.drop();
        if (this.ended) return;
        this.options.onLost?.();
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.open(), waitBefore(this.attempt++, this.options.random));
    }

    private drop(): void {
        const socket = this.socket;
        this.socket = null;
        if (!socket) return;
        socket.onmessage = null;
        socket.onclose = null;
        if (socket.readyState === CONNECTING) socket.onopen = () => socket.close(); // before, the browser would complain
        else socket.close();
    }
}
