#!/usr/bin/env python3
"""midinet-cli as a script meets it: exit codes, what goes to which stream, JSON; against boxes that are written here, on the loopback.

The boxes know the wire format from its document alone: their datagrams are made and read by this file."""
import argparse
import json
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "release" / "bin"
GROUP = "239.69.83.231"  # of this test: a show on the same machine is not disturbed
HOST, CLIENT = 2, 1 << 63 | 0xF0
VIA = "midinet-cli: via the control plane\n"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def head(major, value):
    for extra, form, limit in ((None, "", 24), (24, ">B", 1 << 8), (25, ">H", 1 << 16), (26, ">I", 1 << 32), (27, ">Q", 1 << 64)):
        if value < limit:
            return bytes([major << 5 | value]) if extra is None else bytes([major << 5 | extra]) + struct.pack(form, value)
    raise ValueError(value)


def to_cbor(value):
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(to_cbor, value))
    return head(5, len(value)) + b"".join(to_cbor(k) + to_cbor(v) for k, v in value.items())


def from_cbor(data, at=0):
    """What a command holds, and where it ends."""
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        return low == 21, at
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
    value = int.from_bytes(data[at : at + size], "big") if size else low
    at += size
    if major == 0:
        return value, at
    if major == 3:
        return data[at : at + value].decode(), at + value
    items = []
    for _ in range(value * (2 if major == 5 else 1)):
        item, at = from_cbor(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2])) if major == 5 else items), at


def datagram(sender, message):
    payload = to_cbor(message)
    front = struct.pack(">HBBBBHQII", 0x4D4E, 1, 8, 0, 0, 40 + len(payload), sender, 1, 0)
    check = zlib.crc32(front[:20] + payload)
    return front + struct.pack(">I12x", check) + payload


def host_status(**more):
    failover = {"arm": True, "back": "manual", "val": "adopt", "lock": 5, "miss": 3, "int": 3000}
    return {"t": "host", "v": 1, "id": HOST, "name": "stage-right", "role": "standby", "mode": "standby", "dev": True, "hp": 100, "cnt": {},
            "fo": failover, **more}


def client_status():
    return {"t": "client", "v": 1, "id": CLIENT, "name": "foh", "port": "APC40", "open": True, "act": HOST, "cnt": {},
            "src": [{"i": HOST, "e": 1, "a": True, "w": True}]}


class Boxes(threading.Thread):
    """Says `statuses` every 100 ms, and answers each command with an ack, and then with `result`."""

    def __init__(self, port, statuses=(), result=None):
        super().__init__(daemon=True)
        self.statuses, self.result, self.port, self.commands = statuses, result, port, []
        self.ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.ear.bind((GROUP, port))
        loopback = socket.inet_aton("127.0.0.1")
        self.ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + loopback)
        self.mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.mouth.bind(("127.0.0.1", 0))
        self.mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
        self.ended = threading.Event()

    def run(self):
        due = time.monotonic()
        while not self.ended.is_set():
            if time.monotonic() >= due:
                for status in self.statuses:
                    self.mouth.sendto(datagram(status["id"], status), (GROUP, self.port))
                due += 0.1
            if select.select([self.ear], [], [], 0.02)[0]:
                self.take(*self.ear.recvfrom(2000))

    def take(self, data, sender):
        message = from_cbor(data[40:])[0]
        if message["t"] != "command" or self.result is None:
            return
        self.commands.append(message)
        self.mouth.sendto(datagram(HOST, {"t": "ack", "v": 1, "id": message["id"], "from": HOST}), sender)
        if len(self.commands) > 1:  # the first result is lost: the command comes again
            self.mouth.sendto(datagram(HOST, {"t": "result", "v": 1, "id": message["id"], "from": HOST, **self.result}), sender)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
        self.ear.close()
        self.mouth.close()


class Cli(unittest.TestCase):
    def setUp(self):
        self.port = free_port()

    def cli(self, *words, stdout=subprocess.PIPE, **more):
        network = ("--interface", "lo", "--group", GROUP, "--port", str(self.port))
        return subprocess.run([BIN / "midinet-cli", *words, *network], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=30, **more)

    def test_a_show_with_reasons_is_degraded(self):
        with Boxes(self.port, [host_status(), client_status()]):
            done = self.cli("status", "--wait", "400")
        self.assertEqual((done.returncode, done.stderr), (3, VIA))
        self.assertTrue(done.stdout.startswith("DEGRADED\n  - no standby could take over\n"), done.stdout)

    def test_a_show_without_reasons_is_ready(self):
        other = host_status(id=1, name="stage-left")
        client = client_status()
        client["src"].append({"i": 1, "e": 1, "a": True, "w": True})
        with Boxes(self.port, [host_status(), other, client]):
            done = self.cli("status", "--wait", "400", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = json.loads(done.stdout)
        self.assertEqual((report["verdict"], report["reasons"]), ("ready", []))
        self.assertEqual([h["name"] for h in report["hosts"]], ["stage-left", "stage-right"])
        self.assertEqual(report["clients"][0]["id"], "80000000000000f0")

    def test_silence_is_unreachable(self):
        for words in (("status",), ("hosts",), ("clients", "--json"), ("failover", "--audit")):
            done = self.cli(*words, "--wait", "150")
            self.assertEqual((done.returncode, done.stderr), (4, "" if "--json" in words else VIA), words)
            self.assertNotEqual(done.stdout, "")

    def test_a_command_ends_with_what_its_result_says(self):
        for outcome, code in (("done", 0), ("failed", 1), ("unknown", 1), ("refused", 5), ("confirm", 6)):
            with Boxes(self.port, [], {"o": outcome, "why": "so it is", "term": 3, "act": HOST}) as boxes:
                done = self.cli("failover", str(HOST), "--json")
            self.assertEqual((done.returncode, done.stderr), (code, ""), outcome)
            report = json.loads(done.stdout)
            self.assertEqual((report["outcome"], report["why"], report["host"]), (outcome, "so it is", HOST))
            self.assertEqual(len({c["id"] for c in boxes.commands}), 1, "copies have one id")
            command = boxes.commands[0]
            self.assertEqual((command["do"], command["src"]), ("switch", HOST))
            self.assertRegex(command["who"], r"^cli \S+@\S+$")
            self.assertEqual(boxes.commands[-1]["to"], HOST, "what was acknowledged is asked of that host alone")

    def test_the_focus_is_given_to_the_client_of_a_number(self):
        with Boxes(self.port, [host_status(), client_status()], {"o": "done", "why": "foh has the focus"}) as boxes:
            done = self.cli("focus", "1")
            missing = self.cli("focus", "2")
        self.assertEqual((done.returncode, done.stdout), (0, "DONE, says host 2: foh has the focus\n"))
        self.assertEqual({(c["do"], c["cli"]) for c in boxes.commands}, {("focus", CLIENT)})
        self.assertEqual((missing.returncode, missing.stdout), (5, "NOT ASKED: there is no client 2: 1 are heard\n"))

    def test_clients_that_do_not_follow_are_degraded(self):
        with Boxes(self.port, [], {"o": "done", "cn": 1, "cl": [{"i": CLIENT, "n": "foh", "o": "missing"}]}):
            done = self.cli("failover")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("0 of 1 clients follow", done.stdout)

    def test_bad_usage_is_one_sentence_on_the_error_stream(self):
        done = self.cli("failover", "2", "--arm")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_output_that_is_lost_is_no_success(self):
        config = ("config", "diff", "/dev/null", "/dev/null", "--for", "host")
        cases = (("hosts", "--json", "--wait", "150"), ("status", "--wait", "150"), ("--help",), ("--version",), ("completions", "bash"), config,
                 ("watch", "--json", "--wait", "150"))
        with Boxes(self.port, [host_status(), client_status()]):
            for words in cases:
                with open("/dev/full", "wb") as full:
                    done = self.cli(*words, stdout=full)
                self.assertEqual(done.returncode, 1, (words, done.stderr))
                said = done.stderr.replace(VIA, "")
                self.assertEqual(said, "midinet-cli: standard output cannot be written: No space left on device; what it should hold is lost\n", words)

    def test_a_reader_that_leaves_hears_no_complaint(self):
        with Boxes(self.port, [host_status(), client_status()]):
            for ignored in (True, False):  # whether a shell has the signal of that ignored
                theirs, ours = os.pipe()
                os.close(theirs)
                try:
                    done = self.cli("hosts", "--json", "--wait", "400", stdout=ours, restore_signals=not ignored)
                finally:
                    os.close(ours)
                self.assertEqual(done.stderr, "", ignored)

    def test_an_interface_that_is_not_there_is_the_worlds_fault(self):
        done = self.cli("status", "--interface", "nope0")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nope0", done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=BIN)
    options, rest = parser.parse_known_args()
    BIN = options.bin.resolve()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
