"""Writes a seed corpus from the golden datagrams: whole ones for datagram_fuzz, payloads for the others.

Usage: make_seeds.py <golden folder> <corpus folder>
"""
import pathlib
import sys

HEADER_SIZE = 40
KIND_AT = 3
KINDS = {1: "data", 2: "bulk", 3: "heartbeat", 4: "identity", 5: "journal", 6: "nack", 7: "lease"}


def read_hex(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return bytes.fromhex("".join(line.split("#")[0] for line in lines))


def write_seed(folder, name, seed):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(seed)


def main():
    golden, corpus = map(pathlib.Path, sys.argv[1:])
    for path in sorted(golden.glob("*.hex")):
        datagram = read_hex(path)
        write_seed(corpus / "datagram", path.stem, datagram)
        write_seed(corpus / KINDS[datagram[KIND_AT]], path.stem, datagram[HEADER_SIZE:])


main()
