#!/usr/bin/env python3
"""A byte stream through the real programs: exact, through restarts, in any order of starting."""
import os
import signal
import time
import unittest

import rig
from music import RANDOM, numbered, random_stream, release_of, split, voices


class Loopback(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.source, self.port = self.stage.fifo("in.fifo"), self.stage.fifo("out.fifo")
        self.out = None

    def start_client(self, **options):
        client = self.stage.client(f"stream:{self.port}", **options)
        if self.out is None:
            self.out = self.stage.open_read(self.port)
        return client

    def start_both(self):
        client = self.start_client()
        host = self.stage.host(f"stream:{self.source}")
        client.await_word("heard")
        return host, client

    def test_any_valid_stream_comes_out_whole_in_full_status_form(self):
        rng = RANDOM(7)
        host, client = self.start_both()
        into = self.stage.open_write(self.source)
        sent, expected = random_stream(rng, 6000, sysex=1 << 20)
        rig.write_all(into, sent, piece=lambda: rng.randrange(1, 4000))
        received = rig.read_for(self.out, len(expected))
        self.assertEqual(len(received), len(expected))
        self.assertTrue(voices(received) == voices(expected), "the bytes differ")
        for program in (host, client):
            code, took = program.stop()
            self.assertEqual(code, 0, program.said())
            print(f"  {program.name} ended {took * 1e3:.0f} ms after SIGTERM")
            self.assertLess(took, 1.0)
        self.assertEqual(client.summary()["lost"], 0)
        self.assertEqual((host.summary()["internal_faults"], client.summary()["internal_faults"]), (0, 0))

    def test_messages_torn_byte_by_byte_are_whole(self):
        rng = RANDOM(8)
        self.start_both()
        into = self.stage.open_write(self.source)
        sent, expected = random_stream(rng, 300)
        rig.write_all(into, sent, piece=lambda: 1)
        self.assertEqual(voices(rig.read_for(self.out, len(expected))), voices(expected))

    def test_fifos_made_anew_are_found_again(self):
        host, client = self.start_both()
        into = self.stage.open_write(self.source)
        os.write(into, bytes.fromhex("90 3c 50"))
        self.assertEqual(rig.read_for(self.out, 3), bytes.fromhex("903c50"))
        for path, program, word in ((self.source, host, "looking for it again"), (self.port, client, "opening it again")):
            os.remove(path)
            program.await_word(word)
            os.mkfifo(path)
        self.assertEqual(rig.read_for(self.out, 3, seconds=2), bytes.fromhex("803c40"), "what was held is released")
        self.out = self.stage.open_read(self.port)
        into = self.stage.open_write(self.source)
        os.write(into, bytes.fromhex("b0 07 21"))
        self.assertEqual(rig.read_for(self.out, 3), bytes.fromhex("b00721"))

    def test_host_before_client_gives_the_client_the_state(self):
        self.stage.host(f"stream:{self.source}")
        into = self.stage.open_write(self.source)
        rig.write_all(into, bytes.fromhex("b0 07 64 90 3c 50 c1 05 e2 00 40"))
        time.sleep(0.6)  # past the time in which an epoch is joined from its first event
        self.start_client()
        want = {bytes.fromhex(m) for m in ("b00764", "903c50", "c105", "e20040")}
        got = set(split(rig.read_for(self.out, 11)))
        self.assertEqual(got, want)
        rig.write_all(into, bytes.fromhex("80 3c 40"))
        self.assertEqual(rig.read_for(self.out, 3).hex(), "803c40")

    def test_a_killed_host_leaves_no_note_and_its_successor_plays_on(self):
        host, client = self.start_both()
        into = self.stage.open_write(self.source)
        rig.write_all(into, bytes.fromhex("90 3c 50 90 40 50 b0 07 11"))
        self.assertEqual(len(rig.read_for(self.out, 9)), 9)
        began = time.monotonic()
        host.stop(signal.SIGKILL)
        released = split(rig.read_for(self.out, 6))
        print(f"  notes released {1e3 * (time.monotonic() - began):.1f} ms after SIGKILL")
        self.assertEqual({(m[0] & 0xF0, m[1]) for m in released}, {(0x80, 0x3C), (0x80, 0x40)})
        mark = len(client.said())
        self.stage.host(f"stream:{self.source}")
        client.await_word("heard", after=mark)
        rig.write_all(into, bytes.fromhex("90 43 50"))
        self.assertEqual(rig.read_for(self.out, 3).hex(), "904350")

    def test_a_restarted_client_is_whole_again(self):
        _, client = self.start_both()
        into = self.stage.open_write(self.source)
        rig.write_all(into, bytes.fromhex("b0 07 64 90 3c 50"))
        self.assertEqual(len(rig.read_for(self.out, 6)), 6)
        time.sleep(0.6)
        client.stop()
        self.assertEqual(rig.read_for(self.out, 3, seconds=2).hex()[:4], "803c", "a client releases what it played when it ends")
        self.start_client()
        self.assertEqual(set(split(rig.read_for(self.out, 6))), {b"\xb0\x07\x64", b"\x90\x3c\x50"})

    def test_restart_storms_end_well(self):
        rng = RANDOM(3)
        self.start_client()
        into = None
        for _ in range(6):
            host = self.stage.host(f"stream:{self.source}")
            into = into or self.stage.open_write(self.source)
            rig.write_all(into, random_stream(rng, 50, realtime=0)[0])
            time.sleep(rng.random() * 0.3)
            host.stop(rng.choice([signal.SIGKILL, signal.SIGTERM]))
        self.stage.host(f"stream:{self.source}")
        rig.read_for(self.out, 1 << 20, seconds=3, quiet=0.7)
        rig.write_all(into, numbered(4711))
        self.assertEqual(rig.read_for(self.out, 3), numbered(4711))

    def test_a_stopped_client_wakes_up_right_and_blames_nobody(self):
        _, client = self.start_both()
        into = self.stage.open_write(self.source)
        client.process.send_signal(signal.SIGSTOP)
        expected = b"".join(numbered(n) for n in range(500))
        rig.write_all(into, expected)
        time.sleep(1)
        client.process.send_signal(signal.SIGCONT)
        self.assertEqual(rig.read_for(self.out, len(expected)), expected)
        client.stop()
        self.assertEqual((client.summary()["silences"], client.summary()["switches"], client.summary()["lost"]), (0, 0, 0))

    def test_a_stopped_host_releases_its_notes_and_comes_back(self):
        host, client = self.start_both()
        into = self.stage.open_write(self.source)
        rig.write_all(into, bytes.fromhex("90 3c 50"))
        self.assertEqual(len(rig.read_for(self.out, 3)), 3)
        time.sleep(0.8)
        host.process.send_signal(signal.SIGSTOP)
        self.assertEqual(rig.read_for(self.out, 3).hex()[:4], "803c")
        host.process.send_signal(signal.SIGCONT)
        client.await_word("is back")
        rig.write_all(into, bytes.fromhex("90 3e 50"))
        self.assertIn(bytes.fromhex("903e50"), split(rig.read_for(self.out, 3, quiet=1)))

    def test_reload_changes_what_can_change_and_refuses_what_is_wrong(self):
        host, client = self.start_both()
        other = self.stage.fifo("other.fifo")
        config = self.stage.path / "midi-host.toml"
        good = config.read_text()
        config.write_text(good.replace("in.fifo", "other.fifo"))
        host.process.send_signal(signal.SIGHUP)
        host.await_word("other.fifo")
        into = self.stage.open_write(other)
        rig.write_all(into, numbered(5))
        self.assertEqual(rig.read_for(self.out, 3), numbered(5))
        config.write_text("nonsense = 1\n")
        host.process.send_signal(signal.SIGHUP)
        host.await_word("reload refused")
        rig.write_all(into, numbered(6))
        self.assertEqual(rig.read_for(self.out, 3), numbered(6))
        self.assertIsNone(client.process.poll())

    def test_reload_changes_the_format_of_the_log(self):
        for name, config in (("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{self.source}"\n'),
                             ("midi-client", f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{self.port}"\n')):
            program = self.stage.start(name, config, log=())
            program.await_word(" ports " if name == "midi-host" else "listening to")
            self.assertNotIn("{", program.said())
            (self.stage.path / f"{name}.toml").write_text(config + '[log]\nformat = "json"\n')
            program.process.send_signal(signal.SIGHUP)
            program.await_word('"message":"reloaded"}')

    def test_reload_to_what_cannot_be_opened_is_refused_and_keeps_the_device(self):
        host, _ = self.start_both()
        into = self.stage.open_write(self.source)
        config = self.stage.path / "midi-host.toml"
        good = config.read_text()
        plain = self.stage.path / "plain.mid"
        plain.write_text("not music")
        for n, (device, word) in enumerate([(f"stream:{self.stage.path}/absent.fifo", "absent.fifo"),
                                            (f"file:{plain}", "byte 0"), ("carrier pigeon", "stream:PATH")]):
            mark = len(host.said())
            config.write_text(good.replace(f"stream:{self.source}", device) + '[log]\nlevel = "error"\n')
            host.process.send_signal(signal.SIGHUP)
            host.await_word("reload refused, nothing changed", after=mark)
            self.assertIn(word, host.said()[mark:])
            self.assertEqual(len(host.said()[mark:].splitlines()), 1, host.said())
            rig.write_all(into, numbered(n))
            self.assertEqual(rig.read_for(self.out, 3), numbered(n))
        mark = len(host.said())
        config.write_text(good)
        host.process.send_signal(signal.SIGHUP)
        host.await_word('"reloaded"', after=mark)  # an info line: the level too was kept

    def test_reload_to_a_device_that_is_waited_for_lets_the_old_one_go(self):
        host, _ = self.start_both()
        into = self.stage.open_write(self.source)
        rig.write_all(into, bytes.fromhex("90 3c 50"))
        self.assertEqual(rig.read_for(self.out, 3).hex(), "903c50")
        config = self.stage.path / "midi-host.toml"
        good = config.read_text()
        config.write_text(good.replace(f"stream:{self.source}", "auto:no such controller"))
        host.process.send_signal(signal.SIGHUP)
        host.await_word("waiting for the device: ")
        self.assertIn("is let go", host.said())
        self.assertEqual(rig.read_for(self.out, 3).hex()[:4], "803c")
        mark = len(host.said())
        time.sleep(0.4)
        self.assertEqual(host.said()[mark:], "", "the same wait is said once")
        config.write_text(good)
        host.process.send_signal(signal.SIGHUP)
        host.await_word("reading", after=mark)
        rig.write_all(into, numbered(7))
        self.assertEqual(rig.read_for(self.out, 3), numbered(7))

    def test_what_sounds_at_the_end_is_released(self):
        rng = RANDOM(5)
        host, client = self.start_both()
        into = self.stage.open_write(self.source)
        sent, expected = random_stream(rng, 400, realtime=0)
        rig.write_all(into, sent)
        played = split(rig.read_for(self.out, len(expected)))
        host.stop()
        client.stop()
        rest = split(rig.read_for(self.out, 1 << 20, seconds=2, quiet=0.3))
        self.assertEqual(release_of(played + rest), {})


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
