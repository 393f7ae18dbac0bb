#!/usr/bin/env python3
"""/ws/midi and `midinet-cli monitor --tap` against real hosts and clients: three taps, filters, a flood, boxes that are killed or refuse."""
import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import unittest

import websocket

import rig
from test_admin import Admin, Show


class Monitor:
    """A reader of /ws/midi, and what it was told."""

    def __init__(self, test, admin, query=""):
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{admin.port}/ws/midi{query}", timeout=1)
        test.addCleanup(self.socket.close)
        self.test, self.seq, self.events, self.batches, self.dropped, self.lost = test, 0, [], [], 0, 0
        self.snapshot = self.problem = None

    def take(self):
        message = json.loads(self.socket.recv())
        self.seq += 1
        self.test.assertEqual(message["seq"], self.seq)
        if message["type"] == "snapshot":
            self.snapshot = message
        elif message["type"] == "midi":
            self.events += message["events"]
            self.batches.append((time.monotonic(), len(message["events"])))
            self.dropped += message["dropped"]
            self.lost += message["lost"]
        else:
            self.problem = message["detail"]

    def until(self, good, seconds=15):
        end = time.monotonic() + seconds
        while not good(self):
            if time.monotonic() > end:
                raise AssertionError((self.snapshot, self.events[-5:], self.dropped, self.lost))
            with contextlib.suppress(websocket.WebSocketTimeoutException):
                self.take()
        return self

    def live(self):
        return self.until(lambda m: m.snapshot and m.snapshot["taps"] and all(t["state"] == "live" for t in m.snapshot["taps"]))

    def texts(self):
        return [e["raw"] for e in self.events]


class Taps(Show):
    def setUp(self):
        super().setUp()
        self.hosts = [self.host(1, network="", extra="")]
        self.player = self.client()
        self.admin = Admin(self.stage)
        self.admin.await_that("/api/status", lambda s: s["clients"]["present"] == 1 and s["active_host"] == 1)

    def play(self, text):
        os.write(self.hosts[0].keys, bytes.fromhex(text))

    def test_three_taps_see_what_is_there(self):
        self.assertEqual(self.admin.ask("PUT", "/api/pipeline", {"transpose": 12})[0], 200)
        client = self.admin.get("/api/clients")["clients"][0]["id"]
        monitors = {tap: Monitor(self, self.admin, f"?tap={tap}" + (f"&client={client}" if tap == "delivered" else "")).live() for tap in ("in", "out", "delivered")}
        sysex = "f0" + "01" * 400 + "f7"
        self.play("903c64" + "f8" + "803c40" + "b10750" + sysex)
        for tap, monitor in monitors.items():
            monitor.until(lambda m: len(m.events) >= 4)
            key = "3c" if tap == "in" else "48"
            self.assertEqual(monitor.texts(), [f"90 {key} 64", f"80 {key} 40", "b1 07 50", " ".join(["f0"] + ["01"] * 47)], tap)
            self.assertEqual({e["tap"] for e in monitor.events}, {tap})
            self.assertEqual(monitor.events[3]["bytes"], 402)
            note = monitor.events[0]
            self.assertEqual((note["kind"], note["channel"], note["note"], note["velocity"], note["port"], note["device"]), ("note_on", 1, int(key, 16), 100, 0, 1))
            self.assertEqual((monitor.dropped, monitor.lost), (0, 0))
            self.assertLess(abs(note["unix_us"] / 1e6 - time.time()), 30)
        self.assertEqual(monitors["delivered"].events[0]["source"]["client"], client)
        self.assertEqual(monitors["in"].events[0]["source"]["host"], 1)

    def play_from_elsewhere(self, messages, **more):
        status, _, said = self.admin.ask("POST", "/api/devices/1/play", {"messages": messages, **more})
        return status, said

    def test_what_is_played_from_elsewhere_is_as_if_the_controller_had_sent_it(self):
        self.assertEqual(self.admin.ask("PUT", "/api/pipeline", {"transpose": 12})[0], 200)
        monitors = [Monitor(self, self.admin, f"?tap={tap}").live() for tap in ("in", "out")]
        status, said = self.play_from_elsewhere(["903c64", "B00740"])
        self.assertEqual((status, said["outcome"], said["host"], said["played"]), (200, "done", 1, 2))
        for monitor, key in zip(monitors, ("3c", "48")):
            monitor.until(lambda m: len(m.events) >= 2)
            self.assertEqual(monitor.texts(), [f"90 {key} 64", "b0 07 40"])
        self.assertEqual(rig.read_for(self.player.heard, 6, seconds=2), bytes.fromhex("904864b00740"))
        self.assertEqual(rig.read_for(self.player.heard, 3, seconds=9), bytes.fromhex("804840"), "let go by the host, for nobody did")

    def test_an_empty_list_keeps_what_is_pressed(self):
        self.play_from_elsewhere(["903c64"])
        self.assertEqual(rig.read_for(self.player.heard, 3, seconds=2), bytes.fromhex("903c64"))
        for _ in range(7):
            self.assertEqual(self.play_from_elsewhere([])[0], 200)
            self.assertEqual(rig.read_for(self.player.heard, 3, seconds=1), b"")
        self.play_from_elsewhere(["803c40"])
        self.assertEqual(rig.read_for(self.player.heard, 3, seconds=2), bytes.fromhex("803c40"))
        self.assertEqual(rig.read_for(self.player.heard, 3, seconds=7), b"", "and not let go again")

    def test_what_one_player_leaves_is_let_go_while_another_plays(self):
        self.play_from_elsewhere(["903c64"], player=1)
        self.assertEqual(rig.read_for(self.player.heard, 3, seconds=2), bytes.fromhex("903c64"))
        told, end = b"", time.monotonic() + 9
        while not told and time.monotonic() < end:
            self.assertEqual(self.play_from_elsewhere([], player=2)[0], 200)
            told = rig.read_for(self.player.heard, 3, seconds=1)
        self.assertEqual(told, bytes.fromhex("803c40"))

    def test_what_cannot_be_played_says_where_and_why(self):
        for messages, pointer in ((["903c"], "/messages/0"), (["903c64", "f8"], "/messages/1"), (["90 3c 64"], "/messages/0"), ([144], "/messages/0"),
                                  ("903c64", "/messages"), (["903c64"] * 25, "/messages"), (["f0" + "01" * 45 + "f7"] * 5, "/messages/4")):
            status, said = self.play_from_elsewhere(messages)
            self.assertEqual((status, said["pointer"]), (422, pointer), said)
        self.assertEqual(self.play_from_elsewhere(["903c64"], host=9)[1]["pointer"], "/host")
        self.assertEqual(rig.read_for(self.player.heard, 1, seconds=0.3), b"", "nothing of them was played")

    def test_lights_are_seen_as_the_device_takes_them(self):
        back, out = self.stage.fifo("back.fifo"), self.stage.fifo("out-lit.fifo")
        heard = self.stage.open_read(out)
        config = f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{out}"\nfeedback = "stream:{back}"\n[focus]\nauto_claim = true\n'
        client = self.stage.start("midi-client", config, tag="-lit", flags=("--no-realtime",))
        client.await_word("feedback comes from")
        application = self.stage.open_write(back)
        self.admin.await_that("/api/focus", lambda s: s["holder"] is not None)
        monitor = Monitor(self, self.admin, "?tap=lights").live()
        os.write(application, bytes.fromhex("903c05"))
        monitor.until(lambda m: any(e["raw"] == "90 3c 05" for e in m.events))
        self.assertEqual(({e["tap"] for e in monitor.events}, monitor.events[0]["source"]["host"]), ({"lights"}, 1))
        self.assertIn(bytes.fromhex("903c05"), rig.read_for(self.hosts[0].shown, 64, seconds=1))
        os.close(heard)

    def test_a_filter_works_and_may_be_changed(self):
        monitor = Monitor(self, self.admin, "?tap=in&types=cc&channel=2").live()
        self.play("903c64" "b00101" "b10102" "b20103")
        monitor.until(lambda m: m.events)
        self.assertEqual(monitor.texts(), ["b1 01 02"])
        monitor.events.clear()
        monitor.socket.send(json.dumps({"tap": "in", "host": 1, "types": ["note", "clock"]}))
        monitor.until(lambda m: m.snapshot["filter"]["types"] == ["note", "clock"]).live()
        self.play("b10102" "f8" "fe" "903c00")
        monitor.until(lambda m: len(m.events) == 3)
        self.assertEqual(monitor.texts(), ["f8", "fe", "90 3c 00"])
        for wrong in ("{", '{"tap": "there"}', '{"tap": "delivered"}', '{"host": 77}', '{"colour": 1}'):
            monitor.socket.send(wrong)
            monitor.until(lambda m: m.problem)
            self.assertTrue(monitor.problem.endswith("what is shown stays as it is."), monitor.problem)
            monitor.problem = None
        self.assertEqual(monitor.snapshot["filter"]["types"], ["note", "clock"])

    def test_what_may_not_be_opened_says_why(self):
        for query, status in (("?tap=there", 400), ("?tap=delivered", 400), ("?types=note,", 400), ("?channel=17", 400), ("?host=77", 404), ("?tap=delivered&client=nobody", 404), ("?device=2", 404)):
            with self.assertRaises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(f"ws://127.0.0.1:{self.admin.port}/ws/midi{query}", timeout=10)
            self.assertEqual(refused.exception.status_code, status, query)

    def flood(self, monitor, rate, seconds):
        """So many events a second, while they are watched. Gives how many there were."""
        sent = []

        def play():
            start, so_far = time.monotonic(), 0
            while (passed := time.monotonic() - start) < seconds:
                due = min(int(passed * rate) - so_far, 500)
                os.write(self.hosts[0].keys, b"".join(bytes((0xB0, 1, (so_far + n) % 128)) for n in range(due)))
                so_far += due
                time.sleep(0.002)
            sent.append(so_far)

        player = threading.Thread(target=play)
        player.start()
        monitor.until(lambda m: sent and len(m.events) + m.dropped + m.lost >= sent[0], seconds + 20)
        player.join()
        self.assertEqual(len(monitor.events) + monitor.dropped + monitor.lost, sent[0])
        return sent[0]

    def test_a_flood_comes_in_batches_and_what_is_left_out_is_said(self):
        monitor = Monitor(self, self.admin, "?tap=in").live()
        began = time.monotonic()
        sent = self.flood(monitor, 3000, 3)
        spent = time.monotonic() - began
        print(f"3,000/s: {sent} events in {spent:.1f} s, {len(monitor.events)} shown in {len(monitor.batches)} batches, {monitor.dropped} dropped, {monitor.lost} lost")
        self.assertLessEqual(len(monitor.batches), 30 * spent + 1)
        self.assertGreater(len(monitor.events), sent // 2)
        monitor.socket.close()
        fast = Monitor(self, self.admin, "?tap=in").live()
        began = time.monotonic()
        sent = self.flood(fast, 30000, 2)
        spent = time.monotonic() - began
        print(f"30,000/s: {sent} events in {spent:.1f} s, {len(fast.events)} shown in {len(fast.batches)} batches, {fast.dropped} dropped, {fast.lost} lost")
        self.assertGreater(fast.dropped, 0)
        self.assertLessEqual(len(fast.batches), 30 * spent + 1)

    def test_who_looks_again_at_once_sees_again(self):
        for _ in range(20):
            monitor = Monitor(self, self.admin, "?tap=in").live()
            monitor.socket.close()

    def test_a_client_that_is_killed_is_said_to_be_gone(self):
        client = self.admin.get("/api/clients")["clients"][0]["id"]
        monitor = Monitor(self, self.admin, f"?tap=delivered&client={client}").live()
        self.player.process.kill()
        monitor.until(lambda m: m.snapshot["taps"][0]["state"] in ("gone", "silent"))
        self.assertTrue(monitor.snapshot["taps"][0]["why"])

    def test_four_may_look_and_a_fifth_is_told_why_not(self):
        others = [Admin(self.stage, tag=f"-{n}") for n in range(4)]
        for other in others:
            other.await_that("/api/status", lambda s: s["hosts"]["present"] == 1)
            Monitor(self, other, "?tap=in").live()
        last = Monitor(self, self.admin, "?tap=in")
        last.until(lambda m: m.snapshot and m.snapshot["taps"][0]["state"] == "refused")
        self.assertIn("four others", last.snapshot["taps"][0]["why"])


class CliTaps(Show):
    """The same without midi-admin: the boxes are asked by midinet-cli."""

    def setUp(self):
        super().setUp()
        self.hosts = [self.host(1, network="", extra="")]
        self.player = self.client()
        self.player.await_word("host 1 heard")

    def monitor(self, tap, *words):
        """One that was told it is live."""
        command = [str(self.stage.bin / "midinet-cli"), "monitor", "--interface", "lo", "--tap", tap, *map(str, words)]
        monitor = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (monitor.kill(), monitor.communicate()))
        self.assertIn(f"tells what passes at {tap}", monitor.stderr.readline())
        return monitor

    def end(self, monitor):
        said, error = monitor.communicate(timeout=30)
        return monitor.returncode, said.splitlines(), error

    def test_three_taps_see_what_is_there(self):
        monitors = {tap: self.monitor(tap, "--json", "--count", 3) for tap in ("in", "out", "delivered")}
        os.write(self.hosts[0].keys, bytes.fromhex("903c64" "f8" "b10750" + "f0" + "01" * 400 + "f7"))
        for tap, monitor in monitors.items():
            code, lines, error = self.end(monitor)
            self.assertEqual((code, error), (0, ""), tap)
            state, *events = map(json.loads, lines)
            self.assertEqual((state["tap"], state["state"], state["why"]), (tap, "live", None))
            self.assertEqual([e["raw"] for e in events], ["90 3c 64", "b1 07 50", " ".join(["f0"] + ["01"] * 47)], tap)
            self.assertEqual([e["source"] for e in events], [state["source"]] * 3)
            self.assertIn("client" if tap == "delivered" else "host", state["source"])
            self.assertEqual(events[2]["bytes"], 402)

    def test_an_interrupt_gives_the_place_to_others_and_a_fifth_is_refused(self):
        four = [self.monitor("in", "--from", 1) for _ in range(4)]
        command = [str(self.stage.bin / "midinet-cli"), "monitor", "--interface", "lo", "--tap", "out"]
        fifth = subprocess.run(command, capture_output=True, text=True, timeout=30)
        self.assertEqual((fifth.returncode, fifth.stdout), (5, ""))
        self.assertIn("is refused: four others listen", fifth.stderr)
        four[0].send_signal(signal.SIGINT)
        self.assertEqual(self.end(four[0]), (0, [], ""))
        monitor = self.monitor("out", "--count", 1, "--type", "cc", "--raw")
        os.write(self.hosts[0].keys, bytes.fromhex("903c64" "b10750"))
        code, lines, _ = self.end(monitor)
        self.assertEqual(code, 0)
        self.assertRegex(lines[0], r"host 1 port 0  cc        ch 2   7 = 80  B1 07 50$")

    def test_a_source_that_is_killed_is_named_and_one_that_is_not_there_too(self):
        command = [str(self.stage.bin / "midinet-cli"), "monitor", "--interface", "lo", "--tap"]
        for words, code, sentence in ((("in", "--from", "9"), 5, "host 9 is not heard"), (("in", "--from", "nine"), 2, '--from: "nine" is not a number from 1 to 65535'),
                                      (("delivered", "--from", "nobody"), 5, "no client nobody is heard"), (("in", "--device", "2"), 4, "no host was heard"), (("there",), 2, '"there" is none of in, out, delivered')):
            done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout), (code, ""), words)
            self.assertIn(sentence, done.stderr)
        monitor = self.monitor("delivered", "--from", 1)
        self.player.process.kill()
        code, lines, error = self.end(monitor)
        self.assertEqual((code, lines), (4, []))
        self.assertRegex(error, r"client [0-9a-f]{16} \(.*\) is (gone|silent): ")


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
