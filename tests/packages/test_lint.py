#!/usr/bin/env python3
"""lintian finds no errors and no warnings in the packages."""
import argparse
import shutil
import subprocess
import sys

import chroot

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", default=chroot.ROOT / "build" / "packages")
    packages = chroot.built_packages(parser.parse_args().packages)
    if shutil.which("lintian") is None:
        chroot.skip('lintian is missing; "make deps" installs it')
    # It would warn that it is root's.
    sys.exit(subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", *packages]).returncode)
