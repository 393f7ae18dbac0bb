#!/usr/bin/env python3
"""The client's JACK port against jackd's dummy driver: names, both directions, times, long SysEx, a server that dies and returns."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

import rig

DEVICE, NAME = "Test: Pad", "Test_ Pad"  # JACK's names have no colon
OUT, IN = f"{NAME}:{NAME}", f"{NAME}:{NAME} (playback)"
RATE, PERIOD = 48000, 1024
PING = bytes.fromhex("bf66")


class Probe:
    """A JACK application: reads OUT, plays into IN."""

    def __init__(self, stage, env):
        self.log = stage.path / f"probe{len(stage.programs)}.log"
        with open(self.log, "w") as out:
            self.process = subprocess.Popen([stage.bin / "jack_probe", OUT, IN], stdin=subprocess.PIPE, stdout=out, stderr=out, text=True, env=env)
        stage.programs.append(self)
        said = self.await_events(lambda said: "\n" in said)
        if not said.startswith("ready"):
            raise AssertionError(said)

    def await_events(self, enough, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not enough(self.log.read_text()):
            time.sleep(0.02)
        return self.log.read_text()

    def events(self):
        """(frame, place in its period, bytes) of what was heard, but for pings."""
        whole = self.log.read_text().rpartition("\n")[0]  # the last line may still be being written
        lines = [line.split(" ") for line in whole.split("\n")[1:]]
        return [(int(f), int(p), bytes.fromhex(b)) for f, p, b in lines if not b.startswith(PING.hex())]

    def await_connection(self, keys):
        """JACK says that ports are connected some periods before they are."""
        while PING.hex() not in self.log.read_text():
            os.write(keys, PING + b"\0")
            time.sleep(0.05)

    def heard(self, count, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(self.events()) < count:
            time.sleep(0.02)
        return self.events()

    def play(self, message):
        self.process.stdin.write(message.hex() + "\n")
        self.process.stdin.flush()


class JackPort(unittest.TestCase):
    def setUp(self):
        # Where JACK keeps its memory and sockets: of this test alone, so that no other server is met, and a killed one leaves nothing.
        rig.sh("mount", "-t", "tmpfs", "tmpfs", "/dev/shm")
        self.addCleanup(rig.sh, "umount", "-l", "/dev/shm")
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.env = {**os.environ, "JACK_DEFAULT_SERVER": "midinet-test"}

    def serve(self):
        command = ["jackd", "-n", self.env["JACK_DEFAULT_SERVER"], "--no-realtime", "-d", "dummy", "-r", str(RATE), "-p", str(PERIOD)]
        log = self.stage.path / "jackd.log"
        with open(log, "a") as out:
            server = subprocess.Popen(command, stdout=out, stderr=out, env=self.env)
        self.stage.programs.append(rig.Program("jackd", server, log))
        subprocess.run(["jack_wait", "-w", "-t", "15"], env=self.env, check=True, capture_output=True)
        return server

    def start(self):
        self.device, self.lights = self.stage.fifo(DEVICE), self.stage.fifo("lights.fifo")
        network = '[network]\ninterface = "lo"\n[midi]\n'
        self.host = self.stage.start("midi-host", f'{network}device = "stream:{self.device}"\nfeedback = "stream:{self.lights}"\n')
        self.host.await_word("sending to")
        self.shown = self.stage.open_read(self.lights)
        self.client = self.stage.start("midi-client", f'{network}port = "jack"\n', env=self.env)
        self.client.await_word("listening to")
        self.keys = self.stage.open_write(self.device)

    def names(self):
        """Ours among JACK's ports, as it lists them."""
        said = subprocess.run(["jack_lsp"], env=self.env, capture_output=True, text=True).stdout
        return {line for line in said.splitlines() if line.startswith(NAME)}

    def joined(self, server=True):
        """All of it runs, and an application is connected."""
        if server:
            self.serve()
        self.start()
        self.client.await_word("playing into")
        self.client.await_word("host 1 heard")
        return self.listen()

    def listen(self):
        probe = Probe(self.stage, self.env)
        self.addCleanup(probe.process.stdin.close)
        probe.await_connection(self.keys)
        return probe

    def test_what_the_controller_plays_and_what_comes_back(self):
        probe = self.joined()
        self.assertEqual(self.names(), {OUT, IN})
        self.assertIn(rf'playing into \"{NAME}\" (jack)', self.client.said())
        notes, played = [bytes([0x90, 40 + n, 100]) for n in range(40)], []
        for note in notes:
            played.append(time.monotonic())
            os.write(self.keys, note)
            time.sleep(0.005)
        heard = probe.heard(len(notes))
        distances = [frame / RATE - when for (frame, _, _), when in zip(heard, played)]
        print(f"  periods of {PERIOD / RATE * 1e3:.1f} ms; distances between events are kept within {(max(distances) - min(distances)) * 1e3:.2f} ms")
        self.assertEqual([message for _, _, message in heard], notes)
        self.assertGreater(len({place for _, place, _ in heard}), 10, "events come at their own places in a period")
        self.assertEqual([f for f, _, _ in heard], sorted(f for f, _, _ in heard))
        self.client.await_word("we have the focus")
        lamp, dump = bytes.fromhex("903c05"), b"\xf0" + bytes(n % 128 for n in range(5000)) + b"\xf7"
        for message in (lamp, dump):
            probe.play(message)
        self.assertEqual(rig.read_lights(self.shown, len(lamp + dump)), lamp + dump)

    def test_a_long_message_comes_whole_and_one_too_long_not_at_all(self):
        probe = self.joined()
        whole, too_long = (b"\xf0" + bytes(n % 128 for n in range(size)) + b"\xf7" for size in (30_000, 40_000))
        note = bytes.fromhex("903c64")
        rig.write_all(self.keys, whole + too_long + note)
        self.assertEqual([message for _, _, message in probe.heard(2)], [whole, note])
        self.client.stop()
        self.assertEqual(self.client.summary()["sysex_lost"], 1)

    def test_a_server_that_is_absent_is_waited_for_and_one_that_dies_too(self):
        self.start()
        self.client.await_word("no JACK server runs for this user")
        server = self.serve()
        self.client.await_word("playing into")
        self.client.await_word("host 1 heard")
        probe = self.listen()
        held = bytes.fromhex("903c64")
        os.write(self.keys, held)
        self.assertEqual(probe.heard(1)[0][2], held)
        server.send_signal(signal.SIGKILL)
        server.wait()
        said = self.client.said()
        self.client.await_word("no JACK server runs for this user", after=len(said) - 1)
        self.serve()
        self.client.await_word("playing into", after=len(said))
        again = self.listen()
        os.write(self.keys, bytes.fromhex("803c40"))
        self.assertIn(bytes.fromhex("803c40"), [message for _, _, message in again.heard(1)])
        self.assertEqual(len(re.findall("no JACK server", self.client.said())), 2, "said once each time")

    def test_what_ends_releases_its_notes(self):
        probe = self.joined()
        os.write(self.keys, bytes.fromhex("903c64"))
        probe.heard(1)
        self.assertEqual(self.client.stop()[0], 0)
        self.assertEqual([message for _, _, message in probe.heard(2)][1][:2], bytes.fromhex("803c"))

    def test_a_name_that_is_taken_is_changed_and_told(self):
        self.serve()
        other = subprocess.Popen(["jack_midiseq", NAME, "48000", "0", "60", "100"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (other.kill(), other.wait()))
        while not self.names():
            time.sleep(0.05)
        self.start()
        self.client.await_word(rf'playing into \"{NAME}-01\" (jack)')
        self.assertIn(f"{NAME}-01:{NAME}", self.names())

    def test_without_the_library_it_says_what_to_install(self):
        listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout
        library = re.search(r"libjack\.so\.0 .* => (.*)", listed).group(1)
        rig.sh("mount", "--bind", "/dev/null", library)
        self.addCleanup(rig.sh, "umount", library)
        client = self.stage.client("jack", wait=False)
        self.assertEqual(client.process.wait(10), 1)
        self.assertIn("JACK's library (libjack.so.0) is not installed: install libjack-jackd2-0", client.said())


if __name__ == "__main__":
    for program in ("jackd", "jack_lsp", "jack_wait"):
        if not shutil.which(program):
            print(f"SKIPPED: {program} is not installed (package jackd2): the JACK port is not tried")
            sys.exit(rig.SKIP)
    rig.enter_namespaces()
    unittest.main(verbosity=2)
