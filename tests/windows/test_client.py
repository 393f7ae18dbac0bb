#!/usr/bin/env python3
"""midi-client.exe, the real one, under Wine: real Linux hosts play into a double of the teVirtualMIDI driver. Wine's time is not Windows', so none is asserted."""
import os
import signal
import subprocess
import time
import unittest

import wine
from wine import rig

from music import RANDOM, numbered, random_stream, voices

NOTE_ON, NOTE_OFF = bytes.fromhex("903c50"), bytes.fromhex("803c40")
HOME_PAGE = "https://www.tobias-erichsen.de/software/virtualmidi.html"


class Client(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(wine.Stage(rig.binaries()))
        self.driver = self.stage.driver
        self.devices, self.hosts = {}, {}

    def start_host(self, number, extra=""):
        device = self.stage.fifo(f"in{number}.fifo")
        self.hosts[number] = self.stage.host(f"stream:{device}", extra=f"[host]\nid = {number}\n{wine.PATIENT}{extra}", tag=str(number))
        if number not in self.devices:
            self.devices[number] = os.open(device, os.O_RDWR)
            self.stage.fds.append(self.devices[number])

    def start(self, hosts=(1,), extra="", config=""):
        client = self.stage.windows_client(config)
        for number in hosts:
            self.start_host(number, extra)
        for number in hosts:
            client.await_word(f"host {number} heard", seconds=60)
        self.driver.await_port()
        return client

    def ends_of(self, client):
        """What the programs say at their end, to tell where something was lost."""
        wine.interrupt(client)
        for host in self.hosts.values():
            host.stop()
        return "\n".join(p.said() for p in (client, *self.hosts.values()))

    def test_what_a_host_plays_reaches_the_driver_byte_for_byte(self):
        rng = RANDOM(11)
        client = self.start()
        sent, expected = random_stream(rng, 3000, sysex=60_000)
        rig.write_all(self.devices[1], sent, piece=lambda: rng.randrange(1, 2000))
        received = self.driver.await_bytes(len(expected))
        if len(received) != len(expected):
            self.fail(f"{len(received)} bytes of {len(expected)}:\n{self.ends_of(client)}")
        self.assertTrue(voices(received) == voices(expected), "the bytes differ")
        self.assertEqual(self.driver.name(), "in1.fifo")
        self.assertEqual(wine.interrupt(client), 0, client.said())
        self.assertEqual((client.summary()["lost"], client.summary()["internal_faults"]), (0, 0))

    def test_a_sysex_that_is_too_long_for_the_driver_is_left_out_whole(self):
        self.start()
        long = b"\xf0" + bytes(70_000) + b"\xf7"
        rig.write_all(self.devices[1], NOTE_ON + long + NOTE_OFF)
        self.assertEqual(self.driver.await_bytes(6), NOTE_ON + NOTE_OFF)

    def test_two_hosts_that_mirror_each_other_may_die_in_turn_without_a_byte_missing(self):
        client = self.start((1, 2), '[failover]\nmode = "mirror"\n')
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
        self.start_host(1, '[failover]\nmode = "mirror"\n')
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
        os.write(self.devices[2], bytes.fromhex("b00755"))
        time.sleep(0.2)
        self.hosts[1].stop(signal.SIGKILL)
        self.assertEqual(self.driver.await_bytes(6, after=3), NOTE_OFF + bytes.fromhex("b00755"), "the note ends, and the standby's value is adopted")
        client.await_word("playing host 2 now", seconds=60)
        os.write(self.devices[2], bytes.fromhex("b01401"))
        self.assertEqual(self.driver.await_bytes(3, after=9), bytes.fromhex("b01401"))

    def test_the_end_releases_what_sounds(self):
        client = self.start()
        os.write(self.devices[1], NOTE_ON)
        self.assertEqual(self.driver.await_bytes(3), NOTE_ON)
        self.assertEqual(wine.interrupt(client), 0, client.said())
        self.assertEqual(self.driver.bytes(), NOTE_ON + NOTE_OFF)
        self.assertIsNone(self.driver.name(), "the port is closed")

    def test_what_an_application_sends_lights_the_surface(self):
        lights = self.stage.fifo("lights.fifo")
        seen = self.stage.open_read(lights)
        device = self.stage.fifo("in1.fifo")
        client = self.stage.windows_client()
        config = f'[host]\nid = 1\n{wine.PATIENT}[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{device}"\nfeedback = "stream:{lights}"\n'
        host = self.stage.start("midi-host", config)
        host.await_word("feedback goes to")
        rig.answer_inquiry(seen, self.stage.open_write(device))
        client.await_word("we have the focus", seconds=60)
        self.driver.await_port()
        lamps, text = "903c05", "f0" + "41" * 300 + "f7"
        self.driver.say(lamps, text)
        wanted = bytes.fromhex(lamps + text)
        self.assertEqual(rig.read_lights(seen, len(wanted), seconds=30), wanted)

    def test_a_driver_that_goes_away_is_waited_for(self):
        client = self.start()
        os.write(self.devices[1], NOTE_ON)
        self.assertEqual(self.driver.await_bytes(3), NOTE_ON)
        self.driver.say("gone")
        client.await_word("went away; opening it again", seconds=60)
        # The double has a port a moment before the client takes it, so what is played then may still be for none.
        self.assertEqual(self.driver.await_bytes(3, port=1), NOTE_ON, "the new port is told what sounds")
        os.write(self.devices[1], NOTE_OFF)
        self.assertEqual(self.driver.await_bytes(6, port=1), NOTE_ON + NOTE_OFF)

    def test_it_takes_its_configuration_anew_when_it_is_asked_to(self):
        client = self.start(config='[network]\ninterface = "lo"\n[midi]\ndevice_name = "before"\n')
        (self.stage.path / "client.toml").write_text('[network]\ninterface = "lo"\n[midi]\ndevice_name = "after"\n')
        self.assertEqual(wine.run("doubles/reload.exe", "midi-client.exe").returncode, 0)
        self.driver.await_port(1)
        self.assertEqual(self.driver.name(1), "after")
        self.assertEqual(wine.interrupt(client), 0, client.said())

    def test_a_name_of_ones_own_and_characters_of_any_language(self):
        self.start(config='[network]\ninterface = "lo"\n[midi]\ndevice_name = "Pult – Bühne ①"\n')
        self.assertEqual(self.driver.name(), "Pult – Bühne ①")

    def test_the_same_client_comes_back_with_the_same_id(self):
        ids = []
        for _ in range(2):
            client = self.stage.windows_client()
            ids.append(client.said().split(": listening to")[0][-16:])
            self.assertEqual(wine.interrupt(client), 0)
        self.assertEqual(ids[0], ids[1])


class WithoutDriver(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(wine.Stage(rig.binaries()))

    def test_it_says_where_the_driver_is_to_be_had(self):
        with wine.no_driver():
            client = self.stage.windows_client(wait=False)
            code = client.process.wait(120)
        said = client.said().strip().splitlines()
        print("  " + said[-1])
        self.assertEqual(code, 1)
        self.assertTrue(said[-1].startswith("midi-client: a virtual MIDI device needs the teVirtualMIDI driver"), said)
        self.assertIn(HOME_PAGE, said[-1])

    def told(self, env):
        """What it says of a port that it does not get; it goes on, as a driver may come."""
        client = self.stage.windows_client(env=env)
        self.stage.host(f"stream:{self.stage.fifo('in.fifo')}", extra=wine.PATIENT)
        client.await_word("no port: ", seconds=60)
        line = next(line for line in client.said().splitlines() if "no port: " in line)
        print("  " + line)
        self.assertEqual(wine.interrupt(client), 0, client.said())
        return line

    def test_a_driver_that_makes_nothing_is_told_of(self):
        self.assertIn("but Windows does not have it", self.told({"MIDINET_DOUBLE_HIDES": "1"}))

    def test_a_name_that_is_taken_is_told_of(self):
        self.assertIn("another MIDI device has this name", self.told({"MIDINET_DOUBLE_REFUSES": "1379"}))  # ERROR_ALIAS_EXISTS

    def test_a_recording_needs_no_driver(self):
        song = self.stage.path / "song.mid"
        with wine.no_driver():
            config = f'[network]\ninterface = "lo"\n[midi]\nport = \'file:{wine.windows_path(song)}\'\n'
            client = self.stage.windows_client(config)
            device = self.stage.fifo("in.fifo")
            self.stage.host(f"stream:{device}", extra=wine.PATIENT)
            client.await_word("heard", seconds=60)
            os.write(self.stage.open_write(device), NOTE_ON + NOTE_OFF)
            end = time.monotonic() + 30
            while not (song.exists() and NOTE_OFF in song.read_bytes()) and time.monotonic() < end:
                time.sleep(0.1)
            self.assertEqual(wine.interrupt(client), 0, client.said())
        written = song.read_bytes()
        self.assertTrue(written.startswith(b"MThd"), written[:8])
        self.assertIn(NOTE_ON, written)
        self.assertIn(NOTE_OFF, written)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(wine.Stage(rig.binaries()))

    def run_client(self, text, *flags):
        path = self.stage.path / "client.toml"
        path.write_text(text)
        done = subprocess.run([wine.WINE, str(wine.BUILD / "bin/midi-client.exe"), "--config", wine.windows_path(path), *flags],
                              capture_output=True, text=True, timeout=120, env={**os.environ, **wine.ENV})
        return done.returncode, done.stdout + done.stderr

    def test_a_port_that_is_another_systems_is_refused_with_the_choices(self):
        code, said = self.run_client('[midi]\nport = "jack"\n', "--check-config")
        self.assertEqual(code, 2, said)
        self.assertIn('on Windows it can be "auto"', said)

    def test_an_interface_that_is_not_there_is_named_with_those_that_are(self):
        client = self.stage.windows_client('[network]\ninterface = "Ethernet 7"\n[midi]\nport = "auto"\n', wait=False)
        client.await_word('there is no network interface', seconds=60)
        self.assertIn("lo", client.said())


if __name__ == "__main__":
    rig.enter_namespaces()
    wine.prepare()
    unittest.main(verbosity=2)
