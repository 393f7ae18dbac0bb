#!/usr/bin/env python3
"""midinet-cli doctor: each fault is provoked, and has to be named with its fix."""
import datetime
import json
import subprocess
import time
import unittest

import rig


class Doctor(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def host(self, namespace, number=1, tag=""):
        device = self.stage.fifo(f"in{namespace}.fifo")
        extra = f'[host]\nid = {number}\nname = "box {namespace}"\n{rig.PATIENT}'
        return self.stage.host(f"stream:{device}", '"eth0"', namespace, extra=extra, tag=namespace + tag)

    def doctor(self, namespace, *flags, interface="eth0", user=()):
        """Gives the exit code and the checks by their names."""
        command = ["ip", "netns", "exec", namespace, *user, self.stage.bin / "midinet-cli", "doctor", "--json", "--interface", interface, *flags]
        ran = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        self.assertEqual(ran.stderr, "")
        answer = json.loads(ran.stdout)
        self.assertEqual(answer["exit_code"], ran.returncode)
        return ran.returncode, {check["name"]: check for check in answer["checks"]}

    def expect(self, check, outcome, finding, fix=""):
        self.assertEqual(check["outcome"], outcome, check)
        self.assertIn(finding, check["finding"])
        self.assertIn(fix, check["fix"])

    def rules(self, namespace, text):
        subprocess.run(["ip", "netns", "exec", namespace, "nft", "-f", "-"], input=text, text=True, check=True)

    def test_of_a_healthy_network_only_the_machine_is_complained_of(self):
        self.stage.bridge(["a", "b"])
        self.host("a")
        self.stage.client(f"stream:{self.stage.fifo('out.fifo')}", '"eth0"', "b").await_word("host 1 heard")
        _, checks = self.doctor("b")
        for name in ("interface", "groups", "probe", "firewall", "host_ids", "mdns", "port_names", "versions"):
            self.assertEqual(checks[name]["outcome"], "ok", checks[name])
        self.assertEqual(checks["api"]["outcome"], "skipped")

    def test_a_network_without_querier(self):
        self.stage.bridge(["a", "b"], snooping=1)
        self.host("a")
        _, checks = self.doctor("b")
        self.expect(checks["querier"], "note", "no IGMP querier was heard on eth0", "let one of them be the querier")
        self.assertIn("also not when a group was left", checks["querier"]["finding"])

    def switch(self):
        """A namespace "sw" with a bridge that snoops and an address on it, and "b" behind it."""
        for name in ("sw", "b"):
            rig.sh("ip", "netns", "add", name)
            self.stage.namespaces.append(name)
        rig.sh("ip", "-n", "sw", "link", "add", "bridge7", "type", "bridge", "mcast_snooping", "1")
        rig.sh("ip", "-n", "sw", "link", "add", "port1", "type", "veth", "peer", "name", "eth0", "netns", "b")
        rig.sh("ip", "-n", "sw", "link", "set", "port1", "master", "bridge7", "up")
        for namespace, interface, address in (("sw", "bridge7", "10.0.0.1/24"), ("b", "eth0", "10.0.0.2/24")):
            rig.sh("ip", "-n", namespace, "address", "add", address, "dev", interface)
            rig.sh("ip", "-n", namespace, "link", "set", interface, "up")

    def test_a_bridge_of_this_machine_without_querier(self):
        self.switch()
        for user in ((), ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")):
            code, checks = self.doctor("sw", "--wait", "1000", interface="bridge7", user=user)
            self.assertEqual(code, 3)
            self.expect(checks["querier"], "warning", "bridge bridge7 does IGMP snooping", "ip link set bridge7 type bridge mcast_querier 1")
        rig.sh("ip", "netns", "exec", "sw", *checks["querier"]["fix"].split("(")[1].split(")")[0].split())
        self.assertEqual(self.doctor("sw", "--wait", "1000", interface="bridge7")[1]["querier"]["outcome"], "ok")

    def test_a_querier_that_asks_each_125_seconds_is_heard_when_a_group_is_left(self):
        self.switch()
        rig.sh("ip", "-n", "sw", "link", "set", "bridge7", "type", "bridge", "mcast_query_use_ifaddr", "1", "mcast_startup_query_count", "1", "mcast_querier", "1")
        time.sleep(3)  # it has asked once, and will again in 125 s
        self.rules("b", "table ip f {\nchain out {\ntype filter hook output priority 0\nip protocol igmp drop\n}\n}\n")
        self.expect(self.doctor("b", "--wait", "2000")[1]["querier"], "note", "no IGMP querier was heard", "querier")  # nothing is left that it hears of
        self.rules("b", "flush ruleset\n")
        self.expect(self.doctor("b", "--wait", "2000")[1]["querier"], "ok", "there is an IGMP querier: 10.0.0.1 on eth0")

    def test_a_clock_that_is_not_the_apis(self):
        self.stage.bridge(["a"])
        said = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=90)
        answer = json.dumps({"as_of": f"{said:%Y-%m-%dT%H:%M:%S}.000Z"})
        page = self.stage.path / "api"
        page.mkdir()
        (page / "status").write_text(answer)
        rig.sh("ip", "netns", "exec", "a", "ip", "link", "set", "lo", "up")
        server = subprocess.Popen(["ip", "netns", "exec", "a", "/usr/bin/python3", "-m", "http.server", "8080", "--bind", "127.0.0.1", "--directory", str(self.stage.path)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        end = time.monotonic() + 15
        while (checks := self.doctor("a", "--wait", "200", "--url", "http://127.0.0.1:8080")[1])["api"]["outcome"] != "ok":
            self.assertLess(time.monotonic(), end, checks)
        self.expect(checks["clock"], "warning", "the clock of http://127.0.0.1:8080 is ", "on both machines")
        self.assertIn("behind this machine's", checks["clock"]["finding"])

    def test_a_querier_is_heard_and_named(self):
        self.stage.bridge(["a", "b"], snooping=1)
        rig.sh("ip", "address", "add", "10.0.0.254/24", "dev", "br0")
        rig.sh("ip", "link", "set", "br0", "type", "bridge", "mcast_query_use_ifaddr", "1", "mcast_query_interval", "100", "mcast_startup_query_interval", "100")
        rig.sh("ip", "link", "set", "br0", "type", "bridge", "mcast_querier", "1")
        _, checks = self.doctor("b")
        self.expect(checks["querier"], "ok", "there is an IGMP querier: 10.0.0.254 on eth0")

    def test_a_rule_that_drops_heartbeats(self):
        self.stage.bridge(["a", "b"])
        self.host("a")
        self.rules("b", "table inet filter {\nchain input {\ntype filter hook input priority 0\nudp dport 5005 drop\n}\n}\n")
        code, checks = self.doctor("b")
        self.assertEqual(code, 3)
        self.expect(checks["firewall"], "fault", "UDP port 5005 does not come in on eth0: rule", "nft insert rule inet filter input udp dport 5005 accept")
        self.expect(checks["probe"], "fault", "UDP port 5005 on eth0", "firewall")
        self.expect(checks["groups"], "fault", "0 heartbeats", "let UDP port 5005 in")
        rig.sh("ip", "netns", "exec", "b", *checks["firewall"]["fix"].split())
        _, checks = self.doctor("b")
        for name in ("firewall", "probe", "groups"):
            self.assertEqual(checks[name]["outcome"], "ok", f"after the fix: {checks[name]}")

    def test_a_policy_that_drops_igmp_alone(self):
        """The usual ruleset of a careful administrator: nothing of UDP is missing, and yet a snooping switch will cut this machine off."""
        self.stage.bridge(["b"])
        self.rules("b", "table ip f {\nchain in {\ntype filter hook input priority 0; policy drop\nct state established,related accept\niifname lo accept\n"
                        "udp dport { 5004-5007, 5353 } accept\n}\n}\n")
        _, checks = self.doctor("b", "--wait", "500")
        self.expect(checks["firewall"], "fault", "IGMP does not come in on eth0: the policy of table ip f, chain in", "nft insert rule ip f in ip protocol igmp accept")
        self.assertEqual(checks["probe"]["outcome"], "ok")

    def test_the_rules_that_our_guide_recommends_are_not_complained_of(self):
        self.stage.bridge(["a", "b"])
        self.host("a")
        self.rules("b", "table inet midinet {\nchain input {\ntype filter hook input priority 0; policy drop\niif lo accept\nct state established,related accept\n"
                        "ip daddr { 239.69.83.1, 239.69.83.2, 239.69.83.100 } udp dport 5004-5006 accept\nip protocol igmp accept\n}\n}\n")
        _, checks = self.doctor("b")
        self.assertEqual(checks["groups"]["outcome"], "ok")
        self.expect(checks["firewall"], "warning", "UDP port 5353 does not come in")

    def test_two_hosts_with_one_id(self):
        self.stage.bridge(["a", "b", "c"])
        self.host("a")
        self.host("b")
        code, checks = self.doctor("c")
        self.assertEqual(code, 3)
        self.expect(checks["host_ids"], "fault", "two hosts have id 1", "give one of them another id")
        self.assertIn("10.0.0.1", checks["host_ids"]["finding"])
        self.assertIn("10.0.0.2", checks["host_ids"]["finding"])

    def test_an_interface_that_is_down(self):
        self.stage.bridge(["a"])
        rig.sh("ip", "-n", "a", "link", "set", "eth0", "down")
        code, checks = self.doctor("a", "--wait", "200")
        self.assertEqual(code, 3)
        self.assertEqual(checks["interface"]["outcome"], "fault", checks["interface"])
        self.assertIn("eth0", checks["interface"]["finding"])

    def test_an_api_that_wants_a_token_and_one_that_is_not_there(self):
        self.stage.bridge(["a"])
        self.stage.admin("secret", '"eth0"', "a")
        url = ("--wait", "200", "--url", "http://127.0.0.1:8080")
        self.expect(self.doctor("a", *url)[1]["api"], "fault", "wants a token", "MIDINET_API_TOKEN")
        self.expect(self.doctor("a", *url, "--token", "wrong")[1]["api"], "fault", "does not take this token")
        checks = self.doctor("a", *url, "--token", "secret")[1]
        self.expect(checks["api"], "ok", "http://127.0.0.1:8080 answers")
        self.assertNotEqual(checks["clock"]["outcome"], "warning", "it is the same clock")
        self.expect(self.doctor("a", "--wait", "200", "--url", "http://127.0.0.1:9")[1]["api"], "fault", "does not answer", "is midi-admin running there")


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
