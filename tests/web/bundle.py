#!/usr/bin/env python3
"""All that a browser loads of the dashboard, compressed: at most 150 KB. bundle.py DIST"""
import gzip
import pathlib
import sys

MOST = 150_000
sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in pathlib.Path(sys.argv[1]).rglob("*") if path.is_file()}
print(f"bundle: {sum(sizes.values()) / 1000:.1f} kB in {len(sizes)} files, of {MOST / 1000:.0f}; the largest: {max(sizes, key=sizes.get)}")
sys.exit(not sizes or sum(sizes.values()) > MOST)
