"""Real programs in network namespaces of our own. Everything vanishes with the process: namespaces, links, rules, folders."""
import contextlib
import fcntl
import heapq
import json
import multiprocessing
import os
import pathlib
import random
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time

SKIP = 77  # CTest's SKIP_RETURN_CODE
INSIDE = "MIDINET_NET_RIG"

# Where a test is not about how soon: a host is given up after 150 ms, not 9, so that a machine which leaves its programs lying for some ms changes nothing.
# How often the usual 9 ms are wrong is measured (failover.false_switches).
PATIENT = "[heartbeat]\nmiss_threshold = 50\n"


def enter_namespaces():
    """Runs this script again in a mount and network namespace of its own, or says why it cannot and skips."""
    binaries()  # takes its words out of sys.argv before unittest reads them
    if os.environ.get(INSIDE):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    probe = subprocess.run(["unshare", "-mn", "true"], capture_output=True, text=True)
    if probe.returncode:
        print(f"SKIPPED: network namespaces are not permitted here ({probe.stderr.strip()}); run as root to test the real programs")
        sys.exit(SKIP)
    os.execvpe("unshare", ["unshare", "-mn", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def sh(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


class Program:
    """A started midi-host or midi-client."""

    def __init__(self, name, process, log):
        self.name, self.process, self.log = name, process, log

    def said(self):
        return self.log.read_text(errors="replace")

    def await_word(self, word, seconds=15, after=0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if word in self.said()[after:]:
                return
            if self.process.poll() is not None and word not in self.said()[after:]:
                break
            time.sleep(0.01)
        raise AssertionError(f"{self.name} never said {word!r}; it said:\n{self.said()}")

    def stop(self, how=signal.SIGTERM, seconds=5):
        """Gives the exit code and how long it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(seconds)
        return code, time.monotonic() - began

    def summary(self):
        """The numbers of its summary lines, added up."""
        numbers = {}
        for line in self.said().splitlines():
            message = json.loads(line)["message"] if line.startswith("{") else line
            if message.startswith("summary:"):
                for key, value in re.findall(r"(\w+)=(\d+)", message):
                    if key not in ("host", "epoch"):
                        numbers[key] = numbers.get(key, 0) + int(value)
        return numbers


class Stage:
    """A folder, the programs started in it, and namespaces. Use as a context."""

    def __init__(self, binaries):
        self.bin = pathlib.Path(binaries).resolve()
        self.programs, self.namespaces, self.links, self.fds, self.wires = [], [], [], [], []

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="midinet-net-")
        self.path = pathlib.Path(self.folder.name)
        return self

    def __exit__(self, *_):
        for program in self.programs:
            if program.process.poll() is None:
                program.process.send_signal(signal.SIGCONT)
                program.process.kill()
                program.process.wait()
        for wire in self.wires:
            wire.terminate()
            wire.join()
        for fd in self.fds:
            with contextlib.suppress(OSError):
                os.close(fd)
        for link in self.links:  # a namespace takes its links along only some time after it is deleted
            subprocess.run(["ip", "link", "delete", link], capture_output=True)
        for namespace in self.namespaces:
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)
        self.folder.cleanup()

    def fifo(self, name):
        path = self.path / name
        if not path.exists():
            os.mkfifo(path)
        return path

    def start(self, name, config, namespace=None, tag="", flags=(), log=("--log-format", "json"), env=None):
        config_path = self.path / f"{name}{tag}.toml"
        config_path.write_text(config)
        log_path = self.path / f"{name}{tag}.{len(self.programs)}.log"
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        state = self.path / f"state{namespace or ''}"
        command = [*inside, self.bin / name, "--config", config_path, "--state-dir", state, *log, *flags]
        with open(log_path, "w") as out:
            process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=out, env={**os.environ, **(env or {})})
        self.programs.append(Program(name + tag, process, log_path))
        return self.programs[-1]

    def host(self, device, interface='"lo"', namespace=None, extra="", tag="", flags=(), env=None):
        key = "interfaces" if interface.startswith("[") else "interface"
        program = self.start("midi-host", f'{extra}[network]\n{key} = {interface}\n[midi]\ndevice = "{device}"\n', namespace, tag, flags, env=env)
        program.await_word("sending to")
        return program

    def client(self, port, interface='"lo"', namespace=None, network="", tag="", flags=(), wait=True, env=None):
        key = "interfaces" if interface.startswith("[") else "interface"
        program = self.start("midi-client", f'[network]\n{key} = {interface}\n{network}[midi]\nport = "{port}"\n', namespace, tag, flags, env=env)
        if wait:
            program.await_word("listening to")
        return program

    def admin(self, token, interface='"lo"', namespace=None):
        """midi-admin at 127.0.0.1:8080, that wants to see `token`."""
        config, log = self.path / "admin.toml", self.path / "admin.log"
        config.write_text(f"[network]\ninterface = {interface}\n")
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        command = [*inside, self.bin / "midi-admin", "--config", config, "--listen", "127.0.0.1:8080", "--data-dir", self.path / "data"]
        with open(log, "w") as out:
            process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=out, env={**os.environ, "MIDINET_API_TOKEN": token})
        self.programs.append(Program("midi-admin", process, log))
        self.programs[-1].await_word("serving ")

    def bridge(self, names, networks=1, snooping=0):
        """Namespaces joined by a bridge per network: interfaces eth0, eth1… with addresses 10.<network>.0.<n>."""
        self.seats = {name: n for n, name in enumerate(names, 1)}
        for name in names:
            sh("ip", "netns", "add", name)
            self.namespaces.append(name)
            sh("ip", "-n", name, "link", "set", "lo", "up")
        for net in range(networks):
            bridge = f"br{net}"
            subprocess.run(["ip", "link", "delete", bridge], capture_output=True)
            sh("ip", "link", "add", bridge, "type", "bridge", "mcast_snooping", snooping)
            sh("ip", "link", "set", bridge, "up")
            for name in names:
                self.plug(name, net)

    def plug(self, name, net=0):
        """A network card for a namespace, and its cable into the bridge."""
        sh("ip", "link", "add", f"v{net}.{name}", "type", "veth", "peer", "name", f"eth{net}", "netns", name)
        self.links.append(f"v{net}.{name}")
        self.connect(name, net)

    def unplug(self, name, net=0):
        sh("ip", "link", "delete", f"v{net}.{name}")
        self.links.remove(f"v{net}.{name}")

    def connect(self, name, net):
        sh("ip", "link", "set", f"v{net}.{name}", "master", f"br{net}", "up")
        sh("ip", "-n", name, "address", "add", f"10.{net}.0.{self.seats[name]}/24", "dev", f"eth{net}")
        sh("ip", "-n", name, "link", "set", f"eth{net}", "up")

    def wire(self, name, net=0):
        """In place of the cable: one that can be made bad."""
        self.unplug(name, net)
        self.wires.append(Wire(name, f"eth{net}", f"v{net}.{name}"))
        self.connect(name, net)
        return self.wires[-1]

    def open_read(self, path):
        self.fds.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        return self.fds[-1]

    def close(self, fd):
        self.fds.remove(fd)
        os.close(fd)

    def open_write(self, path):
        self.fds.append(os.open(path, os.O_WRONLY))
        return self.fds[-1]


class Wire(multiprocessing.Process):
    """A cable between a namespace's card and a bridge that loses, doubles, delays and reorders as it is told: what netem does, where the
    kernel has none. A process of its own; `bad` and `did` are shared with it."""
    WANTS, DOES = ("loss", "dup", "delay", "jitter"), ("carried", "lost", "doubled", "overtaken")

    def __init__(self, namespace, card, end):
        super().__init__(daemon=True)
        self.wants, self.done = multiprocessing.Array("d", len(self.WANTS)), multiprocessing.Array("Q", len(self.DOES))
        self.taps = [self.tap(end), self.tap(f"{end}t")]
        sh("ip", "link", "set", f"{end}t", "netns", namespace, "name", card)
        self.start()
        for tap in self.taps:
            os.close(tap)

    @staticmethod
    def tap(name):
        tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH14x", name.encode(), 0x1002))  # TUNSETIFF, IFF_TAP | IFF_NO_PI
        return tap

    def be(self, **wants):
        """loss and dup in per cent, delay and (evenly spread, on top of it) jitter in ms; what is not named is none."""
        self.wants[:] = [wants.get(name, 0) for name in self.WANTS]

    def did(self):
        return dict(zip(self.DOES, self.done[:]))

    def run(self):
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(60))
        self.rng, self.waiting, self.numbers = random.Random(1), [], {tap: [0, 0] for tap in self.taps}
        while True:
            due = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            for tap in select.select(self.taps, [], [], due)[0]:
                with contextlib.suppress(OSError):  # a card that is down
                    self.take(os.read(tap, 2048), self.taps[self.taps[0] == tap])
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                self.deliver(*heapq.heappop(self.waiting)[1:])

    def take(self, frame, to):
        loss, dup, delay, jitter = self.wants[:]
        if self.rng.random() * 100 < loss:
            self.done[1] += 1
            return
        twice = self.rng.random() * 100 < dup
        self.done[2] += twice
        for _ in range(1 + twice):
            self.numbers[to][0] += 1
            heapq.heappush(self.waiting, (time.monotonic() + (delay + self.rng.random() * jitter) / 1e3, self.numbers[to][0], to, frame))

    def deliver(self, number, to, frame):
        self.done[0] += 1
        self.done[3] += number < self.numbers[to][1]
        self.numbers[to][1] = max(number, self.numbers[to][1])
        with contextlib.suppress(OSError):
            os.write(to, frame)


def drop(namespace, percent, what="meta l4proto udp"):
    """Random loss of what a namespace receives. Gives the command that ends it."""
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    verdict = "drop" if percent >= 100 else f"numgen random mod 1000 < {int(percent * 10)} drop"
    rules = f"table inet lossy {{\nchain input {{\ntype filter hook input priority 0\n{what} {verdict}\n}}\n}}\n"
    subprocess.run([*inside, "nft", "-f", "-"], input=rules, text=True, check=True)
    return [*inside, "nft", "delete", "table", "inet", "lossy"]


def read_for(fd, count, seconds=20, quiet=None):
    """Reads until `count` bytes are there, or `seconds` pass, or (`quiet`) nothing came for that long."""
    data, end = b"", time.monotonic() + seconds
    while len(data) < count and time.monotonic() < end:
        if not select.select([fd], [], [], quiet or min(1, max(0, end - time.monotonic())))[0]:
            if quiet:
                break
            continue
        data += os.read(fd, 1 << 20)
    return data


INQUIRY = bytes.fromhex("f07e7f0601f7")  # what a host asks its device, when the device takes feedback
WHO = bytes.fromhex("f07e000602472900190001000005f7")  # what a controller answers


def answer_inquiry(lights, device, reply=WHO):
    """As a controller does, when its host asks who it is: read at `lights`, answered at `device`."""
    asked = b""
    while len(asked) < len(INQUIRY) and select.select([lights], [], [], 5)[0]:
        asked += os.read(lights, len(INQUIRY) - len(asked))
    if asked != INQUIRY:
        raise AssertionError(f"the host asked {asked.hex()}")
    os.write(device, reply)


def read_lights(fd, count, seconds=20):
    """What applications sent to a surface: `count` bytes, without what its host asks it."""
    said, end = b"", time.monotonic() + seconds
    while len(said) < count and time.monotonic() < end:
        said = (said + read_for(fd, 1, seconds=1)).replace(INQUIRY, b"")
    return said


def write_all(fd, data, piece=None):
    at = 0
    while at < len(data):
        at += os.write(fd, data[at:at + (piece() if piece else len(data))])


def binaries():
    """--bin FOLDER, or the build's usual place; taken out of sys.argv."""
    if "--bin" in sys.argv:
        at = sys.argv.index("--bin")
        folder = sys.argv[at + 1]
        del sys.argv[at:at + 2]
        os.environ["MIDINET_BIN"] = folder
    return os.environ.get("MIDINET_BIN", str(pathlib.Path(__file__).resolve().parents[2] / "build/release/bin"))
