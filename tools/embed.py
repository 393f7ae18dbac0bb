#!/usr/bin/env python3
"""Makes the C++ source of admin/embedded.hpp: embed.py OUT OPENAPI.yaml REST_API.md."""
import json
import pathlib
import sys

import yaml

PIECE = 12_000  # bytes a literal: compilers promise no more than 65,536


def literal(text):
    data = text.encode()
    pieces = [data[i : i + PIECE] for i in range(0, len(data), PIECE)]
    escaped = lambda piece: "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in piece)
    return "\n".join(f'    "{escaped(piece)}"' for piece in pieces), len(data)


def main(out, openapi, rest_api):
    texts = {
        "kOpenApi": json.dumps(yaml.safe_load(pathlib.Path(openapi).read_text()), indent=1, ensure_ascii=False) + "\n",
        "kRestApi": pathlib.Path(rest_api).read_text(),
    }
    lines = ['#include "admin/embedded.hpp"', "", "namespace midinet::admin::embedded {", ""]
    for name, text in texts.items():
        quoted, size = literal(text)
        lines += [f"const std::string_view {name}{{", quoted + ",", f"    {size}}};", ""]
    lines += ["}  // namespace midinet::admin::embedded", ""]
    source, out = "\n".join(lines), pathlib.Path(out)
    if not out.exists() or out.read_text() != source:  # else it would be compiled anew for nothing
        out.write_text(source)


if __name__ == "__main__":
    main(*sys.argv[1:])
