"""Writes a seed corpus: whole golden datagrams for datagram_fuzz, their payloads for the decoders, small MIDI streams and songs, and OSC packets.

Usage: make_seeds.py <golden folder> <corpus folder>
"""
import pathlib
import sys

HEADER_SIZE = 40
KIND_AT = 3
KINDS = {1: "data", 2: "bulk", 3: "heartbeat", 4: "identity", 5: "journal", 6: "nack", 7: "lease", 8: "control"}

# midi_parser_fuzz takes the first two bytes as the seed of the chunking.
CHUNKING = bytes.fromhex("0007")
STREAMS = {
    "running_status": "90 3C 40 3E 41 3C 00 B0 07 7F C0 05 06 E0 00 40",
    "clock_inside": "F8 90 F8 3C F8 40 F0 7E F8 7F 09 01 F7 FE FF",
    "sysex_cut_short": "F0 7E 7F 90 3C 40 F7 F0 01 F0 02 F7 12 34",
    "system_common": "F1 23 F2 01 02 F3 05 F6 F4 F5 F2 01 B0 63 01 62 02 06 03",
}
# End of track, a tempo, a marker, running status, a SysEx in two parts.
TRACK_END = "00 FF 2F 00"
TRACKS = {
    "notes": f"00 90 3C 40 60 3C 00 {TRACK_END}",
    "tempo": f"00 FF 51 03 07 A1 20 00 FF 58 04 04 02 18 08 81 48 C0 05 {TRACK_END}",
    "sysex": f"00 F0 03 7E 7F 09 0A F7 02 01 F7 00 F7 01 F8 {TRACK_END}",
}

# A message of control_fuzz that no golden datagram has: a command with a pipeline of everything.
PIPELINE = ("a6617467636f6d6d616e64617601626964076466726f6d1b800000000000000162646f677365747069706562706ca7627863026275700c62636d50"
            "0102030405060708090a0b0c0d0e0f1062637566706f696e747362667818646270744401147f6e62726d4900140407007f007f01")

# Of osc_fuzz, which listens for /a/b: address, type tags, arguments.
OSC_MESSAGES = {
    "press": ("/a/b", "i", "00000001"),
    "release": ("/a/b", "f", "00000000"),
    "pattern": ("/{a,x}/?", "T", ""),
    "set": ("/*/[!c-e]", "", ""),
    "every_type": ("/a/b", "sbhtdScrmFNI[i]", "61000000 00000003 62626200" + "00" * 24 + "63000000" + "00" * 16),
}


def read_hex(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return bytes.fromhex("".join(line.split("#")[0] for line in lines))


def write_seed(folder, name, seed):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(seed)


def chunk(name, body):
    return name + len(body).to_bytes(4, "big") + body


def song(file_format, division, tracks):
    header = b"".join(n.to_bytes(2, "big") for n in (file_format, len(tracks), division))
    return chunk(b"MThd", header) + b"".join(chunk(b"MTrk", bytes.fromhex(t)) for t in tracks)


def songs():
    for name, track in TRACKS.items():
        yield name, song(0, 96, [track])
    many = song(1, 480, list(TRACKS.values()))
    yield "many_tracks", many
    yield "film_time", song(0, 0xE728, [TRACKS["notes"]])
    riff = b"RMID" + b"data" + len(many).to_bytes(4, "little") + many
    yield "riff", b"RIFF" + len(riff).to_bytes(4, "little") + riff


def osc_text(text):
    return text.encode() + bytes(4 - len(text) % 4)


def osc_bundle(*elements):
    return osc_text("#bundle") + bytes(8) + b"".join(len(e).to_bytes(4, "big") + e for e in elements)


def osc_packets():
    messages = {n: osc_text(a) + osc_text("," + t) + bytes.fromhex(d) for n, (a, t, d) in OSC_MESSAGES.items()}
    yield from messages.items()
    bundle = osc_bundle(*messages.values())
    yield "bundle", bundle
    yield "bundles", osc_bundle(messages["release"], osc_bundle(bundle), messages["press"])
    # What the library behind it does not survive.
    yield "blob_missing", osc_text("/a/b") + osc_text(",b")
    yield "blob_far", osc_text("/a/b") + osc_text(",bb") + bytes.fromhex("7FFFFFF0")
    yield "element_endless", osc_bundle() + bytes.fromhex("FFFFFFFC")


def main():
    golden, corpus = map(pathlib.Path, sys.argv[1:])
    for path in sorted(golden.glob("*.hex")):
        datagram = read_hex(path)
        write_seed(corpus / "datagram", path.stem, datagram)
        write_seed(corpus / KINDS[datagram[KIND_AT]], path.stem, datagram[HEADER_SIZE:])
    for name, stream in STREAMS.items():
        write_seed(corpus / "midi_parser", name, CHUNKING + bytes.fromhex(stream))
    write_seed(corpus / "control", "pipeline", bytes.fromhex(PIPELINE))
    for name, seed in songs():
        write_seed(corpus / "smf_reader", name, seed)
    for name, seed in osc_packets():
        write_seed(corpus / "osc", name, seed)


main()
