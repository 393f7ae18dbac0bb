#!/usr/bin/env python3
"""Writes opening.mid, the piece that MIDInet's demonstration plays.

    python3 demo/compose.py [FILE]      (default: opening.mid beside this script)

"Opening" is 33 bars in D minor for seven channels. It is music, and it is also a tour of what a controller may send:
chords, faders that sweep, wheels, pressure of both kinds, programs, and SysEx, one of them 600 bytes long. The same
script always writes the same bytes.
"""
import pathlib
import struct
import sys

PPQ = 480
BAR = 4 * PPQ
BEATS_A_MINUTE = 108
PAD, BASS, ARP, LEAD, BELLS, STRINGS, DRUMS = 0, 1, 2, 3, 4, 5, 9
NAMES = {PAD: "Pad", BASS: "Bass", ARP: "Arpeggio", LEAD: "Lead", BELLS: "Bells", STRINGS: "Strings", DRUMS: "Drums"}

# Sections, in bars: intro, groove, theme, break, finale, and the chord that ends it.
INTRO, GROOVE, THEME, BREAK, FINALE, END = 0, 4, 12, 20, 24, 32
LAST = 33

# One chord a bar, eight bars round: (bass note, notes of the chord from low to high).
CHORDS = [
    (38, [57, 60, 64, 65, 69]),  # D minor 9
    (34, [58, 60, 62, 65, 69]),  # B flat major 9
    (41, [57, 60, 65, 67, 72]),  # F add 9
    (36, [55, 60, 62, 64, 67]),  # C add 9
    (43, [58, 62, 65, 67, 69]),  # G minor 9
    (34, [58, 62, 65, 67, 74]),  # B flat 6
    (38, [57, 62, 64, 65, 69]),  # D minor add 9
    (33, [57, 61, 64, 67, 69]),  # A 7
]

# The theme: for each bar of the round, (beat, length in beats, note).
MELODY = [
    [(0, 1.5, 69), (1.5, 0.5, 74), (2, 1, 76), (3, 1, 77)],
    [(0, 1.5, 77), (1.5, 0.5, 76), (2, 2, 74)],
    [(0, 1, 72), (1, 1, 69), (2, 1.5, 72), (3.5, 0.5, 74)],
    [(0, 3, 76), (3, 0.5, 74), (3.5, 0.5, 72)],
    [(0, 1.5, 70), (1.5, 0.5, 74), (2, 2, 79)],
    [(0, 1, 77), (1, 0.5, 76), (1.5, 0.5, 74), (2, 1, 72), (3, 1, 74)],
    [(0, 2, 69), (2, 1, 77), (3, 1, 76)],
    [(0, 2, 76), (2, 2, 73)],
]

KICK, SNARE, CLOSED_HAT, OPEN_HAT, CRASH, RIM = 36, 38, 42, 46, 49, 37
# At the same moment: what was before ends, then controls are set, then new notes begin.
OFF, SETTING, ON = range(3)


class Hand:
    """A player's unevenness: a fixed sequence of small numbers (a 32-bit linear congruential generator)."""

    def __init__(self, seed):
        self.state = seed

    def about(self, value, spread):
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return value - spread + (self.state >> 16) % (2 * spread + 1)


class Part:
    """One channel: collects events, and writes them as a track."""

    def __init__(self, channel):
        self.channel = channel
        self.notes = []
        self.settings = []
        self.hand = Hand(1000 + channel)

    def note(self, tick, length, key, velocity):
        strength = max(1, min(127, self.hand.about(velocity, 6)))
        self.notes.append((tick, max(1, length), key, strength))

    def send(self, tick, kind, *data):
        self.settings.append((tick, bytes([kind | self.channel, *data])))

    def control(self, tick, controller, value):
        self.send(tick, 0xB0, controller, value)

    def program(self, tick, program):
        self.send(tick, 0xC0, program)

    def bend(self, tick, amount):
        """`amount`: -1 to 1."""
        value = max(0, min(16383, 8192 + round(amount * 8191)))
        self.send(tick, 0xE0, value & 0x7F, value >> 7)

    def ramp(self, begin, end, first, last, step, send):
        """Calls send(tick, value) every `step` ticks, with whole values on the line from `first` to `last`."""
        before = None
        for tick in range(begin, end, step):
            value = round(first + (last - first) * (tick - begin) / (end - begin))
            if value != before:
                send(tick, value)
            before = value
        send(end - 1, last)

    def sweep(self, begin, end, controller, first, last, step=40):
        self.ramp(begin, end, first, last, step, lambda tick, value: self.control(tick, controller, value))

    def pressure(self, begin, end, first, last, step):
        self.ramp(begin, end, first, last, step, lambda tick, value: self.send(tick, 0xD0, value))

    def events(self):
        """(tick, order, bytes), sorted. A key that is struck again is let go first."""
        made = [(tick, SETTING, data) for tick, data in self.settings]
        notes = sorted(self.notes)
        for index, (tick, length, key, velocity) in enumerate(notes):
            again = next((other[0] for other in notes[index + 1:] if other[2] == key), tick + length)
            end = min(tick + length, again)
            made.append((tick, ON, bytes([0x90 | self.channel, key, velocity])))
            made.append((end, OFF, bytes([0x80 | self.channel, key, 40 + key % 40])))
        return sorted(made, key=lambda event: event[:2])


def bars(first, last):
    """(bar, its tick, its chord) for each bar of a section."""
    return [(bar, bar * BAR, CHORDS[bar % 8]) for bar in range(first, last)]


def play_pad(part):
    part.program(0, 89)
    part.control(0, 7, 96)
    for bar, tick, (_, chord) in bars(0, LAST):
        length = BAR * 2 if bar == END else BAR - 30
        for index, key in enumerate(CHORDS[0][1] if bar == END else chord):
            part.note(tick + 12 * index, length - 12 * index, key, 58 + 4 * index)
        if bar < END:
            part.pressure(tick + 480, tick + BAR - 60, 10, 70 if bar % 2 else 100, 60 if bar < THEME else 90)
    # The filter opens through the intro, breathes in the groove, and closes and opens again in the break.
    part.sweep(0, GROOVE * BAR, 74, 12, 118, 60)
    for bar in range(GROOVE, END, 2):
        low, high = (20, 100) if bar in (BREAK, BREAK + 2) else (64, 112)
        part.sweep(bar * BAR, bar * BAR + BAR, 74, high, low, 80)
        part.sweep(bar * BAR + BAR, bar * BAR + 2 * BAR, 74, low, high, 80)
    part.sweep(END * BAR, (LAST + 1) * BAR, 7, 96, 20, 48)
    part.sweep(END * BAR, (LAST + 1) * BAR, 74, 112, 24, 60)


def play_bass(part):
    part.program(0, 38)
    part.control(0, 7, 104)
    for bar, tick, (root, _) in bars(GROOVE, END):
        if BREAK <= bar < FINALE:
            part.note(tick, BAR - 40, root, 84)
            continue
        for step, (interval, velocity) in enumerate([(0, 104), (0, 70), (12, 92), (0, 74), (0, 96), (7, 78), (12, 90), (7, 74)]):
            part.note(tick + step * 240, 190, root + interval, velocity)
    part.note(END * BAR, BAR * 2, 26, 100)


def play_arpeggio(part):
    part.program(0, 81)
    part.control(0, 7, 88)
    part.control(0, 91, 60)
    orders = [[0, 2, 4, 1, 3, 2, 4, 3], [4, 3, 2, 1, 0, 1, 2, 3], [0, 1, 2, 3, 4, 3, 2, 1]]
    for bar, tick, (_, chord) in bars(0, END):
        order = orders[bar // 4 % 3]
        for step in range(16):
            key = chord[order[step % 8]] + (12 if step >= 8 and bar % 2 else 0)
            part.note(tick + step * 120, 100, key, (88 if step % 4 == 0 else 62) - (14 if bar < 2 else 0))
        # The sound travels from one side to the other and back.
        part.sweep(tick, tick + BAR, 10, *((20, 108) if bar % 2 == 0 else (108, 20)), 60 if bar < THEME else 80)
    part.sweep(0, INTRO * BAR + 2 * BAR, 7, 40, 88, 40)


def sing(part, bar, lift, velocity):
    """A bar of the theme; long notes are slid into and swell."""
    for beat, length, key in MELODY[bar % 8]:
        tick = bar * BAR + int(beat * PPQ)
        end = tick + int(length * PPQ) - 24
        part.note(tick, end - tick, key + lift, velocity)
        if length < 1.5:
            continue
        part.ramp(tick, tick + 160, -100, 0, 20, lambda at, value: part.bend(at, value / 100))
        part.sweep(tick + 240, end, 1, 0, 90, 60)
        part.control(end, 1, 0)


def play_lead(part):
    part.program(0, 80)
    part.control(0, 7, 100)
    for bar in range(THEME, BREAK):
        sing(part, bar, 0, 98)
    part.program(FINALE * BAR - 10, 62)
    for bar in range(FINALE, END):
        sing(part, bar, 12 if bar >= FINALE + 4 else 0, 108)
    part.note(END * BAR, BAR * 2, 74, 100)


def play_bells(part):
    part.program(0, 14)
    part.control(0, 7, 80)
    for bar, tick, (_, chord) in bars(0, END):
        if bar < GROOVE or BREAK <= bar < FINALE:
            # A slow canon with the pedal down, which sheds its notes at each bar line.
            part.control(tick, 64, 127)
            part.control(tick + BAR - 20, 64, 0)
            for step in range(8):
                part.note(tick + step * 240 + 120, 200, chord[(3 * step + bar) % 5] + 24, 64 + 3 * step)
        elif bar % 2:
            for step, key in enumerate(reversed(chord)):
                part.note(tick + 2 * PPQ + step * 120, 110, key + 24, 72 - 4 * step)
    part.note(END * BAR, BAR * 2, 86, 70)


def play_strings(part):
    part.program(0, 48)
    part.control(0, 11, 0)
    for bar, tick, (root, chord) in bars(THEME, LAST):
        if THEME <= bar < THEME + 4:
            continue
        keys = [62, 69, 77] if bar == END else sorted({root + 24, chord[2], chord[4]})
        for key in keys:
            part.note(tick, BAR * 2 if bar == END else BAR - 20, key, 76)
        if bar == END:
            break
        for step in range(16):  # poly pressure: each voice leans in by turns
            part.send(tick + step * 120 + 30, 0xA0, keys[step % len(keys)], 20 + 6 * step)
        part.sweep(tick, tick + BAR // 2, 11, 40, 120, 80)
        part.sweep(tick + BAR // 2, tick + BAR, 11, 120, 40, 80)


def play_drums(part):
    part.control(0, 7, 104)
    for bar, tick, _ in bars(2, END):
        full = GROOVE <= bar < BREAK or bar >= FINALE
        for step in range(16):
            at = tick + step * 120
            if step % 2 == 0 or full:
                part.note(at, 60, OPEN_HAT if full and step == 14 else CLOSED_HAT, 84 if step % 4 == 0 else 48)
            if full and step in ((0, 7, 10) if bar % 2 else (0, 6, 8)):
                part.note(at, 90, KICK, 112)
            if full and step in (4, 12):
                part.note(at, 90, SNARE, 104)
            if not full and step in (3, 6, 11):
                part.note(at, 60, RIM, 60)
        if bar in (GROOVE, THEME, FINALE):
            part.note(tick, BAR, CRASH, 108)
        if bar in (GROOVE - 1, BREAK - 1, FINALE - 1, END - 1):
            for step in range(8):  # a roll into the next section
                part.note(tick + 3 * PPQ + step * 60, 40, 50 - step // 2, 60 + 8 * step)
    part.note(END * BAR, BAR, CRASH, 116)


def sysex(tick, body):
    """F0 body F7; the file keeps the length of what follows F0."""
    return (tick, SETTING, b"\xF0" + quantity(len(body) + 1) + body + b"\xF7")


def conductor():
    """Tempo and the messages to the whole instrument. 7D is the manufacturer id that is nobody's."""
    events = [(0, SETTING, b"\xFF\x58\x04\x04\x02\x18\x08"), sysex(0, b"\x7E\x7F\x09\x01")]
    events.append((0, SETTING, tempo(BEATS_A_MINUTE)))
    for bar in (GROOVE, THEME, FINALE):  # a lamp for each section
        events.append(sysex(bar * BAR - 20, bytes([0x7D, 0x10, bar])))
    # A picture for all the lamps: 7D, 11, 596 values; with F0 and F7 these are 600 bytes.
    picture = bytes((x * x // 7 + 5 * (x // 40)) & 0x7F for x in range(596))
    events.append(sysex(BREAK * BAR + PPQ, b"\x7D\x11" + picture))
    for beat in range(8):  # the last two bars slow down
        events.append((30 * BAR + beat * PPQ, SETTING, tempo(BEATS_A_MINUTE - 3 * (beat + 1))))
    return events


def tempo(beats_a_minute):
    return b"\xFF\x51\x03" + round(60_000_000 / beats_a_minute).to_bytes(3, "big")


def quantity(value):
    """A variable-length quantity: seven bits a byte, the top bit on all but the last."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, 0x80 | value & 0x7F)
    return bytes(out)


def track(name, events):
    body = b"\x00\xFF\x03" + quantity(len(name)) + name.encode("ascii")
    now, running = 0, None
    for tick, _, data in sorted(events, key=lambda event: event[:2]):
        body += quantity(tick - now)
        now = tick
        if data[0] < 0xF0:  # running status, as most files have it
            body += data[1:] if data[0] == running else data
            running = data[0]
        else:
            body += data
            running = None
    end = (LAST + 1) * BAR
    body += quantity(end - now) + b"\xFF\x2F\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def compose():
    players = {PAD: play_pad, BASS: play_bass, ARP: play_arpeggio, LEAD: play_lead, BELLS: play_bells,
               STRINGS: play_strings, DRUMS: play_drums}
    tracks = [track("Opening", conductor())]
    for channel, play in players.items():
        part = Part(channel)
        play(part)
        tracks.append(track(NAMES[channel], part.events()))
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), PPQ) + b"".join(tracks)


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("opening.mid")
    path.write_bytes(compose())


if __name__ == "__main__":
    main()
