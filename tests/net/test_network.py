#!/usr/bin/env python3
"""Bad networks: loss, two legs, multicast that does not arrive, many clients. Real programs, exact comparison."""
import signal
import threading
import time
import unittest

import rig
from music import numbered


def feed(fd, count, rate, first=0):
    """Writes numbered events at about `rate` a second."""
    began = time.monotonic()
    for n in range(count):
        rig.write_all(fd, numbered(first + n))
        ahead = began + (n + 1) / rate - time.monotonic()
        if ahead > 0.001:
            time.sleep(ahead)


def expect(count, first=0):
    return b"".join(numbered(first + n) for n in range(count))


class Network(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.source = self.stage.fifo("in.fifo")

    def start(self, clients, interface='"eth0"', network="", heard=True):
        """A host in namespace h, clients in c1, c2 …; gives (input fd, output fds, programs)."""
        programs, outs = [], []
        for n in range(1, clients + 1):
            port = self.stage.fifo(f"out{n}.fifo")
            programs.append(self.stage.client(f"stream:{port}", interface, f"c{n}", network, tag=str(n)))
            outs.append(self.stage.open_read(port))
        self.stage.host(f"stream:{self.source}", interface, "h")
        into = self.stage.open_write(self.source)
        for program in programs:
            if heard:
                program.await_word("heard")
        return into, outs, programs

    def programs_without_interfaces(self):
        """Both programs, told of no interface, in a namespace that has none but the loopback."""
        sh = rig.sh
        sh("ip", "netns", "add", "bare")
        self.stage.namespaces.append("bare")
        sh("ip", "-n", "bare", "link", "set", "lo", "up")
        port = self.stage.fifo("out.fifo")
        return [self.stage.start("midi-client", f'[midi]\nport = "stream:{port}"\n', "bare"),
                self.stage.start("midi-host", f'[midi]\ndevice = "stream:{self.source}"\n', "bare")]

    def test_programs_started_before_the_network_wait_for_it(self):
        client, host = programs = self.programs_without_interfaces()
        for program in programs:
            program.await_word("waiting for a network interface")
            self.assertIn('network.interface = \\"lo\\"', program.said())
        time.sleep(1.5)
        for program in programs:
            self.assertEqual(len([line for line in program.said().splitlines() if "waiting" in line]), 1, "said once")
        rig.sh("ip", "-n", "bare", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
        for link in ("late0", "late1"):
            rig.sh("ip", "-n", "bare", "link", "set", link, "up")
        rig.sh("ip", "-n", "bare", "address", "add", "10.9.0.1/24", "dev", "late0")
        for program in programs:
            program.await_word("using network interface late0", seconds=3)
        client.await_word("heard")
        out, into = self.stage.open_read(self.stage.path / "out.fifo"), self.stage.open_write(self.source)
        feed(into, 20, 1000)
        self.assertEqual(rig.read_for(out, 60), expect(20))

    def test_programs_that_wait_for_the_network_end_cleanly(self):
        for program in self.programs_without_interfaces():
            program.await_word("waiting for a network interface")
            code, took = program.stop()
            self.assertEqual(code, 0, program.said())
            self.assertLess(took, 0.5)

    def test_programs_that_wait_for_the_network_take_a_new_configuration(self):
        programs = self.programs_without_interfaces()
        for program in programs:
            program.await_word("waiting for a network interface")
            path = self.stage.path / f"{program.name}.toml"
            good = path.read_text()
            path.write_text("nonsense = 1\n")
            program.process.send_signal(signal.SIGHUP)
            program.await_word("reload refused, nothing changed")
            path.write_text(good + '[network]\ninterface = "lo"\n')
            program.process.send_signal(signal.SIGHUP)
        programs[0].await_word("heard", seconds=5)

    def test_a_fifth_of_all_datagrams_lost_loses_nothing(self):
        self.stage.bridge(["h", "c1", "c2"])
        for name, percent in (("c1", 10), ("c2", 20)):
            rig.drop(name, percent)
        rig.drop("h", 10)  # questions are lost too
        into, outs, programs = self.start(2)
        feed(into, 3000, 1000)
        for fd, program in zip(outs, programs):
            self.assertTrue(rig.read_for(fd, 9000, seconds=5) == expect(3000), "the bytes differ")
            program.stop()
            self.assertEqual(program.summary()["lost"], 0)
            self.assertGreater(program.summary()["missing_datagrams"], 100, "nothing was dropped: this shows nothing")

    def test_bursts_at_ten_percent_loss_are_repaired(self):
        self.stage.bridge(["h", "c1"])
        rig.drop("c1", 10)
        into, outs, programs = self.start(1)
        for burst in range(40):
            rig.write_all(into, expect(500, burst * 500))
            time.sleep(0.02)
        self.assertTrue(rig.read_for(outs[0], 60000, seconds=10) == expect(20000), "the bytes differ")
        programs[0].stop()
        summary = programs[0].summary()
        self.assertGreater(summary["missing_datagrams"], 20, "nothing was dropped: this shows nothing")
        print(f"  {summary['missing_datagrams']} datagrams missing, {summary['repaired']} events came only after they were asked for, in {summary['nacks']} questions")
        self.assertEqual(summary["lost"], 0)

    def test_either_of_two_networks_may_fail_at_any_time(self):
        self.stage.bridge(["h", "c1"], networks=2)
        into, outs, programs = self.start(1, '["eth0", "eth1"]')
        feeder = threading.Thread(target=feed, args=(into, 4000, 1000))
        feeder.start()
        for flap in range(10):
            leg = flap % 2
            rig.sh("ip", "link", "set", f"v{leg}.h", "down")
            time.sleep(0.15)
            rig.sh("ip", "link", "set", f"v{leg}.h", "up")
            time.sleep(0.2)
        feeder.join()
        self.assertTrue(rig.read_for(outs[0], 12000, seconds=5) == expect(4000), "the bytes differ")
        programs[0].stop()
        summary = programs[0].summary()
        self.assertEqual((summary["lost"], summary["silences"], summary["corrections"]), (0, 0, 0))

    def test_no_route_at_all_is_no_obstacle(self):
        self.stage.bridge(["h", "c1"])
        for name in ("h", "c1"):
            rig.sh("ip", "-n", name, "route", "flush", "table", "main")
            self.assertEqual(rig.sh("ip", "-n", name, "route"), "")
        into, outs, _ = self.start(1)
        feed(into, 200, 1000)
        self.assertEqual(rig.read_for(outs[0], 600, seconds=5), expect(200))

    def test_where_multicast_is_blocked_a_known_host_sends_copies(self):
        self.stage.bridge(["h", "c1"])
        end = rig.drop("c1", 100, "ip daddr 224.0.0.0/4")
        into, outs, programs = self.start(1, network='hosts = ["10.0.0.1"]\n')
        feed(into, 500, 1000)
        self.assertEqual(rig.read_for(outs[0], 1500, seconds=5), expect(500))
        rig.sh(*end)  # multicast is back: both kinds of copies merge
        feed(into, 500, 1000, first=500)
        self.assertEqual(rig.read_for(outs[0], 1500, seconds=5), expect(500, 500))
        self.assertEqual(rig.read_for(outs[0], 1, quiet=0.3), b"", "nothing comes twice")
        programs[0].stop()
        self.assertEqual(programs[0].summary()["lost"], 0)

    def test_a_host_that_says_it_exists_is_asked_when_its_stream_does_not_arrive(self):
        self.stage.bridge(["h", "c1"])
        rig.drop("c1", 100, "ip daddr 239.69.83.1")
        into, outs, _ = self.start(1)
        feed(into, 200, 1000)
        self.assertEqual(rig.read_for(outs[0], 600, seconds=5), expect(200))

    def test_a_relay_reaches_clients_that_its_source_does_not(self):
        self.stage.bridge(["a", "b", "c"], networks=2)
        rig.sh("ip", "-n", "a", "link", "set", "eth1", "down")
        rig.sh("ip", "-n", "c", "link", "set", "eth0", "down")
        port = self.stage.fifo("out.fifo")
        client = self.stage.client(f"stream:{port}", '"eth1"', "c")
        out = self.stage.open_read(port)
        relay = '[host]\nid = 2\n[failover]\nmode = "relay"\nrelay_of = 1\n'
        self.stage.host("auto:no such controller", '["eth0", "eth1"]', "b", extra=relay, tag="relay")
        self.stage.host(f"stream:{self.source}", '"eth0"', "a")
        into = self.stage.open_write(self.source)
        client.await_word("host 1 heard")
        rig.drop("c", 10)
        feed(into, 2000, 1000)
        self.assertTrue(rig.read_for(out, 6000, seconds=5) == expect(2000), "the bytes differ")
        client.stop()
        self.assertGreater(client.summary()["missing_datagrams"], 100, "nothing was dropped: this shows nothing")

    def test_twelve_clients_hear_the_same(self):
        self.stage.bridge(["h"] + [f"c{n}" for n in range(1, 13)])
        into, outs, _ = self.start(12)
        feed(into, 2000, 1000)
        for fd in outs:
            self.assertTrue(rig.read_for(fd, 6000, seconds=10) == expect(2000), "the bytes differ")


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
