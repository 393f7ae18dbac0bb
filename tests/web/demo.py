#!/usr/bin/env python3
"""The dashboard as `make demo` serves it, in a browser: demo.py --bin FOLDER."""
import os
import pathlib
import re
import signal
import subprocess
import sys

import show

HERE = pathlib.Path(__file__).resolve().parent
SKIP = 77


def main():
    if lacks := show.missing():
        print(f"SKIPPED: the dashboard of the demo is not tried in a browser; missing: {', '.join(lacks)}")
        return SKIP
    demo = subprocess.Popen([sys.executable, HERE.parents[1] / "demo/demo.py", *sys.argv[1:], "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = next((told[1] for line in demo.stdout if (told := re.match(r"midi-admin answers at (http://127\.0\.0\.1:\d+)", line))), None)
        if not address:
            print("the demo never said where midi-admin answers")
            return 1
        code = subprocess.run([show.node(), HERE / "demo.mjs"], env={**os.environ, "MIDINET_URL": address, "MIDINET_TOKEN": ""}, stdin=subprocess.DEVNULL).returncode
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=30)
        return code or demo.returncode
    finally:
        demo.kill()


if __name__ == "__main__":
    sys.exit(main())
