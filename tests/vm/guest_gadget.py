#!/usr/bin/env python3
"""Runs in the test machine: the client as a USB device. It has two dummy USB buses; the controller is on the first, the clone comes to the second,
where this machine is the computer that it is plugged into, with nothing but the kernel's own drivers."""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from rig import NAME, await_that, inside_card, make_controller, plug, sh, song, surface

BIN = pathlib.Path(sys.argv.pop(1)).resolve()
FOLDER = pathlib.Path(tempfile.mkdtemp())
GADGETS = pathlib.Path("/sys/kernel/config/usb_gadget")
FACTS = ("idVendor", "idProduct", "manufacturer", "product", "serial")


def usb_device(bus):
    """The sysfs folder of what is plugged into that dummy bus; none: nothing."""
    found = list(pathlib.Path(f"/sys/devices/platform/dummy_hcd.{bus}").glob("usb*/*-1"))
    return found[0] if found else None


def card_of(bus):
    """The number of its sound card, once it has one."""
    device = usb_device(bus)
    found = list(device.glob("*/sound/card*")) if device else []
    return int(found[0].name[4:]) if found else None


def facts(bus):
    """What a computer learns of a device: ids and strings, its descriptors' jacks, the card that its driver makes of it."""
    device, card = usb_device(bus), card_of(bus)
    about = {name: (device / name).read_text().strip() if (device / name).exists() else None for name in FACTS}
    about["driver"] = (next(device.glob("*:1.0")) / "driver").resolve().name
    address = f"{int((device / 'busnum').read_text())}:{int((device / 'devnum').read_text())}"
    about["lsusb"] = [line.strip() for line in sh("lsusb", "-v", "-s", address).splitlines() if re.search(r"idVendor|idProduct|iManufacturer|iProduct|iSerial|JACK", line)]
    about["usbid"] = pathlib.Path(f"/proc/asound/card{card}/usbid").read_text().strip()
    about["amidi"] = [re.sub(r"hw:\d+", "hw", line) for line in sh("amidi", "-l").splitlines() if f"hw:{card}," in line]
    return about


def read_from(case, card, port):
    """What that card gives from now on, in a file that grows; all of it, active sensing and clock too."""
    got = FOLDER / f"got{card}.{port}.{time.monotonic_ns()}"
    # The computer is another machine, but here it shares one processor with engines of real-time priority, and has 4 KiB for what it did not read yet.
    reader = subprocess.Popen(["chrt", "-f", "50", "amidi", "-p", f"hw:{card},0,{port}", "-a", "-c", "-r", got])
    case.addCleanup(end, reader)
    stream = f"Input {port}"
    case.assertTrue(await_that(lambda: "Owner PID" in pathlib.Path(f"/proc/asound/card{card}/midi0").read_text().split(stream)[1].split("Input")[0]))
    time.sleep(0.7)  # it takes what comes after its first look
    return got, reader


def end(program):
    program.terminate()
    program.wait()


def write_to(card, port, data):
    (FOLDER / "out.syx").write_bytes(data)
    sh("amidi", "-p", f"hw:{card},0,{port}", "-s", FOLDER / "out.syx")


def dump(size, seed):
    rng = random.Random(seed)
    return b"\xf0\x7d" + bytes(rng.randrange(128) for _ in range(size - 3)) + b"\xf7"


class Gadget(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_controller(buses=2)
        plug(True)
        assert await_that(lambda: card_of(0) is not None), "no controller"
        cls.programs = {}
        # By address: both devices are equal, so "auto" might take the clone on a machine that is plugged into itself.
        cls.start("midi-host", f'device = "hw:{card_of(0)}"')
        cls.start("midi-client", 'port = "gadget"')
        assert await_that(lambda: card_of(1) is not None), "no clone: " + cls.said("midi-client") + cls.said("midi-host")
        time.sleep(0.5)

    @classmethod
    def tearDownClass(cls):
        for program in cls.programs.values():
            end(program)

    @classmethod
    def start(cls, name, midi):
        config = cls.configure(name, midi)
        with open(FOLDER / f"{name}.log", "a") as log:
            cls.programs[name] = subprocess.Popen([BIN / name, "--config", config, "--state-dir", FOLDER], stdout=log, stderr=log)

    @staticmethod
    def configure(name, midi):
        config = FOLDER / f"{name}.toml"
        config.write_text(f'[network]\ninterface = "lo"\n[midi]\n{midi}\n')
        return config

    @classmethod
    def said(cls, program):
        return (FOLDER / f"{program}.log").read_text()

    def expect(self, reading, wanted, seconds=20):
        got, reader = reading
        await_that(lambda: got.stat().st_size >= len(wanted), seconds)
        time.sleep(0.3)
        end(reader)
        heard = got.read_bytes()
        if heard != wanted:
            at = next((i for i, (a, b) in enumerate(zip(heard, wanted)) if a != b), min(len(heard), len(wanted)))
            self.fail(f"{len(heard)} bytes instead of {len(wanted)}; differ from {at}: {heard[at:at + 24].hex(' ')} / {wanted[at:at + 24].hex(' ')}\n{self.said('midi-client')}"
                      + pathlib.Path(f"/proc/asound/card{card_of(1)}/midi0").read_text())

    def test_a_the_clone_is_the_controller_to_a_computer(self):
        real, clone = facts(0), facts(1)
        equal = real == clone
        print(json.dumps({"name": "vm.gadget_clone_ids_equal", "value": int(equal), "unit": "bool", "real": real, "clone": clone}), flush=True)
        self.assertEqual(clone, real)
        self.assertEqual((clone["idVendor"], clone["idProduct"], clone["product"], clone["driver"]), ("09e8", "0028", NAME, "snd-usb-audio"))
        self.assertEqual(sh("lsusb", "-d", "09e8:0028").count("09e8:0028"), 2)

    def test_b_a_file_played_into_the_controller_arrives_byte_for_byte(self):
        for port in (0, 1):
            messages = surface(10 + port)
            reading = read_from(self, card_of(1), port)
            (FOLDER / "song.mid").write_bytes(song(messages))
            address = re.search(r"client (\d+): '.*' \[type=kernel,card=" + inside_card(), sh("aconnect", "-l"))[1]
            sh("aplaymidi", "-d", "0", "-p", f"{address}:{port}", FOLDER / "song.mid")
            self.expect(reading, b"".join(messages))

    def test_c_long_sysex_arrives_whole(self):
        for size in (8 * 1024, 64 * 1024):
            message = dump(size, size)
            got, reader = read_from(self, card_of(1), 0)
            # In pieces that the controller's own gadget does not lose: it is not what is tried here.
            with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
                for at in range(0, size, 512):
                    keys.write(message[at:at + 512])
                    time.sleep(0.01)
            began = time.monotonic()
            arrived = await_that(lambda: message in got.read_bytes(), 30)
            print(f"   {size} bytes, {time.monotonic() - began:.2f} s after the controller sent them", flush=True)
            end(reader)
            self.assertTrue(arrived, f"{got.stat().st_size} of {size} bytes: {self.said('midi-client')}")

    def test_d_what_the_computer_sends_lights_the_controller(self):
        write_to(card_of(1), 0, bytes.fromhex("905301"))
        self.assertTrue(await_that(lambda: "we have the focus" in self.said("midi-client")), self.said("midi-client"))
        time.sleep(0.5)
        for port in (0, 1):
            wanted = b"".join(surface(20 + port))
            reading = read_from(self, inside_card(), port)
            write_to(card_of(1), port, wanted)
            self.expect(reading, wanted)

    def test_e_what_nobody_fetches_is_thrown_away(self):
        """The computer is there, and runs nothing that listens: later it gets what is played then, not old music."""
        with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
            for n in range(300):
                keys.write(bytes([0x90, 60, 1 + n % 100, 0x80, 60, 0]))
                time.sleep(0.01)
            before = self.said("midi-client").count("went away")
            got, _ = read_from(self, card_of(1), 0)
            time.sleep(1)
            old = got.stat().st_size
            print("   old bytes:", old, flush=True)
            self.assertLess(old, 400)
            for n in range(50):
                keys.write(bytes([0x91, 20 + n, 64, 0x81, 20 + n, 0]))
                time.sleep(0.02)
        wanted = b"".join(bytes([0x91, 20 + n, 64, 0x81, 20 + n, 0]) for n in range(25, 50))
        self.assertTrue(await_that(lambda: got.read_bytes().endswith(wanted)), got.read_bytes().hex())
        self.assertEqual(self.said("midi-client").count("went away"), before + 1, self.said("midi-client"))

    def test_f_a_computer_that_is_plugged_in_is_told_what_holds(self):
        with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
            keys.write(bytes.fromhex("b01411"))
            time.sleep(0.3)
            cable = next(pathlib.Path("/sys/devices/platform/dummy_hcd.1").glob("usb*/*/usb*-port1/disable"))
            cable.write_text("1\n")
            self.assertTrue(await_that(lambda: usb_device(1) is None))
            time.sleep(0.3)
            for n in range(200):
                keys.write(bytes([0xB0, 20, n % 128]))
                time.sleep(0.005)
            keys.write(bytes.fromhex("b01433"))
            before = self.said("midi-client").count("plugged into")
            cable.write_text("0\n")
            self.assertTrue(await_that(lambda: card_of(1) is not None))
            got, _ = read_from(self, card_of(1), 0)
            self.assertTrue(await_that(lambda: self.said("midi-client").count("plugged into") > before), self.said("midi-client"))
            time.sleep(0.5)
            keys.write(bytes.fromhex("905101"))
        self.assertTrue(await_that(lambda: got.read_bytes().endswith(bytes.fromhex("905101"))), got.read_bytes().hex())
        self.assertLessEqual(got.read_bytes().count(bytes.fromhex("b014")), 2, got.read_bytes().hex())

    def test_g_a_killed_client_starts_again(self):
        self.programs["midi-client"].kill()
        self.programs["midi-client"].wait()
        self.assertEqual([g.name for g in GADGETS.iterdir() if g.name != "controller"], ["midinet-dummy_udc.1"])
        self.start("midi-client", 'port = "gadget"')
        before = self.said("midi-client").count("playing into")
        self.assertTrue(await_that(lambda: self.said("midi-client").count("playing into") > before), self.said("midi-client"))
        self.assertTrue(await_that(lambda: card_of(1) is not None), self.said("midi-client"))
        self.assertEqual(facts(0), facts(1))
        got, _ = read_from(self, card_of(1), 0)
        with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
            keys.write(bytes.fromhex("905577"))
        self.assertTrue(await_that(lambda: bytes.fromhex("905577") in got.read_bytes()), got.read_bytes().hex())

    def test_h_another_client_finds_no_controller_free(self):
        config = self.configure("second", 'port = "gadget"')
        log = FOLDER / "second.log"
        with open(log, "w") as out:
            second = subprocess.Popen([BIN / "midi-client", "--config", config, "--state-dir", FOLDER / "second"], stdout=out, stderr=out)
        self.addCleanup(end, second)
        self.assertTrue(await_that(lambda: "used already" in log.read_text()), log.read_text())
        self.assertIsNotNone(card_of(1), "the first one's stays")

    def test_i_the_gadget_goes_with_its_program(self):
        self.programs["midi-client"].send_signal(signal.SIGTERM)
        self.assertEqual(self.programs["midi-client"].wait(10), 0)
        self.assertEqual([g.name for g in GADGETS.iterdir()], ["controller"], self.said("midi-client"))
        self.assertTrue(await_that(lambda: usb_device(1) is None))
        self.start("midi-client", 'port = "gadget"\ndevice_name = "Clone"\ngadget_udc = "dummy_udc.1"')
        self.assertTrue(await_that(lambda: card_of(1) is not None), self.said("midi-client"))
        self.assertEqual((usb_device(1) / "product").read_text().strip(), "Clone")
        self.assertEqual((usb_device(1) / "idVendor").read_text().strip(), "09e8")
        # Another one in its place, while the engine plays into it.
        self.configure("midi-client", 'port = "gadget"\ndevice_name = "Other"\ngadget_udc = "dummy_udc.1"')
        self.programs["midi-client"].send_signal(signal.SIGHUP)
        product = lambda: card_of(1) is not None and (usb_device(1) / "product").read_text().strip()
        self.assertTrue(await_that(lambda: product() == "Other"), self.said("midi-client"))
        got, _ = read_from(self, card_of(1), 0)
        with open(f"/dev/snd/midiC{inside_card()}D0", "wb", buffering=0) as keys:
            keys.write(bytes.fromhex("905577"))
        self.assertTrue(await_that(lambda: bytes.fromhex("905577") in got.read_bytes()), got.read_bytes().hex() + self.said("midi-client"))


if __name__ == "__main__":
    os.environ["HOME"] = "/tmp"
    unittest.main(verbosity=2)
