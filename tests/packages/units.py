"""Units of a systemd that tests started: what is said of them, what their processes were granted, and people with a service manager of their own.

A `system` has inside(*command, code=0): what a command says that is run there."""
import pathlib
import re
import time


class Units:
    """What is said of units by a service manager that `systemctl` asks; `journal` tells why one is not as it should be."""

    def show(self, unit, name):
        return self.systemctl("show", "--value", "-p", name, unit).strip()

    def await_value(self, unit, name, good, seconds=60):
        end = time.monotonic() + seconds
        while not good(value := self.show(unit, name)):
            if time.monotonic() > end:
                raise AssertionError(f"{name} of {unit} is {value!r}:\n{self.journal(unit)}")
            time.sleep(0.2)
        return value

    def up(self, unit):
        self.await_value(unit, "ActiveState", lambda state: state == "active")
        return int(self.show(unit, "MainPID"))


class Person(Units):
    """Who may log in, with a service manager of her own. There is no logind here: what it does at a login is done by hand."""

    def __init__(self, system, name):
        self.system, self.name = system, name
        system.inside("useradd", "--create-home", "--groups", "audio", name)
        self.uid = system.inside("id", "-u", name).strip()

    def write(self, path, text):
        folder = pathlib.PurePath(f"/home/{self.name}/{path}").parent
        self.system.inside("runuser", "-u", self.name, "--", "mkdir", "-p", str(folder))
        (self.system.root / f"home/{self.name}/{path}").write_text(text)

    def comes(self):
        unit = self.system.root / "etc/systemd/system/user-runtime-dir@.service"
        unit.write_text("[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=install -d -m 700 -o %i -g %i /run/user/%i\n")
        self.system.inside("systemctl", "daemon-reload")
        self.system.inside("systemctl", "start", f"user@{self.uid}.service")

    def goes(self):
        self.system.inside("systemctl", "stop", f"user@{self.uid}.service")

    def systemctl(self, *words):
        return self.system.inside("runuser", "-u", self.name, "--", "env", f"XDG_RUNTIME_DIR=/run/user/{self.uid}", "systemctl", "--user", *words)

    def journal(self, unit):
        return self.system.inside("journalctl", "--no-pager", "-n", "40", code=None)


def no_real_time(system, group):
    """Why nobody in a control group of a service can be real-time there, not even root with the limits that the unit asks for; nothing: it can."""
    limits = ("--rtprio=80:80", "--memlock=unlimited:unlimited")
    said = system.inside("sh", "-c", f"echo $$ >/sys/fs/cgroup{group}/cgroup.procs && exec prlimit {' '.join(limits)} chrt -f 80 true", code=None)
    return f"the limits of its unit cannot be given here, by root either: {said.strip()}" if said else None


def threads_of(system, pid):
    """{name: (policy, priority)}."""
    threads = {}
    for thread in system.inside("ls", f"/proc/{pid}/task").split():
        said = system.inside("chrt", "-p", thread)
        name = system.inside("cat", f"/proc/{pid}/task/{thread}/comm").strip()
        threads[name] = (re.search(r"policy: (\w+)", said)[1], int(re.search(r"priority: (\d+)", said)[1]))
    return threads


def memory_of(system, pid, name):
    """Units: KiB."""
    return int(re.search(rf"^{name}:\s+(\d+) kB", system.inside("cat", f"/proc/{pid}/status"), re.MULTILINE)[1])


def check_real_time(test, system, pid, user):
    """That the engine's thread, and no other, is SCHED_FIFO 80, that what is in memory is locked there, and whose process it is."""
    test.assertEqual(system.inside("stat", "-c", "%U", f"/proc/{pid}").strip(), user)
    threads = threads_of(system, pid)
    said = system.inside("journalctl", "--no-pager", f"_PID={pid}")
    test.assertEqual(threads.pop("midinet-engine", None), ("SCHED_FIFO", 80), said)
    test.assertEqual(set(threads.values()), {("SCHED_OTHER", 0)}, threads)
    test.assertGreaterEqual(memory_of(system, pid, "VmLck"), memory_of(system, pid, "VmRSS"), said)
    test.assertNotIn("was refused", said)
