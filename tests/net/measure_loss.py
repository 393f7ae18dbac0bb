#!/usr/bin/env python3
"""Measures the real programs on a bad network: events lost, how soon a new client is whole, how soon a killed host's successor is heard.
Prints one JSON object a line. Exit code 1 and a sentence when it cannot."""
import json
import os
import random
import signal
import sys
import threading
import time

import rig
from music import numbered, split

EVENTS = 100_000
RATE = 5_000
SAMPLES = 100


def report(name, value, unit, method):
    print(json.dumps({"name": name, "value": round(value, 4), "unit": unit, "method": method}), flush=True)


def p99(values):
    """Nearest rank; with less than 100 values their longest."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 99 // 100) - 1]


def spread(values):
    ordered = sorted(values)
    return f"{len(ordered)} times, shortest {ordered[0]:.1f}, median {ordered[len(ordered) // 2]:.1f}, longest {ordered[-1]:.1f} ms"


def play(fd, stop=None):
    """Numbered events, one to twelve at once, and now and then 400 of them."""
    rng, done, began = random.Random(1), 0, time.monotonic()
    while done < EVENTS and not (stop and stop.is_set()):
        count = min(400 if rng.random() < 0.002 else rng.randrange(1, 13), EVENTS - done)
        rig.write_all(fd, b"".join(numbered(n) for n in range(done, done + count)))
        done += count
        ahead = began + done / RATE - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


def judge(messages):
    """(missing, out of order, doubled or never played) of the numbered events."""
    number = {numbered(n): n for n in range(EVENTS)}
    seen, highest, disorder, foreign = set(), -1, 0, 0
    for message in messages:
        n = number.get(message)
        if n is None or n in seen:
            foreign += 1
            continue
        seen.add(n)
        disorder += n < highest
        highest = max(highest, n)
    return EVENTS - len(seen), disorder, foreign


def lost(binaries):
    with rig.Stage(binaries) as stage:
        stage.bridge(["h", "c1"])
        rig.drop("c1", 10)
        rig.drop("h", 10)
        source, port = stage.fifo("in.fifo"), stage.fifo("out.fifo")
        client = stage.client(f"stream:{port}", '"eth0"', "c1")
        out = stage.open_read(port)
        host = stage.host(f"stream:{source}", '"eth0"', "h")
        client.await_word("heard")
        into = stage.open_write(source)
        player = threading.Thread(target=play, args=(into,), daemon=True)
        player.start()
        data = rig.read_for(out, 3 * EVENTS, seconds=EVENTS / RATE + 30, quiet=5)
        player.join()
        data += rig.read_for(out, 1, quiet=0.5)  # anything doubled would come now
        # The host last: what it says when it ends would change the state.
        client.stop()
        host.stop()
        missing, disorder, foreign = judge(split(data))
        summary = client.summary()
        if summary["missing_datagrams"] < 100:
            raise RuntimeError(f"only {summary['missing_datagrams']} datagrams were dropped: that shows nothing")
        report("loss.binaries_lost_at_10pct", missing + disorder + foreign, "events",
               f"{EVENTS} events at {RATE}/s through the real programs, two network namespaces, 10 % of datagrams dropped by nft in both: "
               f"{missing} missing, {disorder} out of order, {foreign} doubled or foreign; {summary['missing_datagrams']} datagrams missing, "
               f"{summary['repaired']} events asked for again, {summary['lost']} given up")


def state_of_a_show():
    """What a host holds in the middle of a show: notes, controllers, programs, bends."""
    held = [bytes([0x90 | c, 40 + 3 * k, 80]) for c in range(4) for k in range(8)]
    held += [bytes([0xB0 | c, n, (c + n) % 128]) for c in range(16) for n in range(7, 32) if n != 10]
    held += [bytes([0xC0 | c, c]) for c in range(16)] + [bytes([0xE0 | c, 1, 64 + c]) for c in range(16)]
    return held


def listen(stage, port):
    """The reading end of a port whose client comes and goes: a writer of our own keeps it from ever being at its end."""
    stage.fds.append(os.open(port, os.O_RDWR | os.O_NONBLOCK))
    return stage.fds[-1]


def whole_after(fd, wanted, began, seconds=10):
    """Time until every message of `wanted` was read."""
    missing, data, end = set(wanted), b"", began + seconds
    while missing and time.monotonic() < end:
        data += rig.read_for(fd, 1, seconds=0.2)
        missing = set(wanted) - set(messages_of(data))
    if missing:
        raise RuntimeError(f"{len(missing)} of {len(wanted)} messages never came")
    return (time.monotonic() - began) * 1e3


def messages_of(data):
    """Whole messages of two or three bytes; what is cut off waits."""
    at = 0
    while at < len(data):
        size = 2 if data[at] & 0xE0 == 0xC0 else 1 if data[at] >= 0xF4 else 3
        if at + size <= len(data):
            yield data[at:at + size]
        at += size


def join(binaries):
    with rig.Stage(binaries) as stage:
        stage.bridge(["h", "c1"])
        rig.drop("c1", 5)
        rig.drop("h", 5)
        source, port = stage.fifo("in.fifo"), stage.fifo("out.fifo")
        stage.host(f"stream:{source}", '"eth0"', "h")
        into, out = stage.open_write(source), listen(stage, port)
        held = state_of_a_show()
        rig.write_all(into, b"".join(held))
        stop, times = threading.Event(), []
        player = threading.Thread(target=play_on, args=(into, stop), daemon=True)
        player.start()
        time.sleep(1)  # past the time in which an epoch is joined from its first event
        try:
            for n in range(SAMPLES):
                began = time.monotonic()
                client = stage.client(f"stream:{port}", '"eth0"', "c1", tag=str(n), wait=False)
                times.append(whole_after(out, held, began))
                client.stop(signal.SIGKILL)
                rig.read_for(out, 1 << 20, quiet=0.05)
        finally:
            stop.set()
            player.join()
        report("join.whole_ms.p99", p99(times), "ms",
               f"a client's process started beside a playing host that holds {len(held)} notes and values, 5 % of datagrams dropped by nft both "
               f"ways: from the start of the process to the last of them at its port; {spread(times)}")


def play_on(fd, stop):
    """A fader that nobody counts."""
    n = 0
    while not stop.wait(0.01):
        rig.write_all(fd, bytes([0xBF, 40, n % 128]))
        n += 1


def restart(binaries):
    with rig.Stage(binaries) as stage:
        stage.bridge(["h", "c1"])
        source, port = stage.fifo("in.fifo"), stage.fifo("out.fifo")
        client = stage.client(f"stream:{port}", '"eth0"', "c1")
        out = listen(stage, port)
        config = f'[network]\ninterface = "eth0"\n[midi]\ndevice = "stream:{source}"\n'
        times = []
        for n in range(SAMPLES + 1):
            mark = numbered(1 + n)
            began = time.monotonic()
            host = stage.start("midi-host", config, "h", tag=str(n))
            rig.write_all(stage.open_write(source), mark)
            times.append(whole_after(out, [mark], began))
            time.sleep(0.1)
            host.stop(signal.SIGKILL)
            rig.read_for(out, 1 << 20, quiet=0.05)
        client.stop()
        report("restart.flowing_ms.p99", p99(times[1:]), "ms",
               f"host killed with SIGKILL and started again under a running client: from the start of the process to its first event at the "
               f"client's port; {spread(times[1:])}")


def main():
    binaries = rig.binaries()
    rig.enter_namespaces()
    try:
        for measure in (lost, join, restart):
            measure(binaries)
    except (RuntimeError, AssertionError, OSError, KeyError) as error:
        print(f"measure_loss: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
