#!/usr/bin/env python3
"""Standard MIDI Files through the real programs: same events, times within 2 ms; recordings valid whenever they stop."""
import pathlib
import random
import signal
import struct
import sys
import time
import unittest

import rig

DEMO = pathlib.Path(__file__).resolve().parents[2] / "demo"
sys.path.insert(0, str(DEMO))
from smf import read_song  # noqa: E402


def varlen(value):
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def chunk(name, body):
    return name + struct.pack(">I", len(body)) + body


def smf(fmt, division, *tracks):
    return chunk(b"MThd", struct.pack(">HHH", fmt, len(tracks), division)) + b"".join(
        chunk(b"MTrk", t + b"\x00\xff\x2f\x00") for t in tracks)


class Files(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def through(self, song, rate=1.0):
        """Plays a file into a recording. Gives what is in the recording."""
        out = self.stage.path / "out.mid"
        client = self.stage.client(f"file:{out}")
        client.await_word(f'playing into \\"{out.name}\\"')
        host = self.stage.start("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "file:{song}"\n'
                                f'[midi.file]\nrate = {rate}\nexit_at_end = true\nlead_in_ms = 300\n')
        self.assertEqual(host.process.wait(60), 0, host.said())
        self.assertEqual(client.stop()[0], 0)
        self.assertEqual(client.summary()["lost"], 0)
        return read_song(out)

    def compare(self, song, rate=1.0):
        path = self.stage.path / "song.mid"
        path.write_bytes(song)
        want, got = read_song(path), self.through(path, rate)
        self.assertEqual([m for _, m in got], [m for _, m in want])
        worst = max(abs((a - got[0][0]) - (b - want[0][0]) / rate) for (a, _), (b, _) in zip(got, want))
        print(f"  {len(want)} events, worst time error {worst * 1e3:.3f} ms")
        self.assertLess(worst, 0.002)

    def test_the_bundled_piece_at_eight_times_its_speed(self):
        self.compare((DEMO / "opening.mid").read_bytes(), rate=8.0)

    def test_tempo_changes_in_another_track_and_running_status(self):
        conductor = b"".join(varlen(d) + b"\xff\x51\x03" + t.to_bytes(3, "big") for d, t in ((0, 500000), (96, 250000), (192, 1000000)))
        notes = b"\x00\x90\x30\x00" + b"".join(varlen(24) + bytes([60 + n // 2, 0 if n % 2 else 64]) for n in range(20))
        self.compare(smf(1, 96, conductor, notes))

    def test_smpte_division(self):
        division = (256 - 25) << 8 | 40  # 25 frames of 40 ticks: one tick is a millisecond
        seconds = [(n * 37) % 50 + 1 for n in range(40)]
        track = b"".join(varlen(d) + bytes([0xB0, 1, n]) for n, d in enumerate(seconds))
        path = self.stage.path / "song.mid"
        path.write_bytes(smf(0, division, track))
        got = self.through(path)
        at = 0
        for n, ((when, message), delta) in enumerate(zip(got, seconds)):
            at += delta
            self.assertEqual(message, bytes([0xB0, 1, n]))
            self.assertLess(abs((when - got[0][0]) - (at - seconds[0]) / 1000), 0.002)
        self.assertEqual(len(got), 40)

    def test_long_sysex_and_escapes(self):
        rng = random.Random(2)
        body = bytes(rng.randrange(128) for _ in range(100_000)) + b"\xf7"
        track = (b"\x00\xf0" + varlen(len(body)) + body + b"\x60\xf7\x01\xfa" + b"\x60\xf7\x03\xf2\x01\x02" + b"\x60\x90\x3c\x40\x60\x80\x3c\x40")
        path = self.stage.path / "song.mid"
        path.write_bytes(smf(0, 96, track))
        got = b"".join(m for _, m in self.through(path))
        want = b"\xf0" + body + bytes.fromhex("fa f20102 903c40 803c40")
        self.assertTrue(bytes(b for b in got if b != 0xFA) == bytes(b for b in want if b != 0xFA))
        self.assertEqual(got.count(b"\xfa"), 1)

    def test_a_recording_is_valid_whenever_the_client_is_killed(self):
        song = DEMO / "opening.mid"
        want = [m for _, m in read_song(song)]
        rng = random.Random(4)
        for _ in range(4):
            out = self.stage.path / "out.mid"
            out.unlink(missing_ok=True)
            client = self.stage.client(f"file:{out}")
            host = self.stage.start("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "file:{song}"\n[midi.file]\nrate = 8.0\nlead_in_ms = 200\n')
            client.await_word("heard")
            time.sleep(0.5 + rng.random())
            client.stop(signal.SIGKILL)
            host.stop()
            got = [m for _, m in read_song(out)]
            self.assertEqual(got, want[:len(got)])
            self.assertGreater(len(got), 10)

    def test_a_broken_file_is_named_with_its_byte_offset(self):
        path = self.stage.path / "broken.mid"
        path.write_bytes((DEMO / "opening.mid").read_bytes()[:5000])
        host = self.stage.start("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "file:{path}"\n')
        self.assertEqual(host.process.wait(10), 1)
        print("  " + host.said().strip())
        self.assertRegex(host.said(), r"broken\.mid: byte \d+")
        self.assertEqual(len(host.said().strip().splitlines()), 1)


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
