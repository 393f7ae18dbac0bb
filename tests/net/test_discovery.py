#!/usr/bin/env python3
"""Discovery by DNS-SD: the real programs, with a responder of their own and through avahi-daemon, and avahi-browse as a foreign peer."""
import json
import os
import shutil
import signal
import subprocess
import threading
import time
import unittest

import rig

OURS = "ip daddr 239.69.83.0/24"  # what a network that carries mDNS alone drops
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/></policy></busconfig>
"""
AVAHI = "[server]\nhost-name={name}\nuse-ipv6=no\nuse-ipv4=yes\n[wide-area]\nenable-wide-area=no\n[publish]\npublish-workstation=no\n"
TOOLS = ("dbus-daemon", "avahi-daemon", "avahi-browse")


def missing_tools():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [tool for tool in TOOLS if not shutil.which(tool, path=path)]


class Daemon:
    """dbus-daemon and avahi-daemon in a namespace, on a bus of their own."""

    def __init__(self, stage, namespace):
        self.namespace, socket = namespace, stage.path / f"{namespace}.bus"
        self.env = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={socket}", "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
        bus, avahi = stage.path / f"{namespace}.bus.conf", stage.path / f"{namespace}.avahi.conf"
        bus.write_text(BUS.format(socket=socket))
        avahi.write_text(AVAHI.format(name=f"box-{namespace}"))
        self.log = stage.path / f"{namespace}.avahi.log"
        self.started = [self.run("dbus-daemon", f"--config-file={bus}", "--nofork")]
        end = time.monotonic() + 5
        while not socket.exists() and time.monotonic() < end:
            time.sleep(0.01)
        # The folder of its pid file is a mount of its own: several of them run at once.
        self.started.append(self.run("unshare", "-m", "sh", "-c", "mkdir -p /run/avahi-daemon && mount -t tmpfs tmpfs /run/avahi-daemon && exec "
                                     f"avahi-daemon -f {avahi} --no-drop-root --no-chroot --no-rlimits"))
        self.await_word("Server startup complete")

    def run(self, *command):
        with open(self.log, "a") as out:
            return subprocess.Popen(["ip", "netns", "exec", self.namespace, *command], env=self.env, stdout=out, stderr=out)

    def await_word(self, word, seconds=10):
        end = time.monotonic() + seconds
        while word not in self.log.read_text():
            if time.monotonic() > end:
                raise AssertionError(f"avahi-daemon never said {word!r}:\n{self.log.read_text()}")
            time.sleep(0.02)

    def browse(self):
        """What `avahi-browse -rpt _midinet._udp` resolves: a list of (interface, instance, address, port, TXT entries)."""
        done = subprocess.run(["ip", "netns", "exec", self.namespace, "avahi-browse", "-rpt", "_midinet._udp"], env=self.env, capture_output=True, text=True, timeout=20)
        found = []
        for line in done.stdout.splitlines():
            part = line.split(";")
            if part[0] == "=" and part[2] == "IPv4":
                text = dict(entry.split("=", 1) for entry in ";".join(part[9:]).strip('"').split('" "'))
                found.append((part[1], part[3].replace("\\032", " ").replace("\\035", "#"), part[7], int(part[8]), text))
        return found

    def browse_until(self, seen, seconds=10):
        end = time.monotonic() + seconds
        while True:
            found = self.browse()
            if seen(found) or time.monotonic() > end:
                return found

    def stop(self):
        while self.started:
            process = self.started.pop()
            process.terminate()
            process.wait(5)


class Case(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def daemon(self, namespace):
        daemon = Daemon(self.stage, namespace)
        self.addCleanup(daemon.stop)
        return daemon

    def host(self, namespace, host_id=1, name="foh", announced=True, env=None):
        """In no interface's name: it uses what there is, as it does without a configuration."""
        source = self.stage.fifo(f"in{host_id}.fifo")
        config = f'[host]\nid = {host_id}\nname = "{name}"\n[midi]\ndevice = "stream:{source}"\n'
        program = self.stage.start("midi-host", config, namespace, tag=str(host_id), env=env)
        if announced:
            program.await_word("announced by DNS-SD as")
        return program

    def client(self, namespace, port="out.fifo", tag="", env=None):
        """One that is told of no host, group or interface."""
        return self.stage.start("midi-client", f'[midi]\nport = "stream:{self.stage.fifo(port)}"\n', namespace, tag=tag, env=env)

    def cli(self, namespace, *words):
        done = subprocess.run(["ip", "netns", "exec", namespace, self.stage.bin / "midinet-cli", *words], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout

    def first_note(self, namespace, tag):
        """Seconds from the start of a client to the first byte that it plays, while somebody plays all the time."""
        self.stage.fifo(f"out{tag}.fifo")
        out = self.stage.open_read(self.stage.path / f"out{tag}.fifo")
        began = time.monotonic()
        client = self.client(namespace, f"out{tag}.fifo", tag)
        self.assertTrue(rig.read_for(out, 1, seconds=10), client.said())
        took = time.monotonic() - began
        return client, took

    def play(self, into):
        end = threading.Event()

        def player():
            n = 0
            while not end.is_set():
                rig.write_all(into, bytes([0xB0, 7, n % 128]))
                n += 1
                time.sleep(0.002)
        thread = threading.Thread(target=player)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(end.set)


class Discovery(Case):
    def test_client_finds_and_plays_where_nothing_but_mdns_is_multicast(self):
        self.stage.bridge(["h", "c1"])
        rig.drop("c1", 100, OURS)
        self.host("h")
        self.play(self.stage.open_write(self.stage.path / "in1.fifo"))
        tries = []
        for tag in "abc":
            time.sleep(2.5)  # an answer is not multicast again within a second (RFC 6762 section 6)
            client, took = self.first_note("c1", tag)
            tries.append(took)
            client.await_word('host 1 found by DNS-SD: \\"foh\\" at 10.0.0.1:5004 on eth0')
            client.await_word("known by DNS-SD, is not heard by multicast: asking it for a unicast copy")
            self.assertEqual(client.stop()[0], 0)
        print(f"  by DNS-SD alone, from a client's start to its first note: {', '.join(f'{t * 1e3:.0f} ms' for t in tries)}")

    def test_client_plays_at_once_where_multicast_arrives(self):
        self.stage.bridge(["h", "c1"])
        self.host("h")
        self.play(self.stage.open_write(self.stage.path / "in1.fifo"))
        client, took = self.first_note("c1", "a")
        print(f"  by multicast, from a client's start to its first note: {took * 1e3:.0f} ms")
        client.await_word("host 1 found by DNS-SD")
        time.sleep(1.5)
        self.assertNotIn("asking it for a unicast copy", client.said())

    def test_second_host_of_a_name_gets_another_and_nobody_switches(self):
        self.stage.bridge(["h", "h2", "c1"])
        self.host("h", 1)
        client = self.client("c1")
        client.await_word("host 1 heard")
        other = self.host("h2", 2)
        other.await_word('announced by DNS-SD as \\"foh #2\\"')
        client.await_word('host 1 found by DNS-SD: \\"foh\\" at 10.0.0.1:5004')
        client.await_word('host 2 found by DNS-SD: \\"foh #2\\" at 10.0.0.2:5004')
        time.sleep(0.5)
        self.assertNotIn("playing host", client.said(), "who is played is not a matter of discovery")

    def test_hosts_of_one_machine_are_both_announced_and_one_may_leave(self):
        self.stage.bridge(["h", "c1"])
        first = self.host("h", 1, "left")
        self.host("h", 2, "right")
        client = self.client("c1")
        for found in ('host 1 found by DNS-SD: \\"left\\" at 10.0.0.1:5004', 'host 2 found by DNS-SD: \\"right\\" at 10.0.0.1:5004'):
            client.await_word(found)
        first.stop()
        time.sleep(2)  # its address is said goodbye to, and the other has the same one
        late = self.client("c1", "out2.fifo", "late")
        late.await_word('host 2 found by DNS-SD: \\"right\\" at 10.0.0.1:5004')
        self.assertNotIn("host 1 found", late.said())

    def test_host_that_stops_says_goodbye(self):
        self.stage.bridge(["h", "c1"])
        host, client = self.host("h"), self.client("c1")
        client.await_word("host 1 found by DNS-SD")
        began = time.monotonic()
        code, took = host.stop()
        self.assertEqual(code, 0, host.said())
        client.await_word('host 1 \\"foh\\" is not announced by DNS-SD any more', seconds=5)
        print(f"  a host stopped within {took * 1e3:.0f} ms and was off the list after {(time.monotonic() - began) * 1e3:.0f} ms")

    def test_restarted_host_replaces_what_is_cached_of_the_killed_one(self):
        self.stage.bridge(["h", "c1"])
        host, client = self.host("h"), self.client("c1")
        client.await_word("host 1 found by DNS-SD")
        host.stop(signal.SIGKILL)
        self.host("h")
        epochs = [line.split("epoch ")[1].split(",")[0] for line in client.said().splitlines() if "found by DNS-SD" in line]
        end = time.monotonic() + 5
        while len(set(epochs)) < 2 and time.monotonic() < end:
            time.sleep(0.05)
            epochs = [line.split("epoch ")[1].split(",")[0] for line in client.said().splitlines() if "found by DNS-SD" in line]
        self.assertEqual(len(set(epochs)), 2, client.said())
        self.assertLess(int(epochs[0]), int(epochs[-1]))

    def test_cli_tells_how_hosts_were_found(self):
        self.stage.bridge(["h", "c1"])
        self.host("h")
        code, text = self.cli("c1", "hosts")
        self.assertEqual(code, 0, text)
        self.assertIn("status, DNS-SD", text)
        rig.drop("c1", 100, OURS)
        code, text = self.cli("c1", "hosts")
        self.assertEqual(code, 4, text)
        self.assertIn("10.0.0.1", text)
        self.assertIn("not heard", text)
        hosts = json.loads(self.cli("c1", "hosts", "--json")[1])["hosts"]
        self.assertEqual([(h["id"], h["name"], h["address"], h["found_by"], h["heard"]) for h in hosts], [(1, "foh", "10.0.0.1", ["dns_sd"], False)])

    def test_without_dns_sd_nothing_is_announced_or_looked_for(self):
        self.stage.bridge(["h", "c1"])
        source = self.stage.fifo("in.fifo")
        host = self.stage.host(f"stream:{source}", '"eth0"\ndns_sd = false', "h")
        client = self.client("c1")
        client.await_word("heard")
        time.sleep(2.5)
        self.assertNotIn("DNS-SD", host.said())
        self.assertNotIn("DNS-SD", client.said())


@unittest.skipIf(missing_tools(), f"not installed: {', '.join(missing_tools())}: the foreign peer and the way through avahi-daemon are not tried")
class ForeignPeer(Case):
    def test_avahi_browse_shows_each_address_and_what_the_host_says(self):
        self.stage.bridge(["h", "b"], networks=2)
        browser = self.daemon("b")
        began = time.monotonic()
        host = self.host("h", name="foh left")
        print(f"  announced {(time.monotonic() - began) * 1e3:.0f} ms after the host's start")
        found = browser.browse_until(lambda f: len(f) == 2)
        self.assertEqual(sorted(f[:4] for f in found), [("eth0", "foh left", "10.0.0.1", 5004), ("eth1", "foh left", "10.1.0.1", 5004)])
        for *_, text in found:
            epoch = text.pop("epoch")
            self.assertGreater(int(epoch), 0)
            self.assertEqual(text.pop("ver"), rig.sh(self.stage.bin / "midi-host", "--version").split()[-1])
            self.assertEqual(text.pop("dev"), text_of_device(host))
            self.assertEqual(text, {"txtvers": "1", "id": "1", "role": "primary", "group": "239.69.83.1", "dport": "5004", "hport": "5005", "cgroup": "239.69.83.100", "cport": "5006", "devs": "1"})
        self.change_device(host, browser)
        host.stop()
        self.assertEqual(browser.browse_until(lambda f: not f), [], "it said goodbye")

    def change_device(self, host, browser):
        """Another device at SIGHUP: the record follows."""
        self.stage.fifo("other.fifo")
        path = self.stage.path / "midi-host1.toml"
        path.write_text(path.read_text().replace("in1.fifo", "other.fifo"))
        host.process.send_signal(signal.SIGHUP)
        host.await_word("reloaded")
        found = browser.browse_until(lambda f: f and all("other" in text["dev"] for *_, text in f))
        self.assertTrue(all("other" in text["dev"] for *_, text in found), found)

    def test_where_avahi_daemon_runs_it_announces_and_finds(self):
        self.stage.bridge(["h", "c1", "c2"])
        at_host, at_client = self.daemon("h"), self.daemon("c1")
        host = self.host("h", env={"DBUS_SYSTEM_BUS_ADDRESS": at_host.env["DBUS_SYSTEM_BUS_ADDRESS"]})
        self.assertIn("by avahi-daemon", host.said())
        served = self.client("c1", "out1.fifo", "1", env={"DBUS_SYSTEM_BUS_ADDRESS": at_client.env["DBUS_SYSTEM_BUS_ADDRESS"]})
        alone = self.client("c2", "out2.fifo", "2")
        for client in (served, alone):
            client.await_word('host 1 found by DNS-SD: \\"foh\\" at 10.0.0.1:5004 on eth0')
        # One responder a machine: Avahi counts those that share its port.
        self.assertNotIn("Detected another", at_host.log.read_text())
        host.stop()
        for client in (served, alone):
            client.await_word("is not announced by DNS-SD any more", seconds=5)

    def test_only_the_interfaces_in_use_are_announced(self):
        self.stage.bridge(["h", "b"], networks=2)
        browser = self.daemon("b")
        for way in ("a responder of its own", "avahi-daemon"):
            at_host = self.daemon("h") if way == "avahi-daemon" else None
            env = {"DBUS_SYSTEM_BUS_ADDRESS": at_host.env["DBUS_SYSTEM_BUS_ADDRESS"]} if at_host else None
            host = self.stage.host(f"stream:{self.stage.fifo('in.fifo')}", '"eth1"', "h", env=env)
            host.await_word(f"by {way}")
            found = browser.browse_until(lambda f: f)
            self.assertEqual([f[:4] for f in found], [("eth1", "host-1", "10.1.0.1", 5004)], way)
            host.stop()
            self.assertEqual(browser.browse_until(lambda f: not f), [], way)

    def test_host_goes_on_without_the_daemon_when_that_is_stopped(self):
        self.stage.bridge(["h", "c1"])
        at_host = self.daemon("h")
        host = self.host("h", env={"DBUS_SYSTEM_BUS_ADDRESS": at_host.env["DBUS_SYSTEM_BUS_ADDRESS"]})
        at_host.stop()
        host.await_word("DNS-SD is interrupted")
        host.await_word('announced by DNS-SD as \\"foh\\", by a responder of its own')
        client = self.client("c1")
        client.await_word('host 1 found by DNS-SD: \\"foh\\" at 10.0.0.1:5004 on eth0')
        self.assertEqual(host.stop()[0], 0)


def text_of_device(host):
    """The device as the host's log names it."""
    return next(json.loads(line)["message"] for line in host.said().splitlines() if "reading" in line).split('"')[1]


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
