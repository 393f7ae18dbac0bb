// MIDI messages as the API takes them: hexadecimal, each with its status. Pure.
const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const CONTROL_CHANGE = 0xb0;
/** Where the surface does not tell how a key was let go. */
const RELEASE_VELOCITY = 64;

const hex = (...bytes: number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('').toUpperCase();
const status = (kind: number, channel: number): number => kind | (channel - 1);

/** `channel`: 1 to 16. `velocity`: 1 to 127. */
export const noteOn = (channel: number, note: number, velocity: number): string => hex(status(NOTE_ON, channel), note, velocity);
export const noteOff = (channel: number, note: number): string => hex(status(NOTE_OFF, channel), note, RELEASE_VELOCITY);
export const controlChange = (channel: number, controller: number, value: number): string => hex(status(CONTROL_CHANGE, channel), controller, value);
export const isNoteOn = (message: string): boolean => message.startsWith('9');
