#!/usr/bin/env python3
"""Runs in the test machine: a USB controller of the kernel's gadget side, the real host and client, ALSA's own programs as applications."""
import os
import pathlib
import random
import re
import signal
import struct
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
    for key in ("in_ports", "out_ports"):
        write(function / key, "2")
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


def song(messages, gap_ms=10):
    """A Standard MIDI File of one track, a tick a millisecond."""
    def length(n):
        return bytes([0x80 | n >> 7, n & 127]) if n > 127 else bytes([n])
    track = bytes.fromhex("00ff51030f4240")  # a quarter a second
    for message in messages:
        sysex = message[0] == 0xF0
        track += length(gap_ms) + (b"\xf0" + length(len(message) - 1) + message[1:] if sysex else message)
    track += bytes.fromhex("00ff2f00")
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 1000) + b"MTrk" + struct.pack(">I", len(track)) + track


def surface(seed):
    """What a busy application says to a surface, each light once, and one long dump."""
    rng = random.Random(seed)
    lights = [bytes([0x90 | channel, note, rng.randint(1, 127)]) for channel in range(8) for note in range(53, 58)]
    rings = [bytes([0xB0, 48 + n, rng.randrange(128)]) for n in range(8)] + [bytes([0xE0, 3, 99]), bytes([0xC1, 7])]
    dump = b"\xf0\x47\x7f" + bytes(rng.randrange(128) for _ in range(700)) + b"\xf7"
    return [*lights, dump, *rings]


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
        with open(f"/dev/snd/midiC{self.inside_card()}D0", "wb", buffering=0) as keys:
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
        sh("aplaymidi", "-d", "0", "-p", self.seq_address(f"kernel,card={self.inside_card()}", 1), self.folder / "song.mid")
        await_that(lambda: len(dumped(recorded.read_text())) >= len(messages))
        self.assertEqual(dumped(recorded.read_text()), messages)

    def play_into_the_clone(self, port, messages):
        (self.folder / "lights.mid").write_bytes(song(messages))
        sh("aplaymidi", "-d", "0", "-p", self.address(port), self.folder / "lights.mid")

    def read_lights(self, port):
        """What the controller is told from now on: a file that grows, and who writes it."""
        got = self.folder / f"lights{port}.bin"
        got.unlink(missing_ok=True)
        reader = subprocess.Popen(["amidi", "-p", f"hw:{self.inside_card()},0,{port}", "-r", got])
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
        with open(f"/dev/snd/midiC{self.inside_card()}D0", "wb", buffering=0) as keys:
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
            await_that(lambda: got.stat().st_size >= len(b"".join(messages)))
            reader.terminate()
            reader.wait()
            self.assertEqual(got.read_bytes().hex(), b"".join(messages).hex(), f"port {port}")

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

    @staticmethod
    def inside_card():
        """The gadget's own card: what is written there the controller sends."""
        return re.search(r"^\s*(\d+) \[inside", pathlib.Path("/proc/asound/cards").read_text(), re.MULTILINE)[1]


if __name__ == "__main__":
    os.environ["HOME"] = "/tmp"
    unittest.main(verbosity=2)
