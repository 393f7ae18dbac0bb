"""Starting and measuring the real programs, for bench/run.py."""
import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")


class Show:
    """A folder with FIFOs and configurations, and the programs started in it. Ends what it started."""

    def __init__(self, binaries):
        self.bin = pathlib.Path(binaries).resolve()
        self.processes = []

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="midinet-bench-")
        self.path = pathlib.Path(self.folder.name)
        return self

    def __exit__(self, *_):
        self.stop_all()
        self.folder.cleanup()

    def fifo(self, name):
        path = self.path / name
        if not path.exists():
            os.mkfifo(path)
        return str(path)

    def run(self, *command, **options):
        process = subprocess.Popen([str(c) for c in command], **options)
        self.processes.append(process)
        return process

    def stop(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def stop_all(self):
        for process in list(self.processes):
            self.stop(process)

    def program(self, name, config, prefix=(), ready=None, tag="", flags=()):
        """Starts midi-host or midi-client and waits until its log says `ready`."""
        config_path = self.path / f"{name}{tag}.toml"
        config_path.write_text(config)
        log_path = self.path / f"{name}{tag}.log"
        with open(log_path, "w") as log:
            process = self.run(*prefix, self.bin / name, "--config", config_path, "--state-dir", self.path / "state", *flags, stdout=log, stderr=log)
        if ready:
            self.await_log(log_path, ready, process)
        return process

    @staticmethod
    def await_log(path, word, process, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if word in path.read_text():
                return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"{path.name} never said {word!r}:\n{path.read_text()}")

    def pair(self, interface="lo", pinned=False):
        """A client and a host, FIFO to FIFO. Gives (host, client, in, out). `pinned`: each on a processor of its own."""
        on_host, on_client = (pin("host"), pin("client")) if pinned else ((), ())
        in_fifo, out_fifo = self.fifo("in.fifo"), self.fifo("out.fifo")
        client = self.program("midi-client", client_config(interface, f"stream:{out_fifo}"), on_client, ready="listening")
        host = self.program("midi-host", host_config(interface, f"stream:{in_fifo}"), on_host, ready="sending")
        self.await_log(self.path / "midi-client.log", "heard", client)
        return host, client, in_fifo, out_fifo


def pin(role):
    """The front of a command that keeps it on the first processor (host, probe) or the last one (client)."""
    allowed = sorted(os.sched_getaffinity(0))
    return ("taskset", "-c", str(allowed[-1] if role == "client" else allowed[0]))


def host_config(interface, device):
    return f'[network]\ninterface = "{interface}"\n[midi]\ndevice = "{device}"\n'


def client_config(interface, port):
    return f'[network]\ninterface = "{interface}"\n[midi]\nport = "{port}"\n'


def rss_mb(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def cpu_seconds(process):
    """Time on a processor, all threads, to the nanosecond."""
    total = 0
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9
