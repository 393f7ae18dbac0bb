#!/usr/bin/env python3
"""Whether CMake compiles for macOS's midi-client what the double is made of: neither list can go its own way.

sources_test.py BUILD: configures the tree as on a Mac, into a folder that vanishes, and compares what ninja says that the two programs are made of.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
OURS = ("src/", "apps/")


def configured(folder):
    done = subprocess.run(["cmake", "-S", TREE, "-B", folder, "-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={TREE}/tests/macos/darwin.cmake", "-DMIDINET_TESTS=OFF"],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the tree cannot be configured as on a Mac:\n{done.stdout}{done.stderr}")
    return folder


def gathered(path):
    """A file that CMake wrote to compile several as one names them."""
    return re.findall(r'^#include "(.+\.cpp)"$', path.read_text(), re.MULTILINE)


def sources(build, target):
    """Of a program and the libraries it is linked of, below src/ and apps/."""
    said = subprocess.run(["ninja", "-C", build, "-t", "inputs", target], capture_output=True, text=True, check=True).stdout
    found = set()
    for line in said.splitlines():
        path = pathlib.Path(build, line).resolve()
        for source in [path] if path.suffix == ".cpp" else map(pathlib.Path, gathered(path) if path.suffix == ".cxx" else ()):
            if source.is_relative_to(TREE):
                found.add(source.relative_to(TREE).as_posix())
    return {path for path in found if path.startswith(OURS)}


def left_out(build):
    return {pathlib.Path(line).relative_to(TREE).as_posix() for line in (build / "left_out.txt").read_text().splitlines()}


def main():
    with tempfile.TemporaryDirectory(prefix="midinet-darwin-") as folder:
        mac = sources(configured(pathlib.Path(folder)), "midi-client")
        # Libraries that all systems share are compiled here with what is a host's too.
        double = sources(pathlib.Path(sys.argv[1]), "midi-client-macos-double") - left_out(pathlib.Path(folder))
    wrong = [f"compiled for macOS, but not by the double: {path}" for path in sorted(mac - double)]
    wrong += [f"compiled by the double, but not for macOS: {path}" for path in sorted(double - mac)]
    print("\n".join(wrong) if wrong else f"{len(mac)} sources, {sum('/macos/' in path or path.startswith('apps/') for path in mac)} of them for macOS alone or the program's own, and the double has each")
    return 1 if wrong or not mac else 0


if __name__ == "__main__":
    sys.exit(main())
