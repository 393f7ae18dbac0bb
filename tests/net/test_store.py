#!/usr/bin/env python3
"""midi-admin's history, alerts and webhooks: kept through kills, full disks and damage; fired, told, signed, and over."""
import contextlib
import hashlib
import hmac
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import unittest

import jsonpatch
import websocket

import rig
from test_admin import Admin, Show

SECRET = "0123456789abcdef0123"
CATCHER = r"""
import http.server, json, sys
class Catcher(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(json.dumps({"path": self.path, "headers": dict(self.headers), "body": body}), flush=True)
        failing = self.path == "/twice" and Catcher.failed < 2
        Catcher.failed += failing
        self.send_response(503 if failing else 302 if self.path == "/away" else 204)
        if self.path == "/away":
            self.send_header("Location", "http://127.0.0.1/")
        self.end_headers()
    def log_message(self, *_):
        pass
Catcher.failed = 0
http.server.HTTPServer(("10.77.0.2", 9000), Catcher).serve_forever()
"""


class Kept(Show):
    """Programs with a data directory of their own."""

    def admin(self, tag="", flags=(), section=""):
        return Admin(self.stage, tag=tag, flags=flags, section=section, data="data")

    def history(self, admin, query=""):
        return admin.get("/api/metrics/history" + query)


def seconds_in(path):
    """All seconds of a database that nobody has open, checked."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [row[0] for row in database.execute("SELECT at FROM seconds WHERE device = 1 ORDER BY at")]


class History(Kept):
    def test_series_are_what_happens(self):
        self.show()
        admin = self.admin()
        self.ready(admin)
        end = time.monotonic() + 4
        while time.monotonic() < end:
            os.write(self.hosts[0].keys, bytes.fromhex("903c64803c40"))
            time.sleep(0.01)
        said = admin.await_that("/api/metrics/history?range=1m", lambda s: sum(p[1] for p in s["series"]["played_per_s"]["points"]) > 200)
        series = {name: s["points"] for name, s in said["series"].items()}
        played = admin.get("/api/metrics/midi")["clients"][0]["counters"]["played"]
        self.assertLessEqual(sum(p[1] for p in series["played_per_s"]), played * 1.3, "a rate is what was counted, by the second")
        self.assertEqual(sum(p[1] for p in series["lost_per_s"]), 0)
        self.assertEqual(series["clients"][-1][1], 1)
        self.assertGreater(series["transit_p95_us"][-1][1], 0)
        self.assertTrue(series["cpu"] and 0 < series["memory_used"][-1][1] < 100 and 0 < series["disk_used"][-1][1] <= 100)
        times = [p[0] for p in series["hosts"]]
        self.assertEqual(times, list(range(times[0], times[-1] + 1)), "each second has its point")
        self.player.process.kill()
        admin.await_that("/api/metrics/history?range=1m&metric=clients", lambda s: s["series"]["clients"]["points"][-1][1] == 0)
        self.assertEqual(set(said["history"]), {"file", "trouble", "set_aside", "dropped"})
        self.assertEqual((said["history"]["trouble"], said["history"]["dropped"]), ("", 0))

    def test_parameters_are_refused_by_name(self):
        admin = self.admin()
        for query, name in (("range=1x", "range"), ("resolution=2s", "resolution"), ("range=7d&resolution=1s", "resolution"), ("metric=cpu,none", "metric"), ("colour=1", "colour")):
            status, _, said = admin.ask("GET", "/api/metrics/history?" + query)
            self.assertEqual((status, said["parameter"]), (400, name), said)
        for query, name in (("kind=party", "kind"), ("since=now", "since"), ("limit=0", "limit"), ("after=x", "after"), ("before=-", "before"), ("device=9", "device"), ("colour=1", "colour")):
            status, _, said = admin.ask("GET", "/api/events?" + query)
            self.assertEqual((status, said["parameter"]), (400, name), said)

    def test_who_did_what_is_known_and_outlives_the_program(self):
        self.show()
        admin = self.admin()
        self.ready(admin)
        self.assertEqual(admin.ask("POST", "/api/failover/switch", {"target": 2}, source="127.0.0.9")[0], 200)
        self.assertEqual(admin.ask("PUT", "/api/failover/auto", {"enabled": False}, source="127.0.0.8")[0], 200)
        self.assertEqual(admin.ask("PUT", "/api/focus", {"client": "1"})[0], 200)
        client = admin.get("/api/clients")["clients"][0]["id"]
        self.assertEqual(admin.ask("PUT", f"/api/pipeline/clients/{client}", {"transpose": 1}, source="127.0.0.6")[0], 200)
        self.assertEqual(admin.ask("PUT", "/api/pipeline", {"transpose": 2}, source="127.0.0.5")[0], 200)
        self.assertEqual(admin.ask("POST", "/api/failover/switch", source="127.0.0.7")[0], 409, "lockout")
        said = admin.await_that("/api/events?kind=command", lambda s: len(s["events"]) == 6)["events"]
        self.assertEqual([(e["from"], e["result"]) for e in reversed(said)], [("127.0.0.9", "done"), ("127.0.0.8", "done"), ("127.0.0.1", "done"), ("127.0.0.6", "done"), ("127.0.0.5", "done"), ("127.0.0.7", "refused")])
        self.assertEqual(said[1]["text"][:29], "set the pipeline of all hosts")
        self.assertEqual((said[2]["subject"], said[2]["text"][:19]), (client, "set the pipeline of"))
        self.assertIn("switch to host 2", said[-1]["text"])
        admin.await_that("/api/events?kind=switch", lambda s: any("host 2" in e["text"] for e in s["events"]))
        self.hosts[0].process.kill()
        admin.await_that("/api/events?kind=host_down", lambda s: [e["subject"] for e in s["events"]] == ["1"])
        before = admin.get("/api/events?limit=1000")["events"]
        self.assertEqual(admin.program.stop()[0], 0)
        again = self.admin("-again")
        self.assertEqual([e["id"] for e in again.get("/api/events?limit=1000")["events"]][-len(before):], [e["id"] for e in before])
        newest = before[0]["id"]
        self.assertTrue(all(e["id"] > newest for e in again.get(f"/api/events?after={newest}")["events"]))
        self.assertEqual([e["id"] for e in again.get(f"/api/events?before={newest}&limit=2")["events"]], [e["id"] for e in before[1:3]])

    def test_a_kill_costs_a_second_at_most_and_damages_nothing(self):
        database = self.stage.path / "data" / "history.db"
        for number in range(10):
            admin = self.admin(f"-{number}")
            admin.await_that("/api/metrics/history?metric=cpu", lambda s: len(s["series"]["cpu"]["points"]) >= 1)
            time.sleep(1.2 + 0.13 * number)
            admin.program.process.kill()
            killed = time.time()
            admin.program.process.wait()
            seconds = seconds_in(database)
            self.assertLessEqual(int(killed) - seconds[-1], 1, "lost at its end")
        self.assertGreaterEqual(len(seconds), 10)

    def test_a_damaged_database_is_set_aside(self):
        data = self.stage.path / "data"
        data.mkdir()
        (data / "history.db").write_bytes(b"no database at all" * 1000)
        admin = self.admin()
        said = admin.await_that("/api/metrics/history?metric=cpu", lambda s: s["series"]["cpu"]["points"])
        aside = [p for p in data.iterdir() if "unusable" in p.name]
        self.assertEqual([p.read_bytes()[:18] for p in aside], [b"no database at all"])
        self.assertIn(str(aside[0]), said["history"]["set_aside"])
        self.assertEqual(said["history"]["trouble"], "")
        self.assertIn("was set aside", admin.program.said())
        self.assertIn("was set aside", admin.get("/api/events?kind=store")["events"][0]["text"])

    def test_one_damaged_in_its_middle_is_set_aside_too(self):
        data = self.stage.path / "data"
        admin = self.admin()
        admin.await_that("/api/metrics/history?metric=cpu", lambda s: len(s["series"]["cpu"]["points"]) > 2)
        self.assertEqual(admin.program.stop()[0], 0)
        database = data / "history.db"
        content = bytearray(database.read_bytes())
        for at in range(4096, len(content)):
            content[at] ^= 0x5A
        database.write_bytes(content)
        again = self.admin("-again")
        self.assertIn("was set aside", again.get("/api/status")["admin"]["history"]["set_aside"])
        again.await_that("/api/metrics/history?metric=cpu", lambda s: s["series"]["cpu"]["points"])

    def small_disk(self):
        data = self.stage.path / "data"
        data.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", data], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", data])
        return data

    def test_a_full_disk_degrades_history_and_says_so(self):
        data = self.small_disk()
        admin = self.admin()
        admin.await_that("/api/metrics/history?metric=cpu", lambda s: s["series"]["cpu"]["points"])
        filler = data / "filler"
        for piece in (4096, 1):
            with contextlib.suppress(OSError), open(filler, "ab", buffering=0) as out:
                while True:
                    out.write(b"x" * piece)
        said = admin.await_that("/api/status", lambda s: "not kept on disk" in s["admin"]["history"]["trouble"], seconds=90)
        self.assertIn("full", said["admin"]["history"]["trouble"])
        admin.await_that("/api/alerts", lambda s: {"history_degraded", "disk"} <= {a["kind"] for a in s["active"]}, seconds=30)
        began = admin.get("/api/metrics/history?metric=cpu")
        self.assertTrue(began["series"]["cpu"]["points"], "what is there is told")
        self.assertIn("not kept on disk", began["history"]["trouble"])
        status, _, problem = admin.ask("PUT", "/api/alerts/config", {"disk": {"threshold": 99}})
        self.assertEqual((status, problem["type"]), (507, "/docs/rest_api#not-kept"))
        self.assertEqual(admin.get("/api/alerts/config")["disk"]["threshold"], 90, "nothing was changed")
        self.assertEqual(admin.ask("GET", "/healthz")[0], 200)
        filler.unlink()
        admin.await_that("/api/status", lambda s: s["admin"]["history"]["trouble"] == "", seconds=30)
        admin.await_that("/api/alerts", lambda s: "history_degraded" in {a["kind"] for a in s["resolved"]})
        times = [p[0] for p in self.history(admin, "?metric=cpu&range=5m")["series"]["cpu"]["points"]]
        self.assertEqual(times, list(range(times[0], times[-1] + 1)), "what waited was kept")

    def test_without_a_directory_history_is_in_memory_and_says_so(self):
        (self.stage.path / "file").write_text("")
        data = self.small_disk()
        subprocess.run(["mount", "-o", "remount,ro", data], check=True)
        for number, place in enumerate((self.stage.path / "file" / "below", data)):
            self.in_memory(self.admin(f"-{number}", flags=("--data-dir", place)))

    def in_memory(self, admin):
        said = admin.await_that("/api/metrics/history?metric=cpu", lambda s: s["series"]["cpu"]["points"])
        self.assertIsNone(said["history"]["file"])
        self.assertIn("in memory only", said["history"]["trouble"])
        self.assertIn("in memory only", admin.program.said())
        self.assertFalse(admin.get("/api/alerts/config")["kept"])
        self.assertEqual(admin.ask("PUT", "/api/alerts/config", {"disk": {"threshold": 99}})[0], 200)

    def test_two_do_not_write_to_one_database(self):
        first = self.admin()
        second = self.admin("-second")
        self.assertIn("in memory only", second.get("/api/status")["admin"]["history"]["trouble"])
        self.assertEqual(first.get("/api/status")["admin"]["history"]["trouble"], "")


class Alerts(Kept):
    def test_a_client_that_is_killed_raises_one_and_coming_back_resolves_it(self):
        self.show()
        admin = self.admin()
        self.ready(admin)
        follower = websocket.create_connection(f"ws://127.0.0.1:{admin.port}/ws/alerts", timeout=20)
        self.addCleanup(follower.close)
        first = json.loads(follower.recv())
        self.assertEqual((first["type"], first["state"]["active"]), ("snapshot", []))
        self.player.process.kill()
        self.player.process.wait()
        state = self.next_state(follower, first)
        self.assertEqual([a["kind"] for a in state["active"]], ["client_gone"])
        alert = admin.get("/api/alerts")["active"][0]
        self.assertEqual(alert, state["active"][0])
        metrics = admin.get("/metrics")
        for line in ('midinet_alerts_active{kind="client_gone"} 1', 'midinet_alerts_active{kind="disk"} 0', "midinet_admin_history_kept 1", "midinet_admin_history_dropped_total 0"):
            self.assertIn(line, metrics)
        status, _, said = admin.ask("POST", f"/api/alerts/{alert['id']}/acknowledge", source="127.0.0.5")
        self.assertEqual((status, said["acknowledged_from"]), (200, "127.0.0.5"))
        state = self.next_state(follower, first)
        self.assertEqual(state["active"][0]["acknowledged_from"], "127.0.0.5")
        self.client(1)
        state = self.next_state(follower, first)
        self.assertEqual((state["active"], [a["id"] for a in state["resolved"]]), ([], [alert["id"]]))
        events = admin.get("/api/events?kind=alert")["events"]
        self.assertEqual([e["result"] for e in events], ["resolved", "fired"])

    def next_state(self, follower, first):
        message = json.loads(follower.recv())
        self.assertEqual((message["type"], message["run"]), ("delta", first["run"]))
        first["state"] = jsonpatch.apply_patch(first["state"], message["patch"])
        return first["state"]

    def test_a_standby_is_missed_only_where_there_was_one(self):
        admin = self.admin()
        host = self.host(1)
        admin.await_that("/api/hosts", lambda s: s["hosts"])
        admin.ask("PUT", "/api/alerts/config", {"standby_missing": {"hold_s": 0}})
        time.sleep(2)
        self.assertEqual(admin.get("/api/alerts")["active"], [])
        second = self.host(2)
        admin.await_that("/api/status", lambda s: s["hosts"]["present"] == 2)
        second.process.kill()
        admin.await_that("/api/alerts", lambda s: [a["kind"] for a in s["active"]] == ["standby_missing"])
        host.process.kill()

    def test_rules_merge_persist_and_are_not_overwritten_unseen(self):
        admin = self.admin()
        status, headers, rules = admin.ask("GET", "/api/alerts/config")
        tag = headers["ETag"]
        change = {"temperature": {"threshold": 60, "clear": 55}, "webhook": {"url": "https://alerts.example/midinet", "secret": SECRET}}
        json_headers = {"Content-Type": "application/json"}
        status, headers, said = admin.ask("PUT", "/api/alerts/config", change, {**json_headers, "If-Match": tag})
        self.assertEqual((status, said["temperature"]["threshold"], said["temperature"]["hold_s"]), (200, 60, rules["temperature"]["hold_s"]))
        self.assertNotIn(SECRET, json.dumps(said))
        self.assertTrue(said["webhook"]["has_secret"])
        status, _, said = admin.ask("PUT", "/api/alerts/config", change, {**json_headers, "If-Match": tag})
        self.assertEqual((status, said["type"]), (412, "/docs/rest_api#outdated"))
        status, _, said = admin.ask("PUT", "/api/alerts/config", {"disk": {"clear": 1, "colour": 2}})
        self.assertEqual((status, said["pointer"]), (422, "/disk/colour"))
        self.assertEqual(admin.get("/api/alerts/config")["disk"], rules["disk"])
        whole = admin.get("/api/alerts/config")
        self.assertEqual(admin.ask("PUT", "/api/alerts/config", whole)[0], 200, "what GET gives may be PUT")
        kept = self.stage.path / "data" / "alerts.json"
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        admin.program.process.kill()
        again = self.admin("-again")
        self.assertEqual(again.get("/api/alerts/config"), whole)
        again.program.process.kill()
        kept.write_text('{"disk": 1}')
        third = self.admin("-third")
        self.assertEqual(third.get("/api/alerts/config")["disk"], rules["disk"])
        self.assertIn("are kept as", third.program.said())
        aside = [path.name for path in kept.parent.glob("alerts.json.*")]
        self.assertRegex(aside[0], r"^alerts\.json\.unusable-\d{8}T\d{6}Z$")
        trouble = third.get("/api/alerts/config")["trouble"]
        self.assertIn(aside[0], trouble)
        third.await_that("/api/status", lambda s: trouble in [r["text"] for r in s["reasons"]])
        self.assertEqual(third.ask("PUT", "/api/alerts/config", third.get("/api/alerts/config"))[2]["trouble"], "")
        third.await_that("/api/status", lambda s: trouble not in [r["text"] for r in s["reasons"]])

    def test_mute_and_what_is_not_there(self):
        admin = self.admin(flags=("--data-dir", "/proc/none"))
        alert = admin.await_that("/api/alerts", lambda s: s["active"])["active"][0]
        status, _, said = admin.ask("POST", f"/api/alerts/{alert['id']}/mute", {"seconds": 600})
        self.assertEqual(status, 200)
        self.assertIsNotNone(said["muted_until"])
        self.assertEqual(admin.ask("POST", f"/api/alerts/{alert['id']}/mute", {"seconds": 0})[2]["muted_until"], None)
        self.assertEqual(admin.ask("POST", "/api/alerts/none/mute", {"seconds": 1})[0], 404)
        self.assertEqual(admin.ask("POST", f"/api/alerts/{alert['id']}/mute", {"seconds": 700_000})[0], 422)
        self.assertEqual(admin.ask("POST", "/api/alerts/a/b/acknowledge")[0], 404)


class Webhooks(Kept):
    def setUp(self):
        super().setUp()
        rig.sh("ip", "netns", "add", "catcher")
        self.stage.namespaces.append("catcher")
        rig.sh("ip", "link", "add", "vhook", "type", "veth", "peer", "name", "eth0", "netns", "catcher")
        self.stage.links.append("vhook")
        rig.sh("ip", "address", "add", "10.77.0.1/24", "dev", "vhook")
        rig.sh("ip", "link", "set", "vhook", "up")
        rig.sh("ip", "-n", "catcher", "address", "add", "10.77.0.2/24", "dev", "eth0")
        rig.sh("ip", "-n", "catcher", "link", "set", "eth0", "up")
        self.log = self.stage.path / "caught"
        with open(self.log, "w") as out:
            process = subprocess.Popen(["ip", "netns", "exec", "catcher", sys.executable, "-c", CATCHER], stdout=out, stderr=out)
        self.stage.programs.append(rig.Program("catcher", process, self.log))
        self.allowed = self.admin(section='webhook_private_ranges = ["10.77.0.0/24"]\n')

    def caught(self, path, count, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            all_ = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
            if len(found := [c for c in all_ if c["path"] == path]) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def aim(self, admin, url, **more):
        status, _, said = admin.ask("PUT", "/api/alerts/config", {"webhook": {"url": url, **more}})
        self.assertEqual(status, 200, said)

    def refuses(self, admin, url, why):
        status, _, said = admin.ask("PUT", "/api/alerts/config", {"webhook": {"url": url}})
        self.assertEqual((status, said.get("pointer")), (422, "/webhook/url"), url)
        self.assertIn(why, said["detail"])

    def await_catcher(self):
        end = time.monotonic() + 15
        self.aim(self.allowed, "http://10.77.0.2:9000/up")
        while self.allowed.ask("POST", "/api/alerts/webhooks/test")[0] != 200:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)

    def test_fired_and_resolved_are_delivered_and_signed(self):
        self.await_catcher()
        self.show()
        self.ready(self.allowed)
        self.aim(self.allowed, "http://10.77.0.2:9000/twice", secret=SECRET, enabled=True)
        self.player.process.kill()
        first = self.caught("/twice", 3)
        bodies = [json.loads(c["body"]) for c in first]
        self.assertEqual({b["event"] for b in bodies}, {"fired"})
        self.assertEqual(len({b["delivery"] for b in bodies}), 1, "tried again until it was taken")
        self.client(1)
        last = self.caught("/twice", 4)[-1]
        body = json.loads(last["body"])
        self.assertEqual((body["event"], body["alert"]["kind"]), ("resolved", "client_gone"))
        for one in (*first, last):
            stamp = one["headers"]["X-MIDInet-Timestamp"]
            good = hmac.new(SECRET.encode(), f"{stamp}.{one['body']}".encode(), hashlib.sha256).hexdigest()
            self.assertEqual(one["headers"]["X-MIDInet-Signature"], "sha256=" + good)
            self.assertLess(abs(time.time() - int(stamp)), 120)
        log = self.allowed.await_that("/api/alerts/deliveries", lambda s: [d["state"] for d in s["deliveries"][:2]] == ["delivered"] * 2)
        self.assertEqual([(d["event"], d["attempts"]) for d in log["deliveries"][:2]], [("resolved", 1), ("fired", 3)])
        self.assertNotIn(SECRET, json.dumps(log))

    def test_where_none_may_go(self):
        self.await_catcher()
        door = socket.create_server(("127.0.0.1", 9000))
        self.addCleanup(door.close)
        hosts = self.stage.path / "hosts"  # a name whose address is what somebody wants it to be
        hosts.write_text("127.0.0.1 rebound.example\n10.77.0.2 inside.example\n")
        subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", "/etc/hosts"])
        told = [("http://127.0.0.1:9000/", "loopback"), ("http://localhost:9000/", "loopback"), ("http://[::1]:9000/", "loopback"),
                ("http://2130706433:9000/", "loopback"), ("http://169.254.169.254/latest", "link-local"), ("http://192.168.7.7/", "webhook_private_ranges")]
        before = self.allowed.get("/api/alerts/config")
        for url, why in told:
            self.refuses(self.allowed, url, why)
        self.assertEqual(self.allowed.get("/api/alerts/config"), before)
        for url, why in (("http://rebound.example:9000/", "loopback"), ("http://10.77.0.2:9000/away", "redirects are not followed")):
            self.aim(self.allowed, url)
            status, _, said = self.allowed.ask("POST", "/api/alerts/webhooks/test")
            self.assertEqual((status, said["type"]), (502, "/docs/rest_api#failed"), url)
            self.assertIn(why, said["detail"], url)
        door.settimeout(0.5)
        with self.assertRaises(TimeoutError, msg="nobody even connects"):
            door.accept()
        other = self.admin("-strict", flags=("--data-dir", self.stage.path / "other"))
        self.refuses(other, "http://10.77.0.2:9000/", "webhook_private_ranges")
        self.aim(other, "http://inside.example:9000/")
        self.assertIn("webhook_private_ranges", other.ask("POST", "/api/alerts/webhooks/test")[2]["detail"])
        everywhere = Admin(self.stage, tag="-everywhere", flags=("--data-dir", self.stage.path / "third", "--listen", "0.0.0.0:9123"),
                           section='webhook_private_ranges = ["10.77.0.0/24", "127.0.0.0/8"]\n')
        for url, why in (("http://10.77.0.1:9123/api/failover/switch", "this server itself"), ("http://127.0.0.1:9000/", "loopback")):
            self.refuses(everywhere, url, why)

    def test_nobody_listens_and_nobody_waits(self):
        self.aim(self.allowed, "http://10.77.0.99:9000/")
        began = time.monotonic()
        for _ in range(3):
            self.assertEqual(self.allowed.ask("GET", "/api/alerts/deliveries")[0], 200)
        status, _, _ = self.allowed.ask("POST", "/api/alerts/webhooks/test")
        self.assertEqual(status, 502)
        self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(self.allowed.program.stop()[0], 0)


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
