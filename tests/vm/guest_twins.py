#!/usr/bin/env python3
"""Runs in the test machine: two controllers that nothing tells apart but their USB sockets, read by one host as two devices."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from rig import GADGET, NAME, await_that, inside_card, make_controller, make_gadget, plug, sh

BIN = pathlib.Path(sys.argv.pop(1)).resolve()
FOLDER = pathlib.Path(tempfile.mkdtemp())
TWINS = {"one": GADGET.with_name("one"), "two": GADGET.with_name("two")}


def clones():
    """The sequencer's numbers of our clones, in the order of their devices."""
    return [int(n) for n, name in re.findall(r"client (\d+): '(.*)' \[type=user", sh("aconnect", "-l")) if name == NAME]


class Twins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_controller(buses=2)
        for bus, (card, gadget) in enumerate(TWINS.items()):
            make_gadget(gadget, card)
            plug(True, gadget, bus)
        cls.programs = []
        for name, midi in (("midi-host", 'devices = ["auto", "auto"]'), ("midi-client", 'port = "auto"')):
            config = FOLDER / f"{name}.toml"
            config.write_text(f'[network]\ninterface = "lo"\n[midi]\n{midi}\n')
            log = open(FOLDER / f"{name}.log", "w")
            cls.programs.append(subprocess.Popen([BIN / name, "--config", config, "--state-dir", FOLDER], stdout=log, stderr=log))
        assert await_that(lambda: len(clones()) == 2), cls.said()

    @classmethod
    def tearDownClass(cls):
        for program in cls.programs:
            program.terminate()
            program.wait()

    @staticmethod
    def said():
        return "".join((FOLDER / f"{name}.log").read_text() for name in ("midi-host", "midi-client"))

    def listen(self):
        """What each clone gives from now on, in a file that grows."""
        files = []
        for clone in clones():
            files.append(FOLDER / f"dump{clone}.{len(list(FOLDER.iterdir()))}")
            with open(files[-1], "w") as out:
                reader = subprocess.Popen(["stdbuf", "-oL", "aseqdump", "-p", f"{clone}:0"], stdout=out)
            self.addCleanup(reader.wait)
            self.addCleanup(reader.terminate)
        self.assertTrue(await_that(lambda: all("Waiting" in f.read_text() for f in files)))
        return files

    def notes(self):
        """Which clone plays which controller's note: {controller: [clones]}."""
        files, keys = self.listen(), {"one": 61, "two": 62}
        for card, key in keys.items():
            with open(f"/dev/snd/midiC{inside_card(card)}D0", "wb", buffering=0) as controller:
                controller.write(bytes([0x90, key, 100]))
        heard = lambda key: [n for n, f in enumerate(files) if f"note {key}," in f.read_text()]
        self.assertTrue(await_that(lambda: all(heard(key) for key in keys.values())), self.said())
        return {card: heard(key) for card, key in keys.items()}

    def test_each_is_a_device_of_its_own_and_keeps_its_place(self):
        first = self.notes()
        self.assertEqual(sorted(first.values()), [[0], [1]], "each note comes out of one clone, and not of the same")
        for gadget in TWINS.values():
            plug(False, gadget)
        self.assertTrue(await_that(lambda: self.said().count("went away") == 2), self.said())
        for bus, gadget in reversed(list(enumerate(TWINS.values()))):  # the other way round, so that the cards' numbers change places
            plug(True, gadget, bus)
            self.assertTrue(await_that(lambda at=bus: list(pathlib.Path(f"/sys/devices/platform/dummy_hcd.{at}").glob("usb*/*/*/sound/card*"))))
        self.assertTrue(await_that(lambda: self.said().count('reading "') == 4), self.said())
        self.assertEqual(self.notes(), first)
        self.assertEqual(len(clones()), 2, "the clones stayed")


if __name__ == "__main__":
    os.environ["HOME"] = "/tmp"
    unittest.main(verbosity=2)
