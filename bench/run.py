#!/usr/bin/env python3
"""Measures, prints a table, and writes a list of {name, value, unit, method}. Absolute times belong to the machine of the run; ratios are
taken in one run against a bare path beside it. Exit code 1 when something could not be measured."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import store_kill9  # noqa: E402
from clients import client_ratio  # noqa: E402
from rig import Show, cpu_seconds, pin, rss_mb  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = {
    "latency.path_over_bare.p50": ("<=", 1.15), "latency.path_over_bare.p99": ("<=", 1.5), "latency.path_over_blocking.p50": ("<=", 1.5),
    "loss.lost_at_1pct": ("<=", 0), "loss.lost_at_5pct": ("<=", 0), "loss.lost_at_10pct": ("<=", 0), "loss.lost_at_reorder10_dup5": ("<=", 0),
    "loss.stuck_notes_at_20pct": ("<=", 0), "loss.binaries_lost_at_10pct": ("<=", 0), "tail_repair.p99_ms": ("<=", 6),
    "sysex.1mib_exact_at_5pct": (">=", 1), "sysex.live_p99_added_ms": ("<=", 0.3), "throughput.binaries_events_per_s": (">=", 50_000),
    "throughput.binaries_lost": ("<=", 0), "throughput.codec_events_per_s": (">=", 5_000_000), "clients.host_cpu_ratio_64_over_1": ("<=", 1.05),
    "join.whole_ms.p99": ("<=", 50), "restart.flowing_ms.p99": ("<=", 150), "rss.host_mb": ("<=", 15), "rss.client_mb": ("<=", 15),
    "cpu.host_idle_pct": ("<=", 2),
    "failover.kill_to_notes_released_ms.p50": ("<=", 9), "failover.kill_to_notes_released_ms.p99": ("<=", 10.5),
    "failover.false_switches_per_10min_loaded": ("<=", 0), "failover.false_switches_per_10min_1pct_loss": ("<=", 0),
    "switch.command_to_clients_ms.p99": ("<=", 20), "two_networks.lost": ("<=", 0), "two_networks.doubled": ("<=", 0),
    "recovery.shadow_equals_source": (">=", 10_000),
    "feedback.app_to_device_ms.p99": ("<=", 2), "feedback.wrong_leds_at_10pct_loss": ("<=", 0), "feedback.repaint_ms.p99": ("<=", 100),
    "vm.device_to_port_over_bare.p50": ("<=", 1.2), "vm.seq_to_seq_us.p50": ("<=", 75), "vm.seq_to_seq_us.p99": ("<=", 95),
    "hotplug.events_again_ms.p99": ("<=", 200), "vm.lost_of_500_at_5pct_loss": ("<=", 0), "vm.gadget_clone_ids_equal": (">=", 1),
    "admin.req_per_s": (">=", 10_000), "admin.req_ms.p99": ("<=", 10), "admin.ws_clients": (">=", 1000), "admin.flood_effect_on_midi_p99": ("<=", 1.05),
    "pipeline.reload_lost": ("<=", 0), "pipeline.reload_hanging_notes": ("<=", 0), "pipeline.reload_ms.p99": ("<=", 50),
    "mirror.lost": ("<=", 0), "mirror.doubled": ("<=", 0), "relay.lost": ("<=", 0), "relay.doubled": ("<=", 0),
    "web.fps_at_3000_events": (">=", 55), "web.first_data_ms": ("<=", 1000), "web.stale_banner_ms": ("<=", 1500), "web.live_again_ms": ("<=", 2000),
    "web.bundle_kb_gzip": ("<=", 150), "web.axe_serious": ("<=", 0),
    "store.kill9_corrupt": ("<=", 0), "store.kill9_seconds_lost": ("<=", 1),
}


class Results:
    def __init__(self):
        self.rows, self.failures = [], []

    def add(self, name, value, unit, method):
        row = {"name": name, "value": round(value, 4), "unit": unit, "method": method}
        self.rows.append(row)
        print(f"  {name:34} {row['value']:>14} {unit:12} {verdict(row)}", flush=True)

    def add_lines(self, text):
        for line in text.splitlines():
            if line.startswith("{"):
                row = json.loads(line)
                self.add(row["name"], row["value"], row["unit"], row["method"])


def verdict(row):
    if row["name"] not in TARGETS:
        return ""
    sign, bound = TARGETS[row["name"]]
    reached = row["value"] <= bound if sign == "<=" else row["value"] >= bound
    return f"target {sign} {bound}: {'reached' if reached else 'MISSED'}"


def latency(options, results):
    with Show(options.bin) as show:
        _, _, in_fifo, out_fifo = show.pair(pinned=True)
        fifos = [in_fifo, out_fifo]
        for kind, flags in (("bare", ()), ("blocking", ("--blocking",))):
            ends = [show.fifo(f"{kind}.in"), show.fifo(f"{kind}.out")]
            for role, end in zip(("host", "client"), ends):
                process = show.run(*pin(role), show.bin / "bare_path", role, end, *flags, stdout=subprocess.PIPE)
                process.stdout.readline()
            fifos += ends
        lines = subprocess.run([*pin("probe"), show.bin / "latency_probe", str(options.events), "50", *fifos], check=True, capture_output=True,
                               text=True).stdout.splitlines()
    ours, bare, blocking = ([float(v) for v in line.split()] for line in lines)
    if ours[4] or bare[4] or blocking[4]:
        raise RuntimeError(f"events lost while measuring latency: {ours[4]}, {bare[4]}, {blocking[4]}")
    method = f"{options.events} single events each, blocks of 50 in turn, FIFO to UDP multicast on lo to FIFO, host side on one processor and client side on another, SCHED_FIFO 80 where permitted"
    results.add("latency.path_over_bare.p50", ours[0] / bare[0], "ratio", method + "; bare: epoll_wait, read, sendto / epoll_wait, recv, write")
    results.add("latency.path_over_bare.p99", ours[1] / bare[1], "ratio", method)
    results.add("latency.path_over_blocking.p50", ours[0] / blocking[0], "ratio", method + "; blocking: read, sendto / recv, write")
    for name, values in (("path", ours), ("bare", bare), ("blocking", blocking)):
        for q, value in zip(("p50", "p99", "p99.9"), values):
            results.add(f"latency.{name}_us.{q}", value, "us", method + "; absolute, of this machine")


def throughput(options, results):
    with Show(options.bin) as show:
        host, client, in_fifo, out_fifo = show.pair()
        rate, lost = 0, 0
        for offered in (50_000, 100_000, 200_000, 0):
            count = 5 * (offered or 260_000)
            out = subprocess.run([show.bin / "throughput_probe", str(count), str(offered), in_fifo, out_fifo], check=True, capture_output=True,
                                 text=True).stdout.split()
            if int(out[1]) and rate:
                break
            rate, lost = float(out[0]), int(out[1])
        method = "real programs on lo, FIFO to FIFO, numbered controllers for 5 s at 50, 100, 200 thousand/s and as fast as the host reads; the last rate without loss"
        results.add("throughput.binaries_events_per_s", rate, "events/s", method)
        results.add("throughput.binaries_lost", lost, "events", "events missing or out of order in that run")
        results.add("rss.host_mb", rss_mb(host), "MiB", "VmRSS after the throughput runs")
        results.add("rss.client_mb", rss_mb(client), "MiB", "VmRSS after the throughput runs")
    codec = subprocess.run([options.bin / "codec_bench"], check=True, capture_output=True, text=True).stdout
    results.add("throughput.codec_events_per_s", float(codec), "events/s", "full Data datagrams encoded, checked and decoded on one core")


def idle(options, results):
    with Show(options.bin) as show:
        host, _, _, _ = show.pair()
        time.sleep(1)
        began, cpu = time.monotonic(), cpu_seconds(host)
        time.sleep(options.idle_seconds)
        share = (cpu_seconds(host) - cpu) / (time.monotonic() - began)
        results.add("cpu.host_idle_pct", share * 100, "% of a core", f"on-CPU time over {options.idle_seconds} s with no input, 333 heartbeats/s, one client")


def clients(options, results):
    ratio, detail = client_ratio(options.bin, rounds=3, seconds=5)
    results.add("clients.host_cpu_ratio_64_over_1", ratio, "ratio", detail)


def simulated(options, results):
    for program in ("sim_loss", "sim_recovery"):
        results.add_lines(subprocess.run([options.bin / program], check=True, capture_output=True, text=True).stdout)


def in_namespaces(script, options, results):
    command = [sys.executable, HERE.parent / "tests/net" / script, "--bin", options.bin]
    out = subprocess.run(command, capture_output=True, text=True)
    results.add_lines(out.stdout)
    if out.returncode:
        raise RuntimeError(out.stdout + out.stderr)


def binaries_loss(options, results):
    in_namespaces("measure_loss.py", options, results)


def failover(options, results):
    in_namespaces("measure_failover.py", options, results)


def feedback(options, results):
    in_namespaces("measure_feedback.py", options, results)


def admin(options, results):
    in_namespaces("measure_admin.py", options, results)


def pipeline(options, results):
    in_namespaces("measure_pipeline.py", options, results)


def vm(options, results):
    """In the test machine, which `make bench-vm` prepares."""
    rig = HERE.parent / "tests/vm/vm.sh"
    out = subprocess.run([rig, "python3", "-W", "ignore", HERE / "vm/guest_bench.py", options.bin], capture_output=True, text=True, env={"LIMIT": "900", **os.environ, "VIRTUAL": "1"})
    results.add_lines(out.stdout)
    if out.returncode:
        raise RuntimeError(out.stdout + out.stderr)


def web(options, results):
    """In Chromium, by `make bench-web`."""
    folder = HERE.parent / "tests/web"
    command = [sys.executable, folder / "show.py", "--bin", options.bin, folder / "measure.mjs", HERE.parent / "build/dashboard/dist"]
    out = subprocess.run(command, capture_output=True, text=True)
    results.add_lines(out.stdout)
    if out.returncode:
        raise RuntimeError(out.stdout + out.stderr)


def store(options, results):
    store_kill9.measure(options, results)


MEASUREMENTS = [latency, throughput, idle, clients, simulated, binaries_loss, failover, feedback, pipeline, admin, store]


def kept(options, results):
    """A part of the measurements replaces its own rows alone."""
    if not options.only or not options.out.exists():
        return []
    new = {row["name"] for row in results.rows}
    return [row for row in json.loads(options.out.read_text()) if row["name"] not in new]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--events", type=int, default=10_000, help="events of each latency path")
    parser.add_argument("--idle-seconds", type=int, default=15)
    parser.add_argument("--only", choices=[m.__name__ for m in (*MEASUREMENTS, web, vm)], action="append")
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    results = Results()
    print(f"{datetime.date.today()}, {platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}")
    for measure in (*MEASUREMENTS, web, vm):
        if measure.__name__ not in (options.only or [m.__name__ for m in MEASUREMENTS]):
            continue
        try:
            measure(options, results)
        except (RuntimeError, OSError, ValueError, subprocess.CalledProcessError) as error:
            results.failures.append(measure.__name__)
            print(f"  {measure.__name__}: could not be measured: {error}", flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(kept(options, results) + results.rows, indent=1) + "\n")
    print(f"written to {options.out}" + (f"; not measured: {', '.join(results.failures)}" if results.failures else ""))
    return 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
