#!/usr/bin/env python3
"""The client for macOS as a whole program, over the doubles: real hosts of this system play into a double of CoreMIDI. Time goes by itself here, and none is asserted."""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "net"), str(HERE.parent / "windows")]

import rig  # noqa: E402
from music import RANDOM, numbered, random_stream, voices  # noqa: E402
from wine import Driver  # noqa: E402  the folder that either double writes down into

NOTE_ON, NOTE_OFF = bytes.fromhex("903c50"), bytes.fromhex("803c40")
MIRROR = '[failover]\nmode = "mirror"\n'


class Stage(rig.Stage):
    """Hosts as everywhere; the client is the one for macOS."""

    def __enter__(self):
        super().__enter__()
        self.driver = Driver(self.path / "driver")
        return self

    def mac_client(self, config="", flags=(), wait=True):
        path, log = self.path / "client.toml", self.path / f"client.{len(self.programs)}.log"
        path.write_text(config or '[network]\ninterface = "lo"\n')
        command = [CLIENT, "--config", path, "--state-dir", self.path / "state-macos", "--log-format", "json", "--log-level", "debug", *flags]
        with open(log, "w") as out:
            process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=out, env={**os.environ, "MIDINET_DOUBLE": str(self.driver.folder)})
        self.programs.append(rig.Program("midi-client for macOS", process, log))
        if wait:
            self.programs[-1].await_word("listening to", seconds=60)
        return self.programs[-1]

    def unique_id(self, port=0):
        return int((self.driver.folder / f"port-{port}.id").read_text())


class Client(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(Stage(rig.binaries()))
        self.driver = self.stage.driver
        self.devices, self.hosts = {}, {}

    def start_host(self, number, extra=""):
        device = self.stage.fifo(f"in{number}.fifo")
        self.hosts[number] = self.stage.host(f"stream:{device}", extra=f"[host]\nid = {number}\n{rig.PATIENT}{extra}", tag=str(number))
        if number not in self.devices:
            self.devices[number] = os.open(device, os.O_RDWR)
            self.stage.fds.append(self.devices[number])

    def start(self, hosts=(1,), extra="", config=""):
        client = self.stage.mac_client(config)
        for number in hosts:
            self.start_host(number, extra)
        for number in hosts:
            client.await_word(f"host {number} heard", seconds=60)
        self.driver.await_port()
        return client

    def test_what_a_host_plays_reaches_coremidi_byte_for_byte(self):
        rng = RANDOM(12)
        client = self.start()
        self.assertIn("the engine thread runs under a time constraint", client.said())
        sent, expected = random_stream(rng, 3000, sysex=200_000)
        rig.write_all(self.devices[1], sent, piece=lambda: rng.randrange(1, 2000))
        received = self.driver.await_bytes(len(expected))
        self.assertEqual(len(received), len(expected), client.said()[-2000:])
        self.assertTrue(voices(received) == voices(expected), "the bytes differ")
        self.assertEqual(self.driver.name(), "in1.fifo")
        self.assertEqual(client.stop()[0], 0, client.said())
        self.assertEqual((client.summary()["lost"], client.summary()["internal_faults"]), (0, 0))

    def test_two_hosts_that_mirror_each_other_may_die_in_turn_without_a_byte_missing(self):
        client = self.start((1, 2), MIRROR)
        time.sleep(1.2)  # their statuses are heard
        count = 0

        def play(numbers, to):
            nonlocal count
            for _ in range(numbers):
                for number in to:
                    os.write(self.devices[number], numbered(count))
                count += 1
                time.sleep(0.001)

        play(500, (1, 2))
        self.hosts[1].stop(signal.SIGKILL)
        play(500, (2,))
        client.await_word("playing host 2 now", seconds=60)
        play(500, (2,))
        self.start_host(1, MIRROR)
        client.await_word("host 1 heard", after=client.said().index("playing host 2 now"), seconds=60)
        time.sleep(1.2)
        play(500, (1, 2))
        self.hosts[2].stop(signal.SIGKILL)
        play(500, (1,))
        expected = b"".join(numbered(n) for n in range(count))
        received = self.driver.await_bytes(len(expected))
        self.assertEqual(len(received), len(expected))
        self.assertTrue(received == expected, "the bytes differ")

    def test_a_killed_hosts_notes_end_and_the_standby_plays_on(self):
        client = self.start((1, 2))
        time.sleep(1.2)  # the preferred one is settled on
        os.write(self.devices[1], NOTE_ON)
        self.assertEqual(self.driver.await_bytes(3), NOTE_ON)
        self.hosts[1].stop(signal.SIGKILL)
        self.assertEqual(self.driver.await_bytes(3, after=3), NOTE_OFF)
        client.await_word("playing host 2 now", seconds=60)
        os.write(self.devices[2], bytes.fromhex("b01401"))
        self.assertEqual(self.driver.await_bytes(3, after=6), bytes.fromhex("b01401"))

    def test_signals_reload_and_end_and_the_end_releases_what_sounds(self):
        client = self.start()
        os.write(self.devices[1], NOTE_ON)
        self.assertEqual(self.driver.await_bytes(3), NOTE_ON)
        client.process.send_signal(signal.SIGHUP)
        client.await_word("reloaded", seconds=30)
        self.assertEqual(client.stop()[0], 0, client.said())
        self.assertEqual(self.driver.bytes(), NOTE_ON + NOTE_OFF)
        self.assertIsNone(self.driver.name(), "the port is closed")

    def test_a_midi_server_that_goes_away_is_found_again_with_the_same_id(self):
        client = self.start()
        before = self.stage.unique_id()
        os.write(self.devices[1], NOTE_ON)
        self.assertEqual(self.driver.await_bytes(3), NOTE_ON)
        self.driver.say("gone")
        time.sleep(0.2)
        os.write(self.devices[1], bytes.fromhex("b00755"))
        client.await_word("went away; opening it again", seconds=60)
        self.driver.await_port(1)
        os.write(self.devices[1], NOTE_OFF)
        self.assertTrue(self.driver.await_bytes(9, port=1).endswith(NOTE_OFF), "the new port plays on")
        self.assertEqual(self.stage.unique_id(1), before)

    def test_what_an_application_plays_lights_the_surface(self):
        lights = self.stage.fifo("lights.fifo")
        seen = self.stage.open_read(lights)
        device = self.stage.fifo("in1.fifo")
        client = self.stage.mac_client()
        config = f'[host]\nid = 1\n{rig.PATIENT}[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{device}"\nfeedback = "stream:{lights}"\n'
        host = self.stage.start("midi-host", config)
        host.await_word("feedback goes to")
        rig.answer_inquiry(seen, self.stage.open_write(device))
        client.await_word("we have the focus", seconds=60)
        self.driver.await_port()
        lamps, text = "903c05", "f0" + "41" * 300 + "f7"
        self.driver.say(lamps, text)
        wanted = bytes.fromhex(lamps + text)
        self.assertEqual(rig.read_lights(seen, len(wanted), seconds=30), wanted)

    def test_the_same_client_comes_back_with_its_id_and_its_ports(self):
        ids, ports = [], []
        for number in range(2):
            client = self.start() if number == 0 else self.stage.mac_client()
            client.await_word("host 1 heard", seconds=60)
            self.driver.await_port()
            ids.append(client.said().split(": listening to")[0][-16:])
            self.assertEqual(client.stop()[0], 0)
            ports.append(self.stage.unique_id())  # a program that draws one draws another one
        self.assertEqual(ids[0], ids[1])
        self.assertEqual(ports[0], ports[1])
        self.assertIn("source in1.fifo", (self.stage.path / "state-macos/coremidi-ids").read_text())

    def test_a_port_that_is_another_systems_is_refused_with_the_choices(self):
        path = self.stage.path / "wrong.toml"
        path.write_text('[midi]\nport = "jack"\n')
        done = subprocess.run([CLIENT, "--config", path, "--check-config"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn('on macOS it can be "auto"', done.stderr)


if __name__ == "__main__":
    CLIENT = os.environ["MIDINET_MAC_CLIENT"]
    rig.enter_namespaces()
    unittest.main(verbosity=2)
