#!/usr/bin/env python3
"""Several devices of one host, with the real programs: each is a show of its own, and a client needs no configuration for more than its ports."""
import os
import select
import signal
import subprocess
import time
import unittest

import rig


def note(device, number):
    """No two devices play the same."""
    return bytes([0x90 + device, number, 100 - device])


class Devices(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.keys, self.lights, self.ports, self.apps = {}, {}, {}, {}

    def start_host(self, number, devices, extra="", missing=(), wait=True):
        """FIFOs in<host>.<device>.fifo and lights<host>.<device>.fifo."""
        paths = {}
        for device in devices:
            name = f"in{number}.{device}.fifo"
            paths[device] = self.stage.path / name if device in missing else self.stage.fifo(name)
            lights = self.stage.fifo(f"lights{number}.{device}.fifo")
            if (number, device) not in self.lights:
                self.lights[number, device] = self.stage.open_read(lights)
        inputs = ", ".join(f'"stream:{paths[d]}"' for d in devices)
        outputs = ", ".join(f'"stream:{self.stage.path}/lights{number}.{d}.fifo"' for d in devices)
        config = f'[host]\nid = {number}\n{rig.PATIENT}[network]\ninterface = "lo"\n[midi]\ndevices = [{inputs}]\nfeedbacks = [{outputs}]\n{extra}'
        host = self.stage.start("midi-host", config, tag=str(number))
        if wait:
            for device in devices:
                host.await_word(f'device {device}: host {number} \\"')
            for device in set(devices) - set(missing):
                host.await_word(f"device {device}: reading")
                self.keys[number, device] = self.stage.open_write(paths[device])
        return host

    def start_client(self, ports, tag="", more="", feedback=True):
        for device in ports:
            self.ports[tag, device] = self.stage.open_read(self.stage.fifo(f"out{tag}.{device}.fifo"))
            self.stage.fifo(f"app{tag}.{device}.fifo")
        outs = ", ".join(f'"stream:{self.stage.path}/out{tag}.{d}.fifo"' for d in ports)
        apps = ", ".join(f'"stream:{self.stage.path}/app{tag}.{d}.fifo"' for d in ports)
        feedbacks = f"feedbacks = [{apps}]\n" if feedback else ""
        return self.stage.start("midi-client", f'[network]\ninterface = "lo"\n[midi]\nports = [{outs}]\n{feedbacks}{more}', tag=f"client{tag}")

    def open_apps(self, client, devices, tag=""):
        for device in devices:
            client.await_word("feedback comes from" if device == 1 else f"device {device}: feedback comes from")
            self.apps[tag, device] = self.stage.open_write(self.stage.path / f"app{tag}.{device}.fifo")

    def await_play(self, client, devices):
        for device in devices:
            client.await_word("playing into" if device == 1 else f"device {device}: playing into")

    def play(self, number, devices, key, tag=""):
        """A note of each device of the host arrives at its own port, and nothing else does."""
        for device in devices:
            os.write(self.keys[number, device], note(device, key))
        for device in devices:
            self.assertEqual(rig.read_for(self.ports[tag, device], 3, seconds=5), note(device, key), f"device {device}")
        for device in devices:
            self.assertEqual(select.select([self.ports[tag, device]], [], [], 0.05)[0], [], f"device {device} got more")

    def await_played(self, number, devices, key, tag=""):
        """Pressed until it is heard: who is played, and when a stream begins, is not what is asked here."""
        for device in devices:
            end = time.monotonic() + 10
            heard = b""
            while note(device, key) not in heard:
                self.assertLess(time.monotonic(), end, f"device {device} of host {number} is not played")
                os.write(self.keys[number, device], note(device, key))
                heard += rig.read_for(self.ports[tag, device], 3, seconds=0.3)
            os.write(self.keys[number, device], bytes([0x80 + device, key, 0]))
            rig.read_for(self.ports[tag, device], 1 << 16, quiet=0.3)

    def test_each_device_is_played_at_its_own_port_and_takes_its_own_feedback(self):
        host = self.start_host(1, (1, 2, 3))
        client = self.start_client((1, 2, 3))
        self.await_play(client, (1, 2, 3))
        self.await_played(1, (1, 2, 3), 60)
        for key in (61, 62, 63):
            self.play(1, (1, 2, 3), key)
        self.open_apps(client, (1, 2, 3))
        for device in (1, 2, 3):
            client.await_word("we have the focus" if device == 1 else f"device {device}: we have the focus")
        for device in (1, 2, 3):
            os.write(self.apps["", device], note(device, 40))
        for device in (1, 2, 3):
            self.assertEqual(rig.read_lights(self.lights[1, device], 3, seconds=5), note(device, 40), f"device {device}'s lights")
        self.assertEqual(client.stop()[0], 0)
        self.assertEqual(host.stop()[0], 0)
        for device in (1, 2, 3):
            self.assertIn(f"device {device}: summary:", host.said())

    def test_standby_takes_over_all_devices(self):
        hosts = {number: self.start_host(number, (1, 2)) for number in (1, 2)}
        client = self.start_client((1, 2), feedback=False)
        self.await_play(client, (1, 2))
        self.await_played(1, (1, 2), 60)
        for device in (1, 2):
            client.await_word("host 2 heard" if device == 1 else "device 2: host 2 heard")
        hosts[1].stop(signal.SIGKILL)
        self.await_played(2, (1, 2), 64)
        self.play(2, (1, 2), 65)

    def test_missing_device_is_waited_for_and_touches_no_other(self):
        host = self.start_host(1, (1, 2), missing=(1,))
        client = self.start_client((1, 2), feedback=False)
        self.await_play(client, (1, 2))
        host.await_word("device 1: waiting for the device")
        self.await_played(1, (2,), 60)
        path = self.stage.fifo("in1.1.fifo")
        host.await_word("device 1: reading")
        self.keys[1, 1] = self.stage.open_write(path)
        self.await_played(1, (1,), 61)
        self.play(1, (1, 2), 62)
        os.unlink(path)
        host.await_word("device 1: what was read")
        self.play(1, (2,), 63)
        self.assertEqual(host.stop()[0], 0)

    def test_client_without_a_word_of_configuration_learns_of_each_device(self):
        self.start_host(1, (1, 2, 3))
        client = self.start_client((1, 2))
        self.await_play(client, (1, 2))
        client.await_word("a host has 3 devices, but no port is configured for device 3")
        one = self.stage.client(f"stream:{self.stage.fifo('alone.fifo')}", tag="alone")
        one.await_word("a host has 3 devices, but no port is configured for device 2")
        named = self.start_client((3,), tag="n", more="devices = [3]\n", feedback=False)
        named.await_word("playing into")
        self.await_played(1, (3,), 60, tag="n")

    def ask(self, *words):
        command = [self.stage.bin / "midinet-cli", *words, "--interface", "lo"]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout

    def test_a_switch_by_hand_is_one_of_all_devices_unless_one_is_named(self):
        hosts = {number: self.start_host(number, (1, 2), extra="[failover]\nlockout_seconds = 0\n") for number in (1, 2)}
        client = self.start_client((1, 2), feedback=False)
        self.await_play(client, (1, 2))
        self.await_played(1, (1, 2), 60)
        for device in (1, 2):
            client.await_word("host 2 heard" if device == 1 else "device 2: host 2 heard")
        time.sleep(1.2)  # every host knows every client
        code, said = self.ask("failover", "2")
        self.assertEqual(code, 0, said)
        self.await_played(2, (1, 2), 61)
        hosts[1].await_word("device 2: audit:")
        self.assertIn(", with device 1", hosts[1].said())
        code, said = self.ask("failover", "1", "--device", "2")
        self.assertEqual(code, 0, said)
        self.await_played(1, (2,), 62)
        self.await_played(2, (1,), 63)
        self.assertIn("This is device 2 of 2", self.ask("hosts", "--device", "2")[1])

    def test_status_tells_which_devices_are_missing(self):
        self.start_host(1, (1, 2, 3), missing=(3,))
        client = self.start_client((1, 2, 3), feedback=False)
        self.await_play(client, (1, 2, 3))
        time.sleep(2.2)
        self.assertIn("host 1 (host-1) is without its device 3", self.ask("status")[1])
        self.assertIn("has no MIDI device", self.ask("status", "--device", "3")[1])

    def test_reload_and_stop_reach_every_device(self):
        host = self.start_host(1, (1, 2))
        host.process.send_signal(signal.SIGHUP)
        for device in (1, 2):
            host.await_word(f"device {device}: reloaded")
        text = (self.stage.path / "midi-host1.toml").read_text()
        first = text[text.index("devices = [") + 11:text.index(",")]
        (self.stage.path / "midi-host1.toml").write_text(f'[host]\nid = 1\n[network]\ninterface = "lo"\n[midi]\ndevices = [{first}]\n')
        host.process.send_signal(signal.SIGHUP)
        host.await_word("device 2: reload refused, nothing changed: midi.devices has 1 of them now")
        host.await_word("midi.devices")
        self.assertEqual(host.stop()[0], 0)

    def test_two_that_are_the_same_are_refused(self):
        host = self.start_host(1, (1, 1), wait=False)
        self.assertEqual(host.process.wait(10), 2)
        self.assertIn("midi.devices[1] is", host.said())


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
