#!/usr/bin/env python3
"""Two hosts, real programs: deaths, stops, goodbyes, manual switches and what they tell."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

import rig

LO = '"lo"'
NOTE_ON, NOTE_OFF = bytes.fromhex("903c50"), bytes.fromhex("803c40")


def audits(program):
    said = (json.loads(line)["message"] for line in program.said().splitlines())
    return [json.loads(m.removeprefix("audit: ")) for m in said if m.startswith("audit: ")]


class TwoHosts(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.devices, self.hosts = {}, {}

    def start(self, failover="", clients=1, host_flags=()):
        self.outs, self.clients = [], []
        for n in range(clients):
            port = self.stage.fifo(f"out{n}.fifo")
            self.clients.append(self.stage.client(f"stream:{port}", tag=str(n)))
            self.outs.append(self.stage.open_read(port))
        for number in (1, 2):
            self.start_host(number, failover, host_flags)
        for client in self.clients:
            client.await_word("host 1 heard")
            client.await_word("host 2 heard")
        time.sleep(1.2)  # they settle on the preferred one, and their statuses are heard

    def start_host(self, number, failover="", flags=()):
        device = self.stage.fifo(f"in{number}.fifo")
        extra = f"[host]\nid = {number}\n{rig.PATIENT}" + failover.replace("PORT", str(8000 + number))
        self.hosts[number] = self.stage.host(f"stream:{device}", LO, extra=extra, tag=str(number), flags=flags)
        self.devices[number] = self.stage.open_write(device)

    def plays(self, number, message, client=0):
        os.write(self.devices[number], message)
        return rig.read_for(self.outs[client], len(message), seconds=1)

    def expect_played(self, number, value=1):
        message = bytes([0xB0, 20, value])
        self.assertEqual(self.plays(number, message), message, f"host {number} is played")

    def test_a_killed_hosts_notes_end_and_the_standby_plays_on(self):
        self.start()
        self.assertEqual(self.plays(1, NOTE_ON), NOTE_ON)
        os.write(self.devices[2], bytes.fromhex("b00755"))
        time.sleep(0.1)
        killed = time.monotonic()
        self.hosts[1].stop(signal.SIGKILL)
        told = rig.read_for(self.outs[0], 6, seconds=1)
        print(f"  notes released {(time.monotonic() - killed) * 1e3:.1f} ms after SIGKILL")
        self.assertEqual(told, NOTE_OFF + bytes.fromhex("b00755"), "the note ends, and the standby's value is adopted")
        self.hosts[2].await_word("audit: ")
        last = audits(self.hosts[2])[-1]
        self.assertEqual((last["origin"], last["target"], last["outcome"]), ("client", 2, "accepted"), "a host tells what clients did by themselves")
        self.expect_played(2)
        self.start_host(1)
        self.clients[0].await_word("host 1 heard", after=self.clients[0].said().index("playing host 2"))
        time.sleep(0.3)
        os.write(self.devices[1], bytes([0xB0, 21, 1]))  # nothing of it is played: no return by itself
        self.expect_played(2, 2)

    def test_a_stopped_host_is_left_and_not_returned_to(self):
        self.start()
        self.hosts[1].process.send_signal(signal.SIGSTOP)
        self.clients[0].await_word("playing host 2 now")
        self.hosts[1].process.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        self.expect_played(2)

    def test_a_stopped_client_blames_nobody(self):
        self.start()
        self.assertEqual(self.plays(1, NOTE_ON), NOTE_ON)
        self.clients[0].process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        os.write(self.devices[1], NOTE_OFF)
        self.clients[0].process.send_signal(signal.SIGCONT)
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=1), NOTE_OFF)
        self.expect_played(1)
        self.assertNotIn("playing host 2", self.clients[0].said())

    def test_a_host_that_says_goodbye_is_left_at_once(self):
        self.start()
        self.hosts[1].stop()
        self.clients[0].await_word("the one before left")
        self.expect_played(2)

    def test_disarmed_clients_stay_with_a_silent_host(self):
        self.start("[failover]\nauto_enabled = false\n")
        self.assertEqual(self.plays(1, NOTE_ON), NOTE_ON)
        self.hosts[1].stop(signal.SIGKILL)
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=1), NOTE_OFF)
        os.write(self.devices[2], bytes.fromhex("b00755"))
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=0.3), b"")

    def test_a_preferred_host_is_returned_to_where_the_policy_says_so(self):
        self.start('[failover]\nswitch_back_policy = "auto"\nlockout_seconds = 1\n')
        self.hosts[1].stop(signal.SIGKILL)
        self.clients[0].await_word("playing host 2 now")
        self.start_host(1, '[failover]\nswitch_back_policy = "auto"\nlockout_seconds = 1\n')
        self.clients[0].await_word("preferred, and back", seconds=4)
        self.expect_played(1)

    def test_kept_values_are_not_touched(self):
        self.start('[failover]\nvalues = "keep"\n')
        self.assertEqual(self.plays(1, bytes.fromhex("b00711")), bytes.fromhex("b00711"))
        os.write(self.devices[2], bytes.fromhex("b00755"))
        time.sleep(0.1)
        self.hosts[1].stop(signal.SIGKILL)
        self.clients[0].await_word("playing host 2 now")
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=0.3), b"")
        self.expect_played(2)

    def test_a_note_switches_once_with_its_guard_and_never_reaches_a_client(self):
        self.start("[failover.triggers.midi]\nenabled = true\nguard_note = 1\n", clients=2)
        press, release, guard = bytes.fromhex("9f7f7f"), bytes.fromhex("8f7f00"), bytes.fromhex("9f0140")
        os.write(self.devices[1], press + release)
        self.hosts[1].await_word("refused")
        time.sleep(0.2)
        os.write(self.devices[1], guard + press + release)
        for client in self.clients:
            client.await_word("playing host 2 now: switched by hand")
        time.sleep(0.2)
        os.write(self.devices[2], guard + press)  # within the lockout
        self.hosts[2].await_word("refused")
        self.assertIn("locked", audits(self.hosts[2])[-1]["why"])
        self.assertEqual([a["outcome"] for a in audits(self.hosts[1])], ["refused", "accepted"])
        self.assertEqual([rig.read_for(out, 1, seconds=0.2) for out in self.outs], [b"", b""], "the trigger is no music")
        self.expect_played(2)

    def cli(self, *words):
        done = subprocess.run([self.stage.bin / "midinet-cli", "--interface", "lo", *words, "--json"], capture_output=True, text=True, timeout=20)
        return done.returncode, json.loads(done.stdout)

    def test_a_command_switches_and_tells_what_each_client_did(self):
        self.start(clients=2)
        code, answer = self.cli("failover")
        self.assertEqual((code, answer["outcome"], answer["active"], answer["term"]), (0, "done", 2, 1), answer)
        self.assertEqual([c["outcome"] for c in answer["clients"]], ["ok", "ok"])
        followed = answer["clients"]
        print("  clients report after", [c["took_us"] for c in answer["clients"]], "us")
        self.expect_played(2)
        code, answer = self.cli("failover")
        self.assertEqual((code, answer["outcome"]), (5, "refused"), answer)
        self.assertIn("locked", answer["why"])
        code, answer = self.cli("failover", "--status")
        self.assertEqual((code, answer["active"], answer["term"]), (0, 2, 1), answer)
        self.assertGreater(answer["lockout_left_ms"], 1000)
        self.assertEqual([a["outcome"] for a in answer["audit"]], ["refused", "done"])
        self.assertEqual((answer["clients_ok"], answer["clients"]), (2, followed), "who followed, and how soon, is still known")
        code, answer = self.cli("failover", "2")
        self.assertEqual(code, 5, "it is played already, and locked")
        code, answer = self.cli("failover", "--disarm")
        self.assertEqual(code, 0)
        time.sleep(0.1)  # a beat tells of it
        self.hosts[2].stop(signal.SIGKILL)
        time.sleep(0.5)
        self.assertNotIn("playing host 1 now: the one before fell silent", self.clients[0].said(), "disarmed")

    def test_a_client_that_comes_later_plays_what_was_switched_to(self):
        self.start()
        self.cli("failover")
        port = self.stage.fifo("late.fifo")
        late = self.stage.client(f"stream:{port}", tag="late")
        out = self.stage.open_read(port)
        late.await_word("host 2 heard")
        late.await_word("host 1 heard")
        time.sleep(0.3)
        os.write(self.devices[1], bytes.fromhex("b01501"))
        os.write(self.devices[2], bytes.fromhex("b01502"))
        self.assertEqual(rig.read_for(out, 3, seconds=1), bytes.fromhex("b01502"))

    def test_a_client_that_comes_after_a_failover_plays_what_the_others_play(self):
        self.start()
        self.hosts[1].stop(signal.SIGKILL)
        self.clients[0].await_word("playing host 2 now")
        self.start_host(1)
        self.hosts[1].await_word("host 2 is to be played from now on")
        port = self.stage.fifo("late.fifo")
        late = self.stage.client(f"stream:{port}", tag="late")
        self.outs.append(self.stage.open_read(port))
        late.await_word("host 1 heard")
        late.await_word("host 2 heard")
        time.sleep(0.3)
        os.write(self.devices[1], bytes([0xB0, 21, 1]))
        self.assertEqual(self.plays(2, NOTE_ON, 1), NOTE_ON)
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=1), NOTE_ON)

    def test_a_rehearsed_loss_is_one_and_the_host_goes_on(self):
        self.start()
        self.assertEqual(self.plays(1, NOTE_ON), NOTE_ON)
        code, said = self.cli("rehearse", "1", "--seconds", "2")
        self.assertEqual((code, said["why"]), (0, "host 1 sends nothing for 2000 ms"))
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=1), NOTE_OFF, "the note ends, as with a host that died")
        os.write(self.devices[1], bytes.fromhex("b01401"))
        self.expect_played(2)
        code, said = self.cli("rehearse", "1")
        self.assertEqual((code, "held back already" in said["why"]), (5, True), said)
        time.sleep(2.5)  # until it goes on, and some of its beats were heard
        self.expect_played(2, 2)
        self.hosts[2].stop(signal.SIGKILL)
        time.sleep(0.1)
        self.expect_played(1, 3)  # which is whole again
        held = [a for a in audits(self.hosts[1]) if "held_ms" in a]
        self.assertEqual([(a["target"], a["outcome"], a["held_ms"]) for a in held], [(1, "accepted", 2000), (1, "refused", 5000)])

    def test_a_loss_that_would_stop_the_music_is_rehearsed_by_force_alone(self):
        self.start()
        self.hosts[2].stop(signal.SIGKILL)
        time.sleep(0.1)
        code, said = self.cli("rehearse", "1")
        self.assertEqual((code, "the music would stop" in said["why"]), (5, True), said)
        self.expect_played(1)
        code, said = self.cli("rehearse", "1", "--force", "--seconds", "30")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.plays(1, bytes([0xB0, 20, 9])), b"")
        code, said = self.cli("rehearse", "1", "--end")
        self.assertEqual((code, said["why"]), (0, "host 1 goes on now"))
        self.clients[0].await_word("host 1 is back")
        self.assertEqual(rig.read_for(self.outs[0], 3, seconds=1), bytes([0xB0, 20, 9]), "its fader stands where it was moved to meanwhile")
        self.expect_played(1, 11)

    def test_a_dead_standby_is_not_switched_to(self):
        self.start("[failover.triggers.midi]\nenabled = true\n")
        self.hosts[2].stop(signal.SIGKILL)
        os.write(self.devices[1], bytes.fromhex("9f7f7f"))
        self.hosts[1].await_word("refused")
        print("  refused:", audits(self.hosts[1])[-1]["why"])
        self.expect_played(1)

    def test_confirmation_takes_two_presses(self):
        self.start('[failover]\nconfirmation_mode = "confirm"\n[failover.triggers.midi]\nenabled = true\n')
        os.write(self.devices[1], bytes.fromhex("9f7f7f"))
        self.hosts[1].await_word("needs_confirmation")
        time.sleep(0.3)
        os.write(self.devices[1], bytes.fromhex("9f7f7f"))
        self.clients[0].await_word("switched by hand")

    @unittest.skipUnless(shutil.which("oscsend"), "oscsend is missing: apt-get install liblo-tools")
    def test_osc_switches_when_its_sender_is_allowed(self):
        osc = '[failover.triggers.osc]\nenabled = true\nlisten_port = PORT\nallowed_sources = ["127.0.0.1"]\n'
        self.start(osc)
        send = lambda port, address: subprocess.run(["oscsend", f"osc.udp://127.0.0.1:{port}", address, "i", "1"], check=True)
        send(8001, "/something/else")
        send(8001, "/midinet/failover/switch")
        self.clients[0].await_word("switched by hand")
        self.assertEqual([(a["origin"], a["who"], a["outcome"]) for a in audits(self.hosts[1])], [("osc", "127.0.0.1", "accepted")])

    @unittest.skipUnless(shutil.which("oscsend"), "oscsend is missing: apt-get install liblo-tools")
    def test_osc_from_elsewhere_is_ignored(self):
        self.start('[failover.triggers.osc]\nenabled = true\nlisten_port = PORT\nallowed_sources = ["10.1.2.0/24"]\n')
        subprocess.run(["oscsend", "osc.udp://127.0.0.1:8001", "/midinet/failover/switch", "i", "1"], check=True)
        time.sleep(0.3)
        self.assertEqual(audits(self.hosts[1]), [])
        self.expect_played(1)

    def test_a_second_host_with_the_same_id_is_named_with_its_address(self):
        self.start()
        device = self.stage.fifo("twin.fifo")
        twin = self.stage.host(f"stream:{device}", LO, extra='[host]\nid = 1\nname = "twin"\n', tag="twin")
        for program in (self.hosts[1], twin):
            program.await_word("another host with id 1")
        self.assertIn("127.0.0.1", self.hosts[1].said())
        self.assertIn("on lo", self.hosts[1].said())
        self.clients[0].await_word("two hosts have id 1")
        time.sleep(1.1)  # a status tells of it
        sources = self.cli("clients")[1]["clients"][0]["sources"]
        self.assertEqual({s["host"]: s["twin"] for s in sources}, {1: True, 2: False})
        code, answer = self.cli("status")
        self.assertEqual((code, answer["verdict"]), (3, "not_safe"), answer)
        twin.stop()
        time.sleep(5)
        self.assertIsNone(self.cli("hosts")[1]["hosts"][0]["conflict"], "it is forgotten once it is gone")


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
