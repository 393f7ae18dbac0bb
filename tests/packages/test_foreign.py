#!/usr/bin/env python3
"""Packages of another architecture, held against those of this one: the same files, the same dependencies, programs of that
architecture, which run under qemu; lintian is content. What is unpacked is below a folder of its own; nothing is installed."""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import chroot

PACKAGES = ("midinet-host", "midinet-client", "midinet-admin", "midinet-cli")
# Debian's name: what `file` says of such a program, and who runs it here.
ARCHITECTURES = {"arm64": ("ARM aarch64", "qemu-aarch64-static"), "armhf": ("ARM, EABI5", "qemu-arm-static")}


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def newest(folder, package, arch):
    found = sorted(pathlib.Path(folder).glob(f"{package}_*_{arch}.deb"), key=lambda path: path.stat().st_mtime)
    if not found:
        sys.exit(f'test_foreign.py: no {package}_*_{arch}.deb in {folder}; "make packages-pi ARCH={arch}" makes it')
    return found[-1]


def listing(package):
    """Mode, owner and path of everything in it; sizes differ, and so do dates of what was made at the build."""
    lines = said("dpkg-deb", "-c", package).splitlines()
    return sorted(" ".join([*line.split()[:2], *line.split()[5:]]) for line in lines)


class Foreign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pairs = {name: (newest(cls.folder, name, said("dpkg", "--print-architecture").strip()), newest(cls.folder, name, cls.arch))
                     for name in PACKAGES}
        cls.unpacked = tempfile.TemporaryDirectory()
        for _, package in cls.pairs.values():
            subprocess.run(["dpkg-deb", "-x", package, cls.unpacked.name], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.unpacked.cleanup()

    def test_has_what_the_native_package_has(self):
        for name, (native, foreign) in self.pairs.items():
            with self.subTest(name):
                self.assertEqual(listing(native), listing(foreign))

    def test_says_the_same_of_itself_but_for_the_architecture(self):
        for name, (native, foreign) in self.pairs.items():
            with self.subTest(name):
                self.assertEqual(said("dpkg-deb", "-f", foreign, "Architecture").strip(), self.arch)
                for field in ("Package", "Version", "Depends", "Recommends", "Description"):
                    self.assertEqual(said("dpkg-deb", "-f", native, field), said("dpkg-deb", "-f", foreign, field), field)

    def test_programs_are_of_that_architecture_and_stripped(self):
        for program in ("midi-host", "midi-client", "midi-admin", "midinet-cli"):
            with self.subTest(program):
                told = said("file", f"{self.unpacked.name}/usr/bin/{program}")
                self.assertIn(ARCHITECTURES[self.arch][0], told)
                self.assertIn(", stripped", told)

    def test_programs_run(self):
        qemu = ARCHITECTURES[self.arch][1]
        if shutil.which(qemu) is None:
            self.skipTest(f'{qemu} is missing; "scripts/deps.sh {self.arch}" installs it')
        version = said("dpkg-deb", "-f", self.pairs["midinet-cli"][1], "Version").split("-")[0].strip()
        for program in ("midi-host", "midi-client", "midi-admin", "midinet-cli"):
            with self.subTest(program):
                told = said(qemu, "-L", self.sysroot, f"{self.unpacked.name}/usr/bin/{program}", "--version")
                self.assertIn(version, told)

    def test_lintian_is_content(self):
        if shutil.which("lintian") is None:
            self.skipTest('lintian is missing; "make deps" installs it')
        told = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0",
                               *(pair[1] for pair in self.pairs.values())], capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", default=chroot.ROOT / "build" / "packages")
    parser.add_argument("--arch", default="arm64", choices=sorted(ARCHITECTURES))
    options = parser.parse_args()
    Foreign.folder, Foreign.arch = options.packages, options.arch
    Foreign.sysroot = chroot.ROOT / "build" / f"sysroot-{options.arch}"
    unittest.main(argv=[sys.argv[0]], verbosity=2)
