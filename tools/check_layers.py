#!/usr/bin/env python3
"""Checks who includes whom: the order of the house, docs/architecture.md. Exit code 1 and one line a breach."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src" / "midinet"
ALLOWED = {
    "base": {"base"},
    "midi": {"base", "midi"},
    "wire": {"base", "midi", "wire"},
    "path": {"base", "midi", "wire", "path"},
    "io": {"base", "midi", "io"},
    "platform": {"base", "midi", "io", "platform"},
    "control": {"base", "midi", "wire", "io", "control"},
    "admin": {"base", "midi", "wire", "io", "control", "admin"},
    "engine": {"base", "midi", "wire", "path", "io", "control", "engine"},
}
# The pure layers know neither threads nor clocks nor the operating system.
PURE = {"base", "midi", "wire", "path"}
IMPURE_HEADERS = re.compile(
    r"<(thread|mutex|condition_variable|future|iostream|fstream|filesystem|unistd\.h|sys/.*|netinet/.*|fcntl\.h|signal\.h|csignal|time\.h|ctime)>"
)
IMPURE_WORDS = re.compile(r"steady_clock|system_clock|high_resolution_clock|std::(j?thread|mutex)\b")
SAME_NAMES = {"linux", "posix", "sim"}


def breaches(path):
    parts = path.relative_to(ROOT).parts
    layer = parts[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"{path.relative_to(ROOT.parent.parent)}:{number}"
        quoted = re.match(r'\s*#include "([^"]+)"', line)
        if quoted:
            target = quoted.group(1).split("/")
            if target[0] in ALLOWED and target[0] not in ALLOWED[layer]:
                yield f"{where}: {layer} may not include {target[0]}"
            if layer == "path" and target[0] == "path" and len(target) > 2 and target[1] != parts[1]:
                yield f"{where}: stage {parts[1]} may not include stage {target[1]}: what stages share is path/types.hpp"
        if layer in PURE and (IMPURE_HEADERS.search(line) or IMPURE_WORDS.search(line)):
            yield f"{where}: {layer} is pure: {line.strip()}"
        if layer != "platform" and re.match(r"\s*#\s*if.*(__linux__|__APPLE__|_WIN32)", line):
            yield f"{where}: operating systems are told apart in platform/ only"


def main():
    files = sorted(p for p in ROOT.rglob("*.?pp"))
    found = [b for f in files for b in breaches(f)]
    print("\n".join(found) if found else f"layers: {len(files)} files, every include in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
