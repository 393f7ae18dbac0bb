"""Just enough Standard MIDI File reading for the demo: (seconds, message bytes) in order."""
import struct


def read_varlen(data, at):
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at


def read_track(data):
    """Yields (tick, bytes or ('tempo', microseconds per quarter note))."""
    at, tick, status = 0, 0, 0
    while at < len(data):
        delta, at = read_varlen(data, at)
        tick += delta
        byte = data[at]
        if byte == 0xFF:
            kind = data[at + 1]
            length, at = read_varlen(data, at + 2)
            if kind == 0x51:
                yield tick, ("tempo", int.from_bytes(data[at:at + length], "big"))
            if kind == 0x2F:
                return
            at += length
        elif byte in (0xF0, 0xF7):
            length, at = read_varlen(data, at + 1)
            yield tick, (b"\xf0" if byte == 0xF0 else b"") + data[at:at + length]
            at += length
        else:
            if byte >= 0x80:
                status, at = byte, at + 1
            size = 1 if status & 0xE0 == 0xC0 else 2
            yield tick, bytes([status]) + data[at:at + size]
            at += size


def read_song(path):
    data = open(path, "rb").read()
    _, tracks, division = struct.unpack(">HHH", data[8:14])
    at, events = 14, []
    for track in range(tracks):
        length = struct.unpack(">I", data[at + 4:at + 8])[0]
        events += [(tick, track, n, e) for n, (tick, e) in enumerate(read_track(data[at + 8:at + 8 + length]))]
        at += 8 + length
    song, seconds, tempo, last = [], 0.0, 500000, 0
    for tick, _, _, event in sorted(events, key=lambda e: e[:3]):
        seconds += (tick - last) * tempo / division / 1e6
        last = tick
        if isinstance(event, tuple):
            tempo = event[1]
        else:
            song.append((seconds, event))
    return song
