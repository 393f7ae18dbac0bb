"""Checks that docs/wire_format.md shows every golden datagram exactly as its file has it."""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs" / "wire_format.md"


def main():
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = dict(re.findall(r"^### (\S+\.hex)\n\n```text\n(.*?)```", text, re.MULTILINE | re.DOTALL))
    files = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("*.hex")}
    failures = [f"{name} is not in the document" for name in sorted(files.keys() - shown.keys())]
    failures += [f"{name} is in the document only" for name in sorted(shown.keys() - files.keys())]
    failures += [f"{name} differs" for name in sorted(files.keys() & shown.keys()) if files[name] != shown[name]]
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures or not files else 0


sys.exit(main())
