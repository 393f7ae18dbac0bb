#!/usr/bin/env python3
"""midinet-cli.exe, the real one, under Wine: the same answers and exit codes as the one for Linux gives, of real hosts and a real midi-admin."""
import json
import os
import subprocess
import time
import unittest

import wine
from wine import rig

TOKEN = "a secret"
ADMIN = "http://127.0.0.1:8080"


def tearDownModule():
    wine.server("-k")


class Cli(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def windows(self, *words, env=None):
        """Interfaces are found by their names in Wine too, which are Linux's."""
        return wine.run("bin/midinet-cli.exe", *words, env=env)

    def linux(self, *words, env=None):
        return subprocess.run([str(self.stage.bin / "midinet-cli"), *map(str, words)], capture_output=True, text=True, timeout=120,
                              env={**os.environ, **(env or {})})

    def same(self, *words, env=None):
        """What both say, which has to be the same to the letter."""
        here, there = self.windows(*words, env=env), self.linux(*words, env=env)
        self.assertEqual((here.returncode, here.stdout, here.stderr), (there.returncode, there.stdout, there.stderr), words)
        return here

    def like(self, *words, env=None):
        """What it says on Windows; the exit code is as on Linux."""
        here, there = self.windows(*words, env=env), self.linux(*words, env=env)
        self.assertEqual(here.returncode, there.returncode, (words, here, there))
        return here

    def start_host(self, number=1):
        """However long the next program takes to start, a switch is still locked then."""
        device = self.stage.fifo(f"in{number}.fifo")
        extra = f"[host]\nid = {number}\nname = \"left\"\n[failover]\nlockout_seconds = 600\n{wine.PATIENT}"
        self.stage.host(f"stream:{device}", extra=extra, tag=str(number))
        return self.stage.open_write(device)

    def await_hosts(self, count=1, env=None):
        """Until the boxes, or midi-admin, tell of so many, and two statuses more: they know each other."""
        end = time.monotonic() + 60
        while len(json.loads((said := self.linux("--interface", "lo", "hosts", "--json", env=env)).stdout or '{"hosts": []}')["hosts"]) < count:
            self.assertLess(time.monotonic(), end, said)
        time.sleep(2.3)

    def start_admin(self):
        """Asked by what this gives, it knows the host."""
        self.stage.admin(TOKEN)
        env = {"MIDINET_URL": ADMIN, "MIDINET_API_TOKEN": TOKEN}
        self.await_hosts(env=env)
        return env

    def test_help_version_and_wrong_flags_are_those_of_linux(self):
        self.assertIn("Usage:", self.same("--help").stdout)
        self.same("status", "--help")
        self.assertEqual(self.like("--version").returncode, 0)
        self.assertTrue(self.windows("--version").stdout.startswith("midinet-cli "), "and says whose version it is")
        self.assertEqual(self.same("status", "--no-such-flag").returncode, 2)
        self.assertEqual(self.same("no-such-command").returncode, 2)
        self.assertEqual(self.same("alerts").returncode, 2, "it wants an API")

    def test_the_boxes_are_asked_and_answer(self):
        self.start_host()
        here = self.like("--interface", "lo", "hosts", "--json")
        answer = json.loads(here.stdout)
        self.assertEqual((here.returncode, answer["source"], [h["id"] for h in answer["hosts"]]), (0, "control plane", [1]), here)
        self.assertEqual(answer["hosts"][0]["name"], "left")
        status = self.like("--interface", "lo", "status", "--json")
        self.assertEqual(json.loads(status.stdout)["exit_code"], status.returncode)
        self.assertIn("left", self.like("--interface", "lo", "status").stdout)

    def test_nobody_there_is_an_exit_code(self):
        self.assertEqual(self.like("--interface", "lo", "hosts").returncode, 4)
        here = self.like("--interface", "no-such-net", "hosts")
        self.assertEqual(here.returncode, 1)
        self.assertIn("no-such-net", here.stderr)

    def test_a_switch_reaches_the_hosts(self):
        self.start_host(1)
        self.start_host(2)
        self.await_hosts(2)
        # A host refuses as long as it has not heard the other one itself.
        deadline = time.monotonic() + 60
        while True:
            here = self.windows("--interface", "lo", "failover", "2", "--json")
            answer = json.loads(here.stdout)
            if answer["outcome"] == "done" or "not heard" not in here.stdout or time.monotonic() > deadline:
                break
        self.assertEqual((here.returncode, answer["outcome"], answer["active"]), (0, "done", 2), here)
        here = self.windows("--interface", "lo", "failover", "1")
        self.assertEqual(here.returncode, 5, here)
        self.assertIn("locked for another", here.stdout)

    def test_the_api_is_asked_and_answers(self):
        self.start_host()
        env = self.start_admin()
        for command in ("status", "hosts", "clients", "focus"):
            here = self.like(command, "--json", env=env)
            self.assertEqual(json.loads(here.stdout)["source"], ADMIN, here)
        secret = self.stage.path / "token"
        secret.write_text(TOKEN + "\n")
        here = self.windows("hosts", "--json", "--url", ADMIN, "--token-file", wine.windows_path(secret))
        self.assertEqual([h["id"] for h in json.loads(here.stdout)["hosts"]], [1])
        self.assertEqual(self.windows("hosts", env=env).stderr, f"midinet-cli: via {ADMIN}\n")

    def test_the_pipeline_is_set_by_the_api(self):
        """PUT with a body, and the answer's ETag in the question after it."""
        self.start_host()
        env = self.start_admin()
        plain = json.loads(self.windows("pipeline", "show", env=env).stdout)
        document = self.stage.path / "pipeline.json"
        document.write_text(json.dumps({**plain, "transpose": 12}))
        here = self.windows("pipeline", "set", wine.windows_path(document), env=env)
        self.assertEqual(here.returncode, 0, here)
        self.assertEqual(json.loads(self.linux("pipeline", "show", env=env).stdout)["transpose"], 12)
        document.write_text(json.dumps({**plain, "transpose": 300}))
        here = self.windows("pipeline", "set", wine.windows_path(document), env=env)
        self.assertEqual((here.returncode, here.stdout), (1, ""))
        self.assertIn("transpose", here.stderr)

    def test_what_the_api_refuses_is_the_same_sentence_and_exit_code(self):
        self.start_host()
        self.start_admin()
        for flags, code, word in (((), 1, "wants a token: give the token"), (("--token", "wrong"), 1, "does not take this token"),
                                  (("--token-file", "nowhere"), 2, "nowhere")):
            here = self.same("status", "--url", ADMIN, *flags)
            self.assertEqual((here.returncode, here.stdout), (code, ""), flags)
            self.assertIn(word, here.stderr)

    def test_an_api_that_is_not_there_is_unreachable(self):
        for url, word in (("http://127.0.0.1:9", "nobody takes the connection"), ("http://no-such-machine.invalid:8080", "nobody knows this name")):
            here = self.like("status", "--url", url)
            self.assertEqual((here.returncode, here.stdout), (4, ""), url)
            self.assertIn("is midi-admin running there", here.stderr)
            self.assertIn(word, here.stderr)

    def test_an_address_that_is_no_web_servers_is_refused(self):
        self.assertNotEqual(self.like("status", "--url", "ftp://127.0.0.1").returncode, 0)

    def test_a_song_is_recorded_from_the_stream(self):
        device = self.start_host()
        song = self.stage.path / "song.mid"
        recorder = subprocess.Popen([wine.WINE, str(wine.BUILD / "bin/midinet-cli.exe"), "--interface", "lo", "record", wine.windows_path(song), "--for", "12"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **wine.ENV})
        end = time.monotonic() + 120
        while recorder.poll() is None and time.monotonic() < end:  # whenever it has started, something is played
            os.write(device, bytes.fromhex("903c50803c40"))
            time.sleep(0.1)
        said = recorder.communicate(timeout=60)
        self.assertEqual(recorder.returncode, 0, said)
        self.assertTrue(song.read_bytes().startswith(b"MThd"), said)
        self.assertIn(bytes.fromhex("903c50"), song.read_bytes())

    def test_what_cannot_be_done_on_windows_says_so_and_where_it_can(self):
        here = self.windows("--interface", "lo", "doctor")
        self.assertEqual((here.returncode, here.stdout, here.stderr.count("\n")), (1, "", 1), here)
        self.assertIn("Linux", here.stderr)
        here = self.windows("tune")
        self.assertEqual((here.returncode, here.stdout, here.stderr.count("\n")), (1, "", 1), here)
        self.assertIn("Linux", here.stderr)
        here = self.windows("--interface", "lo", "send", "903C64")
        self.assertEqual((here.returncode, here.stdout, here.stderr.count("\n")), (1, "", 1), here)
        self.assertIn("does not run on Windows", here.stderr)


if __name__ == "__main__":
    rig.enter_namespaces()
    wine.prepare()
    wine.keep_server()
    unittest.main(verbosity=2)
