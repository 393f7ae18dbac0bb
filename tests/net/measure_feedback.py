#!/usr/bin/env python3
"""Measures feedback with the real programs: how soon a light is lit, what is wrong after loss, how soon a surface is painted anew.
Prints one JSON object a line. LIGHTS and REPAINTS say how many. Exit code 1 and a sentence when it cannot."""
import datetime
import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time

import rig
from measure_failover import quantile, report

LIGHTS = int(os.environ.get("LIGHTS", 2000))
REPAINTS = int(os.environ.get("REPAINTS", 20))
LIT = 200  # lights of a surface that is painted


class Surface:
    """A host with a device that takes feedback, a client whose application lights it."""

    def __init__(self, stage):
        self.stage = stage
        self.device, self.lights, self.app, port = (stage.fifo(f"{name}.fifo") for name in ("in", "lights", "app", "out"))
        self.out = stage.open_read(self.lights)
        self.start_host()
        config = f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{port}"\nfeedback = "stream:{self.app}"\n'
        self.client = stage.start("midi-client", config, tag="a")
        stage.open_read(port)
        self.client.await_word("feedback comes from")
        self.into = stage.open_write(self.app)
        self.client.await_word("we have the focus", seconds=20)

    def start_host(self):
        config = f'[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{self.device}"\nfeedback = "stream:{self.lights}"\n[failover]\nlockout_seconds = 0\n'
        self.host = self.stage.start("midi-host", config, tag="1")
        self.host.await_word("feedback goes to")

    def read_lights(self, shown, wanted, seconds=5):
        """Takes what is lit into `shown` until it is as `wanted`. Gives the moment."""
        end, rest = time.monotonic() + seconds, b""
        while shown != wanted and time.monotonic() < end:
            if select.select([self.out], [], [], 0.5)[0]:
                rest += os.read(self.out, 1 << 16)
            while len(rest) >= 3:
                if rest[0] != 0xF0:
                    shown[rest[:2]], rest = rest[2], rest[3:]
                elif len(rest) >= len(rig.INQUIRY):
                    rest = rest[len(rig.INQUIRY):]
                else:
                    break
        return time.monotonic()


def a_light(rng):
    return bytes([0x90 + rng.randrange(3), rng.randrange(128), 1 + rng.randrange(127)])


def a_picture(shift):
    """Values of LIT lights."""
    return {bytes([0x90, n % 128]) if n < 128 else bytes([0x91, n - 128]): 1 + (n + shift) % 127 for n in range(LIT)}


def paint(into, picture):
    os.write(into, b"".join(light + bytes([value]) for light, value in picture.items()))


def measure_latency():
    with rig.Stage(rig.binaries()) as stage:
        surface, rng, took = Surface(stage), random.Random(1), []
        rig.answer_inquiry(surface.out, stage.open_write(surface.device))
        time.sleep(0.5)
        for _ in range(LIGHTS):
            message = a_light(rng)
            began = time.monotonic()
            os.write(surface.into, message)
            if rig.read_lights(surface.out, 3, seconds=1) != message:
                raise RuntimeError("a light did not come\n" + surface.host.said())
            took.append((time.monotonic() - began) * 1e3)
            time.sleep(0.001 + rng.random() * 0.003)
    method = (f"{LIGHTS} lights, one at a time, from the write into the client's FIFO to the read at the host's, real programs on lo; "
              f"longest {max(took):.2f} ms")
    report("feedback.app_to_device_ms.p50", quantile(took, 0.5), "ms", method)
    report("feedback.app_to_device_ms.p99", quantile(took, 0.99), "ms", method)


def measure_loss():
    with rig.Stage(rig.binaries()) as stage:
        surface, rng, wanted, shown = Surface(stage), random.Random(2), {}, {}
        end_of_loss = rig.drop(None, 10)
        for _ in range(LIGHTS * 2):
            message = a_light(rng)
            os.write(surface.into, message)
            wanted[message[:2]] = message[2]
            time.sleep(0.0005)
        surface.read_lights(shown, wanted, seconds=3)
        rig.sh(*end_of_loss)
    wrong = sum(shown.get(light) != value for light, value in wanted.items())
    report("feedback.wrong_leds_at_10pct_loss", wrong, "lights",
           f"{LIGHTS * 2} random values of {len(wanted)} lights at about 1,500/s, 10 % of all datagrams lost, compared when they agree or after 3 s")


def measure_restart():
    with rig.Stage(rig.binaries()) as stage:
        surface, took = Surface(stage), []
        wanted = a_picture(0)
        paint(surface.into, wanted)
        surface.read_lights({}, wanted)
        for _ in range(REPAINTS):
            surface.host.stop(signal.SIGKILL)
            surface.start_host()
            began, shown = time.monotonic(), {}
            ended = surface.read_lights(shown, wanted)
            if shown != wanted:
                raise RuntimeError("it was not painted anew\n" + surface.host.said())
            took.append((ended - began) * 1e3)
    report("feedback.host_restart_repaint_ms.p99", quantile(took, 0.99), "ms",
           f"{REPAINTS} times the host killed and started; from the moment it opened the surface until its {LIT} lights are lit: it first learns who has the focus")


def client_id(client):
    return re.search(r"client ([0-9a-f]{16}): listening", client.said())[1]


def said_at(line):
    return datetime.datetime.fromisoformat(json.loads(line)["time"]).timestamp()


def since(host, word, ended):
    """How long before `ended`, in ms, the host said the last line with `word`."""
    return (ended - said_at([line for line in host.said().splitlines() if word in line][-1])) * 1e3


def focus_changes():
    """The focus given to the other of two clients; from the host's decision."""
    with rig.Stage(rig.binaries()) as stage:
        surface, took, shown = Surface(stage), [], {}
        app, port = stage.fifo("app2.fifo"), stage.fifo("out2.fifo")
        other = stage.start("midi-client", f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{port}"\nfeedback = "stream:{app}"\n', tag="b")
        stage.open_read(port)
        other.await_word("feedback comes from")
        other.await_word("has the focus")
        pictures = [a_picture(0), a_picture(50)]
        for into, picture in ((surface.into, pictures[0]), (stage.open_write(app), pictures[1])):
            paint(into, picture)
        surface.read_lights(shown, pictures[0])
        for n in range(REPAINTS):
            to = (n + 1) % 2
            cli = [stage.bin / "midinet-cli", "focus", client_id((surface.client, other)[to]), "--interface", "lo"]
            subprocess.run(cli, check=True, capture_output=True)
            if shown != pictures[to]:
                surface.read_lights(shown, pictures[to])
            ended = time.time()
            expect(shown, pictures[to], surface.host)
            took.append(since(surface.host, "focus term", ended))
    return took


def replugs():
    """The device's FIFO removed, and made and opened anew; from when it is there again."""
    with rig.Stage(rig.binaries()) as stage:
        surface, took = Surface(stage), []
        picture = a_picture(0)
        paint(surface.into, picture)
        surface.read_lights({}, picture)
        for _ in range(REPAINTS):
            said = len(surface.host.said())
            os.unlink(surface.lights)
            time.sleep(0.3)
            stage.close(surface.out)
            stage.fifo("lights.fifo")
            surface.out, shown = stage.open_read(surface.lights), {}
            surface.host.await_word("feedback goes to", after=said)
            surface.read_lights(shown, picture)
            ended = time.time()
            expect(shown, picture, surface.host)
            took.append(since(surface.host, "feedback goes to", ended))
    return took


def host_switches():
    """Another host played, by hand, while the application paints anew; from the host's decision to the other one's surface."""
    with rig.Stage(rig.binaries()) as stage:
        surface, took = Surface(stage), []
        device, lights = stage.fifo("in2.fifo"), stage.fifo("lights2.fifo")
        outs = {1: surface.out, 2: stage.open_read(lights)}
        config = f'[host]\nid = 2\n[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{device}"\nfeedback = "stream:{lights}"\n[failover]\nlockout_seconds = 0\n'
        second = stage.start("midi-host", config, tag="2")
        second.await_word("feedback goes to")
        time.sleep(2)
        shown = {1: {}, 2: {}}
        for n in range(REPAINTS):
            to, picture = 2 - n % 2, a_picture(7 * n)
            paint(surface.into, picture)
            cli = [stage.bin / "midinet-cli", "--interface", "lo", "failover", str(to)]
            done = subprocess.run(cli, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"the switch was refused: {done.stdout}{done.stderr}")
            for host in (to, 3 - to):
                surface.out = outs[host]
                surface.read_lights(shown[host], picture)
                if host == to:
                    ended = time.time()
                expect(shown[host], picture, second)
            took.append(since(surface.host, "is to be played from now on", ended))
            time.sleep(0.2)
    return took


def expect(shown, picture, host):
    if shown != picture:
        wrong = sum(shown.get(light) != value for light, value in picture.items())
        raise RuntimeError(f"{wrong} of {LIT} lights are not as wanted\n" + host.said())


def measure_repaint():
    took = {"focus_change": focus_changes(), "replug": replugs(), "host_switch": host_switches()}
    for cause, times in took.items():
        report(f"feedback.{cause}_repaint_ms.p99", quantile(times, 0.99), "ms", f"{len(times)} times; part of feedback.repaint_ms")
    everything = [one for times in took.values() for one in times]
    report("feedback.repaint_ms.p99", quantile(everything, 0.99), "ms",
           f"{REPAINTS} times each: the focus given to the other of two clients; the device (a FIFO) removed, made anew and opened; another host chosen to be played "
           f"while the application paints. From the host's line that tells of it (the decision, or the opening) until all {LIT} lights are right, as seen when the command "
           f"has ended; longest {max(everything):.2f} ms")


def main():
    rig.enter_namespaces()
    known = ["latency", "loss", "restart", "repaint"]
    for name in [a for a in sys.argv[1:] if a in known] or known:
        globals()[f"measure_{name}"]()


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, AssertionError) as error:
        sys.exit(f"measure_feedback: {error}")
