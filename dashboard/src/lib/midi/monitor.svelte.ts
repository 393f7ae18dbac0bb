// A tap that is looked at: its socket, and all that is made of what it tells.
import { Connection } from '../socket/connection';
import { socketUrl } from '../socket/url';
import { Controls } from './controls';
import { Log } from './log';
import { MidiFeed, type MidiMessage, type Tapped } from './message';
import { Roll } from './roll';
import { Walk } from './walk';

/** The log and the pictures are no reactive state: they change thousands of times a second, and are drawn by the frame. */
export class Monitor {
    readonly log = new Log();
    readonly controls = new Controls();
    readonly roll = new Roll();
    walk = $state.raw(new Walk());
    /** What is tapped; null: the server did not say yet. */
    taps = $state.raw<Tapped[] | null>(null);
    problem = $state('');
    /** Since when there is no socket; 0: there is one. */
    lostAt = $state(0);
    /** The server's clock less this screen's; us. */
    private ahead = 0;

    /** For $effect: looks until it is undone. */
    follow(query: string): () => void {
        this.taps = null;
        const connection = new Connection<MidiMessage>({
            url: () => socketUrl(`/ws/midi?${query}`),
            feed: new MidiFeed(),
            silenceMs: 0,
            onDocument: (message) => this.take(message),
            onLost: () => (this.lostAt ||= Date.now()),
        });
        return () => connection.end();
    }

    /** Another tap: what was seen is not of it. */
    clear(): void {
        this.log.clear();
        this.controls.clear();
        this.roll.clear();
    }

    /** By the server's clock; us since 1970. */
    get now(): number {
        return Date.now() * 1000 + this.ahead;
    }

    private take(message: MidiMessage): void {
        this.lostAt = 0;
        if (message.type === 'snapshot') {
            this.taps = message.taps;
            this.problem = '';
        } else if (message.type === 'problem') {
            this.problem = message.detail;
        } else {
            this.takeEvents(message);
        }
    }

    private takeEvents({ events, dropped, lost }: MidiMessage & { type: 'midi' }): void {
        this.log.take(events, dropped, lost);
        for (const event of events) {
            this.controls.take(event);
            this.roll.take(event);
            this.walk.take(event);
        }
        const last = events.at(-1);
        if (last) this.ahead = last.unix_us - Date.now() * 1000;
    }
}
