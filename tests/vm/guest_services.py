#!/usr/bin/env python3
"""Runs in the test machine: the services as they are shipped, under a real systemd and a whole kernel, which gives what units ask for; and the
machine tuned, and put back."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE / "tests/packages"))
import units  # noqa: E402

BIN = pathlib.Path(sys.argv.pop(1)).resolve()
DEPLOY = HERE / "deploy"
# What the machine around this one has set up is not this one's; and what waits for hardware, or would set the clock.
BOOT = """mount -t proc proc /proc
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /run
exec env container=test /lib/systemd/systemd --log-target=journal --unit=basic.target
"""
MASKED = ("systemd-udevd", "systemd-udev-trigger", "systemd-logind", "systemd-timesyncd", "systemd-remount-fs", "systemd-sysctl", "systemd-binfmt")
RECEIVE = pathlib.Path("/proc/sys/net/core/rmem_max")
RUNTIME = pathlib.Path("/proc/sys/kernel/sched_rt_runtime_us")


class Machine(units.Units):
    """This machine, with a systemd in process and mount namespaces of its own: the kernel's first process here is none."""

    root = pathlib.Path("/")

    def __init__(self):
        for program in ("midi-host", "midi-client", "midinet-cli"):
            shutil.copy(BIN / program, "/usr/bin")
        for name, folder in (("midinet-host.service", "systemd/system"), ("midinet-tune.service", "systemd/system"), ("midinet-client.service", "systemd/user"),
                             ("sysusers.d/midinet-host.conf", "sysusers.d"), ("tmpfiles.d/midinet-host.conf", "tmpfiles.d")):
            shutil.copy(DEPLOY / name, f"/usr/lib/{folder}")
        os.makedirs("/etc/security/limits.d", exist_ok=True)
        shutil.copy(DEPLOY / "limits.d/midinet.conf", "/etc/security/limits.d")
        os.makedirs("/etc/midinet", exist_ok=True)
        pathlib.Path("/etc/midinet/midinet.toml").write_text('[network]\ninterface = "lo"\n')
        shutil.rmtree("/var/lib/midinet", ignore_errors=True)
        subprocess.run(["systemd-sysusers", "midinet-host.conf"], check=True)
        subprocess.run(["systemd-tmpfiles", "--create", "midinet-host.conf"], check=True)
        subprocess.run(["systemctl", "mask", *(f"{name}.service" for name in MASKED)], check=True, capture_output=True)
        self.log = open("/tmp/systemd.log", "w+")
        self.outer = subprocess.Popen(["unshare", "-mp", "--cgroup", "--fork", "--kill-child", "sh", "-ec", BOOT], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def inside(self, *command, code=0):
        first = subprocess.run(["pgrep", "-P", str(self.outer.pid)], capture_output=True, text=True).stdout.split()[0]
        done = subprocess.run(["nsenter", "-t", first, "-m", "-p", *command], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"})
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def systemctl(self, *words):
        return self.inside("systemctl", *words)

    def journal(self, unit):
        return self.inside("journalctl", "--no-pager", "-n", "30", "-u", unit, code=None)

    def boots(self, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.outer.poll() is None:
            with contextlib.suppress(AssertionError, IndexError):
                if self.inside("systemctl", "is-active", "basic.target", code=None).strip() == "active":
                    return
            time.sleep(0.2)
        self.log.seek(0)
        raise AssertionError("systemd did not come up: " + self.log.read())


class Services(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = Machine()
        cls.machine.boots()

    def test_the_hosts_engine_is_real_time_and_its_memory_locked(self):
        self.machine.systemctl("start", "midinet-host")
        pid = self.machine.up("midinet-host")
        units.check_real_time(self, self.machine, pid, "midinet")

    def test_a_persons_client_has_what_the_limits_of_her_group_give(self):
        vera = units.Person(self.machine, "vera")
        vera.write(".midinet/config/client.toml", '[network]\ninterface = "lo"\n[midi]\nport = "file:/home/vera/played.mid"\n')
        vera.comes()
        vera.systemctl("start", "midinet-client")
        units.check_real_time(self, self.machine, vera.up("midinet-client"), "vera")
        vera.goes()

    def test_the_locked_in_tuning_sets_the_kernel_and_puts_it_back(self):
        before = {path: path.read_text() for path in (RECEIVE, RUNTIME)}
        RUNTIME.write_text("500000\n")
        self.machine.systemctl("start", "midinet-tune")
        self.assertEqual((RECEIVE.read_text(), RUNTIME.read_text()), ("4194304\n", "950000\n"), self.machine.journal("midinet-tune"))
        self.assertIn("one CPU", self.machine.journal("midinet-tune"))
        self.machine.systemctl("stop", "midinet-tune")
        self.assertEqual((RECEIVE.read_text(), RUNTIME.read_text()), (before[RECEIVE], "500000\n"), self.machine.journal("midinet-tune"))
        self.assertFalse(pathlib.Path("/run/midinet-tune/former.json").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
