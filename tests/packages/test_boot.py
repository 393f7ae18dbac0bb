#!/usr/bin/env python3
"""The services under a real systemd, which runs in namespaces of its own in a minimal system: ready, alive, restarted, locked in, updated."""
import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import chroot
import units

CONFIG = "/etc/midinet/midinet.toml"
# Not chroot: who is in one may not make the user namespaces that PrivateUsers= wants.
BOOT = """set -e
ip link set lo up
mount -t sysfs sysfs "$1/sys"
mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
mkdir -p "$1/run/old"
cd "$1"
mount -t proc proc proc
mount --rbind /dev dev
pivot_root . run/old
umount -l /run/old
rmdir /run/old
exec env container=test /lib/systemd/systemd --log-target=journal
"""


class Booted(chroot.System, units.Units):
    """A system whose first process is systemd. Use as a context."""

    def __init__(self, packages, ready):
        super().__init__(*ready.lower)
        self.packages = packages

    def __enter__(self):
        super().__enter__()
        self.run("dpkg", "-i", *self.put(self.packages, "/var/cache/midinet"))
        self.run("sed", "-i", 's|^# interface = .*|interface = "lo"|', CONFIG)
        # What waits for hardware, or is not there in a container.
        self.run("systemctl", "mask", "systemd-udevd.service", "systemd-logind.service", "getty.target")
        self.log = self.stack.enter_context(tempfile.TemporaryFile("w+"))
        self.outer = subprocess.Popen(["unshare", "-mpn", "--cgroup", "--fork", "--kill-child", "sh", "-c", BOOT, "sh", str(self.root)],
                                      stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.stack.callback(self.shut_down)
        return self

    def shut_down(self):
        self.outer.kill()
        self.outer.wait()

    def first_process(self):
        found = subprocess.run(["pgrep", "-P", str(self.outer.pid)], capture_output=True, text=True).stdout.split()
        return found[0] if found else None

    def inside(self, *command, code=0):
        words = ["nsenter", "-t", self.first_process(), "-m", "-p", "-n", *command]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"})
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def boots(self, seconds=60):
        """Whether systemd came up; else why not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.outer.poll() is None:
            with contextlib.suppress(AssertionError, TypeError):
                if self.inside("systemctl", "is-system-running", code=None).split()[0] in ("running", "degraded", "starting"):
                    return None
            time.sleep(0.2)
        self.log.seek(0)
        return self.log.read().strip() or "systemd did not come up"

    def systemctl(self, *words):
        return self.inside("systemctl", *words)

    def journal(self, unit):
        return self.inside("journalctl", "--no-pager", "-n", "30", "-u", unit, code=None)


class Services(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = chroot.built_packages(FOLDER)
        cls.system = Booted(cls.packages, chroot.ready_system(cls.packages))
        cls.system.__enter__()
        cls.addClassCleanup(cls.system.__exit__)
        if why := cls.system.boots():
            chroot.skip(f"no systemd can be started in namespaces here: {why}")

    def up(self, unit):
        return self.system.up(unit)

    def test_1_both_start_with_the_machine_and_say_that_they_run(self):
        for unit in ("midinet-host", "midinet-admin"):
            self.up(unit)
            self.assertEqual(self.system.show(unit, "StatusText"), "running")
            self.assertEqual(self.system.show(unit, "NRestarts"), "0")
        self.assertEqual(self.system.inside("stat", "-c", "%U", f"/proc/{self.system.show('midinet-host', 'MainPID')}").strip(), "midinet")

    def test_2_the_locked_in_host_is_heard_and_its_epoch_kept(self):
        self.up("midinet-host")
        self.assertIn("host-1", self.system.inside("midinet-cli", "hosts", "--interface", "lo"))
        self.assertTrue(self.system.has("/var/lib/midinet/epoch-host-1"))

    def test_2_the_engine_is_real_time_its_memory_locked_and_nothing_else(self):
        pid = self.up("midinet-host")
        if why := units.no_real_time(self.system, self.system.show("midinet-host", "ControlGroup")):
            self.skipTest(why)
        units.check_real_time(self, self.system, pid, "midinet")

    def test_3_the_locked_in_admin_keeps_history_and_edits_the_configuration(self):
        self.up("midinet-admin")
        new = self.system.inside("cat", CONFIG).replace('\n# name = "host-1"', '\nname = "stage-left"')
        (self.system.root / "srv/new.toml").write_text(new)
        self.system.inside("midinet-cli", "config", "apply", "/srv/new.toml", "--yes", "--url", "http://127.0.0.1:8080")
        self.assertEqual(self.system.inside("cat", CONFIG), new)
        self.assertIn("history.db", self.system.inside("ls", "/var/lib/midinet"))

    def test_4_a_host_that_is_killed_is_started_again(self):
        pid = self.up("midinet-host")
        self.system.inside("sh", "-c", f"kill -9 {pid}")
        self.system.await_value("midinet-host", "MainPID", lambda now: int(now) not in (0, pid))
        self.up("midinet-host")

    def test_5_a_process_that_stands_still_is_restarted_by_the_watchdog(self):
        pid = self.up("midinet-host")
        self.system.inside("sh", "-c", f"kill -STOP {pid}")
        self.system.await_value("midinet-host", "MainPID", lambda now: int(now) not in (0, pid))
        self.assertIn("Watchdog timeout", self.system.inside("journalctl", "--no-pager", "-u", "midinet-host"))
        self.up("midinet-host")

    def test_6_a_wrong_configuration_is_not_tried_for_ever(self):
        kept = self.system.inside("cat", CONFIG)
        (self.system.root / CONFIG[1:]).write_text("[host]\nidd = 1\n")
        self.system.inside("systemctl", "restart", "midinet-host", code=1)
        self.assertEqual(self.system.show("midinet-host", "ActiveState"), "failed")
        self.assertIn("idd", self.system.inside("systemctl", "status", "midinet-host", code=3))
        (self.system.root / CONFIG[1:]).write_text(kept)
        self.system.inside("systemctl", "restart", "midinet-host")

    def test_7_an_update_whose_service_does_not_stay_up_is_undone(self):
        def dies_soon(tree):
            """Runs, takes its configuration, says that it is ready, and ends."""
            host = tree / "usr/bin/midi-host"
            if host.exists():
                host.rename(host.with_name("midi-host.real"))
                host.write_text('#!/bin/sh\ncase $1 in --*) exec /usr/bin/midi-host.real "$@" ;; esac\nsystemd-notify --ready\nsleep 1\nexit 3\n')
                host.chmod(0o755)

        self.up("midinet-host")
        version = self.system.version("midinet-host")
        with tempfile.TemporaryDirectory() as folder:
            release = pathlib.Path(folder)
            for package in self.packages:
                chroot.repacked(package, "99.1-1", release, dies_soon)
            chroot.make_release(release)
            self.system.put(release.iterdir(), "/srv/bad")
        said = self.system.inside("midinet-update", "--from", "/srv/bad", "--timeout", "15", code=1)
        self.assertIn("the version before is back and healthy", said)
        self.assertEqual(self.system.version("midinet-host"), version)
        self.up("midinet-host")

    def test_8_a_persons_client_runs_in_the_session_of_who_is_there(self):
        vera = units.Person(self.system, "vera")
        vera.write(".midinet/config/client.toml", '[network]\ninterface = "lo"\n[midi]\nport = "file:/home/vera/played.mid"\n')
        self.up("midinet-host")
        vera.comes()
        self.addClassCleanup(vera.goes)
        pid = vera.up("midinet-client")
        self.assertEqual(self.system.inside("stat", "-c", "%U", f"/proc/{pid}").strip(), "vera")
        self.assertEqual((vera.show("midinet-client", "StatusText"), vera.show("midinet-client", "NRestarts")), ("running", "0"))
        heard = json.loads(self.system.inside("midinet-cli", "clients", "--json", "--interface", "lo"))["clients"]
        self.assertEqual([client["active"] for client in heard], [1], "it plays the host")
        self.system.inside("sh", "-c", f"kill -9 {pid}")
        vera.await_value("midinet-client", "MainPID", lambda now: int(now) not in (0, pid))
        vera.up("midinet-client")
        type(self).vera = vera

    def test_9_the_client_of_who_is_in_the_group_audio_is_real_time(self):
        pid = self.vera.up("midinet-client")
        if why := units.no_real_time(self.system, self.vera.show("midinet-client", "ControlGroup")):
            self.skipTest(why)
        units.check_real_time(self, self.system, pid, "vera")


if __name__ == "__main__":
    chroot.enter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", default=chroot.ROOT / "build" / "packages")
    arguments, others = parser.parse_known_args()
    FOLDER = arguments.packages
    unittest.main(argv=[sys.argv[0], *others], verbosity=2)
