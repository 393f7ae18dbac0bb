#!/usr/bin/env python3
"""A show of two hosts, two clients and midi-admin, in namespaces of its own, for a program of Node to look at with a browser:
show.py --bin FOLDER SCRIPT.mjs [ARGUMENT...]. The script is told where in MIDINET_URL; a line {"do": "kill-host", "number": 2} on its
output is done and answered by a line of JSON on its input; all other lines are printed."""
import collections
import contextlib
import json
import math
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "net"))
import rig  # noqa: E402

DASHBOARD = HERE.parents[1] / "dashboard"
PORT = 8080
# A browser takes all processors for tenths of a second, and hosts that are left for that stay left: clients would play different ones.
# For pictures, of a machine that does nothing else, less will do.
PATIENT = f"[heartbeat]\ninterval_ms = 10\nmiss_threshold = {os.environ.get('MIDINET_TEST_MISSES', '100')}\n"
KEPT = 65536  # bytes of each output, until somebody asks


def melody(step):
    """A fiftieth of a second of it: eight faders on slow waves, one at a time, and two voices."""
    fader = step % 8
    data = bytes([0xB0, 16 + fader, round(64 + 60 * math.sin(step / (60 + 12 * fader)))])
    for channel, every, keys in ((0, 20, (60, 64, 67, 72, 71, 67, 64, 62)), (9, 50, (36, 43, 38, 43))):
        if step % every == 0:
            data += bytes([0x90 | channel, keys[step // every % len(keys)], 60 + step * 7 % 60])
        if step % every == every * 3 // 4:
            data += bytes([0x80 | channel, keys[step // every % len(keys)], 64])
    if step % 10 == 0:
        pitch = round(8192 + 6000 * math.sin(step / 40))
        data += bytes([0xE1, pitch & 0x7F, pitch >> 7])
    return data


def flood(number):
    """One message of it."""
    channel, key = number // 7 % 16, number // 2 % 128
    return [bytes([0xB0 | channel, key, number % 128]), bytes([0x90 | channel, key, 1 + number % 127]), bytes([0x80 | channel, (key - 20) % 128, 0])][number % 3]


class WebShow:
    """What a browser looks at."""

    def __init__(self, stage, token=""):
        self.stage, self.token, self.ended = stage, token, threading.Event()
        self.flood = 0  # messages a second instead of the melody
        self.hosts, self.clients, self.keys, self.outs, self.apps, self.admin = {}, {}, {}, {}, {}, None
        self.delivered, self.lock = collections.defaultdict(lambda: collections.deque(maxlen=KEPT)), threading.Lock()

    def start(self):
        for number in (1, 2):
            self.start_host(number)
        for number, name in ((1, "foh-resolume"), (2, "stage-left")):
            self.start_client(number, name)
        self.start_admin()
        threading.Thread(target=self.play, daemon=True).start()

    def start_host(self, number):
        key, lights = self.stage.fifo(f"keys{number}.fifo"), self.stage.fifo(f"lights{number}.fifo")
        log = "" if number == 1 else '[log]\nlevel = "info"\n'
        shared = f'[host]\nid = {number}\nname = "host-{"ab"[number - 1]}"\n{PATIENT}[failover]\nlockout_seconds = 1\n{log}'
        network = f'[network]\ninterface = "lo"\nmulticast_group = "239.69.83.{number}"\n'
        midi = f'[midi]\ndevice = "stream:{key}"\nfeedback = "stream:{lights}"\n'
        host = self.stage.start("midi-host", shared + network + midi, tag=str(number), flags=("--no-realtime",))
        host.await_word("sending to")
        self.hosts[number] = host
        if number not in self.keys:
            self.keys[number] = os.open(key, os.O_RDWR | os.O_NONBLOCK)
            self.lights = self.stage.open_read(lights)

    def start_client(self, number, name):
        out = self.stage.fifo(f"out{number}.fifo")
        self.outs[number] = self.stage.open_read(out)
        app = self.stage.fifo(f"app{number}.fifo")  # what an application at that port sends back
        self.apps[number] = os.open(app, os.O_RDWR | os.O_NONBLOCK)
        config, log = self.stage.path / f"{name}.toml", self.stage.path / f"{name}.log"
        claims = str(number == 1).lower()
        config.write_text(f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{out}"\nfeedback = "stream:{app}"\n[focus]\nauto_claim = {claims}\n')
        flags = ["--config", config, "--state-dir", self.stage.path / name, "--no-realtime"]
        command = ["unshare", "-u", "sh", "-c", 'hostname "$0"; exec "$@"', name, self.stage.bin / "midi-client", *flags]  # a client's name is its machine's
        with open(log, "w") as said:
            client = rig.Program(name, subprocess.Popen([str(word) for word in command], stdout=said, stderr=said), log)
        self.stage.programs.append(client)
        client.await_word("heard")
        self.clients[number] = client

    def start_admin(self):
        log = self.stage.path / f"admin.{len(self.stage.programs)}.log"
        command = [self.stage.bin / "midi-admin", "--config", self.stage.path / "midi-host1.toml", "--listen", f"127.0.0.1:{PORT}", "--data-dir", self.stage.path / "data"]
        with open(log, "w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "MIDINET_API_TOKEN": self.token})
        self.admin = rig.Program("midi-admin", process, log)
        self.stage.programs.append(self.admin)
        self.admin.await_word("serving ")

    def play(self):
        """The same into both hosts, and the outputs are read. A flood is controllers and notes in turn, so many a second."""
        began, step, flooded = time.monotonic(), 0, 0
        while not self.ended.is_set():
            step += 1
            data = melody(step)
            if self.flood:
                due = int((time.monotonic() - began) * self.flood) - flooded
                data = b"".join(flood(flooded + n) for n in range(min(due, 400)))
                flooded += due
            else:
                began, flooded = time.monotonic(), 0
            for number, keys in self.keys.items():
                if number in self.hosts:
                    self.offer(keys, data)
            self.empty(self.lights)
            with self.lock:
                for number, fd in self.outs.items():
                    self.delivered[number].extend(self.empty(fd))
            time.sleep(0.005 if self.flood else 0.02)

    @staticmethod
    def offer(fd, data):
        try:
            os.write(fd, data)
        except BlockingIOError:
            pass

    @staticmethod
    def empty(fd):
        try:
            return os.read(fd, 65536)
        except BlockingIOError:
            return b""

    def taken(self, number):
        """What a client gave to its port since this was asked last."""
        with self.lock:
            return bytes(self.delivered.pop(number, b"")).hex()

    def write_past(self, events):
        """As if so much had been commanded in the hour before: the API takes no more than one person does. midi-admin has its file for itself
        while it runs."""
        now = int(time.time() * 1000)
        rows = [(now - 3_600_000 + n, "command", 0, "", f"command {n}", "api", "127.0.0.1", "done") for n in range(events)]
        with contextlib.closing(sqlite3.connect(self.stage.path / "data" / "history.db", timeout=10)) as history, history:
            history.executemany("INSERT INTO events (at_ms, kind, device, subject, text, who, source, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def do(self, wish):
        """Orders of the script; gives the answer."""
        what, number = wish["do"], wish.get("number", 0)
        if what == "kill-admin":
            self.admin.stop(signal.SIGKILL)
        elif what == "start-admin":
            self.start_admin()
        elif what == "kill-host":
            self.hosts.pop(number).stop(signal.SIGKILL)
        elif what in ("freeze-host", "thaw-host"):
            self.hosts[number].process.send_signal(signal.SIGSTOP if what == "freeze-host" else signal.SIGCONT)
        elif what == "flood":
            self.flood = number
        elif what == "light":
            self.offer(self.apps[number], bytes.fromhex(wish["data"]))
        elif what == "clock":
            self.offer(self.keys[1], bytes([0xF8, 0xFE, 0xFA]))
        elif what == "start-host":
            self.start_host(number)
        elif what == "past":
            self.write_past(number)
        elif what == "delivered":
            return self.taken(number)
        else:
            raise ValueError(what)
        return "done"


def missing():
    """What a browser test needs and is not here."""
    lacks = []
    if not shutil.which("chromium"):
        lacks.append("chromium (make deps)")
    if not (DASHBOARD / "node_modules/playwright-core").exists():
        lacks.append("the packages of dashboard/package.json (scripts/dashboard.sh)")
    return lacks


def node():
    own = DASHBOARD / "node_modules/.bin/node"
    return str(own) if own.exists() else shutil.which("node")


def converse(show, script, arguments):
    """Runs the script to its end; gives its exit code."""
    env = {**os.environ, "MIDINET_URL": f"http://127.0.0.1:{PORT}", "MIDINET_TOKEN": show.token}
    process = subprocess.Popen([node(), script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    for line in process.stdout:
        if line.startswith('{"do"'):
            process.stdin.write(json.dumps(show.do(json.loads(line))) + "\n")
            process.stdin.flush()
        else:
            print(line, end="", flush=True)
    return process.wait()


def main():
    rig.enter_namespaces()
    lacks = missing()
    if lacks:
        print(f"SKIPPED: the dashboard is not tried in a browser; missing: {', '.join(lacks)}")
        sys.exit(rig.SKIP)
    script, *arguments = sys.argv[1:]
    token = os.environ.get("MIDINET_TEST_TOKEN", "")
    with rig.Stage(rig.binaries()) as stage:
        show = WebShow(stage, token)
        show.start()
        code = converse(show, script, arguments)
        show.ended.set()
        time.sleep(0.1)
    sys.exit(code)


if __name__ == "__main__":
    main()
