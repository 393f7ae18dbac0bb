#!/usr/bin/env python3
"""midi-admin against real hosts and clients: every operation and status of its OpenAPI document, truth, guards, bad requests."""
import concurrent.futures
import contextlib
import ctypes
import http.client
import itertools
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

import jsonpatch
import jsonschema
import websocket

import rig

TOKEN = "correct horse battery"
JSON = {"Content-Type": "application/json"}
CONFIRM = '[failover]\nconfirmation_mode = "confirm"\nlockout_seconds = 3\n'


@contextlib.contextmanager
def stopped_thread(thread):
    """It stands still, and the other threads of its process do not."""
    attach, detach = 16, 17
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if ptrace(attach, thread, None, None):
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(thread, 0x40000000)  # __WALL
    try:
        yield
    finally:
        ptrace(detach, thread, None, None)


def spin(end):
    while time.monotonic() < end:
        pass


class Admin:
    """A midi-admin, and questions to it."""

    def __init__(self, stage, network='interface = "lo"', flags=(), env=None, section="", tag="", data=None, file=...):
        """`file`: a configuration that is there, or None."""
        if file is ...:
            file = stage.path / f"admin{tag}.toml"
            file.write_text(f"[network]\n{network}\n[admin]\nlisten = \"127.0.0.1:0\"\n{section}")
        source = ("--config", file) if file else ("--listen", "127.0.0.1:0")
        log = stage.path / f"admin{tag}.log"
        if "--data-dir" not in flags:
            self.data = stage.path / (data or f"data{tag}")
            flags = (*flags, "--data-dir", self.data)
        with open(log, "w") as out:
            process = subprocess.Popen([stage.bin / "midi-admin", *source, *flags], stdout=out, stderr=out, env={**os.environ, **(env or {})})
        self.program = rig.Program("midi-admin" + tag, process, log)
        stage.programs.append(self.program)
        self.program.await_word("serving ")
        self.port = int(re.search(r"serving https? on \S+:(\d+)", self.program.said()).group(1))

    def ask(self, method, path, body=None, headers=None, source=None):
        """Status, headers, and the body: of JSON, what it means."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=source and (source, 0))
        try:
            text = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
            connection.request(method, path, text, headers if headers is not None else JSON if body is not None else {})
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        kind = answer.getheader("Content-Type", "")
        return answer.status, answer.headers, json.loads(said) if "json" in kind and said else said.decode()

    def get(self, path):
        status, _, said = self.ask("GET", path)
        assert status == 200, said
        return said

    def raw(self, data, seconds=5):
        """What comes back to bytes, until it is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as door:
            door.sendall(data)
            said = b""
            while piece := door.recv(65536):
                said += piece
            return said

    def await_that(self, path, good, seconds=15):
        end = time.monotonic() + seconds
        while not good(said := self.get(path)):
            if time.monotonic() > end:
                raise AssertionError(json.dumps(said, indent=1))
            time.sleep(0.05)
        return said


class Show(unittest.TestCase):
    """Two hosts and a client."""

    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def host(self, number, extra="", network="", lights=True):
        key = self.stage.fifo(f"keys{number}.fifo")
        shown = self.stage.fifo(f"lights{number}.fifo")
        feedback = f"stream:{shown}" if lights else "none"
        config = (f'[host]\nid = {number}\nname = "host-{number}"\n{rig.PATIENT}{extra}[network]\ninterface = "lo"\nmulticast_group = "239.69.83.{number}"\n{network}'
                  f'[midi]\ndevice = "stream:{key}"\nfeedback = "{feedback}"\n')
        host = self.stage.start("midi-host", config, tag=str(number), flags=("--no-realtime",))
        host.await_word("sending to")
        host.keys = self.stage.open_write(key)
        host.shown = self.stage.open_read(shown)
        return host

    def client(self, number=1, network=""):
        out = self.stage.fifo(f"out{number}.fifo")
        heard = self.stage.open_read(out)
        config = f'[network]\ninterface = "lo"\n{network}[midi]\nport = "stream:{out}"\n[focus]\nauto_claim = false\n'
        client = self.stage.start("midi-client", config, tag=str(number), flags=("--no-realtime",))
        client.await_word("heard")
        client.heard = heard
        return client

    def show(self, extra=""):
        self.hosts = [self.host(1, extra), self.host(2, extra)]
        self.player = self.client()

    def ready(self, admin):
        admin.await_that("/api/status", lambda s: s["hosts"]["present"] == 2 and s["clients"]["present"] == 1 and s["active_host"] == 1)
        admin.await_that("/api/failover", lambda s: s["clients"] and len([x for x in s["clients"][0]["sources"] if x["alive"]]) == 2)


class Document(Show):
    """Walks the OpenAPI document: what it lists is provoked, and what comes is as it says."""

    def check(self, path, method, status, said, headers):
        operation = self.document["paths"][path][method]
        answer = operation["responses"][str(status)]
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
        kind = headers["Content-Type"].split(";")[0]
        self.assertIn(kind, answer["content"], (path, method, status))
        schema = answer["content"][kind]["schema"]
        jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver.from_schema(self.document)).validate(said)
        if kind == "application/problem+json":
            self.assertEqual(said["status"], status)
            self.assertIn("\n### " + said["type"].split("#")[1] + "\n", self.explained, "a type names a heading of the docs")
        self.seen.add((path, method, str(status)))

    def asked(self, admin, method, path, body=None, query="", headers=None):
        name = self.owner if path.startswith("/api/pipeline") else self.played if path.startswith("/api/devices") else self.alert
        status, fields, said = admin.ask(method.upper(), path.replace("{id}", name) + query, body, headers)
        self.check(path, method, status, said, fields)
        return status, said

    def test_every_operation_and_status(self):
        self.show(CONFIRM)
        admin = Admin(self.stage, flags=("--data-dir", "/proc/none"), section='webhook_private_ranges = ["10.77.0.0/24"]\n')  # which raises an alert
        guarded = Admin(self.stage, env={"MIDINET_API_TOKEN": TOKEN}, tag="-guarded")
        alone = Admin(self.stage, 'interface = "lo"\ncontrol_port = 6006', tag="-alone")
        self.ready(admin)
        self.owner, self.played = admin.get("/api/clients")["clients"][0]["id"], "1"
        self.alert = admin.await_that("/api/alerts", lambda s: s["active"])["active"][0]["id"]
        self.document, self.explained, self.seen = admin.get("/api/openapi.json"), admin.get("/docs/rest_api"), set()
        bodies = {"/api/failover/auto": {"enabled": True}, "/api/focus": {"auto": True}, "/api/failover/switch": {}, "/api/alerts/{id}/acknowledge": {},
                  "/api/alerts/{id}/mute": {"seconds": 0}, "/api/alerts/config": {}, "/api/alerts/webhooks/test": {}, "/api/pipeline": {}, "/api/pipeline/clients/{id}": {},
                  "/api/config": {"config": {}}, "/api/config/rollback": {"to": 1}, "/api/config/confirm": {},
                  "/api/rehearsal": {}, "/api/devices/{id}/play": {"messages": []}}
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                body = None if method == "get" else {"host": 2} if (path, method) == ("/api/rehearsal", "post") else bodies[path]
                if method == "get":
                    self.assertEqual(self.asked(admin, method, path)[0], 426 if path.startswith("/ws") else 200)
                self.guards(admin, method, path, methods)
                if path.startswith("/ws"):
                    self.socket(admin, path)
                elif path == "/api/pipeline":
                    self.assertEqual(self.asked(admin, method, path, body, "?device=1")[0], 400)
                    self.assertEqual(self.asked(alone, "get", path)[0], 503)
                elif {"$ref": "#/components/parameters/device"} in operation.get("parameters", []):
                    self.assertEqual(self.asked(admin, method, path, body, "?device=9")[0], 400)
                    self.assertEqual(self.asked(admin, method, path, body, "?device=2")[0], 404)
                elif "400" in operation["responses"]:
                    self.assertEqual(self.asked(admin, method, path, body, "?colour=1")[0], 400)
                if path.startswith("/api"):
                    self.assertEqual(self.asked(guarded, method, path, body)[0], 401, path)
                    wrong = {**JSON, "Authorization": "Bearer wrong"}
                    if path == "/api/status":
                        self.assertEqual(self.asked(guarded, method, path, body, headers=wrong)[0], 401)
                        right = {"Authorization": f"Bearer {TOKEN}"}
                        self.assertEqual(self.asked(guarded, method, path, headers=right)[0], 200)
                if method != "get":
                    time.sleep(0.5)  # so many changes are let through
                    self.refused_bodies(admin, method, path, body)
                if "503" in operation["responses"] and method != "get":
                    self.assertEqual(self.asked(alone, method, path, body)[0], 503)
        self.service_without_a_show(alone)
        self.commands(admin)
        self.rehearsals(admin, alone)
        self.playing(admin)
        self.alerts(admin, alone)
        self.history_is_busy(guarded)
        self.configurations(admin)
        self.pipelines(admin)
        self.a_clients_own_pipeline(admin)
        self.a_controller_without_lights()
        self.silence(admin)
        self.too_many(alone, bodies)
        listed = {(path, method, status) for path, methods in self.document["paths"].items() for method, operation in methods.items() for status in operation["responses"]}
        self.assertEqual(listed - self.seen, set())

    def guards(self, admin, method, path, methods):
        """Whatever it is that is asked for."""
        body = None if method == "get" else {}
        for strange in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            self.assertEqual(self.asked(admin, method, path, body, headers={**JSON, **strange})[0], 403)
        self.assertEqual(self.asked(admin, method, path, body, headers={**JSON, "X": "x" * 20_000})[0], 431)
        other = next(m for m in ("delete", "post", "patch") if m not in methods)
        status, fields, said = admin.ask(other.upper(), path.replace("{id}", "none"), {}, source="127.0.0.3")  # which has not changed much yet
        self.assertEqual((status, set(methods) <= set(fields["Allow"].lower().split(", "))), (405, True))
        self.check(path, method, status, said, fields)

    def socket(self, admin, path):
        """What answers a request to open it."""
        url = f"ws://127.0.0.1:{admin.port}{path}"
        websocket.create_connection(url, timeout=10).close()
        self.seen.add((path, "get", "101"))
        if path == "/ws/midi":
            monitors = [websocket.create_connection(url, timeout=10) for _ in range(16)]  # as one address may
            with self.assertRaises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(url, timeout=10)
            self.assertEqual(refused.exception.status_code, 429)
            self.seen.add((path, "get", "429"))
            for monitor in monitors:
                monitor.close()
        head = b"GET %b HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" % path.encode()
        said = admin.raw(head + b"Sec-WebSocket-Version: 8\r\n\r\n")
        self.assertTrue(said.startswith(b"HTTP/1.1 426 ") and b"Sec-WebSocket-Version: 13\r\n" in said and b"application/problem+json" in said, said)
        for query, status in (("?device=9", 400), ("?device=2", 400 if path == "/ws/alerts" else 404)):
            with self.assertRaises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(url + query, timeout=10)
            self.assertEqual(refused.exception.status_code, status)
            self.seen.add((path, "get", str(status)))

    def refused_bodies(self, admin, method, path, body):
        self.assertEqual(self.asked(admin, method, path, json.dumps(body), headers={"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.asked(admin, method, path, {**body, "nonsense": 1})[0], 422)
        self.assertEqual(self.asked(admin, method, path, "{", headers=JSON)[0], 400)
        self.assertEqual(self.asked(admin, method, path, b" " * (2 << 20), headers=JSON)[0], 413)

    def service_without_a_show(self, alone):
        self.assertEqual(self.asked(alone, "get", "/readyz")[0], 503)
        with stopped_thread(alone.program.process.pid):  # what listens; the server's own thread goes on
            end = time.monotonic() + 15
            while self.asked(alone, "get", "/healthz")[0] == 200 and time.monotonic() < end:
                time.sleep(0.1)
        end = time.monotonic() + 15
        while self.asked(alone, "get", "/healthz")[0] != 200:
            self.assertLess(time.monotonic(), end, "it goes on where it was")

    def commands(self, admin):
        status, said = self.asked(admin, "post", "/api/failover/switch")
        self.assertEqual((status, said["outcome"]), (428, "confirm"))
        status, said = self.asked(admin, "post", "/api/failover/switch")
        self.assertEqual((status, said["active"], said["clients_ok"], [c["outcome"] for c in said["clients"]]), (200, 2, 1, ["ok"]))
        self.asked(admin, "post", "/api/failover/switch")
        status, said = self.asked(admin, "post", "/api/failover/switch")
        self.assertEqual((status, said["outcome"]), (409, "refused"))
        self.assertGreater(said["lockout_left_ms"], 0)
        admin.await_that("/api/status", lambda s: s["active_host"] == 2)
        self.nobody_follows(admin)
        self.assertEqual(self.asked(admin, "put", "/api/failover/auto", {"enabled": False})[0], 200)
        admin.await_that("/api/status", lambda s: s["armed"] is False and any("disarmed" in r["text"] for r in s["reasons"]))
        self.assertEqual(self.asked(admin, "put", "/api/failover/auto", {"enabled": True})[0], 200)
        status, said = self.asked(admin, "put", "/api/focus", {"client": "1"})
        self.assertEqual(status, 200)
        holder = admin.await_that("/api/focus", lambda s: s["holder"] is not None)
        self.assertTrue(holder["by_hand"])
        self.assertEqual(self.asked(admin, "put", "/api/focus", {"client": None})[0], 200)
        admin.await_that("/api/focus", lambda s: s["holder"] is None)
        self.assertEqual(self.asked(admin, "put", "/api/focus", {"auto": True})[0], 200)
        admin.await_that("/api/focus", lambda s: not s["by_hand"])
        for body, words in (({"client": "1", "auto": True}, "either"), ({"client": ""}, 'client is ""; expected'), ({}, "either")):
            status, said = self.asked(admin, "put", "/api/focus", body)
            self.assertEqual((status, words in said["detail"]), (422, True), said)

    def rehearsals(self, admin, alone):
        path, loss = "/api/rehearsal", {"host": 2, "seconds": 60}
        self.assertEqual(self.asked(alone, "post", path, loss)[0], 503)
        for body, pointer in (({}, "/host"), ({"host": 2, "seconds": 61}, "/seconds"), ({"host": 2, "force": 1}, "/force")):
            status, said = self.asked(admin, "post", path, body)
            self.assertEqual((status, said["pointer"]), (422, pointer))
        self.assertEqual(self.asked(admin, "post", path, {"host": 9})[1]["pointer"], "/host")
        admin.await_that("/api/status", lambda s: s["active_host"] == 2)
        status, said = self.asked(admin, "post", path, loss)
        self.assertEqual((status, said["outcome"], said["host"]), (200, "done", 2), said)
        self.assertEqual(self.asked(admin, "post", path, loss)[0], 409, "it is held already")
        told = admin.await_that(path, lambda s: s["rehearsals"] and s["rehearsals"][0]["clients"][0]["outcome"] == "moved")
        self.assertEqual(self.asked(admin, "get", path)[0], 200)
        held = told["rehearsals"][0]
        client = held["clients"][0]
        self.assertEqual((held["host"], held["running"], client["id"], client["played"], client["to"], client["lost"]), (2, True, self.owner, True, 1, 0))
        self.assertGreater(client["took_us"], 0)
        self.assertGreater(admin.get("/api/hosts")["hosts"][1]["held_ms"], 0)
        self.assertTrue(any("its loss is rehearsed" in r["text"] for r in admin.get("/api/status")["reasons"]))
        self.hosts[1].process.send_signal(signal.SIGSTOP)
        self.assertEqual(self.asked(admin, "delete", path, {})[0], 504)
        self.hosts[1].process.send_signal(signal.SIGCONT)
        admin.await_that("/api/hosts", lambda s: not s["hosts"][1]["gone"] and s["hosts"][1]["held_ms"] == 0)  # the command was in its socket
        status, said = self.asked(admin, "post", path, loss)
        self.assertEqual((status, self.asked(admin, "delete", path, {})), (200, (200, {"ended": [2]})), said)
        self.assertEqual(self.asked(admin, "delete", path, {}), (200, {"ended": []}))
        told = admin.await_that(path, lambda s: not s["rehearsals"][0]["running"])
        self.assertEqual([r["clients"][0]["outcome"] for r in told["rehearsals"]], ["untouched", "moved"], "the newest first")
        events = admin.get("/api/events?kind=command")["events"]
        self.assertTrue(any(e["text"] == "rehearse the loss of host 2 for 60 s on all devices" and e["result"] == "done" for e in events), events)
        self.ready_again(admin)

    def ready_again(self, admin):
        """Host 1 is played, and no lockout runs."""
        admin.await_that("/api/failover", lambda s: s["lockout_left_ms"] == 0 and s["active_host"] == 1)
        admin.await_that("/api/failover", lambda s: len([x for x in s["clients"][0]["sources"] if x["alive"]]) == 2)

    def playing(self, admin):
        path = "/api/devices/{id}/play"
        status, said = self.asked(admin, "post", path, {"messages": ["903c64", "803c40"]})
        self.assertEqual((status, said["host"], said["played"]), (200, 1, 2))
        status, said = self.asked(admin, "post", path, {"messages": ["ff"]})
        self.assertEqual((status, said["pointer"]), (422, "/messages/0"))
        self.assertEqual(self.asked(admin, "post", path, {"messages": [], "host": 9})[1]["pointer"], "/host")
        presses = [f"9{channel:x}{note:02x}01" for channel in range(3) for note in range(128)][:264]
        answers = []
        for at in range(0, 264, 24):  # more than are held, and not faster than is played
            answers.append(self.asked(admin, "post", path, {"messages": presses[at:at + 24]})[0])
            time.sleep(0.15)
        self.assertEqual(answers, [200] * 10 + [409])
        self.played = "2"
        self.assertEqual(self.asked(admin, "post", path, {"messages": []})[0], 404)
        self.played = "1"
        time.sleep(1)
        flood = {"messages": ["b00701"] * 24}
        self.assertIn(429, [self.asked(admin, "post", path, flood)[0] for _ in range(20)], "of messages, before there are too many requests")

    def alerts(self, admin, alone):
        self.assertEqual(self.asked(admin, "post", "/api/alerts/{id}/acknowledge", {})[0], 200)
        self.assertEqual(self.asked(admin, "post", "/api/alerts/{id}/mute", {"seconds": 60})[0], 200)
        self.alert, real = "none", self.alert
        for what, body in (("acknowledge", {}), ("mute", {"seconds": 60})):
            self.assertEqual(self.asked(admin, "post", "/api/alerts/{id}/" + what, body)[0], 404)
        self.alert = real
        self.assertEqual(self.asked(admin, "put", "/api/alerts/config", {"disk": {"hold_s": 1}})[0], 200)
        self.assertEqual(self.asked(admin, "put", "/api/alerts/config", {}, headers={**JSON, "If-Match": '"old"'})[0], 412)
        shutil.rmtree(self.stage.path / "data-alone")
        self.assertEqual(self.asked(alone, "put", "/api/alerts/config", {"disk": {"hold_s": 1}})[0], 507)
        self.assertEqual(self.asked(admin, "post", "/api/alerts/webhooks/test")[0], 409)
        for command in ("link add vdoc type veth peer name vcod", "address add 10.77.0.1/24 dev vdoc", "link set vdoc up"):
            rig.sh("ip", *command.split())
        self.stage.links.append("vdoc")
        with socket.create_server(("10.77.0.1", 0)) as door, concurrent.futures.ThreadPoolExecutor() as pool:
            door.settimeout(15)
            self.assertEqual(self.asked(admin, "put", "/api/alerts/config", {"webhook": {"url": f"http://10.77.0.1:{door.getsockname()[1]}/"}})[0], 200)
            taken = pool.submit(self.take_one, door)
            self.assertEqual(self.asked(admin, "post", "/api/alerts/webhooks/test")[0], 200)
            self.assertIn(b'"event":"test"', taken.result())
        self.assertEqual(self.asked(admin, "post", "/api/alerts/webhooks/test")[0], 502)
        self.assertEqual(len(self.asked(admin, "get", "/api/alerts/deliveries")[1]["deliveries"]), 2)

    def configurations(self, sealed):
        admin, bare = Admin(self.stage, tag="-config"), Admin(self.stage, tag="-bare", file=None)
        change = {"config": {"log": {"level": "debug"}}}
        for method, path, body in (("put", "/api/config", change), ("post", "/api/config/rollback", {"to": 1})):
            self.assertEqual(self.asked(bare, method, path, body)[0], 409)
        self.assertEqual(self.asked(sealed, "put", "/api/config", change, headers={**JSON, "If-Match": "*"})[0], 507)
        self.assertEqual(self.asked(admin, "put", "/api/config", change)[0], 428)
        etag = {**JSON, "If-Match": admin.ask("GET", "/api/config")[1]["ETag"]}
        self.assertEqual(self.asked(admin, "put", "/api/config", change, "?confirm_within=3600", etag)[0], 200)
        self.assertEqual(self.asked(admin, "put", "/api/config", change, headers=etag)[0], 412)
        self.assertEqual(self.asked(admin, "post", "/api/config/rollback", {"to": 1}, headers=etag)[0], 412)
        self.assertEqual(self.asked(admin, "post", "/api/config/confirm", {})[0], 200)
        self.assertEqual(self.asked(admin, "post", "/api/config/confirm", {})[0], 409)
        self.assertEqual(self.asked(admin, "post", "/api/config/rollback", {"to": 1}, "?confirm_within=3600")[0], 200)
        self.assertEqual([v["keys"] for v in self.asked(admin, "get", "/api/config/history")[1]["versions"][:2]], [["log.level"]] * 2)
        shutil.rmtree(self.stage.path / "data-config")
        self.assertEqual(self.asked(admin, "post", "/api/config/confirm", {})[0], 507)
        self.assertEqual(self.asked(admin, "post", "/api/config/rollback", {"to": 2})[0], 507)

    @staticmethod
    def take_one(door):
        caller, _ = door.accept()
        with caller:
            said = b""
            while b'"alert":null}' not in said:
                said += caller.recv(65536)
            caller.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        return said

    def history_is_busy(self, admin):
        """What keeps history stands still, and nobody else does."""
        tasks = pathlib.Path(f"/proc/{admin.program.process.pid}/task")
        thread = next(int(t.name) for t in tasks.iterdir() if (t / "comm").read_text().strip() == "midinet-store")
        right = {"Authorization": f"Bearer {TOKEN}"}
        request = f"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        with stopped_thread(thread), contextlib.ExitStack() as doors:
            for _ in range(32):
                doors.enter_context(socket.create_connection(("127.0.0.1", admin.port))).sendall(request)
            time.sleep(0.5)  # until the server has read them all
            for path in ("/api/events", "/api/metrics/history", "/api/config", "/api/config/history"):
                end = time.monotonic() + 15
                while self.asked(admin, "get", path, headers=right)[0] != 429:
                    self.assertLess(time.monotonic(), end)

    def pipelines(self, admin):
        status, said = self.asked(admin, "put", "/api/pipeline", {"transpose": 12, "cc_remap": [{"from": 1, "to": 11}]})
        self.assertEqual((status, [(h["id"], h["outcome"], h["kept"]) for h in said["hosts"]]), (200, [(1, "done", True), (2, "done", True)]), said)
        first = said["pipeline"]
        status, fields, said = admin.ask("GET", "/api/pipeline")
        self.assertEqual((said["agree"], said["pipeline"], [h["pipeline"] for h in said["hosts"]]), (True, first, [first] * 2), "at once, and merged")
        etag = fields["ETag"]
        self.assertEqual(self.asked(admin, "put", "/api/pipeline", {"transpose": 0}, headers={**JSON, "If-Match": '"00000000"'})[0], 412)
        status, said = self.asked(admin, "put", "/api/pipeline", {"transpose": 1}, headers={**JSON, "If-Match": f'"1", {etag}'})
        self.assertEqual((status, said["pipeline"]["transpose"], said["pipeline"]["cc_remap"]), (200, 1, first["cc_remap"]))
        for body, pointer in (({"transpose": 128}, "/transpose"), ({"cc_remap": [{"from": 1}, {"from": 6}]}, "/cc_remap/1/from"), ({"a/b": 1}, "/a~1b"),
                              ({"cc_remap": [{"from": 1, "x": 1}]}, "/cc_remap/0/x"), ({"velocity_curve": "points"}, "/velocity_curve"),
                              ({"types": ["note", "bell"]}, "/types/1"), ({"channel_map": [1]}, "/channel_map")):
            status, said = self.asked(admin, "put", "/api/pipeline", body)
            self.assertEqual((status, said["pointer"]), (422, pointer))
        self.assertEqual(admin.get("/api/pipeline")["pipeline"]["transpose"], 1, "nothing was changed by those")
        self.hosts[1].process.send_signal(signal.SIGSTOP)
        status, said = self.asked(admin, "put", "/api/pipeline", {"transpose": 2})
        self.assertEqual((status, [h["outcome"] for h in said["hosts"]]), (207, ["done", "silent"]))
        self.hosts[1].process.send_signal(signal.SIGCONT)
        admin.await_that("/api/pipeline", lambda s: s["agree"] and s["pipeline"]["transpose"] == 2)  # it was in its socket
        differ = {**first, "transpose": 3}
        config = self.stage.path / "midi-host2.toml"
        config.write_text(config.read_text().replace("transpose = 2", "transpose = 4"))
        self.hosts[1].process.send_signal(signal.SIGHUP)
        admin.await_that("/api/pipeline", lambda s: not s["agree"] and s["pipeline"] is None and [h["pipeline"]["transpose"] for h in s["hosts"]] == [2, 4])
        self.assertEqual(self.asked(admin, "put", "/api/pipeline", {"sysex": False})[0], 428)
        self.assertEqual(self.asked(admin, "put", "/api/pipeline", differ)[0], 200)
        self.nobody_can(admin)
        self.assertEqual(self.asked(admin, "put", "/api/pipeline", {"transpose": 0, "cc_remap": []})[0], 200)

    def nobody_can(self, admin):
        """Hosts that take commands, and whose engines stand still."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            with contextlib.ExitStack() as still:
                for host in self.hosts:
                    threads = sorted(int(t) for t in os.listdir(f"/proc/{host.process.pid}/task"))
                    self.assertEqual(len(threads), 3, "main, control, engine")
                    still.enter_context(stopped_thread(threads[2]))
                asks = [pool.submit(self.asked, admin, "put", "/api/pipeline", {"transpose": n}) for n in range(8)]
                ended = [ask.result()[0] for ask in itertools.islice(concurrent.futures.as_completed(asks), 2)]
            self.assertIn(502, ended, [ask.result() for ask in asks])
            self.assertIn(200, [ask.result()[0] for ask in asks], "those that were taken are answered for")

    def a_clients_own_pipeline(self, admin):
        path, methods = "/api/pipeline/clients/{id}", ("put", "delete")
        status, said = self.asked(admin, "put", path, {"transpose": 12, "cc_remap": [{"from": 1, "to": 11}]})
        self.assertEqual((status, said["outcome"], said["kept"], said["client"]), (200, "done", True, self.owner), said)
        first, stale = said["pipeline"], {**JSON, "If-Match": '"00000000"'}
        status, fields, said = admin.ask("GET", path.replace("{id}", self.owner))
        self.assertEqual((status, said["pipeline"], fields["ETag"]), (200, first, f'"{said["fingerprint"]}"'), "at once")
        self.assertEqual([self.asked(admin, method, path, {}, headers=stale)[0] for method in methods], [412] * 2)
        status, said = self.asked(admin, "put", path, {"transpose": 1}, headers={**JSON, "If-Match": f'"1", {fields["ETag"]}'})
        self.assertEqual((status, said["pipeline"]), (200, {**first, "transpose": 1}))
        status, said = self.asked(admin, "put", path, {"cc_remap": [{"from": 1}, {"from": 6}]})
        self.assertEqual((status, said["pointer"]), (422, "/cc_remap/1/from"))
        fingerprint = self.asked(admin, "get", path)[1]["fingerprint"]
        admin.await_that("/api/clients", lambda s: s["clients"][0]["pipeline"] == fingerprint)
        self.assertEqual(admin.get("/api/pipeline")["pipeline"]["transpose"], 0, "the hosts' is another one")
        self.nobody_else(admin, path, methods)
        self.a_client_that_cannot(admin, path, methods)
        self.a_client_that_is_silent(admin, path, methods)
        self.assertEqual(self.asked(admin, "delete", path)[0], 200)
        self.assertEqual(admin.await_that("/api/clients", lambda s: s["clients"][0]["pipeline"] == "00000000")["clients"][0]["id"], self.owner)

    def nobody_else(self, admin, path, methods):
        owner = self.owner
        for name in ("0000000000000001", "nobody", owner + "0"):
            self.owner = name
            self.assertEqual([self.asked(admin, method, path, None if method == "get" else {})[0] for method in ("get", *methods)], [404] * 3)
        self.owner = owner

    def a_client_that_cannot(self, admin, path, methods):
        """Takes commands, and its engine stands still."""
        pid = self.player.process.pid
        threads = sorted(int(t) for t in os.listdir(f"/proc/{pid}/task"))
        self.assertEqual(len(threads), 3, "main, control, engine")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            with stopped_thread(threads[2]):
                asks = [pool.submit(self.asked, admin, methods[n % 2], path, {"transpose": n} if n % 2 == 0 else {}) for n in range(12)]
                ended = [ask.result()[0] for ask in itertools.islice(concurrent.futures.as_completed(asks), 6)]
            self.assertIn(502, ended)
            self.assertIn(200, [ask.result()[0] for ask in asks], "those that were taken are answered for")

    def a_client_that_is_silent(self, admin, path, methods):
        status, said = self.asked(admin, "put", path, {"transpose": 2})
        self.assertEqual(status, 200)
        before = said["fingerprint"]
        admin.await_that("/api/clients", lambda s: s["clients"][0]["pipeline"] == before)
        config = self.stage.path / "midi-client1.toml"
        config.write_text(config.read_text().replace("transpose = 2", "transpose = 5"))
        self.player.process.send_signal(signal.SIGHUP)
        admin.await_that("/api/clients", lambda s: s["clients"][0]["pipeline"] != before)
        self.player.process.send_signal(signal.SIGSTOP)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda method: self.asked(admin, method, path, None if method == "get" else {})[0], ("get", *methods)))
        self.assertEqual(answers, [504] * 3)
        self.player.process.send_signal(signal.SIGCONT)
        admin.await_that("/api/clients", lambda s: not s["clients"][0]["gone"])

    def nobody_follows(self, admin):
        """The only client stands still."""
        admin.await_that("/api/failover", lambda s: s["lockout_left_ms"] == 0)
        self.assertEqual(self.asked(admin, "post", "/api/failover/switch")[0], 428)
        self.player.process.send_signal(signal.SIGSTOP)
        tasks = pathlib.Path(f"/proc/{self.player.process.pid}/task")
        while any(") T " not in (task / "stat").read_text() for task in tasks.iterdir()):
            time.sleep(0.001)
        status, said = self.asked(admin, "post", "/api/failover/switch")
        self.player.process.send_signal(signal.SIGCONT)
        self.assertEqual((status, said["outcome"], [c["outcome"] for c in said["clients"]]), (502, "failed", ["missing"]), said)
        admin.await_that("/api/status", lambda s: s["active_host"] == 1)
        admin.await_that("/api/failover", lambda s: s["lockout_left_ms"] == 0)
        self.assertEqual([self.asked(admin, "post", "/api/failover/switch")[0] for _ in range(2)], [428, 200])

    def a_controller_without_lights(self):
        network = "control_port = 6106\n"
        self.host(3, network=network, lights=False)
        admin = Admin(self.stage, f'interface = "lo"\n{network}', tag="-dark")
        self.client(3, network=f'primary_group = "239.69.83.3"\n{network}')
        admin.await_that("/api/status", lambda s: (s["hosts"]["present"], s["clients"]["present"]) == (1, 1))
        status, said = self.asked(admin, "put", "/api/focus", {"client": "1"})
        self.assertEqual((status, said["outcome"]), (409, "refused"), said)

    def silence(self, admin):
        """Hosts that are there and do not answer."""
        for host in self.hosts:
            host.process.send_signal(signal.SIGSTOP)
        asks = [("post", "/api/failover/switch", None), ("put", "/api/failover/auto", {"enabled": True}), ("put", "/api/focus", {"auto": True}), ("put", "/api/pipeline", {"transpose": 0}),
                ("post", "/api/rehearsal", {"host": 1}), ("post", "/api/devices/{id}/play", {"messages": []})]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda ask: self.asked(admin, *ask)[0], asks))
        self.assertEqual(answers, [504] * 6)
        for host in self.hosts:
            host.process.send_signal(signal.SIGCONT)

    def too_many(self, alone, bodies):
        for path, methods in self.document["paths"].items():
            for method in set(methods) - {"get"}:
                for _ in range(200):
                    status, _ = self.asked(alone, method, path, bodies[path])
                    if status == 429:
                        break
                self.assertEqual(status, 429)


class Truth(Show):
    def test_what_it_says_changes_with_the_show(self):
        admin = Admin(self.stage)
        quiet = admin.get("/api/status")
        self.assertEqual((quiet["verdict"], quiet["health_score"]), ("unreachable", 0))
        self.show()
        self.ready(admin)
        good = admin.await_that("/api/status", lambda s: s["verdict"] == "ready")
        self.assertEqual((good["health_score"], good["reasons"]), (100, []))
        end = time.monotonic() + 3
        while time.monotonic() < end:
            os.write(self.hosts[0].keys, bytes.fromhex("903c64803c40"))
            time.sleep(0.01)
        busy = admin.get("/api/metrics/midi")
        self.assertGreater(busy["totals"]["events_per_s"], 50)
        self.assertGreater(busy["clients"][0]["counters"]["played"], 100)
        self.assertGreater(busy["clients"][0]["transit_p99_us"], 0)
        one = admin.await_that("/api/clients", lambda s: s["clients"][0]["transit_histogram"])["clients"][0]
        self.assertTrue(0 < sum(b["count"] for b in one["transit_histogram"]) <= one["counters"]["played"], one)
        self.assertTrue(0 < one["transit_p99_9_us"] <= one["transit_max_us"], one)
        second = self.client(2)
        admin.await_that("/api/clients", lambda s: len(s["clients"]) == 2)
        second.process.kill()
        admin.await_that("/api/clients", lambda s: [c["gone"] for c in s["clients"]].count(True) == 1)
        self.hosts[0].process.kill()
        bad = admin.await_that("/api/status", lambda s: s["active_host"] == 2 and s["hosts"]["present"] == 1)
        self.assertEqual(bad["verdict"], "degraded")
        self.assertEqual(bad["health_score"], 100 - sum(r["points"] for r in bad["reasons"]))
        self.assertTrue(any("host 1" in r["text"] and r["fix"] for r in bad["reasons"]), bad["reasons"])
        failover = admin.get("/api/failover")
        self.assertEqual({c["last_switch"]["to"] for c in failover["clients"] if not c["gone"]}, {2})
        metrics = admin.get("/metrics")
        self.assertIn('midinet_host_up{device="1",host="1",name="host-1"} 0', metrics)
        self.assertIn('midinet_host_up{device="1",host="2",name="host-2"} 1', metrics)

    def test_who_ends_in_good_order_is_gone_at_once(self):
        admin = Admin(self.stage)
        self.show()
        self.ready(admin)
        for program, kind in ((self.client(2), "clients"), (self.hosts[1], "hosts")):
            admin.await_that(f"/api/{kind}", lambda s: len(s[kind]) == 2 and not any(one["gone"] for one in s[kind]))
            self.assertEqual(program.stop()[0], 0)
            left = [one for one in admin.await_that(f"/api/{kind}", lambda s: any(one["gone"] for one in s[kind]))[kind] if one["gone"]]
            self.assertEqual(len(left), 1)
            self.assertLess(left[0]["age_ms"], 3000, "else it was missed, and did not say so")

    def test_the_machine_is_measured(self):
        admin = Admin(self.stage)
        before = admin.await_that("/api/metrics/system", lambda s: s["cpu"] is not None)
        memory = int(re.search(r"MemTotal: +(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) * 1024
        self.assertEqual((before["memory"]["total_bytes"], before["cores"]), (memory, os.cpu_count()))
        end = time.monotonic() + 3  # all cores are busy now
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(spin, [end] * os.cpu_count()))
        admin.await_that("/api/metrics/system", lambda s: s["uptime_s"] > before["uptime_s"] and s["cpu"] > 0)

    def test_machines_of_hosts_and_clients_are_told_and_age(self):
        admin = Admin(self.stage)
        self.show()
        told = admin.await_that("/api/metrics/system", lambda s: len(s["machines"]) == 3 and all(m["cpu"] is not None for m in s["machines"]), 30)["machines"]
        self.assertEqual([(m["kind"], m["id"]) for m in told[:2]], [("host", 1), ("host", 2)])
        self.assertEqual((told[2]["kind"], told[2]["id"]), ("client", admin.get("/api/clients")["clients"][0]["id"]))
        memory = int(re.search(r"MemTotal: +(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) * 1024
        state = os.statvfs(self.stage.path)
        for machine in told:
            self.assertEqual((machine["memory"]["total_bytes"], machine["cores"], machine["gone"]), (memory, os.cpu_count(), False))
            self.assertEqual(machine["disks"][0]["total_bytes"], state.f_blocks * state.f_frsize, machine["disks"])
        self.assertIn('midinet_machine_memory_available_bytes{host="2",name="host-2"} ', admin.get("/metrics"))
        self.hosts[1].process.kill()
        old = admin.await_that("/api/metrics/system", lambda s: s["machines"][1]["age_ms"] > 7000)["machines"]
        self.assertLess(old[0]["age_ms"], 7000, "the other one goes on")
        admin.await_that("/api/metrics/system", lambda s: s["machines"][1]["gone"], 30)
        self.assertNotIn('midinet_machine_memory_available_bytes{host="2"', admin.get("/metrics"))

    def test_hosts_that_were_told_different_things_are_named(self):
        admin = Admin(self.stage)
        self.hosts = [self.host(1), self.host(2, "interval_ms = 7\n")]
        self.player = self.client()
        wrong = "hosts 1 and 2 run with different configurations: heartbeat.interval_ms 3 and 7"
        reasons = admin.await_that("/api/status", lambda s: any(r["text"] == wrong for r in s["reasons"]))["reasons"]
        self.assertIn("[heartbeat]", next(r["fix"] for r in reasons if r["text"] == wrong))
        cli = [self.stage.bin / "midinet-cli", "--interface", "lo", "--json"]
        status = json.loads(subprocess.run([*cli, "status"], capture_output=True, timeout=60).stdout)
        self.assertIn(wrong, [r["text"] for r in status["reasons"]])
        checks = json.loads(subprocess.run([*cli, "doctor"], capture_output=True, timeout=60).stdout)["checks"]
        check = next(c for c in checks if c["name"] == "config")
        self.assertEqual((check["outcome"], check["finding"]), ("warning", wrong))
        self.hosts[1].stop()
        admin.await_that("/api/status", lambda s: not any("configurations" in r["text"] for r in s["reasons"]))

    def test_admins_know_of_each_other_and_are_compared(self):
        self.host(1)
        admins = [Admin(self.stage, tag=str(n)) for n in (1, 2)]
        for number, admin in enumerate(admins):
            listed = admin.await_that("/api/status", lambda s: len(s["admins"]) == 2)["admins"]
            self.assertEqual({a["url"] for a in listed}, {f"http://127.0.0.1:{a.port}" for a in admins})
            self.assertEqual([a["url"] for a in listed if a["self"]], [f"http://127.0.0.1:{admins[number].port}"])
            self.assertEqual([a["config"]["agrees"] for a in listed], [True, True])
            self.assertFalse([r for r in admin.get("/api/status")["reasons"] if "midi-admin" in r["text"]])
        ids = {a["id"] for a in listed}
        path = self.stage.path / "admin2.toml"
        path.write_text(path.read_text() + "[failover]\nlockout_seconds = 9\n")
        url = f"http://127.0.0.1:{admins[1].port}"
        for admin in admins:
            said = admin.await_that("/api/status", lambda s: any("have different configuration files" in r["text"] for r in s["reasons"]))
            self.assertEqual(sorted(a["config"]["agrees"] for a in said["admins"]), [False, True])
            reason = next(r for r in said["reasons"] if "different configuration files" in r["text"])
            self.assertIn(f"that of {socket.gethostname()} ({url}) was changed last", reason["text"])
            self.assertIn("[failover]", reason["fix"])
            admin.await_that("/api/alerts", lambda s: "admins_differ" in {a["kind"] for a in s["active"]})
        cli = [self.stage.bin / "midinet-cli", "--interface", "lo"]
        said = json.loads(subprocess.run([*cli, "--json", "status"], capture_output=True, timeout=60).stdout)
        self.assertEqual({a["id"] for a in said["admins"]}, ids)
        self.assertIn(reason["text"], [r["text"] for r in said["reasons"]])
        self.assertIn(url, subprocess.run([*cli, "status"], capture_output=True, text=True, timeout=60).stdout)
        self.assertIn(url + " (this one)", subprocess.run([*cli, "--url", url, "status"], capture_output=True, text=True, timeout=60).stdout)
        checks = json.loads(subprocess.run([*cli, "--json", "doctor"], capture_output=True, timeout=60).stdout)["checks"]
        self.assertEqual([(c["outcome"], c["finding"]) for c in checks if c["name"] == "admins"], [("warning", reason["text"])])
        path.write_text("[log]\nlevel = 7\n")
        said = admins[1].await_that("/api/status", lambda s: any("the configuration file cannot be used" in r["text"] for r in s["reasons"]))
        self.assertTrue(any("log.level" in r["text"] for r in said["reasons"]))
        said = admins[0].await_that("/api/status", lambda s: any("cannot be used" in r["text"] and url in r["text"] for r in s["reasons"]))
        self.assertFalse([r for r in said["reasons"] if "different" in r["text"]])
        path.write_text((self.stage.path / "admin1.toml").read_text())
        admins[0].await_that("/api/status", lambda s: [a["config"]["agrees"] for a in s["admins"]] == [True, True])
        admins[0].await_that("/api/alerts", lambda s: "admins_differ" not in {a["kind"] for a in s["active"]})
        admins[1].program.process.kill()
        admins[0].await_that("/api/status", lambda s: len(s["admins"]) == 1)
        admins[1] = Admin(self.stage, tag="2")
        again = admins[0].await_that("/api/status", lambda s: len(s["admins"]) == 2)["admins"]
        self.assertEqual({a["id"] for a in again}, ids, "the same after a restart")
        self.assertEqual(admins[1].program.stop()[0], 0)
        ages = [0]
        admins[0].await_that("/api/status", lambda s: len(s["admins"]) == 1 or ages.extend(a["age_ms"] for a in s["admins"] if not a["self"]))
        self.assertLess(max(ages), 3000, "else it was missed, and did not say so")

    def test_one_machine_raises_one_alert(self):
        state = self.stage.path  # of the hosts, too
        admin = Admin(self.stage)
        self.hosts = [self.host(1), self.host(2)]
        admin.await_that("/api/metrics/system", lambda s: len(s["machines"]) == 2 and all(m["disks"] for m in s["machines"]), 30)
        disks = {os.stat("/").st_dev, os.stat(admin.data).st_dev, os.stat(state).st_dev}
        admin.ask("PUT", "/api/alerts/config", {"disk": {"threshold": 0, "clear": 0, "hold_s": 0}})
        fired = admin.await_that("/api/alerts", lambda s: [a for a in s["active"] if a["kind"] == "disk"])["active"]
        self.assertEqual(len([a for a in fired if a["kind"] == "disk"]), len(disks), fired)

    def test_two_admins_agree_and_midi_needs_none(self):
        self.show()
        admins = [Admin(self.stage, tag=str(n)) for n in (1, 2)]
        for admin in admins:
            self.ready(admin)
        said = [admin.get("/api/hosts")["hosts"] for admin in admins]
        self.assertEqual([[h["id"], h["epoch"]] for h in said[0]], [[h["id"], h["epoch"]] for h in said[1]])
        for admin in admins:
            admin.program.process.kill()
        os.write(self.hosts[0].keys, bytes.fromhex("903c64"))
        self.assertEqual(rig.read_for(self.player.heard, 3), bytes.fromhex("903c64"))


class Sockets(Show):
    def open(self, admin, query="", **more):
        socket_ = websocket.create_connection(f"ws://127.0.0.1:{admin.port}/ws/status{query}", timeout=15, **more)
        self.addCleanup(socket_.close)
        return socket_

    def follow(self, socket_, state, good, seconds=15):
        """Takes messages until the document is as wanted; checks that they are in order."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = json.loads(socket_.recv())
            if message["type"] == "snapshot":
                state = message["state"]
            else:
                self.assertEqual((message["run"], message["seq"]), (self.last["run"], self.last["seq"] + 1))
                state = jsonpatch.apply_patch(state, message["patch"])
            self.last = message
            if good(state):
                return state
        raise AssertionError(json.dumps(state, indent=1))

    def test_a_snapshot_and_then_what_changed(self):
        admin = Admin(self.stage)
        follower = self.open(admin)
        state = self.follow(follower, None, lambda s: s["status"]["verdict"] == "unreachable")
        self.show()
        state = self.follow(follower, state, lambda s: s["status"]["active_host"] == 1 and len(s["hosts"]["hosts"]) == 2)
        admin.ask("POST", "/api/failover/switch")
        state = self.follow(follower, state, lambda s: s["status"]["active_host"] == 2)
        said = admin.get("/api/failover")
        state = self.follow(follower, state, lambda s: s["failover"]["term"] == said["term"])
        self.assertEqual(set(state), {"status", "hosts", "clients", "devices", "focus", "failover", "system"})

    def test_one_that_comes_again_goes_on_where_it_was(self):
        admin = Admin(self.stage)
        first = self.open(admin)
        state = self.follow(first, None, lambda s: True)
        state = self.follow(first, state, lambda s: self.last["type"] == "delta")
        first.close()
        time.sleep(2.2)
        again = self.open(admin, f"?run={self.last['run']}&seq={self.last['seq']}")
        self.follow(again, state, lambda s: self.last["type"] == "delta")
        for query in (f"?run=other&seq={self.last['seq']}", f"?run={self.last['run']}&seq=999999", "?seq=1"):
            self.assertEqual(json.loads(self.open(admin, query).recv())["type"], "snapshot", query)

    def test_what_may_not_be_opened_says_why(self):
        admin = Admin(self.stage, env={"MIDINET_API_TOKEN": TOKEN})
        self.assertEqual(json.loads(self.open(admin).recv())["type"], "snapshot", "open without a token: it only reads")
        cases = [("/ws/status?device=7", {}, 404), ("/ws/status?colour=1", {}, 400), ("/ws/none", {}, 404), ("/ws/status", {"origin": "http://evil.example"}, 403)]
        for path, more, status in cases:
            with self.assertRaises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(f"ws://127.0.0.1:{admin.port}{path}", timeout=10, **more)
            self.assertEqual(refused.exception.status_code, status, path)
        self.assertEqual(admin.ask("GET", "/ws/status")[0], 426)


class Guards(Show):
    def test_bad_requests_get_their_problem_and_change_nothing(self):
        admin = Admin(self.stage)
        cases = [
            (b"NONSENSE\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            (b"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400), (b"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403), (b"GET /api/status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n", 403),
            (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405), (b"DELETE /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
            (b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n", 404), (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
            (b"POST /api/failover/switch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n", 413),
        ]
        for data, status in cases:
            said = admin.raw(data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1) if status not in (431,) else data)
            self.assertTrue(said.startswith(f"HTTP/1.1 {status} ".encode()), (data[:60], said[:200]))
            self.assertIn(b"application/problem+json", said)
        self.assertEqual(admin.ask("GET", "/healthz")[0], 200)

    def test_own_names_and_own_pages_may_ask(self):
        admin = Admin(self.stage, section='hosts = ["Foh.Example"]\n')
        for host in ("localhost", "127.0.0.1:99", "[::1]:8080", "foh.example", "FOH.example:80", socket.gethostname()):
            self.assertEqual(admin.ask("GET", "/api/status", headers={"Host": host})[0], 200, host)
            self.assertEqual(admin.ask("GET", "/api/status", headers={"Host": host, "Origin": f"http://{host}"})[0], 200, host)

    def test_a_token_is_asked_for_below_api_alone(self):
        admin = Admin(self.stage, flags=("--api-token", TOKEN), env={"MIDINET_API_TOKEN": "another"})
        for path in ("/", "/healthz", "/metrics", "/docs/rest_api"):
            self.assertEqual(admin.ask("GET", path)[0], 200, path)
        for path in ("/api", "/api/status", "/api/v1/status", "/api/openapi.json", "/api/none"):
            status, headers, _ = admin.ask("GET", path)
            self.assertEqual((status, headers["WWW-Authenticate"]), (401, "Bearer"), path)
        good = {"Authorization": f"bearer {TOKEN}"}
        self.assertEqual(admin.ask("GET", "/api/v1/status", headers=good)[0], 200)
        wrong = [{"Authorization": f"Bearer another{n}"} for n in range(12)]
        self.assertEqual({admin.ask("GET", "/api/status", headers=wrong[0])[0] for _ in range(30)}, {401}, "asked again it is no guess")
        self.assertEqual(admin.ask("GET", "/api/status", headers=good)[0], 200)
        answers = [admin.ask("GET", "/api/status", headers=one) for one in wrong]
        self.assertEqual({a[0] for a in answers[:10]}, {401})
        self.assertEqual(answers[-1][0], 429)
        self.assertGreater(int(answers[-1][1]["Retry-After"]), 0)
        self.assertEqual(admin.ask("GET", "/api/status", headers=good, source="127.0.0.2")[0], 200, "others are not held up")

    def test_head_options_keep_alive_and_requests_sent_ahead(self):
        admin = Admin(self.stage)
        status, headers, said = admin.ask("HEAD", "/api/status")
        self.assertEqual((status, said), (200, ""))
        self.assertGreater(int(headers["Content-Length"]), 100)
        status, headers, _ = admin.ask("OPTIONS", "/api/focus")
        self.assertEqual((status, headers["Allow"]), (204, "GET, HEAD, PUT, OPTIONS"))
        two = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        self.assertEqual(admin.raw(two).count(b"HTTP/1.1 200 OK"), 2)

    def test_who_is_slow_is_cut_off_and_nobody_waits(self):
        admin = Admin(self.stage)
        slow = [socket.create_connection(("127.0.0.1", admin.port)) for _ in range(50)]
        for door in slow:
            door.sendall(b"GET / HTTP/1.1\r\n")
        self.assertEqual(admin.ask("GET", "/healthz")[0], 200)
        for door in slow:
            door.settimeout(20)
            self.assertEqual(door.recv(100), b"", "cut off")
            door.close()

    def test_one_address_does_not_take_all_connections(self):
        admin = Admin(self.stage)
        crowd = [socket.create_connection(("127.0.0.1", admin.port)) for _ in range(1150)]
        self.assertEqual(admin.ask("GET", "/healthz", source="127.0.0.2")[0], 200)
        for door in crowd:
            door.close()


class Program(Show):
    def test_https(self):
        key, cert = self.stage.path / "key.pem", self.stage.path / "cert.pem"
        rig.sh("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=localhost")
        admin = Admin(self.stage, flags=("--tls-cert", cert, "--tls-key", key))
        trust = ssl.create_default_context(cafile=str(cert))
        trust.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", admin.port, context=trust, timeout=10)
        for _ in range(2):
            connection.request("GET", "/api/status")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            json.loads(answer.read())
        connection.close()

    def test_what_it_cannot_use_it_says_in_a_line(self):
        wrong = self.stage.path / "wrong.toml"
        binary = self.stage.bin / "midi-admin"
        taken = Admin(self.stage)
        cases = [
            ('[admin]\nlisten = "8080"\n', (), 2, 'admin.listen is "8080" (a string); expected an address and a port'),
            ('[admin]\ncolour = 1\n', (), 2, "admin.colour is not a known key"),
            ('[admin]\nhosts = ["a b"]\n', (), 2, "expected a host name"),
            ('[admin]\ntls_cert = "/x"\n', (), 2, "of the TLS files there is one only"),
            ('[admin]\ndata_dir = ""\n', (), 2, 'admin.data_dir is "" (a string); expected a directory'),
            ('[admin]\nkeep_seconds_h = 49\n', (), 2, "admin.keep_seconds_h is 49"),
            ('[admin]\nkeep_minutes_d = 0\n', (), 2, "admin.keep_minutes_d is 0"),
            ('[admin]\nwebhook_private_ranges = ["10.0.0.1/8"]\n', (), 2, "admin.webhook_private_ranges[0]"),
            ("", ("--tls-cert", "/none", "--tls-key", "/none"), 2, "the TLS certificate /none cannot be used"),
            ("", ("--listen", "here"), 2, "is no address and port"),
            ("", ("--api-token", ""), 2, "--api-token"),
            ("", ("--listen", f"127.0.0.1:{taken.port}"), 1, "cannot listen on 127.0.0.1:"),
        ]
        for text, flags, code, words in cases:
            wrong.write_text('[network]\ninterface = "lo"\n' + text)
            done = subprocess.run([binary, "--config", wrong, *flags], capture_output=True, text=True, timeout=10)
            self.assertEqual(done.returncode, code, (text, flags, done.stderr))
            self.assertIn(words, done.stderr)
        good = '[host]\nid = 3\n[midi]\ndevice = "auto"\n[admin]\nlisten = "[::1]:99"\nhosts = ["Pi.local"]\ndata_dir = "/d"\nkeep_hours_d = 30\nwebhook_private_ranges = ["10.0.0.7"]\n'
        wrong.write_text(good)
        printed = subprocess.run([binary, "--config", wrong, "--print-config"], capture_output=True, text=True, check=True).stdout
        self.assertIn('listen = "[::1]:99"', printed)
        for line in ('hosts = ["pi.local"]', 'data_dir = "/d"', "keep_hours_d = 30", 'webhook_private_ranges = ["10.0.0.7/32"]'):
            self.assertIn(line, printed)
        wrong.write_text(printed)
        self.assertEqual(subprocess.run([binary, "--config", wrong, "--print-config"], capture_output=True, text=True, check=True).stdout, printed)
        wrong.write_text(good)
        self.assertEqual(subprocess.run([self.stage.bin / "midi-host", "--config", wrong, "--check-config"], capture_output=True).returncode, 0, "one file for both")

    def test_a_socket_that_is_passed_is_served_and_anything_else_refused(self):
        config = self.stage.path / "passed.toml"
        config.write_text('[network]\ninterface = "lo"\n[admin]\nlisten = "127.0.0.1:1"\n')
        with socket.create_server(("127.0.0.1", 0)) as door, socket.socket() as deaf:
            def start(passed, count):
                command = ["sh", "-c", f'exec 3<&{passed.fileno()}; LISTEN_PID=$$ LISTEN_FDS={count} exec "$@"', "sh",
                           self.stage.bin / "midi-admin", "--config", config, "--data-dir", self.stage.path / "passed"]
                return subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE, text=True, pass_fds=[passed.fileno()])
            for passed, count, words in ((door, 2, "2 sockets were passed to it"), (deaf, 1, "is no listening TCP socket")):
                refused = start(passed, count)
                said = refused.communicate(timeout=10)[1]
                self.assertEqual((refused.returncode, said.count("\n")), (2, 1), said)
                self.assertIn(words, said)
            admin = start(door, 1)
            connection = http.client.HTTPConnection("127.0.0.1", door.getsockname()[1], timeout=10)
            connection.request("GET", "/healthz")  # waits in the socket's queue while the program starts
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
            admin.terminate()
            self.assertIn(f"serving http on 127.0.0.1:{door.getsockname()[1]}", admin.communicate(timeout=10)[1])
            self.assertEqual(admin.returncode, 0)

    def test_it_ends_in_good_order_whoever_waits(self):
        admin = Admin(self.stage)
        host = self.host(1)
        admin.await_that("/api/hosts", lambda s: s["hosts"])
        host.process.send_signal(signal.SIGSTOP)
        idle = socket.create_connection(("127.0.0.1", admin.port))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            waiting = [pool.submit(self.ask_in_vain, admin) for _ in range(8)]
            time.sleep(0.5)
            self.assertEqual(admin.program.stop()[0], 0)
            self.assertLessEqual({w.result() for w in waiting}, {504, 429, None})  # 429: asked while it ended
        idle.close()
        host.process.send_signal(signal.SIGCONT)

    def test_more_connections_than_a_shell_allows_files(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        try:
            admin = Admin(self.stage)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        doors = [socket.create_connection(("127.0.0.1", admin.port), timeout=10) for _ in range(200)]
        for door in doors:
            door.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual([door.recv(12) for door in doors], [b"HTTP/1.1 200"] * 200)
        for door in doors:
            door.close()

    @staticmethod
    def ask_in_vain(admin):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return admin.ask("POST", "/api/failover/switch")[0]


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
