#!/usr/bin/env python3
"""Writes the bill of materials of a build (SPDX 2.3, JSON): what of other people is in or under the programs. Libraries that are linked dynamically come
from the programs themselves, headers and static libraries from what the compiler read, and dpkg knows whose they are; the dashboard's come from
its lock file."""
import argparse
import datetime
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = ("midi-host", "midi-client", "midi-admin", "midinet-cli")
# What the compiler itself brings is no part that anybody chose, and glibc's headers come with the library that is listed anyway.
TOOLCHAIN = re.compile(r"^(libc6-dev|linux-libc-dev|libgcc-\d+-dev|libstdc\+\+-\d+-dev|gcc.*|g\+\+.*|clang.*|libclang.*)$")
# Of the development dependencies these end up in the page that midi-admin serves.
IN_THE_PAGE = ("svelte", "uplot", "esm-env", "clsx")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@functools.cache
def owners():
    """Of each installed file its package, as dpkg has it."""
    table = {}
    for file in sorted(pathlib.Path("/var/lib/dpkg/info").glob("*.list")):
        package = file.name.removesuffix(".list").partition(":")[0]
        table.update(dict.fromkeys(file.read_text().splitlines(), package))
    return table


@functools.cache
def owner(path):
    """The package that a file is of; nothing when it is of none."""
    path = str(pathlib.Path(path).resolve())
    # dpkg knows some files by the name that they had before /lib became a link.
    return owners().get(path) or owners().get(path.removeprefix("/usr"))


def linked(program):
    """The files of the libraries that it names itself, as the loader finds them."""
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "-d", str(program))))
    return [path for name, path in re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", str(program)), re.MULTILINE) if name in needed]


def compiled_in(build, program):
    """The files outside of the project that it was compiled or statically linked of."""
    inputs = run("ninja", "-C", str(build), "-t", "inputs", f"bin/{program}").splitlines()
    objects = [line.strip() for line in inputs if line.strip().endswith(".o")]
    files = {line.strip() for line in inputs if line.strip().startswith("/usr/") and line.strip().endswith(".a")}
    for line in run("ninja", "-C", str(build), "-t", "deps", *objects).splitlines():
        if line.startswith("    /usr/"):
            files.add(line.strip())
    return files


def packages_of(files):
    # One file of a folder stands for all of it: headers of a folder are of one package.
    return {found for path in {str(pathlib.Path(f).parent): f for f in sorted(files)}.values() if (found := owner(path))}


def described(package):
    version, source, home, arch = run("dpkg-query", "-W", "-f", "${Version}\t${source:Package}\t${Homepage}\t${Architecture}\n", package).splitlines()[0].split("\t")
    return {
        "name": package, "SPDXID": f"SPDXRef-deb-{re.sub('[^A-Za-z0-9.-]', '-', package)}", "versionInfo": version,
        "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION", "homepage": home or "NOASSERTION",
        "sourceInfo": f"source package {source}; licence in /usr/share/doc/{package}/copyright",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": f"pkg:deb/debian/{package}@{version}?arch={arch}&distro=bookworm"}],
    }


def page_packages():
    locked = json.loads((ROOT / "dashboard" / "package-lock.json").read_text())["packages"]
    for name in IN_THE_PAGE:
        entry = locked.get(f"node_modules/{name}")
        if entry is None:
            continue
        yield {
            "name": name, "SPDXID": f"SPDXRef-npm-{name}", "versionInfo": entry["version"], "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": entry.get("license", "NOASSERTION"),
            "copyrightText": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:npm/{name}@{entry['version']}"}],
        }


def own(program, version, path):
    return {
        "name": program, "SPDXID": f"SPDXRef-{program}", "versionInfo": version, "supplier": "Organization: The MIDInet authors",
        "downloadLocation": "https://github.com/Hakolsound/MIDInet", "filesAnalyzed": False, "licenseConcluded": "MIT", "licenseDeclared": "MIT",
        "copyrightText": "2026 The MIDInet authors", "primaryPackagePurpose": "APPLICATION",
        # As built; the packages have it without its symbols.
        "checksums": [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(path.read_bytes()).hexdigest()}],
    }


def bill(build, version):
    packages, relations = {}, []

    def relate(one, kind, other):
        relations.append({"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other})

    for program in PROGRAMS:
        path = build / "bin" / program
        mine = own(program, version, path)
        packages[mine["SPDXID"]] = mine
        relate("SPDXRef-DOCUMENT", "DESCRIBES", mine["SPDXID"])
        dynamic = {found for library in linked(path) if (found := owner(library))}
        inside = {p for p in packages_of(compiled_in(build, program)) if not TOOLCHAIN.match(p)}
        for kind, names in (("DYNAMIC_LINK", dynamic), ("STATIC_LINK", inside)):
            for name in sorted(names):
                other = described(name)
                packages[other["SPDXID"]] = other
                relate(mine["SPDXID"], kind, other["SPDXID"])
    for page in page_packages():
        packages[page["SPDXID"]] = page
        relate("SPDXRef-midi-admin", "CONTAINS", page["SPDXID"])
    return list(packages.values()), relations


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    packages, relations = bill(arguments.build, arguments.version)
    commit = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    moment = datetime.datetime.fromtimestamp(int(commit or 1767225600), datetime.timezone.utc)
    digest = hashlib.sha256(json.dumps([packages, relations]).encode()).hexdigest()
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"midinet-{arguments.version}",
        "documentNamespace": f"https://github.com/Hakolsound/MIDInet/spdx/{arguments.version}-{digest[:16]}",
        "creationInfo": {"created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: midinet-tools/sbom.py"]},
        "packages": packages, "relationships": relations,
    }
    arguments.out.write_text(json.dumps(document, indent=1) + "\n")
    print(f"{arguments.out.name}: {len(packages)} packages, {len(relations)} relations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
