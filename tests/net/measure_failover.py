#!/usr/bin/env python3
"""Measures redundancy with the real programs: how soon a killed host's notes end, what changes over without a reason, what two networks lose.
Prints one JSON object a line. KILLS and PULLS say how many; SECONDS how long each wait for false switches is. Exit code 1 and a sentence when it cannot."""
import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time

import rig
from music import numbered, split

KILLS = int(os.environ.get("KILLS", 200))
PULLS = int(os.environ.get("PULLS", 200))
SWITCHES = int(os.environ.get("SWITCHES", 50))
SECONDS = int(os.environ.get("SECONDS", 60))
NOTE_ON, NOTE_OFF = bytes.fromhex("903c50"), bytes.fromhex("803c40")


def report(name, value, unit, method):
    print(json.dumps({"name": name, "value": round(value, 4), "unit": unit, "method": method}), flush=True)


def quantile(values, q):
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * q * 1000) // 1000) - 1)]


class Noise(threading.Thread):
    """How late this machine wakes a thread of the measurer's own priority."""

    def __init__(self):
        super().__init__(daemon=True)
        self.worst, self.ended = 0.0, threading.Event()

    def run(self):
        while not self.ended.is_set():
            due = time.monotonic() + 0.001
            time.sleep(0.001)
            self.worst = max(self.worst, time.monotonic() - due)

    def stop(self):
        self.ended.set()
        self.join()
        return self.worst * 1e3


class Pair:
    """Two hosts and clients on the loopback; each client with the flags and the settings given."""

    def __init__(self, stage, *clients):
        self.stage, self.hosts, self.devices, self.clients, self.outs = stage, {}, {}, [], []
        for n, (flags, settings) in enumerate(clients or [((), "")]):
            port = stage.fifo(f"out{n}.fifo")
            self.clients.append(stage.client(f"stream:{port}", network=settings, flags=flags, tag=str(n)))
            self.outs.append(stage.open_read(port))
        for number in (1, 2):
            self.start(number)
            for client in self.clients:
                client.await_word(f"host {number} heard")
        time.sleep(1.2)  # they settle on the preferred one

    def start(self, number):
        device = self.stage.fifo(f"in{number}.fifo")
        self.hosts[number] = self.stage.host(f"stream:{device}", extra=f"[host]\nid = {number}\n", tag=str(number))
        if number not in self.devices:
            self.devices[number] = os.open(device, os.O_RDWR)  # it stays when its host dies
            self.stage.fds.append(self.devices[number])

    def read(self, expected, seconds, outs):
        """When the expected message came out of each of `outs`; those it did not come out of are left out."""
        came, end = {}, time.monotonic() + seconds
        while len(came) < len(outs):
            ready = select.select([out for out in outs if out not in came], [], [], max(0, end - time.monotonic()))[0]
            if not ready:
                break
            now = time.monotonic()
            for out in ready:
                told = os.read(out, 3)
                if told != expected:
                    raise RuntimeError(f"instead of {expected.hex()} came {told.hex()}\n{self.clients[self.outs.index(out)].said()}")
                came[out] = now
        return came

    def kill(self, number):
        """For each client the ms from SIGKILL to the release of the note it held; None for one that plays the other host already, by a false alarm."""
        os.write(self.devices[number], NOTE_ON)
        held = self.read(NOTE_ON, 0.5, self.outs)
        time.sleep(0.05 + random.random() * 0.01)
        for out in self.read(NOTE_OFF, 0, list(held)):
            del held[out]
        began = time.monotonic()
        self.hosts[number].process.send_signal(signal.SIGKILL)
        released = self.read(NOTE_OFF, 2, list(held))
        if len(released) < len(held):
            raise RuntimeError(f"a note was not released\n{self.clients[0].said()}")
        self.hosts[number].process.wait()
        return [(released[out] - began) * 1e3 if out in released else None for out in self.outs]


def real_time(wanted):
    """The measurer as urgent as what it measures, where that is permitted."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO if wanted else os.SCHED_OTHER, os.sched_param(70 if wanted else 0))


def measure_kills():
    """Two clients hear the same deaths: one as it is shipped, one whose limit does not adapt to what it has seen of this machine."""
    took, noise = [], Noise()
    with rig.Stage(rig.binaries()) as stage:
        pair = Pair(stage, ((), ""), ((), "[failover]\nadaptive = false\n"))
        real_time(True)
        noise.start()
        for n in range(KILLS):
            victim = 1 + n % 2
            took.append(pair.kill(victim))
            real_time(False)
            pair.start(victim)
            time.sleep(0.25)
            real_time(True)
        worst = noise.stop()
        real_time(False)
    for name, adaptive, all_values in zip(("kill_to_notes_released_ms", "kill_to_notes_released_unadapted_ms"), ("true", "false"), zip(*took)):
        values = [value for value in all_values if value is not None]
        method = (f"{len(values)} times SIGKILL of the host that is played, hosts in turn, real programs on lo, 3 ms x 3, failover.adaptive = {adaptive}; "
                  f"shortest {min(values):.2f}, longest {max(values):.2f} ms, from the signal to the note-off at the reader of the client's FIFO; "
                  f"{len(all_values) - len(values)} more not counted: a false alarm came first")
        for q, value in (("p50", quantile(values, 0.5)), ("p99", quantile(values, 0.99)), ("p100", max(values))):
            report(f"failover.{name}.{q}", value, "ms", method)
    report("failover.scheduling_noise_ms.p100", worst, "ms", "the latest wake-up from a sleep of 1 ms in the measuring process, SCHED_FIFO like it, during the kills")


def false_switches(client_flags, load):
    with rig.Stage(rig.binaries()) as stage:
        pair = Pair(stage, (client_flags, ""))
        client, = pair.clients
        before = client.said().count("playing host")
        burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(load)]
        time.sleep(SECONDS)
        for burner in burners:
            burner.kill()
            burner.wait()
        return client.said().count("playing host") - before


def measure_false_switches():
    cores = os.cpu_count()
    scaled = f"counted for {SECONDS} s and scaled to 10 min; two hosts, one client, on lo"
    loaded = false_switches((), 2 * cores)
    report("failover.false_switches_per_10min_loaded", loaded * 600 / SECONDS, "switches", f"{2 * cores} busy loops on {cores} cores; {scaled}")
    lossy = false_switches(("--inject-loss", "1"), 0)
    report("failover.false_switches_per_10min_1pct_loss", lossy * 600 / SECONDS, "switches", f"the client drops 1 % of all datagrams; {scaled}")


class Mirror:
    """Two hosts that read the same performance, and a client; one of the hosts dies now and then, and comes back."""

    def __init__(self, stage):
        self.stage, self.lock, self.alive, self.devices, self.hosts = stage, threading.Lock(), set(), {}, {}
        port = stage.fifo("out.fifo")
        self.client = stage.client(f"stream:{port}")
        self.out = stage.open_read(port)
        for number in (1, 2):
            self.start(number)
            self.client.await_word(f"host {number} heard")
        time.sleep(1.2)
        self.count, self.ended = 0, threading.Event()

    def start(self, number):
        device = self.stage.fifo(f"in{number}.fifo")
        if number not in self.devices:
            self.devices[number] = os.open(device, os.O_RDWR | os.O_NONBLOCK)
            self.stage.fds.append(self.devices[number])
        with contextlib.suppress(BlockingIOError):
            os.read(self.devices[number], 1 << 16)  # a device keeps nothing for a host that is dead
        self.hosts[number] = self.stage.host(f"stream:{device}", extra=f'[host]\nid = {number}\n[failover]\nmode = "mirror"\n', tag=str(number))
        with self.lock:
            self.alive.add(number)

    def play(self):
        began = time.monotonic()
        while not self.ended.is_set() and self.count < 131_072:
            with self.lock:
                for number in self.alive:
                    os.write(self.devices[number], numbered(self.count))
                self.count += 1
            ahead = began + self.count / 1000 - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)

    def kill(self, number):
        with self.lock:
            self.alive.discard(number)
            self.hosts[number].process.send_signal(signal.SIGKILL)
        self.hosts[number].process.wait()


def measure_mirror():
    with rig.Stage(rig.binaries()) as stage:
        mirror, rng, heard = Mirror(stage), random.Random(4), bytearray()

        def read():
            while not mirror.ended.is_set() or select.select([mirror.out], [], [], 0.5)[0]:
                if select.select([mirror.out], [], [], 0.1)[0]:
                    heard.extend(os.read(mirror.out, 1 << 16))

        threads = [threading.Thread(target=f, daemon=True) for f in (mirror.play, read)]
        for thread in threads:
            thread.start()
        for n in range(KILLS):
            time.sleep(rng.uniform(0.25, 0.3))  # the one that came back last is in step
            mirror.kill(1 + n % 2)
            time.sleep(0.02)
            mirror.start(1 + n % 2)
        time.sleep(0.3)
        mirror.ended.set()
        for thread in threads:
            thread.join()
        sent, got = [numbered(n) for n in range(mirror.count)], split(bytes(heard))
        method = (f"{KILLS} times SIGKILL of one of two mirrored hosts in turn while {mirror.count} events were played at 1,000/s, real programs on lo; "
                  f"{'in' if got == sent else 'NOT in'} order")
        report("mirror.lost", len(set(sent) - set(got)), "events", method)
        report("mirror.doubled", len(got) - len(set(got)), "events", method)


def measure_relay():
    """Client in c1, host A in a, relay B in b without a device of its own: what A sends reaches the client by both."""
    with rig.Stage(rig.binaries()) as stage:
        stage.bridge(["a", "b", "c1"])
        port, source = stage.fifo("out.fifo"), stage.fifo("in.fifo")
        client = stage.client(f"stream:{port}", '"eth0"', "c1")
        out = stage.open_read(port)
        stage.host("auto:no such controller", '"eth0"', "b", extra='[host]\nid = 2\n[failover]\nmode = "relay"\nrelay_of = 1\n', tag="relay")
        device = os.open(source, os.O_RDWR)
        stage.fds.append(device)
        lost = doubled = count = 0
        for n in range(KILLS):
            mark = len(client.said())
            host = stage.host(f"stream:{source}", '"eth0"', "a", tag="a")
            client.await_word("host 1", after=mark)
            time.sleep(0.1)
            messages = [numbered(1000 * (n % 100) + i) for i in range(40)]
            for message in messages:
                os.write(device, message)
                time.sleep(0.0005)
            time.sleep(random.uniform(0.002, 0.006))  # on the wire, and said again
            host.process.send_signal(signal.SIGKILL)
            host.process.wait()
            got = split(rig.read_for(out, 3 * len(messages) + 1, seconds=0.2))
            lost += len(set(messages) - set(got))
            doubled += len([m for m in got if m in set(messages)]) - len(set(messages) & set(got))
            count += len(messages)
        method = f"{KILLS} times SIGKILL of a relayed host some ms after the last of 40 events, {count} events, real programs in namespaces; the client hears host and relay"
        report("relay.lost", lost, "events", method)
        report("relay.doubled", doubled, "events", method)


def measure_switches():
    """What the hosts themselves tell of each client, from the command on."""
    seats, times = 8, []
    with rig.Stage(rig.binaries()) as stage:
        clients = [stage.client(f"stream:{stage.fifo(f'out{n}.fifo')}", tag=str(n)) for n in range(seats)]
        for number in (1, 2):
            stage.host(f"stream:{stage.fifo(f'in{number}.fifo')}", extra=f"[host]\nid = {number}\n[failover]\nlockout_seconds = 0\n", tag=str(number))
        for client in clients:
            client.await_word("host 2 heard")
        time.sleep(2.5)
        for _ in range(SWITCHES):
            done = subprocess.run([stage.bin / "midinet-cli", "--interface", "lo", "failover", "--json"], capture_output=True, text=True)
            answer = json.loads(done.stdout)
            if done.returncode or answer["clients_ok"] != seats:
                raise RuntimeError(f"a switch failed: {done.stdout}{done.stderr}")
            times += [client["took_us"] / 1000 for client in answer["clients"]]
            time.sleep(0.1)
    report("switch.command_to_clients_ms.p99", quantile(times, 0.99), "ms",
           f"{SWITCHES} switches by midinet-cli, {seats} clients, real programs on lo; from the command's arrival at the host that decides to each client's report of it; median {quantile(times, 0.5):.2f}, longest {max(times):.2f} ms")


class Feeder(threading.Thread):
    """Numbered events, 1,000 a second, until told to stop."""

    def __init__(self, fd):
        super().__init__(daemon=True)
        self.fd, self.count, self.ended = fd, 0, threading.Event()

    def run(self):
        began = time.monotonic()
        while not self.ended.is_set() and self.count < 131_072:
            rig.write_all(self.fd, numbered(self.count))
            self.count += 1
            ahead = began + self.count / 1000 - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)


def pull_legs(rng):
    """One network at a time, at the host's end or at the client's."""
    for _ in range(PULLS):
        link = f"v{rng.randrange(2)}.{rng.choice(['h', 'c1'])}"
        rig.sh("ip", "link", "set", link, "down")
        time.sleep(rng.uniform(0.005, 0.06))
        rig.sh("ip", "link", "set", link, "up")
        time.sleep(rng.uniform(0.03, 0.06))


def measure_two_networks():
    with rig.Stage(rig.binaries()) as stage:
        stage.bridge(["h", "c1"], networks=2)
        both = '["eth0", "eth1"]'
        port, source = stage.fifo("out.fifo"), stage.fifo("in.fifo")
        client = stage.client(f"stream:{port}", both, "c1")
        out = stage.open_read(port)
        stage.host(f"stream:{source}", both, "h")
        client.await_word("heard")
        feeder = Feeder(stage.open_write(source))
        heard, reading = bytearray(), threading.Event()

        def read():
            while not reading.is_set():
                if select.select([out], [], [], 0.1)[0]:
                    heard.extend(os.read(out, 1 << 16))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        feeder.start()
        pull_legs(random.Random(3))
        feeder.ended.set()
        feeder.join()
        time.sleep(0.5)
        reading.set()
        reader.join()
        sent = [numbered(n) for n in range(feeder.count)]
        got = split(bytes(heard))
        lost = len(set(sent) - set(got))
        method = (f"{PULLS} times one of two networks pulled for 5 to 60 ms, at the host or at the client, {feeder.count} events at 1,000/s, real programs in namespaces; "
                  f"{'in' if [m for m in got if m in set(sent)] == sent else 'NOT in'} order")
        report("two_networks.lost", lost, "events", method)
        report("two_networks.doubled", len(got) - len(set(got)), "events", method)


def main():
    rig.enter_namespaces()
    known = ["kills", "false_switches", "switches", "two_networks", "mirror", "relay"]
    wanted = [a for a in sys.argv[1:] if a in known] or known
    for name in wanted:
        globals()[f"measure_{name}"]()


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, AssertionError) as error:
        sys.exit(f"measure_failover: {error}")
