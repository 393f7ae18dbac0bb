#!/usr/bin/env python3
"""A whole stream without hardware, on this machine's loopback: a virtual controller plays a piece into midi-host, midi-client receives it
over multicast while datagrams are dropped on purpose, and everything that comes out is compared with what went in, event by event."""
import argparse
import collections
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from screen import Screen, describe  # noqa: E402
from smf import read_song  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
HISTORY = 8


def free_ports(count):
    """UDP ports nobody on this machine uses, so that a demo disturbs no real system beside it."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for s in sockets:
        s.bind(("", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Splitter:
    """Full-status bytes in, whole messages out: what the client promises to write."""

    def __init__(self):
        self.pending = b""

    def feed(self, data):
        self.pending += data
        while self.pending:
            size = self.size()
            if size == 0 or size > len(self.pending):
                return
            yield self.pending[:size]
            self.pending = self.pending[size:]

    def size(self):
        status = self.pending[0]
        if status == 0xF0:
            return self.pending.find(b"\xf7") + 1
        if status in (0xF1, 0xF3) or status & 0xE0 == 0xC0:
            return 2
        return 1 if status > 0xF3 else 3


class Run:
    """What is known of the demo so far. Written by the player's and the reader's threads, read by the screen."""

    def __init__(self, loss):
        self.loss = loss
        self.began = time.monotonic()
        self.status = {}
        self.inputs, self.outputs = [], []
        self.sent_at, self.latencies = [], []
        self.sounding_in, self.sounding_out = collections.Counter(), collections.Counter()
        self.playing = True

    @property
    def elapsed(self):
        return time.monotonic() - self.began

    @property
    def sent(self):
        return len(self.inputs)

    @property
    def received(self):
        return len(self.outputs)

    @staticmethod
    def count_note(counter, message):
        if message[0] & 0xE0 == 0x80:
            on = message[0] & 0x10 and message[2] > 0
            counter[message[0] & 15] = max(0, counter[message[0] & 15] + (1 if on else -1))

    def on_in(self, message):
        self.sent_at.append(time.monotonic())
        self.inputs.append(message)
        self.count_note(self.sounding_in, message)

    def on_out(self, message):
        if self.received < len(self.sent_at):
            self.latencies.append((time.monotonic() - self.sent_at[self.received]) * 1e3)
        self.outputs.append(message)
        self.count_note(self.sounding_out, message)

    def last_in(self):
        return [describe(m) for m in self.inputs[-HISTORY:]] + [""] * max(0, HISTORY - self.sent)

    def last_out(self):
        return [describe(m) for m in self.outputs[-HISTORY:]] + [""] * max(0, HISTORY - self.received)

    def channels(self):
        return sorted(set(self.sounding_in) | set(self.sounding_out))

    def latency(self, q):
        recent = sorted(self.latencies[-2000:])
        return recent[int(q * (len(recent) - 1))] if recent else 0.0

    def difference(self):
        """The first place where output is not input, in words; empty when they agree."""
        for i, (a, b) in enumerate(zip(self.inputs, self.outputs)):
            if a != b:
                return f"event {i + 1}: in {a.hex(' ')} ({describe(a)}), out {b.hex(' ')} ({describe(b)})"
        if self.sent != self.received:
            return f"{self.sent} events in, {self.received} out"
        return ""


class Demo:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.run = Run(options.loss)
        self.stopping = threading.Event()
        self.host = self.client = None

    def write_configs(self):
        data, heartbeat, control = free_ports(3)
        network = (f'[network]\ninterface = "lo"\ndata_port = {data}\nheartbeat_port = {heartbeat}\ncontrol_port = {control}\n')
        host = f'[host]\nid = 1\nname = "demo"\n{network}[midi]\ndevice = "stream:{self.folder}/in.fifo"\n'
        client = f'{network}[midi]\nport = "stream:{self.folder}/out.fifo"\n'
        (self.folder / "host.toml").write_text(host)
        (self.folder / "client.toml").write_text(client)
        for name in ("in.fifo", "out.fifo"):
            os.mkfifo(self.folder / name)

    def start(self, program, *flags):
        command = [str(self.options.bin / f"midi-{program}"), "--config", str(self.folder / f"{program}.toml"),
                   "--state-dir", str(self.folder / "state"), "--log-format", "json", *flags]
        log = open(self.folder / f"{program}.log", "w")
        return subprocess.Popen(command, stdout=subprocess.PIPE if program == "client" else log, stderr=log)

    def await_log(self, program, word, seconds=10.0):
        end = time.monotonic() + seconds
        log = self.folder / f"{program}.log"
        while time.monotonic() < end:
            if word in log.read_text():
                return
            if (self.host if program == "host" else self.client).poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"midi-{program} did not get ready:\n{log.read_text()}")

    def read_status(self):
        for line in self.client.stdout:
            self.run.status = json.loads(line)

    def read_out(self, fd):
        splitter = Splitter()
        while not self.stopping.is_set():
            if not select.select([fd], [], [], 0.1)[0]:
                continue
            for message in splitter.feed(os.read(fd, 65536)):
                self.run.on_out(message)

    def play(self, fd):
        """The virtual controller. Ends between two bars of the piece, or when its time is up."""
        song = read_song(self.options.piece)
        length = song[-1][0] + 1.0
        start = time.monotonic() + 0.3
        while self.run.playing:
            for at, message in song:
                pause = start + at - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                if self.over():
                    self.run.playing = False
                    return
                self.run.on_in(message)
                os.write(fd, message)
            start += length

    def over(self):
        return self.stopping.is_set() or (self.options.seconds and self.run.elapsed > self.options.seconds - 1.0)

    def stop_program(self, process):
        if process is None or process.poll() is not None:
            return process.returncode if process else 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def perform(self):
        self.write_configs()
        loss = str(self.options.loss)
        self.client = self.start("client", "--inject-loss", loss, "--inject-seed", str(self.options.seed), "--status-lines")
        self.await_log("client", "listening")
        out_fd = os.open(self.folder / "out.fifo", os.O_RDONLY | os.O_NONBLOCK)
        self.host = self.start("host")
        self.await_log("client", "heard")
        in_fd = os.open(self.folder / "in.fifo", os.O_WRONLY)
        threads = [threading.Thread(target=self.read_status, daemon=True), threading.Thread(target=self.read_out, args=(out_fd,)),
                   threading.Thread(target=self.play, args=(in_fd,))]
        for thread in threads:
            thread.start()
        screen = Screen()
        try:
            self.watch(screen)
        except KeyboardInterrupt:
            self.run.playing = False
        self.stopping.set()
        for thread in threads[1:]:
            thread.join()
        return self.finish(screen)

    def watch(self, screen):
        while self.run.playing:
            screen.draw(self.run)
            time.sleep(0.1)
        end = time.monotonic() + 1.0
        while time.monotonic() < end and self.run.received < self.run.sent:
            time.sleep(0.02)
        time.sleep(0.2)  # anything doubled would come now
        screen.draw(self.run)

    def finish(self, screen):
        if self.options.sabotage:
            del self.run.outputs[len(self.run.outputs) // 2]
        codes = [self.stop_program(self.host), self.stop_program(self.client)]
        difference = self.run.difference()
        dropped, lost = self.run.status.get("dropped", 0), self.run.status.get("lost", 0)
        print(f"\n{self.run.sent} events in, {self.run.received} events out; {dropped} datagrams dropped on purpose ({self.options.loss} %), "
              f"{lost} events lost")
        print(f"latency from pipe to pipe: p50 {self.run.latency(0.5):.2f} ms, p99 {self.run.latency(0.99):.2f} ms")
        problems = []
        if difference:
            problems.append("input and output differ: " + difference)
        if self.run.sent == 0 or (dropped == 0 and self.options.loss > 0):
            problems.append("nothing was played, or nothing was dropped: this shows nothing")
        if any(codes):
            problems.append(f"midi-host ended with {codes[0]}, midi-client with {codes[1]}")
        print("\n".join(problems) if problems else screen.paint("32", "input and output agree, event by event: 0 lost, 0 doubled, order kept"))
        return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parent / "build/release/bin", help="folder of the programs")
    parser.add_argument("--piece", type=pathlib.Path, default=HERE / "opening.mid", help="Standard MIDI File to play")
    parser.add_argument("--seconds", type=float, default=0, help="end by itself after this long (0: at Ctrl-C)")
    parser.add_argument("--loss", type=float, default=10, help="percentage of datagrams to drop")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--sabotage", action="store_true", help="lose one event of the output before comparing: the demo must notice")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="midinet-demo-") as folder:
        demo = Demo(options, pathlib.Path(folder))
        try:
            return demo.perform()
        except (RuntimeError, OSError) as error:
            print(f"demo: {error}", file=sys.stderr)
            return 1
        finally:
            demo.stopping.set()
            demo.run.playing = False
            demo.stop_program(demo.host)
            demo.stop_program(demo.client)


if __name__ == "__main__":
    sys.exit(main())
