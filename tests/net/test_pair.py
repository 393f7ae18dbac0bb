#!/usr/bin/env python3
"""Two controllers on one host, with the real programs: the standby takes over when the other is unplugged (a removed FIFO), or by hand."""
import json
import os
import subprocess
import time
import unittest

import rig

ON, OFF, LAMP = bytes.fromhex("903c64"), bytes.fromhex("803c40"), bytes.fromhex("903005")


class Pair(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def start(self, extra=""):
        for n in (1, 2):
            self.stage.fifo(f"in{n}")
            self.stage.fifo(f"lights{n}")
        self.lights = {n: self.stage.open_read(self.stage.path / f"lights{n}") for n in (1, 2)}
        at = self.stage.path
        self.host = self.stage.start("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{at}/in1"\nfeedback = "stream:{at}/lights1"\n'
                                     f'[midi.pair]\nstandby = "stream:{at}/in2"\nfeedback = "stream:{at}/lights2"\n{extra}')
        self.host.await_word("stands by")
        port, app = self.stage.fifo("out"), self.stage.fifo("app")
        self.client = self.stage.start("midi-client", f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{port}"\nfeedback = "stream:{app}"\n')
        self.client.await_word("host 1 heard")
        self.out = self.stage.open_read(port)
        self.keys = {n: self.stage.open_write(at / f"in{n}") for n in (1, 2)}

    def unplug(self, n):
        self.stage.close(self.keys.pop(n))
        (self.stage.path / f"in{n}").unlink()

    def plug(self, n):
        self.stage.fifo(f"in{n}")
        self.keys[n] = self.stage.open_write(self.stage.path / f"in{n}")

    def expect(self, message):
        self.assertEqual(rig.read_for(self.out, len(message), seconds=5).hex(), message.hex())

    def expect_release(self):
        """Of the note that ON began."""
        self.assertEqual(rig.read_for(self.out, 3, seconds=5)[:2], OFF[:2])

    def input(self, *words):
        done = subprocess.run([self.stage.bin / "midinet-cli", "input", *words, "--interface", "lo", "--json"], capture_output=True, text=True, timeout=30)
        return done.returncode, json.loads(done.stdout)

    def test_the_standby_takes_over_when_the_other_is_unplugged(self):
        self.start()
        os.write(self.keys[2], bytes.fromhex("904064"))  # nobody hears the standby, now or later
        os.write(self.keys[1], ON)
        self.expect(ON)
        self.unplug(1)
        self.expect_release()
        self.host.await_word("input 2 is read now")
        os.write(self.keys[2], ON)
        self.expect(ON)
        self.plug(1)
        self.host.await_word("stands by", after=self.host.said().index("input 2 is read now"))
        code, said = self.input()
        self.assertEqual((code, said["inputs"][0]["input"], said["inputs"][0]["standby_present"]), (0, 2, True))
        os.write(self.keys[1], bytes.fromhex("904164"))
        os.write(self.keys[2], OFF)
        self.expect(OFF)
        self.assertNotIn("changed", self.client.said())
        names = [line for line in self.client.said().splitlines() if r'device \"' in line]
        self.assertEqual(len(names), 1, f"one identity all the time: {names}")

    def test_by_hand_and_back_with_the_lights(self):
        self.start()
        self.client.await_word("we have the focus")
        app = self.stage.open_write(self.stage.path / "app")
        os.write(app, LAMP)
        self.assertEqual(rig.read_lights(self.lights[1], len(LAMP)), LAMP)
        os.write(self.keys[1], ON)
        self.expect(ON)
        code, said = self.input("2")
        self.assertEqual((code, said["outcome"], said["why"]), (0, "done", "input 2 is read"))
        self.expect_release()
        self.assertEqual(rig.read_lights(self.lights[2], len(LAMP)), LAMP, "painted where the hands are")
        os.write(self.keys[2], ON)
        self.expect(ON)
        self.assertEqual(self.input("1")[0], 0)
        self.expect_release()
        audit = subprocess.run([self.stage.bin / "midinet-cli", "failover", "--audit", "--interface", "lo"], capture_output=True, text=True).stdout
        self.assertIn("read input 2", audit)
        self.unplug(2)
        self.host.await_word("which stands by, went away")
        time.sleep(0.2)
        code, said = self.input("2")
        self.assertEqual((code, said["outcome"]), (5, "refused"))
        self.assertIn("input 2 is not there", said["why"])

    def test_the_first_is_taken_back_where_that_is_wanted(self):
        self.start('return = "auto"\n')
        self.unplug(1)
        self.host.await_word("input 2 is read now")
        self.plug(1)
        self.host.await_word("input 1 is read now", after=self.host.said().index("input 2 is read now"))
        os.write(self.keys[1], ON)
        self.expect(ON)

    def test_a_host_without_a_pair_is_not_asked(self):
        self.stage.host(f"stream:{self.stage.fifo('in1')}")
        code, said = self.input("2")
        self.assertEqual((code, said["outcome"]), (5, "not_asked"))
        self.assertIn("no host that is heard has two inputs", said["why"])


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
