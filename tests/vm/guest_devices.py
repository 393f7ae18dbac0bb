#!/usr/bin/env python3
"""Runs in the test machine: a USB controller of the kernel's gadget side, the real host and client, ALSA's own programs as applications."""
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from rig import NAME, await_that, inside_card, make_controller, plug, sh, song, surface

BIN = pathlib.Path(sys.argv.pop(1)).resolve()
INQUIRY = bytes.fromhex("f07e7f0601f7")  # what a host asks its device
WHO = bytes.fromhex("f07e000602472900190001000005f7")  # what a controller answers


def seq_clients():
    """(name, kind, [port names]) of every client of ALSA's sequencer."""
    clients = []
    for line in sh("aconnect", "-l").splitlines():
        if match := re.match(r"client \d+: '(.*)' \[type=(\w+)", line):
            clients.append((match[1], match[2], []))
        elif match := re.match(r"\s+\d+ '(.*?)\s*'", line):
            clients[-1][2].append(match[1])
    return clients


def dumped(text):
    """What aseqdump wrote, as MIDI messages."""
    forms = (("Note on", 0x90, r"(\d+), note (\d+), velocity (\d+)"), ("Control change", 0xB0, r"(\d+), controller (\d+), value (\d+)"),
             ("Program change", 0xC0, r"(\d+), program (\d+)"))
    messages = []
    for line in text.splitlines():
        if found := re.search(r"System exclusive\s+([0-9A-F ]+)", line):
            messages.append(bytes.fromhex(found[1]))
        elif found := re.search(r"Pitch bend\s+(\d+), value (-?\d+)", line):
            bend = int(found[2]) + 8192
            messages.append(bytes([0xE0 | int(found[1]), bend & 127, bend >> 7]))
        for name, status, form in forms:
            if found := re.search(name + r"\s+" + form, line):
                channel, *data = map(int, found.groups())
                messages.append(bytes([status | channel, *data]))
    return joined(messages)


def joined(messages):
    """A SysEx that came in pieces, as one message."""
    whole = []
    for message in messages:
        if whole and whole[-1][0] == 0xF0 and whole[-1][-1] != 0xF7:
            whole[-1] += message
        else:
            whole.append(message)
    return whole


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
        self.assertEqual(len(real[0][2]), 2, real)
        self.assertEqual([c[2] for c in self.clone()], [c[2] for c in real])
        print("  ", real, "\n  ", self.clone())
        self.assertIn("09e8:0028", sh("lsusb"))

    def test_what_is_played_comes_out_of_the_clone(self):
        heard = open(self.folder / "heard.txt", "w+")
        listener = subprocess.Popen(["aseqdump", "-p", self.address()], stdout=heard)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.terminate)
        time.sleep(1)
        with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
            for note in range(20, 100):
                keys.write(bytes([0x90, note, 1 + note]))
                time.sleep(0.005)
        notes = lambda: re.findall(r"Note on\s+0, note (\d+), velocity (\d+)", (self.folder / "heard.txt").read_text())
        wanted = [(str(n), str(n + 1)) for n in range(20, 100)]
        await_that(lambda: notes() == wanted)
        self.assertEqual(notes(), wanted)

    def test_a_file_played_into_the_controller_comes_out_of_the_clone_byte_for_byte(self):
        """Into its second port; an application that records the clone's second port has the same file."""
        messages = surface(1)
        (self.folder / "song.mid").write_bytes(song(messages))
        recorded = self.folder / "recorded.txt"
        with open(recorded, "w") as out:
            listener = subprocess.Popen(["aseqdump", "-p", self.address(1)], stdout=out)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.terminate)
        time.sleep(1)
        sh("aplaymidi", "-d", "0", "-p", self.seq_address(f"kernel,card={inside_card()}", 1), self.folder / "song.mid")
        await_that(lambda: len(dumped(recorded.read_text())) >= len(messages))
        self.assertEqual(dumped(recorded.read_text()), messages)

    def play_into_the_clone(self, port, messages):
        (self.folder / "lights.mid").write_bytes(song(messages))
        sh("aplaymidi", "-d", "0", "-p", self.address(port), self.folder / "lights.mid")

    def read_lights(self, port):
        """What the controller is told from now on: a file that grows, and who writes it."""
        got = self.folder / f"lights{port}.bin"
        got.unlink(missing_ok=True)
        reader = subprocess.Popen(["amidi", "-p", f"hw:{inside_card()},0,{port}", "-r", got])
        self.addCleanup(reader.wait)
        self.addCleanup(reader.terminate)
        time.sleep(0.5)
        return got, reader

    def test_a_controller_that_comes_back_is_lit_as_before(self):
        """The host is held while it is plugged in, so that somebody looks when it paints."""
        self.take_focus()
        lights = [bytes([0x91, note, 100 + note]) for note in range(10, 20)]
        self.play_into_the_clone(0, lights)
        time.sleep(0.5)
        plug(False)
        self.assertTrue(await_that(lambda: "went away" in self.said("midi-host")))
        self.programs[0].send_signal(signal.SIGSTOP)
        plug(True)
        self.assertTrue(await_that(lambda: (pathlib.Path("/proc/asound/cards").read_text()).count("Akai")))
        got, _ = self.read_lights(0)
        self.programs[0].send_signal(signal.SIGCONT)
        self.assertTrue(await_that(lambda: all(light in got.read_bytes() for light in lights), 5), f"{got.read_bytes().hex()}\n{self.said('midi-host')}")

    def test_a_clone_connected_with_itself_lights_nothing(self):
        self.take_focus()
        loop = ("aconnect", self.address(0), self.address(0))
        sh(*loop)
        self.addCleanup(lambda: sh("aconnect", "-d", *loop[1:]))
        got, reader = self.read_lights(0)
        with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
            keys.write(bytes.fromhex("905577"))
        time.sleep(0.5)
        self.play_into_the_clone(0, [bytes.fromhex("905666")])
        self.assertTrue(await_that(lambda: bytes.fromhex("905666") in got.read_bytes()))
        self.assertNotIn(bytes.fromhex("905577"), got.read_bytes())

    def said(self, program):
        return (self.folder / f"{program}.log").read_text()

    def take_focus(self):
        """Who speaks gets it."""
        self.play_into_the_clone(0, [bytes.fromhex("905301")])
        self.assertTrue(await_that(lambda: "focus" in self.said("midi-client")), "the client has no focus")
        time.sleep(0.5)

    def test_what_applications_send_back_lights_the_controller(self):
        self.take_focus()
        for port in (0, 1):
            messages = surface(2 + port)
            got, reader = self.read_lights(port)
            self.play_into_the_clone(port, messages)
            heard = lambda: got.read_bytes().replace(INQUIRY, b"")
            await_that(lambda: len(heard()) >= len(b"".join(messages)))
            reader.terminate()
            reader.wait()
            self.assertEqual(heard().hex(), b"".join(messages).hex(), f"port {port}")

    def test_the_clone_answers_as_the_controller_does(self):
        plug(False)
        self.assertTrue(await_that(lambda: "went away" in self.said("midi-host")))
        plug(True)
        self.assertTrue(await_that(lambda: (pathlib.Path("/proc/asound/cards").read_text()).count("Akai")))
        with open(f"/dev/snd/midiC{inside_card()}D0", "r+b", buffering=0) as controller:
            asked = b""
            while INQUIRY not in asked and select.select([controller], [], [], 5)[0]:
                asked += controller.read(64)
            self.assertIn(INQUIRY, asked)
            controller.write(WHO)
        self.assertTrue(await_that(lambda: "answers a device inquiry: " + WHO.hex(" ").upper() in self.said("midi-host")))
        answers = self.folder / "answers.txt"
        with open(answers, "w") as out:
            listener = subprocess.Popen(["aseqdump", "-p", self.address(0)], stdout=out)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.terminate)
        time.sleep(1)
        self.play_into_the_clone(0, [INQUIRY])
        self.assertTrue(await_that(lambda: dumped(answers.read_text()) == [WHO]), answers.read_text() + self.said("midi-host"))

    def test_the_clone_stays_while_the_controller_is_away(self):
        plug(False)
        self.assertTrue(await_that(lambda: "went away" in self.said("midi-host")))
        self.assertTrue(self.clone())
        before = self.said("midi-host").count("reading")
        plug(True)
        self.assertTrue(await_that(lambda: self.said("midi-host").count("reading") > before), "it is read again")
        self.assertTrue(self.clone())

    def address(self, port=0):
        return self.seq_address("user", port, NAME)

    @staticmethod
    def seq_address(kind, port, name=".*"):
        for line in sh("aconnect", "-l").splitlines():
            if match := re.match(rf"client (\d+): '{name}' \[type={kind}", line):
                return f"{match[1]}:{port}"
        raise AssertionError(f"no {kind} client {name}")


if __name__ == "__main__":
    os.environ["HOME"] = "/tmp"
    unittest.main(verbosity=2)
