#!/usr/bin/env python3
"""Measures midi-admin: requests a second and how soon they are answered, a thousand sockets fed, and what a flood of both does to MIDI.
Prints one JSON object a line. SECONDS, SOCKETS and BLOCKS say how much. Exit code 1 and a sentence when it cannot."""
import os
import re
import resource
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

import rig
from measure_failover import report
from test_admin import Admin

SECONDS = int(os.environ.get("SECONDS", 8))
SOCKETS = int(os.environ.get("SOCKETS", 1000))
BLOCKS = int(os.environ.get("BLOCKS", 8))
EVENTS = 1500  # of each block
LORISES = 200
FLOOD_PER_S, CONNECTIONS = 10_000, 150  # a connection asks again 12 ms after an answer: more than that is offered, for answers take time
PROBLEMS = []


def on(processor, *command):
    allowed = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(allowed[processor]), *map(str, command)]


def keep_on(process, processor):
    subprocess.run(["taskset", "-a", "-p", "-c", str(sorted(os.sched_getaffinity(0))[processor]), str(process.pid)], check=True, capture_output=True)


class Stage:
    """A host, a client and an admin on one machine, with a way of MIDI through the first two."""

    def __init__(self, stage):
        self.stage = stage
        self.into, self.out = stage.fifo("in.fifo"), stage.fifo("out.fifo")
        self.client = stage.client(f"stream:{self.out}")
        self.host = stage.host(f"stream:{self.into}")
        self.fds = [stage.open_read(self.out), stage.open_write(self.into)]
        self.client.await_word("heard")
        self.admin = Admin(stage)
        self.admin.await_that("/api/status", lambda said: said["clients"])


class Load:
    """Something that goes on beside the measurement until it is told to end."""

    def __init__(self):
        self.ends, self.thread = False, threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.ends = True
        self.thread.join()


class Listeners(Load):
    """Sockets at /ws/status, each of which counts what it gets."""

    def __init__(self, port, count):
        super().__init__()
        self.port, self.selector, self.messages, self.closed = port, selectors.DefaultSelector(), [0] * count, 0
        self.sockets = [self.enter(n) for n in range(count)]
        self.start()

    def enter(self, number):
        door = socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=("127.0.0.3", 0))
        door.sendall(f"GET /ws/status HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        said = b""
        while b"\r\n\r\n" not in said:
            piece = door.recv(65536)
            if not piece:
                raise RuntimeError(f"socket {number} was refused: {said.decode(errors='replace')}")
            said += piece
        if b" 101 " not in said.split(b"\r\n")[0]:
            raise RuntimeError(f"socket {number} was refused: {said.split(chr(13).encode())[0].decode()}")
        door.setblocking(False)
        self.selector.register(door, selectors.EVENT_READ, Frames(self, number, said.split(b"\r\n\r\n", 1)[1]))
        return door

    def run(self):
        while not self.ends:
            for key, _ in self.selector.select(0.2):
                try:
                    piece = key.fileobj.recv(1 << 18)
                except (BlockingIOError, ConnectionError):
                    piece = None
                if piece:
                    key.data.take(piece)
                elif piece == b"":
                    self.closed += 1
                    self.selector.unregister(key.fileobj)

    def stop(self):
        super().stop()
        for door in self.sockets:
            door.close()


class Frames:
    """Counts a socket's whole messages; a server masks none and splits none."""

    def __init__(self, listeners, number, rest):
        self.listeners, self.number, self.rest = listeners, number, b""
        self.take(rest)

    def take(self, piece):
        self.rest += piece
        while len(self.rest) >= 2:
            size, at = self.rest[1] & 127, 2
            if size >= 126:
                wide = 2 if size == 126 else 8
                size, at = int.from_bytes(self.rest[2:2 + wide], "big"), 2 + wide
            if len(self.rest) < at + size or at + size < at:
                return
            if self.rest[0] & 15 == 1:
                self.listeners.messages[self.number] += 1
            self.rest = self.rest[at + size:]


class Lorises(Load):
    """Connections that say a byte of a request a second, for ever anew."""

    def __init__(self, port, count):
        super().__init__()
        self.port, self.count = port, count
        self.start()

    def run(self):
        doors, said = [], 0
        while not self.ends:
            while len(doors) < self.count:
                doors.append(socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=("127.0.0.2", 0)))
            alive = []
            for door in doors:
                try:
                    door.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "[said % 32:][:1])
                    alive.append(door)
                except OSError:
                    door.close()
            doors = alive
            said += 1
            time.sleep(1)
        for door in doors:
            door.close()


def wrk(url, seconds, connections, script=None):
    command = on(-1, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *(["-s", script] if script else []), url)
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode:
        raise RuntimeError(out.stdout + out.stderr)
    if "Non-2xx" in out.stdout or "Socket errors" in out.stdout:
        PROBLEMS.append(out.stdout)
    unit = {"us": 1e-3, "ms": 1, "s": 1e3}
    value, name = re.search(r"99%\s+([\d.]+)(us|ms|s)", out.stdout).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out.stdout).group(1)), float(value) * unit[name]


def measure_requests():
    with rig.Stage(rig.binaries()) as stage:
        show = Stage(stage)
        keep_on(show.admin.program.process, 0)
        wrk(f"http://127.0.0.1:{show.admin.port}/api/status", 2, 32)
        rate, p99 = wrk(f"http://127.0.0.1:{show.admin.port}/api/status", SECONDS, 32)
    how = f"wrk on one processor, 32 connections for {SECONDS} s, GET /api/status of a show with a host and a client; midi-admin on the other processor"
    report("admin.req_per_s", rate, "requests/s", how)
    report("admin.req_ms.p99", p99, "ms", how + "; its measure of an answer's time")


def measure_sockets():
    with rig.Stage(rig.binaries()) as stage:
        show = Stage(stage)
        listeners = Listeners(show.admin.port, SOCKETS)
        time.sleep(2)
        before = list(listeners.messages)
        time.sleep(SECONDS)
        fed = sum(after - b >= SECONDS - 1 for after, b in zip(listeners.messages, before))
        listeners.stop()
    report("admin.ws_clients", fed, "sockets", f"of {SOCKETS} at /ws/status, those that got at least a message a second for {SECONDS} s; {listeners.closed} were closed")


class Flood:
    """Requests at a steady rate, sockets, and connections that never finish a request: from an address each, for one alone may not take so many."""

    def __init__(self, show, script):
        port = show.admin.port
        self.listeners, self.lorises = Listeners(port, SOCKETS), Lorises(port, LORISES)
        self.load = subprocess.Popen(["wrk", "-t1", f"-c{CONNECTIONS}", "-d60s", "-s", str(script), f"http://127.0.0.1:{port}/api/status"], stdout=subprocess.PIPE, text=True)

    def stop(self):
        self.load.send_signal(signal.SIGINT)
        out = self.load.communicate()[0]
        self.listeners.stop()
        self.lorises.stop()
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def probe(show):
    out = subprocess.run(["chrt", "-f", "70", show.stage.bin / "latency_probe", str(EVENTS), str(EVENTS), show.into, show.out], check=True,
                         capture_output=True, text=True).stdout.split()
    if int(out[4]):
        raise RuntimeError(f"{out[4]} events were lost while the latency was measured")
    return float(out[1])


def measure_flood():
    quiet, loud, rates = [], [], []
    with rig.Stage(rig.binaries()) as stage:
        show = Stage(stage)
        script = stage.path / "steady.lua"
        script.write_text(f"function delay() return {CONNECTIONS * 800 // FLOOD_PER_S} end\n")
        for _ in range(BLOCKS):
            quiet.append(probe(show))
            flood = Flood(show, script)
            time.sleep(1.5)
            loud.append(probe(show))
            rates.append(flood.stop())
            time.sleep(0.5)
    ratio = statistics.median(b / a for a, b in zip(quiet, loud))
    report("admin.flood_effect_on_midi_p99", ratio, "ratio",
           f"p99 of {EVENTS} events from FIFO to FIFO under {statistics.mean(rates):.0f} requests/s, {SOCKETS} sockets and {LORISES} connections that say a byte a second, "
           f"over p99 without; median of {BLOCKS} pairs ({min(b / a for a, b in zip(quiet, loud)):.2f} to {max(b / a for a, b in zip(quiet, loud)):.2f}); probe at SCHED_FIFO 70")
    report("admin.flood_requests_per_s", statistics.mean(rates), "requests/s", f"served during that; at least {FLOOD_PER_S} are meant")
    report("admin.quiet_midi_us.p99", statistics.median(quiet), "us", "the same without the flood; absolute, of this machine")


def main():
    rig.enter_namespaces()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wanted = sys.argv[1:] or ["requests", "sockets", "flood"]
    for name, measure in (("requests", measure_requests), ("sockets", measure_sockets), ("flood", measure_flood)):
        if name in wanted:
            measure()
    for problem in PROBLEMS:
        print(problem, file=sys.stderr)
    return 1 if PROBLEMS else 0


if __name__ == "__main__":
    sys.exit(main())
