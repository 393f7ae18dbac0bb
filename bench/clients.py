"""Does a host's work depend on how many clients listen?

On loopback, and through a veth pair, the kernel delivers a multicast to every listening socket inside the sender's own system call, so the
sender would be charged for its receivers. On a real network it is not. So the host sits in a network namespace behind a TAP device, the
clients in another one, and a small process carries the frames between them as a cable and a switch would: what the host is charged for is
what it does."""
import contextlib
import ctypes
import fcntl
import os
import select
import signal
import statistics
import struct
import subprocess
import sys
import time

from rig import Show, client_config, cpu_seconds, host_config

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def new_namespace(name):
    """A holder process with a network namespace of its own, and a TAP of ours in it."""
    holder = subprocess.Popen(["unshare", "-n", "sleep", "infinity"])
    time.sleep(0.2)
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TAP | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", name, "netns", str(holder.pid)], check=True)
    return holder, tap


def inside(holder, *command):
    return ["nsenter", "-t", str(holder.pid), "-n", *command]


def cable(a, b):
    """Carries frames both ways until it is ended."""
    while True:
        for fd in select.select([a, b], [], [])[0]:
            try:
                while True:
                    os.write(b if fd == a else a, os.read(fd, 2048))
            except OSError:
                pass


@contextlib.contextmanager
def busy_processors():
    """Keeps every processor from sleeping, at a priority that gives way to everything: a wake-up from sleep costs the host more, and with few
    clients there would be more of them."""
    spinners = [subprocess.Popen(["taskset", "-c", str(cpu), "chrt", "--idle", "0", sys.executable, "-c", "while True: pass"])
                for cpu in sorted(os.sched_getaffinity(0))]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def one_run(show, host_ns, client_ns, count, seconds):
    clients = []
    for n in range(count):
        out = show.fifo(f"out{n}.fifo")
        clients.append(show.program("midi-client", client_config("tapc", f"stream:{out}"), inside(client_ns), tag=str(n), flags=("--no-realtime",)))
    in_fifo = show.fifo("in.fifo")
    host = show.program("midi-host", host_config("taph", f"stream:{in_fifo}"), inside(host_ns), ready="sending")
    time.sleep(1.5)
    fd = os.open(in_fifo, os.O_WRONLY)
    cpu, end, n = cpu_seconds(host), time.monotonic() + seconds, 0
    due = time.monotonic()
    while time.monotonic() < end:
        os.write(fd, bytes([0xB0, n % 100, n // 100 % 128]))
        n += 1
        due += 0.001
        time.sleep(max(0.0, due - time.monotonic()))
    used = cpu_seconds(host) - cpu
    os.close(fd)
    for process in [host, *clients]:
        show.stop(process)
    return used / n


def client_ratio(binaries, rounds, seconds):
    if not os.path.exists("/dev/net/tun"):
        raise RuntimeError("/dev/net/tun is missing: load the tun module")
    host_ns, host_tap = new_namespace("taph")
    client_ns, client_tap = new_namespace("tapc")
    try:
        for holder, name, address in ((host_ns, "taph", "10.77.0.1/24"), (client_ns, "tapc", "10.77.0.2/24")):
            for command in (["ip", "address", "add", address, "dev", name], ["ip", "link", "set", name, "up"]):
                subprocess.run(inside(holder, *command), check=True)
        carrier = os.fork()
        if carrier == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            cable(host_tap, client_tap)
        ratios = []
        try:
            with Show(binaries) as show, busy_processors():
                for _ in range(rounds):
                    few = one_run(show, host_ns, client_ns, 1, seconds)
                    many = one_run(show, host_ns, client_ns, 64, seconds)
                    ratios.append(many / few)
        finally:
            os.kill(carrier, signal.SIGTERM)
            os.waitpid(carrier, 0)
    finally:
        for holder in (host_ns, client_ns):
            holder.terminate()
            holder.wait()
    detail = (f"host's on-CPU time per event at 1,000 events/s for {seconds} s, 64 real clients over 1, in turn, median of {rounds} pairs "
              f"({', '.join(f'{r:.3f}' for r in ratios)}); host and clients in two namespaces joined by a TAP cable, so that delivery is not the sender's work; no processor sleeps meanwhile")
    return statistics.median(ratios), detail


if __name__ == "__main__":
    print(*client_ratio(sys.argv[1], 3, 5))
