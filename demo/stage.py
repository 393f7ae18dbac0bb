"""Where the demo happens: network namespaces of its own if the system permits, the loopback otherwise; and the programs in them."""
import contextlib
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import time

INSIDE = "MIDINET_DEMO_STAGE"
BOXES = ("host1", "host2", "client")
NETWORKS = 2


def enter_namespaces():
    """Runs this script again in namespaces of its own. Where that is not possible: why, in words."""
    if os.environ.get(INSIDE):
        return os.environ[INSIDE].removeprefix("inside")
    try:
        kinds = "-mn" if os.geteuid() == 0 else "-Urmn"
        rehearsal = "mount -t tmpfs tmpfs /run && ip netns add a && ip netns exec a true && ip link add br0 type bridge"
        done = subprocess.run(["unshare", kinds, "sh", "-c", rehearsal], capture_output=True, text=True)
        why = done.stderr.strip().splitlines()[-1] if done.returncode else ""
    except FileNotFoundError as error:
        why = f"{error.filename} is missing; apt-get install util-linux iproute2"
    if why:
        return why
    os.execvpe("unshare", ["unshare", kinds, sys.executable, *sys.argv], {**os.environ, INSIDE: "inside"})


def sh(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Networks:
    """A namespace a box, and a bridge between them for each network. Everything vanishes with the process."""

    interfaces = [f"eth{n}" for n in range(NETWORKS)]
    ports = ""

    def __init__(self):
        sh("mount", "-t", "tmpfs", "tmpfs", "/run")
        for box in BOXES:
            sh("ip", "netns", "add", box)
        for net in range(NETWORKS):
            sh("ip", "link", "add", f"br{net}", "type", "bridge", "mcast_snooping", "0")
            sh("ip", "link", "set", f"br{net}", "up")
            for n, box in enumerate(BOXES, 1):
                sh("ip", "link", "add", f"{box}.{net}", "type", "veth", "peer", "name", f"eth{net}", "netns", box)
                sh("ip", "link", "set", f"{box}.{net}", "master", f"br{net}", "up")
                sh("ip", "-n", box, "address", "add", f"10.{net}.0.{n}/24", "dev", f"eth{net}")
                sh("ip", "-n", box, "link", "set", f"eth{net}", "up")

    def inside(self, box):
        return ["ip", "netns", "exec", box]

    def set(self, net, state):
        """The switch of a network goes "down", or "up" again: every box loses its link there."""
        for box in BOXES:
            sh("ip", "link", "set", f"{box}.{net}", state)

    def received(self):
        """Frames that the client's machine got so far, by network."""
        told = json.loads(sh("ip", "-n", "client", "-j", "-s", "link", "show"))
        frames = {link["ifname"]: link["stats64"]["rx"]["packets"] for link in told}
        return [frames[name] for name in self.interfaces]


class Loopback:
    """One network that cannot be pulled. Ports nobody here uses, so that a demo disturbs no real system beside it."""

    interfaces = ["lo"]

    def __init__(self):
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
        for s in sockets:
            s.bind(("", 0))
        numbers = [s.getsockname()[1] for s in sockets]
        for s in sockets:
            s.close()
        self.control = numbers[2]
        self.ports = "".join(f"{name}_port = {n}\n" for name, n in zip(("data", "heartbeat", "control"), numbers))

    def inside(self, _):
        return []


class Program:
    """A midi-host or midi-client that was started, and what it said."""

    def __init__(self, name, command, log):
        self.name, self.log = name, log
        self.started = time.time()
        with open(log, "w") as out:  # a session of its own: Ctrl-C is for the demo, which ends the programs when all is counted
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out, start_new_session=True, text=True)

    def said(self, since=0.0):
        """(seconds since 1970, message) of each line of its log from a moment on."""
        for line in self.log.read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # the last line may be half written
                told = json.loads(line)
                at = datetime.datetime.fromisoformat(told["time"]).timestamp()
                if at >= since:
                    yield at, told["message"]

    def hears(self, words, since=0.0, seconds=10.0):
        """The first message with one of these words, as (when, message); None when it does not come in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for at, message in self.said(since):
                if any(word in message for word in words):
                    return at, message
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        return None

    def expect(self, *words):
        told = self.hears(words)
        if told is None:
            raise RuntimeError(f"{self.name} did not say {' or '.join(words)}:\n{self.log.read_text()}")
        return told

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
