"""Random valid MIDI, as a device sends it and as a client must write it."""
import random


def random_message(rng):
    status = rng.choice([0x80, 0x90, 0x90, 0x90, 0xA0, 0xB0, 0xB0, 0xC0, 0xD0, 0xE0]) | rng.randrange(16)
    size = 1 if status & 0xE0 == 0xC0 else 2
    data = [rng.randrange(128) for _ in range(size)]
    if status & 0xF0 == 0xB0:
        data[0] = rng.randrange(120)
    return bytes([status, *data])


def random_stream(rng, count, sysex=0, realtime=0.05):
    """`count` messages. Gives (as sent: running status, real-time bytes anywhere; as expected: full status, real-time first)."""
    sent, expected, running = bytearray(), [], None
    for _ in range(count):
        if rng.random() < 0.02:
            message = b"\xf0" + bytes(rng.randrange(128) for _ in range(rng.choice([1, 10, 46, 47, 300]))) + b"\xf7"
        elif rng.random() < 0.02:
            message = rng.choice([b"\xf1\x12", b"\xf2\x01\x02", b"\xf3\x05", b"\xf6"])
        else:
            message = random_message(rng)
        with_status = message[0] >= 0xF0 or message[0] != running or rng.random() < 0.3
        body = message if with_status else message[1:]
        running = message[0] if message[0] < 0xF0 else None
        for byte in body:
            sent.append(byte)
            if rng.random() < realtime:
                tick = rng.choice([0xF8, 0xFA, 0xFB, 0xFC])
                sent.append(tick)
                expected.append(bytes([tick]))
        # A real-time byte after the last byte of a message comes after it, the others before.
        if sent[-1] >= 0xF8:
            expected.insert(len(expected) - 1, message)
        else:
            expected.append(message)
    if sysex:
        message = b"\xf0" + rng.randbytes(sysex - 2).translate(bytes(b & 0x7F for b in range(256))) + b"\xf7"
        sent += message
        expected.append(message)
    return bytes(sent), b"".join(expected)


def voices(data):
    """(everything but real-time bytes, the real-time bytes): each keeps its order, but real-time may overtake a long SysEx."""
    return bytes(b for b in data if b < 0xF8), bytes(b for b in data if b >= 0xF8)


def release_of(messages):
    """How many note-offs silence what these full-status messages leave sounding."""
    sounding = {}
    for m in messages:
        if m[0] & 0xE0 == 0x80:
            key = (m[0] & 15, m[1])
            on = m[0] & 0x10 and m[2] > 0
            sounding[key] = sounding.get(key, 0) + 1 if on else max(0, sounding.get(key, 0) - 1)
    return {k: v for k, v in sounding.items() if v}


def numbered(n):
    """A controller message that stands for a number below 131,072."""
    return bytes([0xB0 | n >> 13 & 15, n >> 7 & 63, n & 127])


def split(data):
    """Full-status bytes into messages (no real-time inside others)."""
    messages, at = [], 0
    while at < len(data):
        status = data[at]
        if status == 0xF0:
            size = data.index(0xF7, at) + 1 - at
        elif status in (0xF1, 0xF3) or status & 0xE0 == 0xC0:
            size = 2
        elif status >= 0xF4:
            size = 1
        else:
            size = 3
        messages.append(data[at:at + size])
        at += size
    return messages


RANDOM = random.Random
