// record.mjs FILE: what /ws/midi says of the show, as dashboard/test/frames/midi.json keeps it.
import { writeFileSync } from 'node:fs';
import { URL_OF } from './browser.mjs';

const frames = [];
const socket = new WebSocket(`${URL_OF.replace('http', 'ws')}/ws/midi?tap=in&host=1`);
socket.onmessage = (message) => {
    frames.push(message.data);
    if (frames.length < 40) return;
    writeFileSync(process.argv[2], `[\n${frames.map((frame) => JSON.stringify(frame)).join(',\n')}\n]\n`);
    process.exit(0);
};
