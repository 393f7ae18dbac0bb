#!/usr/bin/env python3
"""The pipeline in the real programs: changed under music nothing is lost and nothing hangs; it outlives its host."""
import os
import signal
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


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
