"""The programs for Windows under Wine, beside Linux hosts, in the rig of tests/net."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "net"))

import rig  # noqa: E402

BUILD = HERE.parents[1] / "build/windows"
PREFIX = BUILD / "wine"
SYSTEM = PREFIX / "drive_c/windows/system32"
DOUBLES = {"teVirtualMIDI64.dll": SYSTEM / "teVirtualMIDI64.dll", "winmm.dll": SYSTEM / "winmm.dll"}
WINE = next((w for w in ("/usr/lib/wine/wine64", shutil.which("wine64"), shutil.which("wine")) if w and os.path.exists(w)), None)
# Of Wine's own libraries winmm alone gives way; mono and the browser engine would be asked for, and are not needed.
ENV = {"WINEPREFIX": str(PREFIX), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "winmm=n,b;mscoree=;mshtml=", "DISPLAY": ""}
SERVER = "/usr/lib/wine/wineserver64"


# Every datagram costs Wine several turns of its server: beats come 25 ms apart, not 3, and a host is given up after half a second.
PATIENT = "[heartbeat]\ninterval_ms = 25\nmiss_threshold = 20\n"


def windows_path(path):
    return "Z:" + str(path).replace("/", "\\")


def server(*words):
    subprocess.run([SERVER if os.path.exists(SERVER) else "wineserver", *words], env={**os.environ, **ENV}, check=False, timeout=120)


def prepare():
    """A Windows with the doubles in it. Its server makes the sockets, so one from outside of this network namespace has to end first."""
    if WINE is None:
        print("SKIPPED: Wine is missing: run scripts/deps.sh windows")
        sys.exit(rig.SKIP)
    server("-k")
    if not (PREFIX / "system.reg").exists():
        boot = {**os.environ, **ENV, "WINEDLLOVERRIDES": "mscoree=;mshtml="}
        subprocess.run([WINE, "wineboot", "--init"], env=boot, check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server("-w")
    install_driver()


def keep_server(seconds=120):
    """Wine starts once then for many short programs, not for each: that is most of what they take."""
    server(f"-p{seconds}")
    # What Wine starts by itself keeps the outputs of whoever was first, and a pipe of a test's would never end.
    subprocess.run([WINE, "wineboot"], env={**os.environ, **ENV}, check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def install_driver(there=True):
    for name, place in DOUBLES.items():
        place.unlink(missing_ok=True)
        if there:
            shutil.copy(BUILD / "doubles" / name, place)


@contextlib.contextmanager
def no_driver():
    install_driver(False)
    try:
        yield
    finally:
        install_driver()


def run(program, *words, env=None, seconds=120):
    """One of the build's to its end."""
    return subprocess.run([WINE, str(BUILD / program), *map(str, words)], capture_output=True, text=True, timeout=seconds,
                          env={**os.environ, **ENV, **(env or {})})


class Driver:
    """What the double wrote down, and what applications say by it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def name(self, port=0):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / f"port-{port}.name").read_text(encoding="utf-8")
        return None

    def await_port(self, port=0, seconds=60):
        end = time.monotonic() + seconds
        while not self.name(port):  # it is there before its name is written into it
            if time.monotonic() > end:
                raise AssertionError(f"port {port} was never made")
            time.sleep(0.02)

    def bytes(self, port=0):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / f"port-{port}.bytes").read_bytes()
        return b""

    def await_bytes(self, count, port=0, seconds=60, after=0):
        """Until `count` bytes came behind the first `after`, or nothing comes any more; all that is there behind those."""
        end = time.monotonic() + seconds
        while len(self.bytes(port)) - after < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.bytes(port)[after:]

    def say(self, *messages, port=0):
        aside = self.folder / "saying"
        aside.write_text("".join(f"{m}\n" for m in messages))
        aside.rename(self.folder / f"say-{port}")


class Stage(rig.Stage):
    """Hosts as everywhere; the client is the one for Windows."""

    def __enter__(self):
        super().__enter__()
        self.driver = Driver(self.path / "driver")
        return self

    def __exit__(self, *why):
        super().__exit__(*why)
        server("-k")
        server("-w")

    def windows_client(self, config="", flags=(), env=None, wait=True):
        path, log = self.path / "client.toml", self.path / f"client.{len(self.programs)}.log"
        path.write_text(config or '[network]\ninterface = "lo"\n')
        command = [WINE, BUILD / "bin/midi-client.exe", "--config", windows_path(path), "--state-dir", windows_path(self.path / "state-windows"),
                   "--log-format", "json", "--log-level", "debug", *flags]
        with open(log, "w") as out:
            process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=out,
                                       env={**os.environ, **ENV, "MIDINET_DOUBLE": windows_path(self.driver.folder), **(env or {})})
        self.programs.append(rig.Program("midi-client.exe", process, log))
        if wait:
            self.programs[-1].await_word("listening to", seconds=120)
        return self.programs[-1]


def interrupt(program, seconds=60):
    """Ctrl-C; gives its exit code."""
    return program.stop(signal.SIGINT, seconds)[0]
