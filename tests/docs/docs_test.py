#!/usr/bin/env python3
"""Checks the manual against the programs: every flag and command, every configuration key with its default, every key of JSON reports; and that
links in Markdown resolve."""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAN = ROOT / "docs" / "man"
DAEMONS = ("midi-host", "midi-client", "midi-admin")
CLI = "midinet-cli"
REPORTS = ROOT / "tests" / "unit" / "control" / "cli" / "golden"
KEYS_OF = {
    "midi-host": ("ALL PROGRAMS", "HOSTS AND CLIENTS", "HOSTS"),
    "midi-client": ("ALL PROGRAMS", "HOSTS AND CLIENTS", "CLIENTS"),
    "midi-admin": ("ALL PROGRAMS", "MIDI-ADMIN"),
}
SHORT_FORMS = {"network.interface"}  # read into another key: never printed
BIN = ROOT / "build" / "release" / "bin"


def said_by(program, *flags):
    return subprocess.run([BIN / program, *flags], check=True, capture_output=True, text=True).stdout


def commands_of(program):
    """Its commands, by its own help; none for a daemon."""
    listed = said_by(program, "--help").partition("\nSubcommands:\n")[2]
    return re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)


def flags_of(program, *command):
    options = said_by(program, *command, "--help").split("Options:")[1].partition("\nSubcommands:\n")[0]
    return set(re.findall(r"^ +(?:-\w,)?--([a-z-]+)", options, re.MULTILINE))


def page_of(program):
    return (MAN / f"{program}.1").read_text(encoding="utf-8")


def section(page, name):
    return page.split(f".Sh {name}\n")[1].partition("\n.Sh ")[0]


def keys_within(value):
    """Of all objects inside each other."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from keys_within(item)


def flat(table, path=""):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{name}.")
        else:
            yield path + name, value


def keys_in_manual(program):
    """What midinet.toml.5 says of a program: key, with its table in front, and default."""
    keys, wanted, table = {}, False, ""
    for line in (MAN / "midinet.toml.5").read_text(encoding="utf-8").splitlines():
        if line.startswith(".Sh "):
            wanted = line.removeprefix(".Sh KEYS OF ") in KEYS_OF[program]
        elif line.startswith(".Ss "):
            table = line[4:].strip("[]")
        elif wanted and (item := re.fullmatch(r"\.It Ic (\w+) = (.*)", line)):
            default = item[2].replace(r"\(dq", '"')
            keys[f"{table}.{item[1]}"] = tomllib.loads(f"it = {default}")["it"]
    return keys


def markdown_files():
    return [p for p in sorted(ROOT.rglob("*.md")) if not {"build", "node_modules"} & set(p.relative_to(ROOT).parts)]


def anchors(path):
    """The anchors of a page's headings, as Git hosts make them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Manual(unittest.TestCase):
    def test_names_every_flag_and_no_other(self):
        for program in (*DAEMONS, CLI):
            offered = set().union(flags_of(program), *(flags_of(program, command) for command in commands_of(program)))
            listed = set()
            for item in re.findall(r"^\.It (Fl .*)$", page_of(program), re.MULTILINE):
                listed |= set(re.findall(r"Fl \\-([a-z-]+)", item))
            self.assertEqual(offered, listed, program)

    def test_describes_every_command_and_no_other(self):
        listed = set()
        for item in re.findall(r"^\.It Cm (.*)$", section(page_of(CLI), "DESCRIPTION"), re.MULTILINE):
            listed |= set(item.split(" , "))
        self.assertEqual(set(commands_of(CLI)), listed)

    def test_names_every_key_of_json_reports(self):
        words = set()
        for line in re.findall(r"Cm (.*)", section(page_of(CLI), "JSON")):
            words |= set(line.split())
        reports = sorted(REPORTS.glob("*.json"))
        self.assertTrue(reports)
        for report in reports:
            printed = set(keys_within(json.loads(report.read_text(encoding="utf-8"))))
            self.assertEqual(printed - words, set(), report.name)

    def test_names_every_key_with_its_default_and_no_other(self):
        for program in DAEMONS:
            printed = dict(flat(tomllib.loads(said_by(program, "--print-config", "--config", "/dev/null"))))
            listed = keys_in_manual(program)
            self.assertEqual(SHORT_FORMS - listed.keys(), set(), program)
            self.assertEqual({k: v for k, v in listed.items() if k not in SHORT_FORMS}, printed, program)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed: the pages' markup is not checked")
    def test_is_well_formed(self):
        for page in sorted(MAN.iterdir()):
            done = subprocess.run(["groff", "-mdoc", "-ww", "-Tutf8", "-z", page], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page.name)


class Deployment(unittest.TestCase):
    """What is shipped for other programs names what ours really say."""

    def test_boards_and_alerts_ask_for_metrics_that_exist(self):
        source = (ROOT / "src/midinet/admin/routes/prometheus_route.cpp").read_text(encoding="utf-8")
        said = {f"midinet_{name}" for name in re.findall(r'Family \w+\{\s*"(\w+)"', source)}
        board = json.loads((ROOT / "deploy/grafana/midinet.json").read_text(encoding="utf-8"))
        asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        rules = (ROOT / "deploy/prometheus/midinet.rules.yml").read_text(encoding="utf-8")
        asked += re.findall(r"expr: (.*)", rules)
        self.assertGreater(len(asked), 25)
        names = set(re.findall(r"midinet_\w+", " ".join(asked)))
        self.assertEqual(names - said, set())
        self.assertEqual(said - names, set(), "said, and neither shown nor watched")

    def test_panels_do_not_overlap(self):
        board = json.loads((ROOT / "deploy/grafana/midinet.json").read_text(encoding="utf-8"))
        taken = set()
        for panel in board["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            taken |= cells


class Links(unittest.TestCase):
    def test_lead_to_files_and_headings_that_exist(self):
        checked = 0
        for page in markdown_files():
            text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
            for link in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"[a-z]+:", link):
                    continue
                target, _, anchor = link.partition("#")
                at = (page.parent / target).resolve() if target else page
                self.assertTrue(at.exists(), f"{page.relative_to(ROOT)}: {link} is not there")
                if anchor:
                    self.assertIn(anchor, anchors(at), f"{page.relative_to(ROOT)}: {link}")
                checked += 1
        self.assertGreater(checked, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=BIN)
    options, rest = parser.parse_known_args()
    BIN = options.bin.resolve()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
