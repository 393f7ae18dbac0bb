"""Real programs in network namespaces of our own. Everything vanishes with the process: namespaces, links, rules, folders."""
import contextlib
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

SKIP = 77  # CTest's SKIP_RETURN_CODE
INSIDE = "MIDINET_NET_RIG"


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
        self.programs, self.namespaces, self.links, self.fds = [], [], [], []

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

    def start(self, name, config, namespace=None, tag="", flags=()):
        config_path = self.path / f"{name}{tag}.toml"
        config_path.write_text(config)
        log = self.path / f"{name}{tag}.{len(self.programs)}.log"
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        state = self.path / f"state{namespace or ''}"
        command = [*inside, self.bin / name, "--config", config_path, "--state-dir", state, "--log-format", "json", *flags]
        with open(log, "w") as out:
            process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=out)
        self.programs.append(Program(name + tag, process, log))
        return self.programs[-1]

    def host(self, device, interface='"lo"', namespace=None, extra="", tag="", flags=()):
        key = "interfaces" if interface.startswith("[") else "interface"
        program = self.start("midi-host", f'{extra}[network]\n{key} = {interface}\n[midi]\ndevice = "{device}"\n', namespace, tag, flags)
        program.await_word("sending to")
        return program

    def client(self, port, interface='"lo"', namespace=None, network="", tag="", flags=(), wait=True):
        key = "interfaces" if interface.startswith("[") else "interface"
        program = self.start("midi-client", f'[network]\n{key} = {interface}\n{network}[midi]\nport = "{port}"\n', namespace, tag, flags)
        if wait:
            program.await_word("listening to")
        return program

    def bridge(self, names, networks=1):
        """Namespaces joined by a bridge per network: interfaces eth0, eth1… with addresses 10.<network>.0.<n>."""
        for name in names:
            sh("ip", "netns", "add", name)
            self.namespaces.append(name)
            sh("ip", "-n", name, "link", "set", "lo", "up")
        for net in range(networks):
            bridge = f"br{net}"
            subprocess.run(["ip", "link", "delete", bridge], capture_output=True)
            sh("ip", "link", "add", bridge, "type", "bridge", "mcast_snooping", "0")
            sh("ip", "link", "set", bridge, "up")
            for n, name in enumerate(names, 1):
                sh("ip", "link", "add", f"v{net}.{name}", "type", "veth", "peer", "name", f"eth{net}", "netns", name)
                self.links.append(f"v{net}.{name}")
                sh("ip", "link", "set", f"v{net}.{name}", "master", bridge, "up")
                sh("ip", "-n", name, "address", "add", f"10.{net}.0.{n}/24", "dev", f"eth{net}")
                sh("ip", "-n", name, "link", "set", f"eth{net}", "up")

    def open_read(self, path):
        self.fds.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        return self.fds[-1]

    def open_write(self, path):
        self.fds.append(os.open(path, os.O_WRONLY))
        return self.fds[-1]


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
