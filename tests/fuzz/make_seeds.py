"""Writes a seed corpus: whole golden datagrams for datagram_fuzz, their payloads for the decoders, and small MIDI streams and songs.

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


def main():
    golden, corpus = map(pathlib.Path, sys.argv[1:])
    for path in sorted(golden.glob("*.hex")):
        datagram = read_hex(path)
        write_seed(corpus / "datagram", path.stem, datagram)
        write_seed(corpus / KINDS[datagram[KIND_AT]], path.stem, datagram[HEADER_SIZE:])
    for name, stream in STREAMS.items():
        write_seed(corpus / "midi_parser", name, CHUNKING + bytes.fromhex(stream))
    for name, seed in songs():
        write_seed(corpus / "smf_reader", name, seed)


main()
