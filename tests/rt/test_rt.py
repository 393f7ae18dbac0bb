#!/usr/bin/env python3
"""No allocation, no lock, no sleep, no output on the engine thread of the real programs, from its first wait to its last."""
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "net"))
import rig  # noqa: E402
from music import RANDOM, numbered, random_stream, voices  # noqa: E402

LOSS = ("--inject-loss", "10")
WRAPPER = '#!/bin/sh\nMIDINET_TRAP_LOG={log}/{name}.$$.trap LD_PRELOAD={bin}/rt_trap.so exec {bin}/{name} "$@"\n'


class Log:
    """What the trap said of one process."""

    def __init__(self, path):
        self.name = path.name
        self.lines = path.read_text().splitlines() if path.exists() else []

    def armed(self):
        return "armed" in self.lines

    def waits(self):
        """How often it had waited when it woke the control thread last: when it came to its end."""
        return next((int(line.split()[1]) for line in reversed(self.lines) if line.startswith("woke ")), 0)

    def trapped(self):
        return [line.split()[1] for line in self.lines if line.startswith("trapped ")]

    def story(self):
        """Each trapped call with its callers, named where the program has symbols."""
        return "\n".join(self.name_of(line) for line in self.lines)

    @staticmethod
    def name_of(line):
        place = re.match(r"(.*/midi-(?:host|client))\(\+(0x[0-9a-f]+)\)", line)
        if not place:
            return line
        known = subprocess.run(["addr2line", "-Cfpe", place[1], place[2]], capture_output=True, text=True)
        return "  " + known.stdout.strip()


class Trap(unittest.TestCase):
    def test_sees_every_call_it_is_there_for_and_on_the_engine_thread_only(self):
        with rig.Stage(rig.binaries()) as stage:
            path = stage.path / "provoke.trap"
            command = ["env", f"MIDINET_TRAP_LOG={path}", f"LD_PRELOAD={stage.bin}/rt_trap.so", stage.bin / "rt_provoke"]
            done = rig.sh(*command).split()
            log = Log(path)
            self.assertGreater(len(done), 10)
            self.assertEqual(log.trapped(), done)
            self.assertEqual((log.armed(), log.waits()), (True, 2))


class EngineThreads(unittest.TestCase):
    """Each test ends with the programs' ends; then the logs are read."""

    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.source, self.port = self.stage.fifo("in.fifo"), self.stage.fifo("out.fifo")
        self.logs = self.stage.path / "traps"
        self.logs.mkdir()
        real, self.stage.bin = self.stage.bin, self.stage.path / "bin"
        self.stage.bin.mkdir()
        for name in ("midi-host", "midi-client"):
            script = self.stage.bin / name
            script.write_text(WRAPPER.format(log=self.logs, name=name, bin=real))
            script.chmod(0o755)

    def start(self, **options):
        client = self.stage.client(f"stream:{self.port}", flags=LOSS, **options)
        self.out = self.stage.open_read(self.port)
        host = self.stage.host(f"stream:{self.source}")
        client.await_word("heard")
        return host, client, self.stage.open_write(self.source)

    def judge(self, *ended):
        """Nothing was trapped anywhere; `ended` programs were watched to their ends."""
        for program in ended:
            self.assertEqual(program.stop()[0], 0, program.said())
        logs = {path.name: Log(path) for path in sorted(self.logs.iterdir())}
        self.assertEqual(len(logs), len(self.stage.programs))
        for log in logs.values():
            self.assertTrue(log.armed(), f"{log.name} was never watched")
            self.assertEqual(log.trapped(), [], f"{log.name}:\n{log.story()}")
        for program in ended:
            waits = [log.waits() for log in logs.values() if f".{program.process.pid}." in log.name]
            self.assertEqual(len(waits), 1)
            self.assertGreater(waits[0], 100, f"{program.name} did nothing: this shows nothing")
            print(f"  {program.name}: {waits[0]} waits, nothing trapped")

    def test_a_stream_with_running_status_and_a_long_sysex_at_a_tenth_lost(self):
        host, client, into = self.start()
        rng = RANDOM(1)
        sent, expected = random_stream(rng, 20_000, sysex=1 << 20)
        rig.write_all(into, sent, piece=lambda: rng.randrange(1, 4000))
        (music, ticks), (music_in, ticks_in) = (voices(data) for data in (rig.read_for(self.out, len(expected)), expected))
        self.assertTrue(music == music_in, "the bytes differ")
        self.assertEqual(sorted(ticks), sorted(ticks_in))  # where something is missing, clocks overtake it
        self.judge(host, client)
        self.assertGreater(client.summary()["nacks"], 0, "nothing was asked for: this shows little")

    def test_a_killed_host_its_silence_and_its_successor(self):
        host, client, into = self.start()
        rng = RANDOM(2)
        rig.write_all(into, random_stream(rng, 500)[0])
        time.sleep(0.6)  # the next one is joined by its journal
        host.stop(signal.SIGKILL)
        client.await_word("silent")
        mark = len(client.said())
        host = self.stage.host(f"stream:{self.source}")
        client.await_word("heard", after=mark)
        rig.write_all(into, random_stream(rng, 500)[0])
        time.sleep(0.3)
        self.judge(host, client)

    def test_a_switch_by_note_and_the_death_of_the_new_host(self):
        client = self.stage.client(f"stream:{self.port}", flags=LOSS)
        self.out = self.stage.open_read(self.port)
        host = self.stage.host(f"stream:{self.source}", extra="[failover.triggers.midi]\nenabled = true\n")
        other = self.stage.fifo("in2.fifo")
        standby = self.stage.host(f"stream:{other}", extra="[host]\nid = 2\n", tag="2")
        into, into2 = self.stage.open_write(self.source), self.stage.open_write(other)
        client.await_word("host 2 heard")
        time.sleep(1.2)
        rig.write_all(into, random_stream(RANDOM(5), 300)[0])
        rig.write_all(into2, random_stream(RANDOM(6), 300)[0])
        time.sleep(0.2)
        rig.write_all(into, b"\x9f\x7f\x7f")
        client.await_word("switched by hand")
        standby.stop(signal.SIGKILL)
        client.await_word("playing host 1 now: the one before fell silent")
        time.sleep(0.2)
        self.judge(host, client)

    def test_a_late_client_takes_the_state_over(self):
        host = self.stage.host(f"stream:{self.source}")
        into = self.stage.open_write(self.source)
        rig.write_all(into, b"".join(numbered(n) for n in range(0, 100_000, 97)) + b"\x90\x3c\x50")
        time.sleep(0.7)
        client = self.stage.client(f"stream:{self.port}", flags=LOSS)
        out = self.stage.open_read(self.port)
        self.assertIn(b"\x90\x3c\x50", rig.read_for(out, 1 << 16, seconds=3, quiet=0.5))
        self.judge(host, client)

    def test_a_port_that_is_full_goes_away_and_comes_back(self):
        host, client, into = self.start()
        rig.write_all(into, b"\xf0" + bytes(200_000) + b"\xf7" + b"\x90\x3c\x50" * 3000)  # more than a pipe holds
        time.sleep(0.3)
        self.stage.close(self.out)
        rig.write_all(into, random_stream(RANDOM(3), 500)[0])
        time.sleep(0.3)
        out = self.stage.open_read(self.port)
        time.sleep(0.3)
        rig.write_all(into, b"\xb5\x15\x31")
        self.assertIn(b"\xb5\x15\x31", rig.read_for(out, 1 << 20, seconds=3, quiet=0.7))
        self.judge(host, client)

    def test_a_source_that_is_replaced_and_ends(self):
        host, client, into = self.start()
        rig.write_all(into, b"\x90\x3c\x50")
        self.assertEqual(rig.read_for(self.out, 3), b"\x90\x3c\x50")
        config = self.stage.path / "midi-host.toml"
        song = pathlib.Path(__file__).resolve().parents[2] / "demo/opening.mid"
        config.write_text(config.read_text().replace(f"stream:{self.source}", f"file:{song}") + "[midi.file]\nrate = 50.0\n")
        host.process.send_signal(signal.SIGHUP)
        host.await_word("to its end")
        self.assertIn(b"\x80\x3c", rig.read_for(self.out, 1 << 20, seconds=3, quiet=0.5))
        self.judge(host, client)

    def test_a_recording(self):
        _, first, into = self.start()
        client = self.stage.client(f"file:{self.stage.path}/out.mid", tag="recorder")
        client.await_word("heard")
        rig.write_all(into, random_stream(RANDOM(4), 20_000)[0])
        rig.read_for(self.out, 1 << 20, seconds=3, quiet=0.5)
        self.judge(first, client)
        self.assertGreater((self.stage.path / "out.mid").stat().st_size, 10_000)


def main():
    if "--sanitizers" in sys.argv:
        at = sys.argv.index("--sanitizers")
        sanitizers = sys.argv[at + 1]
        del sys.argv[at:at + 2]
        if sanitizers:
            print(f"SKIPPED: -fsanitize={sanitizers} allocates and locks by itself; run the release build to watch the engine threads")
            sys.exit(rig.SKIP)
    rig.enter_namespaces()
    unittest.main(verbosity=2)


if __name__ == "__main__":
    main()
