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
DOOR = "MIDINET_DEMO_DOOR"
BOXES = ("host1", "host2", "client", "lights", "foh", "admin")
NETWORKS = 2


class Door:
    """Where midi-admin answers: a socket that listens outside of the namespaces, so that a browser of this machine reaches it. It is opened
    before they are entered, and midi-admin inherits it, as from systemd."""

    def __init__(self, port):
        """`port` where it is free, else another one."""
        inherited = os.environ.get(DOOR)
        self.socket = socket.socket(fileno=int(inherited)) if inherited else self.listen(port)
        self.socket.set_inheritable(True)
        os.environ[DOOR] = str(self.socket.fileno())
        self.port = self.socket.getsockname()[1]
        self.wished = port

    @staticmethod
    def listen(port):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("127.0.0.1", port))
        except OSError:
            made.bind(("127.0.0.1", 0))
        made.listen(128)
        return made

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def words(self):
        taken = f"   (port {self.wished} is taken; DEMO_PORT=n names another)" if self.wished not in (0, self.port) else ""
        return f"midi-admin answers at {self.url}{taken}"

    def handed_to(self, command):
        """The command, that finds the socket as descriptor 3 (sd_listen_fds(3)). The shell becomes the program, and keeps its process id."""
        return ["sh", "-c", f'exec 3<&{self.socket.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *command]


def enter_namespaces():
    """Runs this script again in namespaces of its own. Where that is not possible: why, in words."""
    if os.environ.get(INSIDE):
        return os.environ[INSIDE].removeprefix("inside")
    try:
        kinds = "-mn" if os.geteuid() == 0 else "-Urmn"
        rehearsal = "mount -t tmpfs tmpfs /run && ip netns add a && ip netns exec a unshare -u hostname a && ip link add br0 type bridge"
        done = subprocess.run(["unshare", kinds, "sh", "-c", rehearsal], capture_output=True, text=True)
        why = done.stderr.strip().splitlines()[-1] if done.returncode else ""
    except FileNotFoundError as error:
        why = f"{error.filename} is missing; apt-get install util-linux iproute2 hostname"
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
        """A machine of its own also by name, which is what hosts and clients are called by."""
        return ["ip", "netns", "exec", box, "unshare", "-u", "sh", "-c", 'hostname "$0"; exec "$@"', box]

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
    """One of the programs that was started, and what it said."""

    def __init__(self, name, command, log, keeps=()):
        self.name, self.log = name, log
        self.started = time.time()
        with open(log, "w") as out:  # a session of its own: Ctrl-C is for the demo, which ends the programs when all is counted
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out, start_new_session=True, text=True,
                                            pass_fds=keeps)

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
