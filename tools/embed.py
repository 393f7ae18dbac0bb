#!/usr/bin/env python3
"""Makes the C++ sources of admin/embedded.hpp: embed.py texts OUT OPENAPI.yaml REST_API.md, or embed.py pages OUT DIST PAGES.json."""
import gzip
import hashlib
import json
import pathlib
import sys

ROW = 24  # bytes a line
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


def array(name, data):
    """The bytes as characters, not as one string: compilers promise no more than 65,536 of those."""
    rows = [data[i : i + ROW] for i in range(0, len(data), ROW)]
    body = "\n".join("    " + "".join(f"'\\x{byte:02x}'," for byte in row) for row in rows)
    return [f"static constexpr char {name}Bytes[] = {{", body, "};"]


def texts(openapi, rest_api):
    import yaml

    said = {
        "kOpenApi": json.dumps(yaml.safe_load(pathlib.Path(openapi).read_text()), indent=1, ensure_ascii=False) + "\n",
        "kRestApi": pathlib.Path(rest_api).read_text(),
    }
    for name, text in said.items():
        yield from array(name, text.encode())
        yield f"const std::string_view {name}{{{name}Bytes, {len(text.encode())}}};"
        yield ""


def pages(dist, addresses):
    """Each file once, and a row for each path that it is served at."""
    rows, dist = [], pathlib.Path(dist)
    for number, path in enumerate(sorted(p for p in dist.rglob("*") if p.is_file())):
        data, name = path.read_bytes(), f"kFile{number}"
        packed = gzip.compress(data, 9, mtime=0)
        yield from array(name, packed)
        etag = hashlib.sha256(data).hexdigest()[:16]
        whole = f'{{{name}Bytes, {len(packed)}}}, {len(data)}'
        index = path.name == "index.html"
        for address in json.loads(pathlib.Path(addresses).read_text()) if index else [f"/{path.relative_to(dist)}"]:
            rows.append(f'    {{"{address}", "{TYPES[path.suffix]}", "\\"{etag}\\"", {whole}, {str(not index).lower()}}},')
    yield "static constexpr File kFiles[] = {"
    yield from rows
    yield "};"
    yield "const std::span<const File> kDashboard{kFiles};"
    yield ""


def main(what, out, *sources):
    body = {"texts": texts, "pages": pages}[what](*sources)
    lines = ['#include "admin/embedded.hpp"', "", "namespace midinet::admin::embedded {", "", *body, "}  // namespace midinet::admin::embedded", ""]
    source, out = "\n".join(lines), pathlib.Path(out)
    if not out.exists() or out.read_text() != source:  # else it would be compiled anew for nothing
        out.write_text(source)


if __name__ == "__main__":
    main(*sys.argv[1:])
