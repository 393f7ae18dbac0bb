#!/usr/bin/env python3
"""Runs in the test machine, in its own deterministic time: how long a MIDI event takes from a device, or an application, on one box to the
virtual port on another, through real ALSA, real USB MIDI and two namespaces. Prints one JSON object a line."""
import contextlib
import json
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/vm"))
import guest_devices as guest  # noqa: E402

BIN = guest.BIN
EVENTS, GAP_US, PLUGS = 2000, 3000, 30
CLONE = "the clone"


def report(name, value, unit, method):
    print(json.dumps({"name": name, "value": round(value, 4), "unit": unit, "method": method}), flush=True)


def box(name, address):
    guest.sh("ip", "netns", "add", name)
    guest.sh("ip", "-n", name, "link", "set", "lo", "up")
    guest.sh("ip", "link", "set", f"to_{name}", "netns", name)
    guest.sh("ip", "-n", name, "address", "add", f"{address}/24", "dev", f"to_{name}")
    guest.sh("ip", "-n", name, "link", "set", f"to_{name}", "up")


@contextlib.contextmanager
def running(*programs):
    """Each (namespace, command, what it says when it is ready)."""
    started = []
    try:
        for n, (namespace, command, ready) in enumerate(programs):
            log = FOLDER / f"{pathlib.Path(command[0]).name}{n}.log"
            with open(log, "w") as out:
                started.append(subprocess.Popen(["ip", "netns", "exec", namespace, *map(str, command)], stdout=out, stderr=out))
            if not guest.await_that(lambda: ready in log.read_text()):
                raise RuntimeError(f"{command[0]} is not ready: {log.read_text()}")
        yield
    finally:
        for program in started:
            program.terminate()
            program.wait()


def ours(device, port=f'port = "auto"\ndevice_name = "{CLONE}"'):
    config = {}
    for name, net, midi in (("midi-host", "to_h", f'device = "{device}"\nfeedback = "none"'), ("midi-client", "to_c", f'{port}\nfeedback = "none"')):
        config[name] = FOLDER / f"{name}.toml"
        config[name].write_text(f'[network]\ninterface = "{net}"\n[midi]\n{midi}\n')
    return running(*((space, [BIN / name, "--config", config[name], "--state-dir", FOLDER], ready) for space, name, ready in
                     (("c", "midi-client", "listening to"), ("h", "midi-host", "reading"))))


def bare(path):
    return running(("c", [BIN / "seq_relay", "client", CLONE], "ready"), ("h", [BIN / "seq_relay", "host", path, "10.0.0.2"], "ready"))


def probe(to, count=EVENTS):
    if not guest.await_that(lambda: any(c[0] == CLONE for c in guest.seq_clients())):
        raise RuntimeError("there is no clone")
    time.sleep(2)  # all is settled
    address = guest.Devices.seq_address("user", 0, CLONE)
    done = subprocess.run([BIN / "seq_probe", to, address, str(count), str(GAP_US)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    lost, p50, p99 = done.stdout.split()
    return int(lost), float(p50), float(p99)


def exact(measured):
    lost, p50, p99 = measured
    if lost:
        raise RuntimeError(f"{lost} events lost")
    return p50, p99


def card_of(pattern):
    return re.search(rf"^\s*(\d+) \[{pattern}", pathlib.Path("/proc/asound/cards").read_text(), re.MULTILINE)[1]


def device_to_port(method):
    inside = f"raw:/dev/snd/midiC{guest.inside_card()}D0"
    card = [c for c in re.findall(r"^\s*(\d+) \[", pathlib.Path("/proc/asound/cards").read_text(), re.MULTILINE)
            if pathlib.Path(f"/proc/asound/card{c}/usbid").exists()][0]
    with ours(f"hw:{card},0,0"):
        p50, p99 = exact(probe(inside))
    with bare(f"/dev/snd/midiC{card}D0"):
        bare_p50, bare_p99 = exact(probe(inside))
    method += "; gadget side of a USB MIDI device -> dummy USB bus -> snd-usb-audio -> host -> veth -> client -> sequencer port"
    report("vm.device_to_port_us.p50", p50, "us", method)
    report("vm.device_to_port_us.p99", p99, "us", method)
    report("vm.device_to_port_over_bare.p50", p50 / bare_p50, "ratio", f"{method}; bare: read, sendto / recv, sequencer output: {bare_p50:.1f} and {bare_p99:.1f} us")


def seq_to_seq(method):
    card = card_of("VirMIDI")
    app = "seq:" + guest.Devices.seq_address(f"kernel,card={card}", 0)
    with ours(f"hw:{card},0,0"):
        p50, p99 = exact(probe(app))
        for space in ("h", "c"):
            guest.sh("ip", "netns", "exec", space, "tc", "qdisc", "add", "dev", f"to_{space}", "root", "netem", "loss", "5%")
        lost = probe(app, 500)[0]
        for space in ("h", "c"):
            guest.sh("ip", "netns", "exec", space, "tc", "qdisc", "del", "dev", f"to_{space}", "root")
    with bare(f"/dev/snd/midiC{card}D0"):
        bare_p50, bare_p99 = exact(probe(app))
    method += "; application's sequencer port -> virmidi -> host -> veth -> client -> sequencer port"
    note = f"{method}; a bare relay of the same hops: {bare_p50:.1f} and {bare_p99:.1f} us"
    report("vm.seq_to_seq_us.p50", p50, "us", note)
    report("vm.seq_to_seq_us.p99", p99, "us", note)
    report("vm.seq_to_seq_over_bare.p50", p50 / bare_p50, "ratio", note)
    report("vm.lost_of_500_at_5pct_loss", lost, "events", f"{method}; netem loss 5 % on what either end sends")


def cards():
    """The card files of USB devices as hosts see them; one that is just going cannot be looked into."""
    try:
        return list(pathlib.Path("/proc/asound").glob("card*/usbid"))
    except OSError:
        return [None]


def first_event_again(out):
    """ms from the moment the kernel has the device's card to the first event that comes out of the client, played every 2 ms from then on."""
    guest.plug(False)
    if not guest.await_that(lambda: not cards()):
        raise RuntimeError("the device stays")
    time.sleep(1)
    with contextlib.suppress(BlockingIOError):
        os.read(out, 1 << 16)
    guest.plug(True)
    while not cards():
        time.sleep(0.001)
    began = time.monotonic()
    with open(f"/dev/snd/midiC{guest.inside_card()}D0", "wb", buffering=0) as keys:
        for n in range(2000):
            keys.write(bytes([0x90, 1 + n % 100, 100]))
            if select.select([out], [], [], 0.002)[0]:
                return (time.monotonic() - began) * 1e3
    raise RuntimeError("no event came again within 4 s")


def hotplug():
    port = FOLDER / "out.fifo"
    os.mkfifo(port)
    out = os.open(port, os.O_RDWR | os.O_NONBLOCK)
    with ours("auto", f'port = "stream:{port}"'):
        time.sleep(1)
        took = sorted(first_event_again(out) for _ in range(PLUGS))
    report("hotplug.events_again_ms.p99", took[max(0, -(-len(took) * 99 // 100) - 1)], "ms",
           f"{PLUGS} times a USB MIDI device is unplugged for a second and plugged in, in the test machine's own time; from the kernel's card to an event at the client; "
           f"half of them within {took[len(took) // 2]:.0f} ms")


def main():
    guest.make_controller()
    guest.plug(True)
    guest.sh("modprobe", "-a", "snd-virmidi", "veth", "sch_netem", "snd-hrtimer")
    guest.sh("ip", "link", "add", "to_h", "type", "veth", "peer", "name", "to_c")
    box("h", "10.0.0.1")
    box("c", "10.0.0.2")
    guest.await_that(lambda: "VirMIDI" in pathlib.Path("/proc/asound/cards").read_text())
    method = f"{EVENTS} single controllers, {GAP_US} to {3 * GAP_US} us apart, one processor, the test machine's own deterministic time, SCHED_FIFO 80"
    device_to_port(method)
    seq_to_seq(method)
    hotplug()


if __name__ == "__main__":
    os.environ["HOME"] = "/tmp"
    FOLDER = pathlib.Path(tempfile.mkdtemp())
    try:
        main()
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"guest_bench: {error} {getattr(error, 'stderr', '')}")
