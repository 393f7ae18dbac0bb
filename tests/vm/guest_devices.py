#!/usr/bin/env python3
"""Runs in the test machine: a USB controller of the kernel's gadget side, the real host and client, ALSA's own programs as applications."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

BIN = pathlib.Path(sys.argv.pop(1)).resolve()
GADGET = pathlib.Path("/sys/kernel/config/usb_gadget/controller")
VENDOR, PRODUCT, NAME = "0x09e8", "0x0028", "Akai APC40"


def sh(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write(path, text):
    path.write_text(text + "\n")


def make_controller():
    """A USB MIDI device of the real one's ids and strings, on the kernel's dummy USB bus."""
    sh("modprobe", "-a", "snd-seq", "snd-seq-midi", "snd-usb-audio", "libcomposite", "usb_f_midi")
    sh("modprobe", "dummy_hcd", "is_super_speed=0")
    sh("mount", "-t", "configfs", "none", "/sys/kernel/config")
    GADGET.mkdir()
    for key, value in (("idVendor", VENDOR), ("idProduct", PRODUCT), ("bcdDevice", "0x0100"), ("bcdUSB", "0x0200")):
        write(GADGET / key, value)
    strings = GADGET / "strings/0x409"
    strings.mkdir()
    for key, value in (("manufacturer", "Akai"), ("product", NAME), ("serialnumber", "SN42")):
        write(strings / key, value)
    (GADGET / "configs/c.1").mkdir()
    function = GADGET / "functions/midi.0"
    function.mkdir()
    write(function / "id", "inside")
    (GADGET / "configs/c.1/midi.0").symlink_to(function)


def plug(in_):
    write(GADGET / "UDC", "dummy_udc.0" if in_ else "")


def await_that(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    return None


def seq_clients():
    """(name, kind, [port names]) of every client of ALSA's sequencer."""
    clients = []
    for line in sh("aconnect", "-l").splitlines():
        if match := re.match(r"client \d+: '(.*)' \[type=(\w+)", line):
            clients.append((match[1], match[2], []))
        elif match := re.match(r"\s+\d+ '(.*?)\s*'", line):
            clients[-1][2].append(match[1])
    return clients


class Devices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_controller()
        plug(True)
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.programs = []
        for name, midi in (("midi-host", 'device = "auto"'), ("midi-client", 'port = "auto"')):
            config = cls.folder / f"{name}.toml"
            config.write_text(f'[network]\ninterface = "lo"\n[midi]\n{midi}\n')
            log = open(cls.folder / f"{name}.log", "w")
            cls.programs.append(subprocess.Popen([BIN / name, "--config", config, "--state-dir", cls.folder], stdout=log, stderr=log))
        assert await_that(cls.clone), "no clone: " + (cls.folder / "midi-client.log").read_text() + (cls.folder / "midi-host.log").read_text()

    @classmethod
    def tearDownClass(cls):
        for program in cls.programs:
            program.terminate()
            program.wait()

    @staticmethod
    def clone():
        return [c for c in seq_clients() if c[1] == "user" and c[0] == NAME]

    def test_the_clone_is_called_as_the_controller(self):
        real = [c for c in seq_clients() if c[1] == "kernel" and c[0] == NAME]
        self.assertEqual([c[2] for c in self.clone()], [c[2] for c in real])
        print("  ", real, "\n  ", self.clone())
        self.assertIn("09e8:0028", sh("lsusb"))

    def test_what_is_played_comes_out_of_the_clone(self):
        heard = open(self.folder / "heard.txt", "w+")
        listener = subprocess.Popen(["aseqdump", "-p", self.address()], stdout=heard)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.terminate)
        time.sleep(1)
        with open(self.inside(), "wb", buffering=0) as keys:
            for note in range(20, 100):
                keys.write(bytes([0x90, note, 1 + note]))
                time.sleep(0.005)
        notes = lambda: re.findall(r"Note on\s+0, note (\d+), velocity (\d+)", (self.folder / "heard.txt").read_text())
        wanted = [(str(n), str(n + 1)) for n in range(20, 100)]
        await_that(lambda: notes() == wanted)
        self.assertEqual(notes(), wanted)

    def test_the_clone_stays_while_the_controller_is_away(self):
        plug(False)
        self.assertTrue(await_that(lambda: "went away" in (self.folder / "midi-host.log").read_text()))
        self.assertTrue(self.clone())
        before = (self.folder / "midi-host.log").read_text().count("reading")
        plug(True)
        self.assertTrue(await_that(lambda: (self.folder / "midi-host.log").read_text().count("reading") > before), "it is read again")
        self.assertTrue(self.clone())

    @staticmethod
    def address():
        for line in sh("aconnect", "-l").splitlines():
            if match := re.match(rf"client (\d+): '{NAME}' \[type=user", line):
                return f"{match[1]}:0"
        raise AssertionError("no clone")

    @staticmethod
    def inside():
        """The gadget's own card: what is written there the controller sends."""
        card = re.search(r"^\s*(\d+) \[inside", pathlib.Path("/proc/asound/cards").read_text(), re.MULTILINE)
        return f"/dev/snd/midiC{card[1]}D0"


if __name__ == "__main__":
    os.environ["HOME"] = "/tmp"
    unittest.main(verbosity=2)
