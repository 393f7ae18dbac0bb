"""What the tests of the test machine share: a USB controller of the kernel's gadget side, and music for it."""
import pathlib
import random
import re
import struct
import subprocess
import time

GADGET = pathlib.Path("/sys/kernel/config/usb_gadget/controller")
VENDOR, PRODUCT, NAME = "0x09e8", "0x0028", "Akai APC40"


def sh(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write(path, text):
    path.write_text(text + "\n")


def make_controller(buses=1):
    """A USB MIDI device of the real one's ids and strings, on the first of the kernel's dummy USB buses."""
    sh("modprobe", "-a", "snd-seq", "snd-seq-midi", "snd-usb-audio", "libcomposite", "usb_f_midi")
    sh("modprobe", "dummy_hcd", "is_super_speed=0", f"num={buses}")
    sh("mount", "-t", "configfs", "none", "/sys/kernel/config")
    make_gadget(GADGET, "inside", "SN42")


def make_gadget(gadget, card, serial=None):
    """One such device; `card`: how its other end is called here."""
    gadget.mkdir()
    for key, value in (("idVendor", VENDOR), ("idProduct", PRODUCT), ("bcdDevice", "0x0100"), ("bcdUSB", "0x0200")):
        write(gadget / key, value)
    strings = gadget / "strings/0x409"
    strings.mkdir()
    for key, value in (("manufacturer", "Akai"), ("product", NAME), *((("serialnumber", serial),) if serial else ())):
        write(strings / key, value)
    (gadget / "configs/c.1").mkdir()
    function = gadget / "functions/midi.0"
    function.mkdir()
    write(function / "id", card)
    for key in ("in_ports", "out_ports"):
        write(function / key, "2")
    (gadget / "configs/c.1/midi.0").symlink_to(function)


def plug(in_, gadget=GADGET, bus=0):
    write(gadget / "UDC", f"dummy_udc.{bus}" if in_ else "")


def await_that(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    return None


def song(messages, gap_ms=10):
    """A Standard MIDI File of one track, a tick a millisecond."""
    def length(n):
        return bytes([0x80 | n >> 7, n & 127]) if n > 127 else bytes([n])
    track = bytes.fromhex("00ff51030f4240")  # a quarter a second
    for message in messages:
        sysex = message[0] == 0xF0
        track += length(gap_ms) + (b"\xf0" + length(len(message) - 1) + message[1:] if sysex else message)
    track += bytes.fromhex("00ff2f00")
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 1000) + b"MTrk" + struct.pack(">I", len(track)) + track


def surface(seed):
    """What a busy application says to a surface, each light once, and one long dump."""
    rng = random.Random(seed)
    lights = [bytes([0x90 | channel, note, rng.randint(1, 127)]) for channel in range(8) for note in range(53, 58)]
    rings = [bytes([0xB0, 48 + n, rng.randrange(128)]) for n in range(8)] + [bytes([0xE0, 3, 99]), bytes([0xC1, 7])]
    dump = b"\xf0\x47\x7f" + bytes(rng.randrange(128) for _ in range(700)) + b"\xf7"
    return [*lights, dump, *rings]


def inside_card(name="inside"):
    """The number of the controller's other end, a card of its own: what is written there the controller sends."""
    return re.search(rf"^\s*(\d+) \[{name} ", pathlib.Path("/proc/asound/cards").read_text(), re.MULTILINE)[1]
