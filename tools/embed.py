#!/usr/bin/env python3
"""Makes the C++ source of admin/embedded.hpp: embed.py OUT OPENAPI.yaml REST_API.md."""
import json
import pathlib
import sys

import yaml

ROW = 24  # bytes a line


def array(name, data):
    """The bytes as characters, not as one string: compilers promise no more than 65,536 of those."""
    rows = [data[i : i + ROW] for i in range(0, len(data), ROW)]
    body = "\n".join("    " + "".join(f"'\\x{byte:02x}'," for byte in row) for row in rows)
    return [f"static constexpr char {name}Bytes[] = {{", body, "};", f"const std::string_view {name}{{{name}Bytes, {len(data)}}};", ""]


def main(out, openapi, rest_api):
    texts = {
        "kOpenApi": json.dumps(yaml.safe_load(pathlib.Path(openapi).read_text()), indent=1, ensure_ascii=False) + "\n",
        "kRestApi": pathlib.Path(rest_api).read_text(),
    }
    lines = ['#include "admin/embedded.hpp"', "", "namespace midinet::admin::embedded {", ""]
    for name, text in texts.items():
        lines += array(name, text.encode())
    lines += ["}  // namespace midinet::admin::embedded", ""]
    source, out = "\n".join(lines), pathlib.Path(out)
    if not out.exists() or out.read_text() != source:  # else it would be compiled anew for nothing
        out.write_text(source)


if __name__ == "__main__":
    main(*sys.argv[1:])
