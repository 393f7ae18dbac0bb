#!/usr/bin/env python3
"""The configuration over the API: one file for a real midi-host and a real midi-admin, changed while both run."""
import json
import os
import shutil
import signal
import stat
import subprocess
import time
import unittest

import rig
from test_admin import JSON, TOKEN, Admin

FILE = """# Our show. Do not lose this line.

[host]
id = 1   # stage left
name = "left"
[heartbeat]
miss_threshold = 50
[network]
interface = "lo"    # stays here
[midi]
device = "stream:{keys}"
feedback = "none"

# words
[log]
level   =  'info'  # why not
[admin]
listen = "127.0.0.1:0"
"""


class Config(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.path = self.stage.path / "midinet.toml"
        self.path.write_text(FILE.format(keys=self.stage.fifo("keys.fifo")))

    def host(self):
        log = self.stage.path / "host.log"
        command = [self.stage.bin / "midi-host", "--config", self.path, "--state-dir", self.stage.path / "state", "--no-realtime"]
        with open(log, "w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
        self.stage.programs.append(rig.Program("midi-host", process, log))
        self.stage.programs[-1].await_word("sending to")
        return self.stage.programs[-1]

    def admin(self, tag="", **more):
        return Admin(self.stage, tag=tag, file=self.path, **more)

    def put(self, admin, body, query="", match=None):
        match = match or admin.ask("GET", "/api/config")[1]["ETag"]
        return admin.ask("PUT", "/api/config" + query, body, {**JSON, **({"If-Match": match} if match != "none" else {})})

    def test_a_key_is_changed_in_its_line_and_acts(self):
        admin, host = self.admin(), self.host()
        os.chmod(self.path, 0o640)
        os.chown(self.path, 12345, 54321)
        before = self.path.read_text()
        shown = admin.get("/api/config")
        self.assertEqual((shown["path"], shown["text"], shown["config"]["host"]["name"], shown["config"]["admin"]["keep_hours_d"]), (str(self.path), before, "left", 365))
        change = {"config": {"log": {"level": "debug"}, "heartbeat": {"miss_threshold": 51}, "network": {"data_port": 6004}}}
        status, _, tried = self.put(admin, change, "?dry_run=true", "none")
        self.assertEqual((status, tried["dry_run"], self.path.read_text()), (200, True, before))
        status, headers, said = self.put(admin, change)
        self.assertEqual(status, 200, said)
        self.assertEqual(said["diff"], tried["diff"])
        after = before.replace("level   =  'info'", "level   =  \"debug\"").replace("miss_threshold = 50", "miss_threshold = 51")
        after = after.replace('interface = "lo"    # stays here\n', 'interface = "lo"    # stays here\ndata_port = 6004\n')
        self.assertEqual(self.path.read_text(), after)
        about = self.path.stat()
        self.assertEqual((stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid), (0o640, 12345, 54321))
        self.assertEqual({k["key"]: (k["takes"]["midi-host"], k["takes"]["midi-admin"]) for k in said["keys"]},
                         {"heartbeat.miss_threshold": ("reload", "nothing"), "log.level": ("reload", "at_once"), "network.data_port": ("restart", "restart")})
        self.assertEqual(headers["ETag"], admin.ask("GET", "/api/config")[1]["ETag"])
        admin.program.await_word("changes to network.data_port take effect at the next start")
        self.assertEqual(admin.get("/api/config")["restart"], ["network.data_port"])
        host.process.send_signal(signal.SIGHUP)
        host.await_word("changes to [network] take effect at the next start")
        audit = admin.await_that("/api/events?kind=command", lambda s: s["events"])["events"][0]
        self.assertIn("log.level", audit["text"])
        self.assertEqual((audit["who"], audit["from"]), ("api", "127.0.0.1"))

    def test_what_it_is_told_it_takes_at_once(self):
        admin = self.admin()
        self.assertEqual(admin.ask("GET", "/healthz", headers={"Host": "stage.example"})[0], 403)
        self.assertEqual(self.put(admin, {"config": {"admin": {"hosts": ["stage.example"]}, "log": {"level": "debug", "format": "json"}}})[0], 200)
        admin.program.await_word('"message":"reloaded"}')
        end = time.monotonic() + 10
        while admin.ask("GET", "/healthz", headers={"Host": "stage.example"})[0] != 200:
            self.assertLess(time.monotonic(), end)

    def test_a_bad_file_ends_nobody(self):
        admin, host = self.admin(), self.host()
        good = self.path.read_text()
        for bad, words in (("[log\n", "not valid TOML"), (good.replace("'info'", "'loud'"), "log.level is"), ("x" * 100, "not valid TOML"), (None, "cannot read")):
            if bad is None:
                self.path.unlink()
            else:
                self.path.write_text(bad)
            for program in (admin.program, host):
                mark = len(program.said())
                program.process.send_signal(signal.SIGHUP)
                program.await_word("reload refused, nothing changed: ", after=mark)
                self.assertIn(words, program.said()[mark:])
                self.assertIsNone(program.process.poll())
            shown = admin.get("/api/config")
            if bad:
                self.assertIn(words, shown["problem"])
                self.assertEqual((shown["config"], self.put(admin, {"config": {}})[0]), (None, 409))
        self.assertEqual(self.put(admin, {"text": good}, match="none")[0], 200, "a file that is gone is made")
        for program in (admin.program, host):
            mark = len(program.said())
            program.process.send_signal(signal.SIGHUP)
            program.await_word("reloaded", after=mark)

    def test_what_is_wrong_is_refused_with_a_pointer_and_changes_nothing(self):
        admin = self.admin()
        before = self.path.read_text()
        cases = [({"config": {"log": {"level": "loud"}}}, "/config/log/level", "log.level is"), ({"config": {"log": {"levle": 1}}}, "/config/log/levle", "did you mean log.level?"),
                 ({"config": {"midi": {"devices": ["auto:a", 7]}}}, "/config/midi/devices/1", "midi.devices[1] is 7"), ({"config": 7}, "/config", "no object"), ({}, None, "neither"),
                 ({"config": {}, "text": ""}, None, "both"), ({"text": "[lights]"}, "/text", "lights is not a known key"), ({"text": 7}, "/text", "text is 7"),
                 ({"config": {"admin": {"keep_hours_d": 0}}}, "/config/admin/keep_hours_d", "1 to 3650"), ({"config": {"admin": {"tls_cert": "/x"}}}, "/config", "TLS")]
        for body, pointer, words in cases:
            status, _, said = self.put(admin, body)
            self.assertEqual((status, said.get("pointer")), (422, pointer), said)
            self.assertIn(words, said["detail"])
        for query in ("?dry_run=1", "?confirm_within=0", "?confirm_within=3601", "?confirm_within=x", "?colour=1"):
            self.assertEqual(self.put(admin, {"config": {}}, query)[0], 400, query)
        self.assertEqual(self.put(admin, {"config": {"log": {"level": "off"}}}, match="none")[0], 428)
        self.assertEqual(self.put(admin, {"config": {"log": {"level": "off"}}}, match='"old"')[0], 412)
        self.assertEqual((self.path.read_text(), admin.get("/api/config/history")["versions"]), (before, []))

    def test_what_is_not_there_is_warned_of_and_what_would_not_start_is_refused(self):
        admin = self.admin()
        before = self.path.read_text()
        status, _, said = self.put(admin, {"text": " \n"})
        self.assertEqual((status, said["pointer"]), (422, "/text"))
        status, _, said = self.put(admin, {"config": {"admin": {"listen": "192.0.2.77:8080"}}})
        self.assertEqual(status, 409)
        self.assertIn("192.0.2.77 is no address of this machine", said["detail"])
        status, _, said = self.put(admin, {"config": {"admin": {"listen": "192.0.2.77:8080"}}}, "?dry_run=true")
        self.assertEqual((status, [(w["key"], w["stops"]) for w in said["warnings"]]), (200, [("admin.listen", True)]))
        self.assertEqual(self.path.read_text(), before)
        status, _, said = self.put(admin, {"config": {"network": {"interface": "wlan7"}}})
        self.assertEqual((status, [(w["key"], w["stops"]) for w in said["warnings"]]), (200, [("network.interfaces", False)]), said)
        other = self.stage.path / "other.toml"
        other.write_text('[network]\ninterface = "wlan7"\n[admin]\nlisten = "192.0.2.77:80"\n')
        cli = [self.stage.bin / "midinet-cli", "config", "check", other]
        done = subprocess.run([*cli, "--json"], capture_output=True, text=True)
        said = json.loads(done.stdout)
        self.assertEqual((done.returncode, said["errors"], len(said["warnings"])), (0, [], 2))
        done = subprocess.run(cli, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.count("warning: ")), (0, 2))
        self.assertIn("is good", done.stdout)

    def test_all_that_is_said_can_be_said_back(self):
        admin = self.admin()
        before, shown = self.path.read_text(), admin.get("/api/config")
        for body in ({"config": shown["config"]}, {"text": shown["text"]}):
            status, _, said = self.put(admin, body)
            self.assertEqual((status, said["diff"], said["keys"], said["version"]), (200, "", [], None), said)
        self.assertEqual(self.path.read_text(), before)

    def test_secrets_are_not_told(self):
        admin = self.admin(env={"MIDINET_API_TOKEN": TOKEN})
        self.path.write_text(self.path.read_text() + f'api_token = "{TOKEN}"\n')
        status, _, said = admin.ask("GET", "/api/config", headers={"Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(status, 200)
        self.assertIn('api_token = "********"', said["text"])
        self.assertNotIn(TOKEN, json.dumps(said))

    def test_an_unconfirmed_change_is_taken_back_and_a_confirmed_one_stays(self):
        admin = self.admin()
        before = self.path.read_text()
        status, _, said = self.put(admin, {"config": {"log": {"level": "debug"}}}, "?confirm_within=1")
        self.assertEqual((status, said["trial"]["version"], said["trial"]["back_to"]), (200, 2, 1))
        admin.program.await_word("was not confirmed in time: version 1 is back")
        self.assertEqual(self.path.read_text(), before)
        self.assertEqual([(v["version"], v["who"]) for v in admin.get("/api/config/history")["versions"]], [(3, "midi-admin"), (2, "api"), (1, "file")])
        self.assertEqual(admin.ask("POST", "/api/config/confirm", {})[0], 409)
        self.assertEqual(self.put(admin, {"config": {"log": {"level": "debug"}}}, "?confirm_within=3600")[0], 200)
        self.assertEqual(self.put(admin, {"config": {"log": {"level": "off"}}})[0], 409)
        self.assertEqual(admin.ask("POST", "/api/config/confirm", {})[0], 200)
        self.assertIsNone(admin.get("/api/config")["trial"])
        self.assertEqual(admin.ask("POST", "/api/config/rollback", {"to": 1})[0], 200)
        self.assertEqual(self.path.read_text(), before)

    def test_it_is_taken_back_also_where_the_program_was_killed_meanwhile(self):
        admin = self.admin(data="same")
        before = self.path.read_text()
        self.assertEqual(self.put(admin, {"config": {"log": {"level": "debug"}}}, "?confirm_within=2")[0], 200)
        self.assertNotEqual(self.path.read_text(), before)
        admin.program.stop(signal.SIGKILL)
        time.sleep(2.1)
        self.assertNotEqual(self.path.read_text(), before, "nobody is there to do it")
        again = self.admin("-again", data="same")
        again.program.await_word("version 1 is back")
        self.assertEqual(self.path.read_text(), before)

    def test_without_a_file_there_is_nothing_to_change(self):
        admin = Admin(self.stage, file=None)
        status, headers, said = admin.ask("GET", "/api/config")
        self.assertEqual((status, headers["ETag"], said["path"], said["text"], said["config"]["log"]["level"]), (200, None, None, "", "info"))
        status, _, said = admin.ask("PUT", "/api/config", {"config": {}})
        self.assertEqual(status, 409)
        self.assertIn("--config", said["detail"])

    def test_what_cannot_be_written_is_not_changed(self):
        folder = self.stage.path / "sealed"
        folder.mkdir()
        moved = folder / "midinet.toml"
        shutil.move(self.path, moved)
        self.path = moved
        admin = self.admin()
        before = moved.read_text()
        rig.sh("mount", "--bind", "-o", "ro", folder, folder)
        try:
            status, _, said = self.put(admin, {"config": {"log": {"level": "debug"}}})
            self.assertEqual(status, 507)
            self.assertRegex(said["detail"], r"Nothing was changed: cannot write .*midinet\.toml \(Read-only file system\)")
        finally:
            rig.sh("umount", folder)
        self.assertEqual((moved.read_text(), admin.get("/api/config/history")["versions"]), (before, []))
        self.assertEqual(self.put(admin, {"config": {"log": {"level": "debug"}}})[0], 200)


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
