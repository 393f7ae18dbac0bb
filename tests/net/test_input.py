#!/usr/bin/env python3
"""Bad input gets one clear sentence and an exit code; garbage on any socket is counted and changes nothing; a device may come and go."""
import json
import os
import pty
import random
import select
import socket
import subprocess
import time
import tty
import unittest

import rig
from music import numbered, split

GROUPS = [("239.69.83.1", 5004), ("239.69.83.1", 5005), ("239.69.83.2", 5004), ("239.69.83.2", 5005), ("239.69.83.100", 5006)]


class BadInput(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def refused(self, program, config, code, *words, flags=()):
        path = self.stage.path / "bad.toml"
        path.write_text(config)
        done = subprocess.run([self.stage.bin / program, "--config", path, "--state-dir", self.stage.path / "state", *flags],
                              capture_output=True, text=True, timeout=10)
        said = done.stderr.strip()
        self.assertEqual(done.returncode, code, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        for word in words:
            self.assertIn(word, said)
        print("  " + said.replace(str(self.stage.path), "…"))

    def test_configuration_errors_name_file_line_and_column_and_exit_with_two(self):
        for config, *words in [
            ("[host]\nidd = 1\n", "bad.toml:2:1", "idd"),
            ("[network]\ndata_port = \"abc\"\n", "bad.toml:2:13", "data_port", "65535"),
            ("[network]\ndata_port = 70000\n", "bad.toml:2:13", "65535"),
            ("[network]\nmulticast_group = \"10.0.0.1\"\n", "bad.toml:2:19", "multicast"),
            ("[network]\ninterface = 5\n", "bad.toml:2:13", "interface"),
            ("[midi\n", "bad.toml:"),
            ("[heartbeat]\ninterval_ms = -3\n", "bad.toml:2:15", "interval_ms"),
            ("[midi]\ndevice = \"carrier pigeon\"\n", "stream:PATH"),
        ]:
            with self.subTest(config=config):
                self.refused("midi-host", config, 2, *words)
        self.refused("midi-client", "[midi]\nport = \"elsewhere\"\n", 2, "file:PATH")
        self.refused("midi-client", "[midi.controls]\nrelative = [\"seventeen\"]\n", 2, "relative")
        self.refused("midi-host", "", 2, "--frobnicate", flags=["--frobnicate"])

    def test_check_config_finds_what_a_start_would_find_without_opening_anything(self):
        for program, config, word in [("midi-host", '[midi]\ndevice = "carrier pigeon"\n', "stream:PATH"),
                                      ("midi-host", '[midi]\ndevice = "hw:1,x"\n', "hw:1"),
                                      ("midi-client", '[midi]\nport = "elsewhere"\n', "file:PATH"),
                                      ("midi-client", '[midi.controls]\nrelative = ["seventeen"]\n', "bad.toml:2:13"),
                                      ("midi-client", '[midi.controls]\nmomentary = ["1:120"]\n', "momentary[0]")]:
            with self.subTest(config=config):
                self.refused(program, config, 2, word, flags=["--check-config"])
        for program, config in [("midi-host", '[midi]\ndevice = "file:/no/such.mid"\n[network]\ninterface = "eth77"\n'),
                                ("midi-client", '[midi]\nport = "stream:/no/such.fifo"\n'), ("midi-client", "")]:
            path = self.stage.path / "good.toml"
            path.write_text(config)
            done = subprocess.run([self.stage.bin / program, "--config", path, "--check-config"], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, "the configuration is good\n"), done.stderr)

    def test_a_missing_configuration_is_named(self):
        done = subprocess.run([self.stage.bin / "midi-host", "--config", "/nowhere/at/all.toml"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nowhere/at/all.toml", done.stderr)
        for path, why in (("/dev/zero", "larger than 4 MiB"), ("", "empty")):
            done = subprocess.run([self.stage.bin / "midi-host", "--config", path, "--check-config"], capture_output=True, text=True, timeout=10)
            self.assertEqual(done.returncode, 2)
            self.assertIn(why, done.stderr)

    def test_what_the_world_refuses_exits_with_one(self):
        folder = self.stage.path
        (folder / "plain").write_text("not a FIFO")
        lo = '[network]\ninterface = "lo"\n'
        self.refused("midi-host", f'{lo}[midi]\ndevice = "stream:{folder}/absent"\n', 1, "absent")
        self.refused("midi-host", f'{lo}[midi]\ndevice = "stream:{folder}/plain"\n', 1, "plain")
        self.refused("midi-host", f'{lo}[midi]\ndevice = "stream:{folder}"\n', 1, "directory")
        self.refused("midi-host", f'{lo}[midi]\ndevice = "stream:/dev/zero"\n', 1, "/dev/zero", "no MIDI")
        self.refused("midi-host", f'{lo}[midi]\ndevice = "file:{folder}/absent.mid"\n', 1, "absent.mid")
        self.refused("midi-host", f'{lo}[midi]\ndevice = "file:{folder}/plain"\n', 1, "byte 0")
        self.refused("midi-client", f'{lo}[midi]\nport = "file:{folder}/no/such/out.mid"\n', 1, "out.mid")
        fifo = self.stage.fifo("in.fifo")
        self.refused("midi-host", f'[network]\ninterface = "eth77"\n[midi]\ndevice = "stream:{fifo}"\n', 1, "eth77", "lo")
        if not os.path.exists("/dev/snd/seq"):
            self.refused("midi-client", lo, 1, "stream:PATH")

    def test_a_busy_port_is_named_with_the_way_to_find_its_owner(self):
        fifo = self.stage.fifo("in.fifo")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as owner:
            owner.bind(("0.0.0.0", 5004))
            self.refused("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{fifo}"\n', 1, "5004", "ss ")

    def test_check_and_print_config(self):
        run = lambda *flags: subprocess.run([self.stage.bin / "midi-host", *flags], capture_output=True, text=True)
        printed = run("--print-config")
        self.assertEqual(printed.returncode, 0)
        path = self.stage.path / "again.toml"
        path.write_text(printed.stdout)
        self.assertEqual(run("--config", path, "--print-config").stdout, printed.stdout)
        self.assertEqual(run("--config", path, "--check-config").returncode, 0)


class State(unittest.TestCase):
    """Both programs run without remembering, and warn once of what follows."""

    def warnings(self, program):
        return [m["message"] for m in map(json.loads, program.said().splitlines()) if m["level"] == "warning"]

    def start_both(self, stage):
        device, port = stage.fifo("in.fifo"), stage.fifo("out.fifo")
        return stage.host(f"stream:{device}", flags=["--no-realtime"]), stage.client(f"stream:{port}", flags=["--no-realtime"])

    def test_a_directory_that_cannot_be_made_is_named(self):
        with rig.Stage(rig.binaries()) as stage:
            (stage.path / "state").write_text("a file is in the way")
            for program in self.start_both(stage):
                told = self.warnings(program)
                self.assertEqual(len(told), 1, told)
                self.assertIn(str(stage.path / "state"), told[0])
                self.assertIn("epochs come from the clock", told[0])

    def test_a_file_that_cannot_be_written_is_named(self):
        with rig.Stage(rig.binaries()) as stage:
            for name in ("epoch-host-1.new", "client-id-1.new"):
                (stage.path / "state" / name).mkdir(parents=True)
            host, client = self.start_both(stage)
            for program, name, words in ((host, "epoch-host-1", "epoch comes from the clock"), (client, "client-id-1", "id changes")):
                told = self.warnings(program)
                self.assertEqual(len(told), 1, told)
                self.assertIn(f"{stage.path}/state/{name} could not be written", told[0])
                self.assertIn(words, told[0])


class Garbage(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def captures(self, seconds):
        """Real datagrams, as a bystander hears them."""
        heard = []
        sockets = []
        for group, port in GROUPS:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((group, port))
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("127.0.0.1"))
            sockets.append(s)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for s in select.select(sockets, [], [], 0.1)[0]:
                heard.append(s.recvfrom(2048))
        for s in sockets:
            s.close()
        return heard

    def test_garbage_on_every_socket_is_counted_and_changes_nothing(self):
        rng = random.Random(6)
        source, port = self.stage.fifo("in.fifo"), self.stage.fifo("out.fifo")
        client = self.stage.client(f"stream:{port}")
        out = self.stage.open_read(port)
        host = self.stage.host(f"stream:{source}")
        client.await_word("heard")
        into = self.stage.open_write(source)
        rig.write_all(into, bytes.fromhex("90 3c 40 b0 07 11"))
        heard = self.captures(0.6)
        self.assertGreater(len(heard), 50)
        self.assertEqual(rig.read_for(out, 6).hex(), "903c40b00711")
        doors = {address for _, address in heard}
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        sent = 0
        for n in range(3000):
            datagram = bytearray(rng.choice(heard)[0])
            kind = n % 3
            if kind == 0:
                datagram = rng.randbytes(rng.randrange(1300))
            elif kind == 1:
                datagram = datagram[:rng.randrange(len(datagram))]
            else:
                at = rng.randrange(len(datagram) - 4)
                at += 4 if at >= 20 else 0  # not the packet number: that is for counters only
                datagram[at] ^= 1 << rng.randrange(8)
            for to in [*GROUPS, *doors, ("127.0.0.1", 5004)]:
                sender.sendto(bytes(datagram), to)
                sent += 1
            if n % 100 == 0:
                rig.write_all(into, numbered(n))
        expected = b"".join(numbered(n) for n in range(0, 3000, 100))
        self.assertEqual(rig.read_for(out, len(expected)), expected)
        self.assertEqual(rig.read_for(out, 1, quiet=0.3), b"")
        client.stop(), host.stop()  # the client first: the one correction is the note it releases
        print(f"  {sent} datagrams of garbage; host counted {host.summary()['garbage']}, client {client.summary()['garbage']}")
        self.assertGreater(host.summary()["garbage"], 1000)
        self.assertGreater(client.summary()["garbage"], 1000)
        self.assertEqual((client.summary()["lost"], client.summary()["corrections"], client.summary()["digest_mismatches"]), (0, 1, 0))


class Names(unittest.TestCase):
    """Of any kind: a device is called what its maker thought of."""

    def told(self, stage, *words):
        command = [stage.bin / "midinet-cli", "--interface", "lo", *words]
        return subprocess.run(command, capture_output=True, timeout=20).stdout.decode()  # which is UTF-8, or fails

    def test_long_strange_and_foreign_names_are_shown_whole_cut_or_replaced(self):
        named = {"♪" * 80: "♪" * 21, "x" * 250: "x" * 63, "Cl\u00e9\x1b[31m\nA": "Cl\u00e9?[31m?A"}
        for number, (name, shown) in enumerate(named.items()):
            with self.subTest(name=shown), rig.Stage(rig.binaries()) as stage:
                device = json.dumps(f"stream:{stage.fifo(name)}")
                config = f'[host]\nname = "B\u00fchne ♪"\n[network]\ninterface = "lo"\n[midi]\ndevice = {device}\n'
                host = stage.start("midi-host", config, tag=str(number))
                host.await_word("reading")
                client = stage.client(f"stream:{stage.fifo('out.fifo')}")
                client.await_word("heard")
                time.sleep(1.5)
                heard = json.loads(self.told(stage, "hosts", "--json"))["hosts"][0]
                self.assertEqual((heard["device_name"], heard["name"]), (shown, "B\u00fchne ♪"))
                table = self.told(stage, "status")
                self.assertIn(shown, table)
                self.assertTrue(all(c == "\n" or c.isprintable() for c in table), repr(table))
                for program in (host, client):  # a name cannot forge a line of the log
                    for line in program.said().splitlines():
                        json.loads(line)


class Devices(unittest.TestCase):
    def test_a_serial_line_that_goes_away_is_waited_for(self):
        with rig.Stage(rig.binaries()) as stage:
            link, port = stage.path / "tty", stage.fifo("out.fifo")

            def plug():
                master, slave = pty.openpty()
                tty.setraw(slave)
                link.unlink(missing_ok=True)
                link.symlink_to(os.ttyname(slave))
                return master, slave

            master, slave = plug()
            client = stage.client(f"stream:{port}")
            out = stage.open_read(port)
            host = stage.host(f"stream:{link}")
            client.await_word("heard")
            os.write(master, bytes.fromhex("90 3c 40"))
            self.assertEqual(rig.read_for(out, 3).hex(), "903c40")
            os.close(master), os.close(slave)
            host.await_word("went away")
            self.assertEqual(rig.read_for(out, 3).hex()[:4], "803c", "what the device held is released")
            mark = len(host.said())
            began = time.monotonic()
            master, slave = plug()
            host.await_word("reading", after=mark)
            print(f"  reopened {1e3 * (time.monotonic() - began):.0f} ms after it came back")
            os.write(master, bytes.fromhex("90 3e 40"))
            self.assertEqual(split(rig.read_for(out, 3)), [bytes.fromhex("903e40")])
            os.close(master), os.close(slave)


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
