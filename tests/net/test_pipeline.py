#!/usr/bin/env python3
"""The pipeline in the real programs: changed under music nothing is lost and nothing hangs; it outlives its host."""
import json
import os
import signal
import subprocess
import time
import unittest

import rig
from pipeline_flow import Flow


class Pipeline(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.flow = Flow(self.stage)

    def test_changed_under_music_nothing_is_lost_and_no_note_hangs(self):
        wrong, hanging, times, changes = self.flow.change_under_music(6000, 1000, 0.06)
        print(f"  {changes} changes in 6 s, slowest answer {max(times):.1f} ms")
        self.assertGreater(changes, 20)
        self.assertEqual((wrong, hanging), (0, 0))

    def played(self, text, count):
        os.write(self.flow.keys[0], bytes.fromhex(text))
        return b"".join(self.flow.hear(count, 5)).hex()

    def test_it_outlives_the_host_and_the_file_keeps_its_words(self):
        config = self.flow.config(1)
        before = config.read_text()
        os.chmod(config, 0o640)
        self.flow.put({"transpose": 12, "velocity_curve": "fixed", "velocity_fixed": 9})
        self.assertEqual(self.played("903c64803c00", 2), "904809804800")
        self.assertEqual(config.read_text(), before + '\n[pipeline]\ntranspose = 12\nvelocity_curve = "fixed"\nvelocity_fixed = 9\n')
        self.assertEqual(config.stat().st_mode & 0o777, 0o640)
        self.flow.hosts[0].stop(signal.SIGKILL)
        self.flow.start_host(1)
        self.assertEqual(self.played("903c64803c00", 2), "904809804800")

    def test_where_the_file_cannot_be_written_it_is_kept_in_the_state(self):
        config = self.flow.config(1)
        subprocess.run(["mount", "--bind", config, config], check=True)
        self.addCleanup(subprocess.run, ["umount", config], check=True)
        said = self.flow.put({"transpose": 12})[0]
        self.assertTrue(said["kept"])
        self.assertIn("pipeline-host-1.toml, because cannot write", said["why"])
        self.assertNotIn("pipeline", config.read_text())
        self.flow.hosts[0].stop(signal.SIGKILL)
        self.flow.start_host(1)
        self.assertEqual(self.played("903c64803c00", 2), "904864804800")
        (self.stage.path / "state").rename(self.stage.path / "gone")
        said = self.flow.put({"transpose": 1})[0]
        self.assertFalse(said["kept"])
        self.assertIn("it does not survive a restart: cannot write", said["why"])
        self.assertEqual(self.played("903c64803c00", 2), "903d64803d00", "it acts all the same")

    def test_it_is_that_of_all_devices_of_a_host(self):
        fifos = [f"stream:{self.stage.fifo(f'more{n}.fifo')}" for n in (1, 2)]
        third = self.stage.start("midi-host", f'[host]\nid = 3\n[network]\ninterface = "lo"\n[midi]\ndevices = {fifos}\nfeedback = "none"\n', tag="3", flags=("--no-realtime",))
        end = time.monotonic() + 15
        while len(self.flow.ask("GET", "/api/pipeline")[1]["hosts"]) < 3:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        self.flow.put({"transpose": 12})
        for device in ("1", "2"):
            third.await_word(f"device {device}: pipeline ")
        self.assertEqual(third.said().count(" is in force"), 2)

    def test_a_reload_takes_what_the_file_says(self):
        self.flow.put({"transpose": 12})
        config = self.flow.config(1)
        os.write(self.flow.keys[0], bytes.fromhex("903c64"))
        config.write_text(config.read_text().replace("transpose = 12", "transpose = -1"))
        after = len(self.flow.hosts[0].said())
        self.flow.hosts[0].process.send_signal(signal.SIGHUP)
        self.flow.hosts[0].await_word("reloaded", after=after)
        time.sleep(0.1)
        self.assertEqual(self.played("803c00903c64", 3), "904864804800903b64")

    def test_a_clients_own_one_is_changed_under_music_too(self):
        wrong, hanging, times, changes = self.flow.change_under_music(6000, 1000, 0.06, self.flow.put_client)
        print(f"  {changes} changes in 6 s, slowest answer {max(times):.1f} ms")
        self.assertGreater(changes, 20)
        self.assertEqual((wrong, hanging), (0, 0))

    def test_a_clients_own_one_acts_behind_the_hosts_and_outlives_the_client(self):
        before = self.flow.client_config().read_text()
        self.flow.put({"transpose": 12})
        said = self.flow.put_client({"transpose": -5})[0]
        self.assertTrue(said["kept"], said)
        self.assertEqual(self.played("903c64803c00", 2), "904364804300")
        self.assertEqual(self.flow.client_config().read_text(), before + "\n[pipeline]\ntranspose = -5\n")
        self.flow.client.stop(signal.SIGKILL)
        self.flow.start_client()
        self.assertEqual(self.played("903c64803c00", 2), "904364804300")
        self.flow.put_client(None, "DELETE")
        self.assertEqual(self.played("903c64803c00", 2), "904864804800")
        self.assertEqual(self.flow.client_config().read_text(), before + "\n[pipeline]\ntranspose = 0\n")

    def test_a_clients_own_one_is_kept_in_the_state_where_its_file_cannot_be_written(self):
        config = self.flow.client_config()
        subprocess.run(["mount", "--bind", config, config], check=True)
        self.addCleanup(subprocess.run, ["umount", config], check=True)
        said = self.flow.put_client({"transpose": 12})[0]
        self.assertTrue(said["kept"])
        self.assertIn(f"pipeline-client-{self.flow.client_id}.toml, because cannot write", said["why"])
        self.flow.client.stop(signal.SIGKILL)
        self.flow.client.process.wait()
        os.write(self.flow.keys[0], bytes.fromhex("803c00"))
        self.flow.start_client()
        self.assertEqual(self.played("903c64803c00", 2), "904864804800")

    def test_a_dead_hosts_notes_end_where_a_clients_own_one_had_put_them(self):
        self.flow.put_client({"transpose": 12})
        self.assertEqual(self.played("903c64", 1), "904864")
        self.flow.put_client({"transpose": 1})
        self.flow.hosts[0].stop(signal.SIGKILL)
        self.assertEqual(b"".join(self.flow.hear(1, 5)).hex(), "804840")

    def test_the_cli_shows_and_sets_a_clients_own_one(self):
        wanted = self.stage.path / "wanted.json"
        wanted.write_text('{"transpose": 3}')

        def cli(*words):
            done = subprocess.run([self.stage.bin / "midinet-cli", "--url", f"http://127.0.0.1:{self.flow.admin_port}", "pipeline", *words], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, done)
            return done.stdout
        of = ("--client", self.flow.client_id)
        self.assertIn("done", cli("set", str(wanted), *of))
        self.assertEqual(json.loads(cli("show", *of))["transpose"], 3)
        self.assertEqual(json.loads(cli("show"))["transpose"], 0)
        self.assertEqual(self.played("903c64803c00", 2), "903f64803f00")
        cli("reset", *of)
        self.assertEqual(self.played("903c64803c00", 2), "903c64803c00")


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
