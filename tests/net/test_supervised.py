#!/usr/bin/env python3
"""What a service manager hears of the real programs (sd_notify): ready, alive, and silence when the engine's thread hangs, whatever else goes on."""
import contextlib
import ctypes
import os
import pathlib
import select
import socket
import time
import unittest

import rig

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
WALL = 0x40000000  # waitpid(2): threads, too
WATCHDOG_US = 2_000_000


class Manager:
    """Listens as systemd does."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(WATCHDOG_US)}

    def hear(self, seconds):
        """The next that it is told; nothing when nothing came."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return None
        return self.socket.recv(4096).decode()

    def drain(self):
        while self.hear(0) is not None:
            pass


def hang(process, thread_name):
    """Stops this one thread of it, as a fault in a driver would; gives its number."""
    libc = ctypes.CDLL(None, use_errno=True)
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        if (task / "comm").read_text().strip() != thread_name:
            continue
        for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
            if libc.ptrace(request, int(task.name), None, None) != 0:
                raise OSError(ctypes.get_errno(), f"ptrace of thread {thread_name}")
        return int(task.name)
    raise AssertionError(f"process {process.pid} has no thread {thread_name}")


def await_end(process, traced, seconds=30):
    """Its exit code. Whoever traces a thread has to take its end, before that of the process is told."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(traced, os.WNOHANG | WALL)
        time.sleep(0.02)
    return process.poll()


class Supervised(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))
        self.manager = Manager(self.stage.path / "notify")
        self.addCleanup(self.manager.socket.close)

    def start(self, name, config):
        return self.stage.start(name, config, env=self.manager.environment)

    def host(self):
        return self.start("midi-host", f'[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{self.stage.fifo("in")}"\n')

    def test_a_host_is_ready_when_its_engine_turns_and_alive_from_then_on(self):
        self.host()
        self.assertEqual(self.manager.hear(15), "READY=1\nWATCHDOG=1\nSTATUS=running")
        self.assertEqual([self.manager.hear(15) for _ in range(3)], ["WATCHDOG=1"] * 3)

    def test_a_client_does_the_same_with_no_host_there(self):
        self.start("midi-client", f'[network]\ninterface = "lo"\n[midi]\nport = "file:{self.stage.path}/out.mid"\n')
        self.assertIn("READY=1", self.manager.hear(15))
        self.assertEqual(self.manager.hear(15), "WATCHDOG=1")

    def test_an_admin_does_the_same_once_it_serves(self):
        config = self.stage.path / "admin.toml"
        config.write_text(f'[network]\ninterface = "lo"\n[admin]\nlisten = "127.0.0.1:0"\ndata_dir = "{self.stage.path}/data"\n')
        process = rig.subprocess.Popen([str(self.stage.bin / "midi-admin"), "--config", str(config)],
                                       env={**os.environ, **self.manager.environment}, stderr=rig.subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        self.assertIn("READY=1", self.manager.hear(15) or process.stderr.read())
        self.assertEqual(self.manager.hear(15), "WATCHDOG=1")

    def test_a_host_that_waits_for_a_network_is_ready_and_says_so(self):
        namespace = "bare"
        rig.sh("ip", "netns", "add", namespace)
        self.addCleanup(rig.sh, "ip", "netns", "delete", namespace)
        self.stage.start("midi-host", f'[midi]\ndevice = "stream:{self.stage.fifo("in")}"\n', namespace, env=self.manager.environment)
        self.assertEqual(self.manager.hear(15), "READY=1\nWATCHDOG=1\nSTATUS=waiting for a network interface")
        self.assertEqual(self.manager.hear(15), "WATCHDOG=1")

    def test_nothing_is_told_of_an_engine_that_hangs_and_the_process_ends(self):
        host = self.host()
        self.assertIn("READY=1", self.manager.hear(15))
        thread = hang(host.process, "midinet-engine")
        self.manager.drain()  # what was told before
        self.assertEqual(await_end(host.process, thread), 1, host.said())
        self.assertIn("the engine thread is stuck", host.said())
        said = []
        while (word := self.manager.hear(0)) is not None:
            said.append(word)
        # Its last turn may have come right before it hung, and was told after.
        self.assertLessEqual(len(said), 1, said)

    def test_a_name_that_can_be_no_socket_stops_it_with_a_sentence(self):
        host = self.stage.start("midi-host", '[network]\ninterface = "lo"\n', env={"NOTIFY_SOCKET": "nowhere"})
        self.assertEqual(host.process.wait(15), 1)
        self.assertIn('NOTIFY_SOCKET is "nowhere"', host.said())


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
