#!/usr/bin/env python3
"""What deploy/macos and scripts/client-install-macos.sh make, looked at where there is no Mac: property lists by plistlib, and the
script run in a home of its own, with a program that answers like the client and, in its path, a launchctl that writes down its calls."""
import os
import pathlib
import plistlib
import re
import subprocess
import sys
import tempfile
import unittest

TREE = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = TREE / "scripts/client-install-macos.sh"
LABEL = "co.hakol.midinet-client"


def plist(path):
    with open(path, "rb") as file:
        return plistlib.load(file, fmt=plistlib.FMT_XML)


class Templates(unittest.TestCase):
    def test_the_agent_is_interactive_and_kept_alive(self):
        agent = plist(TREE / f"deploy/macos/{LABEL}.plist")
        self.assertEqual(agent["Label"], LABEL)
        self.assertEqual(agent["ProcessType"], "Interactive")
        self.assertIs(agent["KeepAlive"], True)
        self.assertIs(agent["RunAtLoad"], True)

    def test_the_application_says_why_it_wants_the_local_network(self):
        info = plist(TREE / "deploy/macos/Info.plist")
        self.assertGreater(len(info["NSLocalNetworkUsageDescription"]), 30)
        service = re.search(r'kHostServiceType = "(.*)"', (TREE / "src/midinet/control/discovery/host_service.hpp").read_text()).group(1)
        self.assertEqual(info["NSBonjourServices"], [service])
        self.assertEqual(info["CFBundleIdentifier"], LABEL)


class Installer(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.home = self.root / "Anna & <Bo> | Söhne"  # what XML and sed would stumble over
        self.home.mkdir()
        self.built = self.root / "built"
        self.tools = self.root / "tools"
        for folder in (self.built, self.tools):
            folder.mkdir()
        self.program(self.built / "midi-client", 'echo "midi-client 1.2.3"')
        self.program(self.built / "midinet-cli", "true")
        self.calls = self.root / "calls"
        self.program(self.tools / "launchctl", f'echo "$*" >>"{self.calls}"')
        self.app = self.home / "Applications/MIDInet Client.app"
        self.agent = self.home / f"Library/LaunchAgents/{LABEL}.plist"
        self.prefix = self.root / "prefix"

    @staticmethod
    def program(path, text):
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run_script(self, *flags, code=0):
        done = subprocess.run(
            [SCRIPT, "--from", self.built, "--prefix", self.prefix, *flags], text=True, capture_output=True, timeout=60,
            env={**os.environ, "HOME": str(self.home), "PATH": f"{self.tools}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def files(self):
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if not path.is_dir() and path != self.calls)

    def test_a_dry_run_says_all_and_does_nothing(self):
        before = self.files()
        said = self.run_script("--dry-run")
        self.assertIn("launchctl bootstrap", said)
        self.assertIn("Info.plist", said)
        self.assertNotIn("installed;", said)
        self.assertEqual(self.files(), before)
        self.assertFalse(self.calls.exists())

    def test_an_installation_has_this_users_places(self):
        self.run_script()
        agent = plist(self.agent)
        program = pathlib.Path(agent["ProgramArguments"][0])
        self.assertEqual(program, self.app / "Contents/MacOS/midinet-client")
        self.assertTrue(os.access(program, os.X_OK))
        self.assertEqual(agent["ProgramArguments"][2], str(self.home / ".midinet/config/client.toml"))
        self.assertEqual(agent["ProgramArguments"][4], str(self.home / ".midinet/state"))
        self.assertEqual(agent["StandardErrorPath"], str(self.home / ".midinet/midinet-client.log"))
        info = plist(self.app / "Contents/Info.plist")
        self.assertEqual(info["CFBundleShortVersionString"], "1.2.3")
        self.assertEqual(info["CFBundleExecutable"], program.name)
        for name in ("midinet-client", "midinet-cli"):
            self.assertEqual((self.prefix / "bin" / name).resolve(), (self.app / "Contents/MacOS" / name).resolve())
        for path in (self.agent, self.app / "Contents/Info.plist"):
            self.assertNotIn("@", "".join(line for line in path.read_text().splitlines() if "<!--" not in line))
        domain = f"gui/{os.getuid()}"
        self.assertEqual(self.calls.read_text().splitlines(), [f"bootout {domain}/{LABEL}", f"bootstrap {domain} {self.agent}"])

    def test_a_launchd_that_is_still_ending_the_old_one_is_asked_again(self):
        self.program(self.tools / "launchctl", f'echo "$1" >>"{self.calls}"; [ "$1" != bootstrap ] || [ $(grep -c bootstrap "{self.calls}") = 2 ]')
        self.run_script()
        self.assertEqual(self.calls.read_text().split(), ["bootout", "bootstrap", "bootstrap"])

    def test_a_second_run_updates_and_keeps_what_is_the_users(self):
        self.run_script()
        config = self.home / ".midinet/config/client.toml"
        config.write_text("# mine\n")
        self.program(self.built / "midi-client", 'echo "midi-client 2.0"')
        before = self.files()
        self.run_script()
        self.assertEqual(self.files(), before)
        self.assertEqual(config.read_text(), "# mine\n")
        self.assertEqual(plist(self.app / "Contents/Info.plist")["CFBundleShortVersionString"], "2.0")

    def test_an_uninstallation_leaves_configuration_and_foreign_programs(self):
        before = self.files()
        self.run_script()
        foreign = self.prefix / "bin/midinet-cli"
        foreign.unlink()
        self.program(foreign, "true")
        self.run_script("--uninstall")
        added = set(self.files()) - set(before)
        home = self.home.name
        self.assertEqual(added, {f"{home}/.midinet/config/client.toml", "prefix/bin/midinet-cli"})
        self.run_script("--uninstall")  # once more is no harm

    def test_without_programs_it_says_what_to_do(self):
        (self.built / "midi-client").unlink()
        self.assertIn("build it on a Mac", self.run_script(code=1))
        self.assertEqual(list(self.home.iterdir()), [])

    def test_a_prefix_that_is_no_folder_is_refused_before_anything_is_stopped(self):
        self.prefix.write_text("a file\n")
        before = self.files()
        self.assertIn("is no folder", self.run_script(code=2))
        self.assertEqual(self.files(), before)
        self.assertFalse(self.calls.exists())

    def test_a_foreign_program_of_the_same_name_is_not_replaced(self):
        foreign = self.prefix / "bin/midinet-client"
        foreign.parent.mkdir(parents=True)
        self.program(foreign, "true")
        before = self.files()
        self.assertIn("is not of this installer", self.run_script(code=1))
        self.assertEqual(self.files(), before)
        self.assertFalse(self.calls.exists())

    def test_a_flag_without_its_value_is_refused(self):
        for flags in (("--prefix", ""), ("--prefix",), ("--prefix", "--dry-run"), ("--from", "--dry-run")):
            self.assertIn(f"{flags[0]} wants a folder", self.run_script(*flags, code=2))
        self.assertFalse(self.calls.exists())

    def test_an_unknown_flag_is_refused(self):
        self.assertIn("--wat is no flag", self.run_script("--wat", code=2))


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=1))
