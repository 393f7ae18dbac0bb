#!/usr/bin/env python3
"""midinet-cli against real hosts, clients and midi-admin: the same from the boxes and from the API; the stream as it is heard; files."""
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
import unittest

import rig
from test_admin import JSON, Admin
from test_files import smf

TOKEN = "a secret"
FILE = """[host]
name = "left"
[log]
level = "info"   # stays
[admin]
listen = "127.0.0.1:0"
[network]
interface = "lo"
"""


class Cli(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.devices = {}

    def start(self, hosts=(1, 2)):
        self.client = self.stage.client(f"stream:{self.stage.fifo('out.fifo')}")
        self.out = self.stage.open_read(self.stage.fifo("out.fifo"))
        for number in hosts:
            device = self.stage.fifo(f"in{number}.fifo")
            self.stage.host(f"stream:{device}", extra=f"[host]\nid = {number}\n{rig.PATIENT}", tag=str(number))
            self.devices[number] = self.stage.open_write(device)
            self.client.await_word(f"host {number} heard")
        time.sleep(1.2)  # statuses are heard

    def admin(self):
        self.stage.admin(TOKEN)
        time.sleep(2.3)  # two statuses of each box

    def run_cli(self, *words, env=None):
        return subprocess.run([str(self.stage.bin / "midinet-cli"), "--interface", "lo", *map(str, words)], capture_output=True, text=True, timeout=30,
                              env={**os.environ, **(env or {})})

    def ask(self, *words, env=None):
        """Exit code and document."""
        done = self.run_cli(*words, "--json", env=env)
        return done.returncode, json.loads(done.stdout)

    def test_boxes_and_api_say_the_same_and_which_of_them_it_was(self):
        self.start()
        self.admin()
        secret = self.stage.path / "token"
        secret.write_text(TOKEN + "\n")
        url = {"MIDINET_URL": "http://127.0.0.1:8080", "MIDINET_API_TOKEN": TOKEN}
        for command in ("status", "hosts", "clients", "focus"):
            code, by_plane = self.ask(command)
            api_code, by_api = self.ask(command, env=url)
            self.assertEqual((code, by_plane["source"]), (api_code, "control plane"), command)
            self.assertEqual(by_api["source"], "http://127.0.0.1:8080", command)
        self.assertEqual(self.ask("status", env=url)[1]["verdict"], self.ask("status")[1]["verdict"])
        self.assertEqual([h["id"] for h in self.ask("hosts", "--url", url["MIDINET_URL"], "--token-file", secret)[1]["hosts"]], [1, 2])
        done = self.run_cli("hosts", env=url)
        self.assertEqual((done.returncode, done.stderr), (0, "midinet-cli: via http://127.0.0.1:8080\n"))
        self.assertIn("HOST  NAME", done.stdout)
        self.assertEqual(self.run_cli("hosts").stderr, "midinet-cli: via the control plane\n")
        code, answer = self.ask("failover", "2", env=url)
        self.assertEqual((code, answer["outcome"], answer["active"]), (0, "done", 2), answer)
        done = self.run_cli("failover", "1", env=url)
        self.assertEqual((done.returncode, done.stdout), (5, ""))
        self.assertIn("locked", done.stderr)
        self.assertEqual(self.ask("failover", "--status", env=url)[1]["active_host"], 2)
        self.assertEqual(self.ask("failover", "--audit", env=url)[1]["source"], "control plane", "the API has no audit")

    def test_the_pipeline_is_shown_changed_set_again_and_reset(self):
        self.start()
        self.admin()
        url = {"MIDINET_URL": "http://127.0.0.1:8080", "MIDINET_API_TOKEN": TOKEN}
        plain = json.loads(self.run_cli("pipeline", "show", env=url).stdout)
        document = self.stage.path / "pipeline.json"
        document.write_text(json.dumps({**plain, "transpose": 12}))
        done = self.run_cli("pipeline", "set", document, env=url)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stdout.count(" done "), 2, done.stdout)
        os.write(self.devices[1], bytes.fromhex("903c64"))
        self.assertEqual(rig.read_for(self.out, 3), bytes.fromhex("904864"))
        self.assertEqual(json.loads(self.run_cli("pipeline", "show", env=url).stdout)["transpose"], 12)
        document.write_text(json.dumps({**plain, "transpose": 300}))
        done = self.run_cli("pipeline", "set", document, env=url)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("transpose", done.stderr)
        code, answer = self.ask("pipeline", "reset", env=url)
        self.assertEqual((code, answer["pipeline"], [h["outcome"] for h in answer["hosts"]]), (0, plain, ["done"] * 2))

    def test_alerts_are_told_until_they_are_over(self):
        self.start(hosts=(1, 2))
        self.admin()
        url = {"MIDINET_URL": "http://127.0.0.1:8080", "MIDINET_API_TOKEN": TOKEN}
        done = self.run_cli("alerts", env=url)
        self.assertEqual((done.returncode, done.stdout), (0, "No alert.\n"), done)
        self.stage.programs[2].process.kill()  # the second host
        end = time.monotonic() + 20
        while "standby_missing" not in (done := self.run_cli("alerts", env=url)).stdout:
            self.assertLess(time.monotonic(), end, done)
        self.assertEqual(done.returncode, 3)
        self.assertIn("Fix: ", done.stdout)

    def test_what_the_api_refuses_is_a_sentence_and_an_exit_code(self):
        self.start(hosts=(1,))
        self.admin()
        url = ("--url", "http://127.0.0.1:8080")
        for flags, code, word in (((), 1, "wants a token: give the token"), (("--token", "wrong"), 1, "does not take this token"),
                                  (("--token-file", "/nowhere"), 2, "/nowhere")):
            done = self.run_cli("status", *url, *flags)
            self.assertEqual((done.returncode, done.stdout), (code, ""), flags)
            self.assertIn(word, done.stderr)
        done = self.run_cli("status", "--url", "http://127.0.0.1:9")
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn("is midi-admin running there", done.stderr)
        for command in (("alerts",), ("pipeline", "show")):
            done = self.run_cli(*command)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("--url", done.stderr)

    def test_metrics_are_measured_with_and_without_an_api(self):
        self.start(hosts=(1,))
        self.admin()
        stop = time.monotonic() + 9
        player = os.fork()
        if player == 0:
            while time.monotonic() < stop:
                os.write(self.devices[1], bytes.fromhex("b00140"))
                time.sleep(0.005)
            os._exit(0)
        try:
            time.sleep(2.2)
            for env in ({}, {"MIDINET_URL": "http://127.0.0.1:8080", "MIDINET_API_TOKEN": TOKEN}):
                code, answer = self.ask("metrics", env=env)
                self.assertEqual(code, 0)
                self.assertGreater(answer["totals"]["events_per_s"], 20, answer)
                self.assertGreater(answer["clients"][0]["rate"]["played_per_s"], 20, answer)
        finally:
            os.kill(player, signal.SIGKILL)
            os.waitpid(player, 0)
        code, here = self.ask("metrics", "--system")
        self.assertEqual((code, here["source"]), (0, "this machine"))
        code, there = self.ask("metrics", "--system", "--url", "http://127.0.0.1:8080", "--token", TOKEN)
        self.assertEqual((code, there["source"]), (0, "http://127.0.0.1:8080"))
        self.assertEqual(here["memory"]["total_bytes"], there["memory"]["total_bytes"])
        self.assertLess(set(here) - {"as_of"}, set(there) | {"command"})

    def test_watch_prints_lines_where_there_is_no_terminal(self):
        self.start(hosts=(1,))
        done = self.run_cli("watch", "--count", "3", "--interval", "300")
        self.assertEqual(done.returncode, 3)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 3, done.stdout)
        for line in lines:
            self.assertRegex(line, r"^\d\d:\d\d:\d\d degraded; 1 host, 1 client; played: host 1 by 1;")
        self.assertNotIn("\x1b", done.stdout)
        rounds = [json.loads(line) for line in self.run_cli("watch", "--count", "2", "--json", "--interval", "300").stdout.splitlines()]
        self.assertEqual([r["verdict"] for r in rounds], ["degraded"] * 2)

    def test_watch_on_a_terminal_shows_the_verdict_and_what_has_room(self):
        self.start(hosts=(1,))
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        for rows, cut in ((200, False), (8, True)):
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
            command = [str(self.stage.bin / "midinet-cli"), "watch", "--interface", "lo", "--count", "1"]
            done = subprocess.run(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm"})
            self.assertEqual(done.returncode, 3, done.stderr)
            said = os.read(ours, 1 << 16).decode().replace("\r\n", "\n")
            self.assertRegex(said, r"^\x1b\[H\x1b\[2J\d\d:\d\d:\d\d  midinet-cli watch")
            lines = said.removeprefix("\x1b[H\x1b[2J").splitlines()
            self.assertIn("DEGRADED", lines[2])
            self.assertEqual(bool(re.search(r"\.\.\. \d+ more lines: make the window larger$", lines[-1])), cut, said)
            self.assertLess(sum(max(1, -(-len(line) // 80)) for line in lines), rows)
        os.close(theirs)

    def test_monitor_hears_what_is_played(self):
        self.start(hosts=(1,))
        command = [str(self.stage.bin / "midinet-cli"), "monitor", "--interface", "lo", "--raw", "--count", "4", "--for", "20"]
        monitor = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.5)
        long = bytes([0xF0, 0x7D, *range(100), 0xF7])
        os.write(self.devices[1], bytes.fromhex("903c64 f8 b00740 e00060") + long)
        said, error = monitor.communicate(timeout=30)
        self.assertEqual((monitor.returncode, error), (0, ""))
        lines = [line.split("port 0  ")[1] for line in said.splitlines()]
        self.assertEqual(lines[:3], ["note on   ch 1   C4 (60)  velocity 100  90 3C 64", "cc        ch 1   7 = 64  B0 07 40", "bend      ch 1   +4096  E0 00 60"])
        self.assertIn("sysex     103 bytes  F0 7D 00", lines[3])
        done = self.run_cli("monitor", "--for", "1", "--from", "9")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (4, "", "midinet-cli: host 9 was not heard; heard is 1\n"))
        playing = self.background("monitor", "--count", "3", stdout=os.open("/dev/full", os.O_WRONLY))
        time.sleep(1.5)
        os.write(self.devices[1], bytes.fromhex("903c64"))  # one is enough to know
        self.assertIn("No space left on device", playing.communicate(timeout=30)[1])
        self.assertEqual(playing.returncode, 1)

    def test_monitor_of_silence_is_unreachable(self):
        done = self.run_cli("monitor", "--for", "1")
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn("doctor", done.stderr)

    def test_what_is_recorded_is_what_was_played_and_verify_tells_a_difference(self):
        self.start(hosts=(1,))
        files = [self.stage.path / name for name in ("a.mid", "b.mid", "c.mid")]
        music = bytes.fromhex("903c64 803c40 b00740 c005") + bytes([0xF0, 0x7D, *([5] * 3000), 0xF7]) + bytes.fromhex("903e01")
        for path, played in zip(files, (music, music, music[:-1] + b"\x02")):
            recorder = subprocess.Popen([str(self.stage.bin / "midinet-cli"), "record", "--interface", "lo", "--json", "--for", "5", str(path)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            time.sleep(1.5)
            os.write(self.devices[1], played)
            said = json.loads(recorder.communicate(timeout=30)[0])
            self.assertEqual((recorder.returncode, said["events"], said["lost"]), (0, 6, 0), said)
        self.assertEqual(self.ask("verify", files[0], files[1])[0], 0)
        code, answer = self.ask("verify", files[0], files[2])
        self.assertEqual((code, answer["same"], answer["events"]), (3, False, 5))
        self.assertIn("90 3E 01", answer["first"])
        self.assertIn("90 3E 02", answer["second"])
        self.assertEqual(self.run_cli("record", files[0]).returncode, 2, "nothing is overwritten")
        done = self.run_cli("record", "--from", "9", "--for", "1", self.stage.path / "d.mid")
        self.assertEqual((done.returncode, done.stderr), (4, "midinet-cli: host 9 was not heard; heard is 1\n"))
        done = self.run_cli("record", "--for", "1", "/nowhere/d.mid")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "midinet-cli: /nowhere/d.mid cannot be written: No such file or directory\n")
        self.assertEqual(self.run_cli("verify", files[0], "/nowhere").returncode, 2)

    def test_config_files_are_judged_by_their_programs(self):
        good, bad = self.stage.path / "good.toml", self.stage.path / "bad.toml"
        good.write_text("[host]\nid = 2\n[failover]\nlockout_seconds = 7\n")
        bad.write_text("[host]\nid = 70000\n")
        self.assertEqual(self.run_cli("config", "check", good).stdout, f"{good} is good\n")
        done = self.run_cli("config", "check", bad)
        own = subprocess.run([str(self.stage.bin / "midi-host"), "--check-config", "--config", str(bad)], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (own.returncode, ""))
        self.assertEqual(done.stderr.replace("midinet-cli", "midi-host"), own.stderr)
        done = self.run_cli("config", "check", "/nowhere.toml")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("cannot read the configuration file /nowhere.toml: No such file or directory\n", done.stderr)
        self.assertNotIn("--config", done.stderr, "which it has not")
        own = subprocess.run([str(self.stage.bin / "midi-host"), "--check-config", "--config", "/nowhere.toml"], capture_output=True, text=True)
        self.assertEqual((own.returncode, own.stdout), (2, ""))
        self.assertIn("No such file or directory; name another one with --config\n", own.stderr)
        code, answer = self.ask("config", "diff", "/dev/null", good)
        self.assertEqual({d["key"]: d["restarts"] for d in answer["differences"] if d["program"] == "midi-host"},
                         {"host.id": True, "host.name": True, "network.multicast_group": True, "failover.lockout_seconds": False})

    def listener(self):
        """A client alone. What it plays comes out at self.out."""
        client = self.stage.client(f"stream:{self.stage.fifo('out.fifo')}")
        self.out = self.stage.open_read(self.stage.fifo("out.fifo"))
        time.sleep(1.2)  # its status is heard
        return client

    def song(self, track, name="song.mid", division=96):
        path = self.stage.path / name
        path.write_bytes(smf(0, division, track))
        return path

    def background(self, *words, stdout=subprocess.PIPE):
        process = subprocess.Popen([str(self.stage.bin / "midinet-cli"), "--interface", "lo", *map(str, words)], stdin=subprocess.DEVNULL,
                                   stdout=stdout, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_what_is_sent_reaches_a_client_byte_for_byte(self):
        self.listener()
        long = "f0 7d " + "05 " * 900 + "f7"
        code, answer = self.ask("send", "f8", "903c64", "B0", "07", "40", *long.split(), "e0 00 60", "80 3c 40")
        self.assertEqual((code, answer["host"], answer["messages"], answer["clients"]), (0, 65000, 6, 1), answer)
        sent = bytes.fromhex("f8 903c64 b00740" + long + "e00060 803c40")
        self.assertEqual(rig.read_for(self.out, len(sent)), sent)
        for words, sentence in ((["90", "3c"], "byte 1 (90) begins no whole MIDI message"), (["fe"], "active sensing"), (["9x"], "9x"), (["f0", "7d"], "byte 1 (F0)")):
            done = self.run_cli("send", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(sentence, done.stderr)

    def test_a_note_that_is_sent_ends_with_its_host(self):
        self.listener()
        self.assertEqual(self.run_cli("send", "--as", "7", "90", "3c", "64").stdout, "1 message played as host 7, 1 client was there\n")
        said = rig.read_for(self.out, 6)
        self.assertEqual((said[:3], said[3:5]), (bytes.fromhex("903c64"), bytes.fromhex("803c")))

    def test_what_is_sent_where_nobody_listens_is_unreachable(self):
        code, answer = self.ask("send", "c005")
        self.assertEqual((code, answer["clients"]), (4, 0))

    def test_a_song_is_replayed_whole_and_in_order(self):
        self.listener()
        messages = [bytes((0xB0 | n % 16, n // 16 % 120, n % 128)) for n in range(2000)]
        path = self.song(b"".join((b"\x01" if n % 20 == 0 else b"\x00") + m for n, m in enumerate(messages)))
        code, answer = self.ask("replay", path)
        self.assertEqual((code, answer["messages"], answer["clients"]), (0, 2000, 1), answer)
        played = b"".join(messages)
        self.assertEqual(rig.read_for(self.out, len(played))[:len(played)], played)  # then its pedals go up
        for wrong, words in (("/nowhere.mid", "/nowhere.mid cannot be read"), ("/dev/null", "/dev/null")):
            done = self.run_cli("replay", wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done)
            self.assertIn(words, done.stderr)

    def test_nothing_is_played_beside_a_living_host(self):
        self.start(hosts=(1,))
        for words in (("send", "90", "3c", "64"), ("replay", self.song(b"\x00\x90\x3c\x64"))):
            done = self.run_cli(*words)
            self.assertEqual((done.returncode, done.stdout), (5, ""), done)
            self.assertIn("host 1 is there", done.stderr)
        os.write(self.devices[1], bytes.fromhex("b00101"))
        self.assertEqual(rig.read_for(self.out, 3), bytes.fromhex("b00101"), "and nothing came before")

    def test_a_replay_stops_when_a_host_comes(self):
        self.listener()
        path = self.song(b"\x00\x90\x3c\x64" + b"".join(b"\x60\xb0\x01" + bytes([n]) for n in range(120)))  # a minute
        replay = self.background("replay", path)
        self.assertEqual(rig.read_for(self.out, 6)[:6], bytes.fromhex("903c64 b00100"))
        self.stage.host(f"stream:{self.stage.fifo('in1.fifo')}", extra=f"[host]\nid = 1\n{rig.PATIENT}", tag="1")
        _, said = replay.communicate(timeout=30)
        self.assertEqual(replay.returncode, 5, said)
        self.assertIn("host 1 has come, and this one has stopped", said)
        self.assertIn(bytes.fromhex("803c"), rig.read_for(self.out, 1000, quiet=2), "the note ends")

    def test_an_interrupted_replay_leaves_nothing_behind(self):
        self.listener()
        replay = self.background("replay", self.song(b"\x00\x90\x3c\x64" + b"\x8f\x00\xb0\x01\x01"))
        self.assertEqual(rig.read_for(self.out, 3), bytes.fromhex("903c64"))
        replay.send_signal(signal.SIGINT)
        replay.wait(15)
        self.assertIn(bytes.fromhex("803c"), rig.read_for(self.out, 1000, quiet=3), "the note ends")
        self.assertEqual(subprocess.run(["pgrep", "-f", "midi-host --config .*midinet-cli-"], capture_output=True, text=True).stdout, "")

    def verify(self, path, played, *flags):
        """The stream held against a file. Exit code and document."""
        process = self.background("verify", path, "--json", *flags)
        time.sleep(1.5)
        os.write(self.devices[1], played)
        said, error = process.communicate(timeout=30)
        return process.returncode, json.loads(said), error

    def test_the_stream_is_held_against_a_song(self):
        self.start(hosts=(1,))
        path = self.song(b"\x00\x90\x3c\x64" b"\x00\xb0\x07\x40" b"\x00\x80\x3c\x40")
        code, answer, _ = self.verify(path, bytes.fromhex("903c64 f8 b00740 803c40"))
        self.assertEqual((code, answer["same"], answer["events"], answer["first"]), (0, True, 3, None), answer)
        code, answer, _ = self.verify(path, bytes.fromhex("903c64 b00741 803c40"))
        self.assertEqual((code, answer["same"], answer["events"]), (3, False, 1), answer)
        self.assertIn("B0 07 40", answer["first"])
        self.assertIn("B0 07 41", answer["second"])
        code, answer, _ = self.verify(path, bytes.fromhex("903c64 b00740"), "--from", "1", "--for", "3")
        self.assertEqual((code, answer["events"], answer["second"]), (3, 2, "nothing more"), answer)
        done = self.run_cli("verify", path, "--from", "9", "--for", "1")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (4, "", "midinet-cli: host 9 was not heard; heard is 1\n"))
        empty = self.song(b"", "empty.mid")
        done = self.run_cli("verify", empty, "--for", "4")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"midinet-cli: there is no message in {empty}\n"))
        done = self.run_cli("verify", "/nowhere.mid")
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_without_a_host_there_is_nothing_to_verify(self):
        done = self.run_cli("verify", self.song(b"\x00\xb0\x07\x40"), "--for", "1")
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn("doctor", done.stderr)

    def configured(self):
        """midi-admin with a file, and a changed copy of it."""
        self.file, self.other = self.stage.path / "midinet.toml", self.stage.path / "other.toml"
        self.file.write_text(FILE)
        self.other.write_text(FILE.replace('"info"', '"debug"').replace('"left"', '"right"'))
        admin = Admin(self.stage, file=self.file)
        self.url = {"MIDINET_URL": f"http://127.0.0.1:{admin.port}"}
        return admin

    def test_a_configuration_is_applied_and_taken_back(self):
        self.configured()
        done = self.run_cli("config", "apply", self.other, "--yes", env=self.url)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("[host] midi-host is to be started anew\n  host.name: \"left\" -> \"right\"\n", done.stdout)
        self.assertIn("midi-host is to be told to reload", done.stdout)
        self.assertIn("version 2 is in force\n", done.stdout)
        self.assertIn("systemctl restart midinet-host\n", done.stdout)
        self.assertEqual(self.file.read_text(), self.other.read_text())
        done = self.run_cli("config", "apply", self.other, "--yes", env=self.url)
        self.assertEqual((done.returncode, done.stdout), (0, "nothing changes\n"))
        code, answer = self.ask("config", "rollback", "--yes", env=self.url)
        self.assertEqual((code, answer["action"], answer["version"]), (0, "rollback", 3), answer)
        self.assertEqual(self.file.read_text(), FILE)
        self.assertEqual(self.ask("config", "rollback", "2", "--yes", env=self.url)[0], 0)
        self.assertEqual(self.file.read_text(), self.other.read_text())

    def test_a_change_that_is_not_confirmed_returns_by_itself(self):
        self.configured()
        done = self.run_cli("config", "apply", self.other, "--yes", "--confirm-within", "2", env=self.url)
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stdout, r"taken back at \S+ unless you say `midinet-cli config confirm`")
        self.assertEqual(self.file.read_text(), self.other.read_text())
        end = time.monotonic() + 15
        while self.file.read_text() != FILE:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        done = self.run_cli("config", "confirm", env=self.url)
        self.assertEqual((done.returncode, done.stdout), (5, ""), done)
        self.assertEqual(self.run_cli("config", "apply", self.other, "--yes", "--confirm-within", "60", env=self.url).returncode, 0)
        self.assertEqual(self.run_cli("config", "confirm", env=self.url).returncode, 0)
        self.assertEqual(self.file.read_text(), self.other.read_text())

    def test_a_configuration_is_not_applied_unasked_wrong_or_to_nobody(self):
        self.configured()
        cases = [(("apply", self.other), 2, "add --yes", self.url), (("apply", "/nowhere", "--yes"), 2, "/nowhere cannot be read", self.url),
                 (("rollback", "--yes"), 1, "no version before", self.url), (("rollback", "9", "--yes"), 1, "9", self.url),
                 (("apply", self.other, "--yes"), 4, "is midi-admin running there", {"MIDINET_URL": "http://127.0.0.1:9"}),
                 (("apply", self.other, "--yes"), 2, "--url", {}), (("check", self.other, "--yes"), 2, "--yes", {})]
        bad = self.stage.path / "bad.toml"
        bad.write_text("[host]\nid = 70000\n")
        cases.append((("apply", bad, "--yes"), 1, "host.id", self.url))
        for words, code, sentence, env in cases:
            done = subprocess.run([str(self.stage.bin / "midinet-cli"), "config", *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  env={**os.environ, **env})
            self.assertEqual(done.returncode, code, (words, done))
            self.assertIn(sentence, done.stderr, words)
            self.assertEqual(self.file.read_text(), FILE)

    def answer(self, word, meanwhile=lambda: None):
        """`config apply` at a terminal, and what the person says."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(self.stage.bin / "midinet-cli"), "config", "apply", str(self.other)], stdin=theirs, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, **self.url})
        os.close(theirs)
        asked = ""
        while "[y/N]" not in asked:
            asked += process.stderr.read(1)
        meanwhile()
        os.write(ours, word.encode() + b"\n")
        said, error = process.communicate(timeout=30)
        os.close(ours)
        return process.returncode, said, error

    def test_a_person_is_asked_and_what_others_change_meanwhile_stays(self):
        admin = self.configured()
        code, said, error = self.answer("n")
        self.assertEqual((code, self.file.read_text()), (5, FILE), (said, error))
        self.assertIn("nothing was changed", error)

        def somebody():
            match = admin.ask("GET", "/api/config")[1]["ETag"]
            self.assertEqual(admin.ask("PUT", "/api/config", {"config": {"host": {"name": "middle"}}}, {**JSON, "If-Match": match})[0], 200)

        code, said, error = self.answer("y", somebody)
        self.assertEqual(code, 5, (said, error))
        self.assertEqual(self.file.read_text(), FILE.replace("left", "middle"))
        self.assertEqual(self.answer("y")[0], 0)
        self.assertEqual(self.file.read_text(), self.other.read_text())

    def test_completions_are_scripts(self):
        script = self.run_cli("completions", "bash").stdout
        asks = "COMP_WORDS=(midinet-cli failover --a); COMP_CWORD=2; _midinet_cli; echo ${COMPREPLY[@]}; COMP_WORDS=(midinet-cli do); COMP_CWORD=1; _midinet_cli; echo ${COMPREPLY[@]}"
        done = subprocess.run(["bash", "-c", script + asks], capture_output=True, text=True)
        self.assertEqual((done.stderr, done.stdout), ("", "--arm --audit\ndoctor\n"))


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
