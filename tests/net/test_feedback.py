#!/usr/bin/env python3
"""What applications send back, with the real programs: to every host's surface, from the client that has the focus alone."""
import os
import signal
import subprocess
import time
import unittest

import rig


class Feedback(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.hosts, self.clients, self.lights, self.devices, self.apps = {}, {}, {}, {}, {}

    def start_host(self, number):
        device, lights = self.stage.fifo(f"in{number}.fifo"), self.stage.fifo(f"lights{number}.fifo")
        if number not in self.lights:
            self.lights[number] = self.stage.open_read(lights)
        extra = f"[host]\nid = {number}\n"
        config = f'{extra}[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{device}"\nfeedback = "stream:{lights}"\n'
        self.hosts[number] = self.stage.start("midi-host", config, tag=str(number))
        self.hosts[number].await_word("sending to")
        self.hosts[number].await_word("feedback goes to")
        if number not in self.devices:
            self.devices[number] = self.stage.open_write(device)
        rig.answer_inquiry(self.lights[number], self.devices[number])

    def start_client(self, name, seconds=10):
        port, app = self.stage.fifo(f"out{name}.fifo"), self.stage.fifo(f"app{name}.fifo")
        config = f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{port}"\nfeedback = "stream:{app}"\n'
        self.clients[name] = self.stage.start("midi-client", config, tag=name)
        self.stage.open_read(port)
        self.clients[name].await_word("feedback comes from")
        self.apps[name] = self.stage.open_write(app)
        return self.clients[name]

    def expect_lit(self, number, message):
        self.assertEqual(rig.read_for(self.lights[number], len(message), seconds=2), message, f"host {number}'s surface")

    def test_every_surface_is_lit_by_the_one_who_has_the_focus(self):
        for number in (1, 2):
            self.start_host(number)
        self.start_client("a").await_word("we have the focus")
        lamp = bytes.fromhex("903c05")
        os.write(self.apps["a"], lamp)
        for number in (1, 2):
            self.expect_lit(number, lamp)
        self.start_client("b").await_word("has the focus")
        time.sleep(0.5)
        os.write(self.apps["b"], bytes.fromhex("903d05"))
        time.sleep(0.3)
        self.assertEqual(rig.read_for(self.lights[1], 1, seconds=0.2), b"", "b has not the focus")
        self.clients["a"].stop()
        self.clients["b"].await_word("we have the focus")
        for number in (1, 2):  # what a lit goes out, what b wants is lit: in one of the two orders
            self.assertIn(rig.read_for(self.lights[number], 6, seconds=2), (bytes.fromhex("803c40903d05"), bytes.fromhex("903d05803c40")))

    def focus(self, *words):
        command = [self.stage.bin / "midinet-cli", "focus", *words, "--interface", "lo"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout

    def test_the_focus_moves_by_hand_and_stays(self):
        self.start_host(1)
        self.start_client("a").await_word("we have the focus")
        self.start_client("b").await_word("has the focus")
        time.sleep(1.2)
        for name, lamp in (("a", "903c05"), ("b", "903d05")):
            os.write(self.apps[name], bytes.fromhex(lamp))
        self.expect_lit(1, bytes.fromhex("903c05"))
        code, said = self.focus()
        self.assertEqual(code, 0, said)
        mine = next(n for n in ("1", "2") if f"Focus  client {n}," in said)
        code, said = self.focus({"1": "2", "2": "1"}[mine])
        self.assertEqual(code, 0, said)
        self.clients["b"].await_word("we have the focus")
        self.assertIn(rig.read_for(self.lights[1], 6, seconds=2), (bytes.fromhex("803c40903d05"), bytes.fromhex("903d05803c40")))
        self.clients["b"].stop()
        time.sleep(1.5)  # a would have asked by now
        self.assertIn("chosen by hand", self.focus()[1])
        self.assertEqual(self.focus("auto")[0], 0)
        self.clients["a"].await_word("we have the focus", after=self.clients["a"].said().index("has the focus"))

    def test_who_vanishes_loses_it(self):
        self.start_host(1)
        self.start_client("a").await_word("we have the focus")
        self.start_client("b").await_word("has the focus")
        time.sleep(1.2)
        began = time.monotonic()
        self.clients["a"].stop(signal.SIGKILL)
        self.clients["b"].await_word("we have the focus")
        self.assertLess(time.monotonic() - began, 6)
        os.write(self.apps["b"], bytes.fromhex("903d05"))
        self.expect_lit(1, bytes.fromhex("903d05"))

    def test_a_flood_and_a_long_message_arrive_whole(self):
        self.start_host(1)
        self.start_client("a").await_word("we have the focus")
        flood = b"".join(bytes([0xB0, n % 100, n % 127]) for n in range(3000))
        sysex = b"\xf0" + bytes(n % 128 for n in range(20000)) + b"\xf7"
        rig.write_all(self.apps["a"], flood + sysex)
        got = rig.read_for(self.lights[1], len(flood + sysex), seconds=10)
        self.assertEqual(len(got), len(flood + sysex))
        self.assertTrue(got == flood + sysex, "the bytes differ")

    def test_a_host_that_comes_back_is_painted_anew(self):
        self.start_host(1)
        self.start_client("a").await_word("we have the focus")
        lamps = bytes.fromhex("903c05" "b00755")
        os.write(self.apps["a"], lamps)
        self.expect_lit(1, lamps)
        self.hosts[1].stop(signal.SIGKILL)
        self.start_host(1)
        painted = rig.read_for(self.lights[1], 6, seconds=10)
        self.assertEqual({painted[:3], painted[3:]}, {lamps[:3], lamps[3:]})

    def test_a_surface_that_comes_back_is_set_to_its_mode_first(self):
        self.start_host(1)
        self.start_client("a").await_word("we have the focus")
        mode, lamp = bytes.fromhex("f0477f73600004420801 01f7"), bytes.fromhex("903c05")
        os.write(self.apps["a"], lamp + mode)
        self.expect_lit(1, lamp + mode)
        self.hosts[1].stop(signal.SIGKILL)
        self.start_host(1)
        self.assertEqual(rig.read_for(self.lights[1], len(mode + lamp), seconds=10).hex(), (mode + lamp).hex())

    def test_a_fifth_of_the_datagrams_lost_leaves_no_wrong_light(self):
        self.addCleanup(rig.sh, *rig.drop(None, 20))
        self.start_host(1)
        self.start_client("a").await_word("we have the focus", seconds=20)
        lights, sent = {}, 0
        for n in range(2000):
            message = bytes([0xB0 + n % 16, n * 7 % 120, n % 128])
            if message[1] in (6, 38) or 96 <= message[1] <= 101:
                continue
            os.write(self.apps["a"], message)
            lights[message[:2]] = message[2]
            sent += 1
            time.sleep(0.0005)
        shown = {}
        data = rig.read_for(self.lights[1], sent * 3, quiet=2)
        for at in range(0, len(data), 3):
            shown[data[at:at + 2]] = data[at + 2]
        self.assertEqual(shown, lights)
        self.clients["a"].stop()
        self.assertGreater(self.clients["a"].summary()["missing_datagrams"], 20, "hardly anything was dropped: this shows nothing")


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
