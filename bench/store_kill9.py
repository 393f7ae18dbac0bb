"""midi-admin killed at any moment, again and again: what its history loses, and whether it is ever damaged."""
import contextlib
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time


def seconds_kept(data, aside):
    """The seconds of a copy, as a program that comes after the kill finds them; None: it is damaged."""
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(data, aside)
    with contextlib.closing(sqlite3.connect(aside / "history.db")) as database:
        try:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return None
            return [row[0] for row in database.execute("SELECT at FROM seconds WHERE device = 1 ORDER BY at")]
        except sqlite3.DatabaseError:
            return None


def missing(seconds, began, killed):
    """Whole seconds of one run that are not there."""
    return sum(second not in seconds for second in range(int(began) + 1, int(killed) + 1))


def kill_9(binaries, kills, rng):
    """Gives how often it was damaged, and the most seconds that one kill cost."""
    corrupt, worst = 0, 0
    with tempfile.TemporaryDirectory(prefix="midinet-bench-") as folder:
        folder = pathlib.Path(folder)
        data, log, known = folder / "data", folder / "log", set()
        config = folder / "admin.toml"
        config.write_text('[network]\ninterface = "lo"\n[admin]\nlisten = "127.0.0.1:0"\n')
        for _ in range(kills):
            with open(log, "w") as out:
                process = subprocess.Popen([binaries / "midi-admin", "--config", config, "--data-dir", data], stdout=out, stderr=out)
            while "serving" not in log.read_text():
                if process.poll() is not None:
                    raise RuntimeError(log.read_text())
                time.sleep(0.005)
            began = time.time()
            time.sleep(rng.uniform(0.3, 2.5))
            process.send_signal(signal.SIGKILL)
            killed = time.time()
            process.wait()
            seconds = seconds_kept(data, folder / "copy")
            if seconds is None or known - set(seconds) or "set aside" in log.read_text():
                corrupt += 1
                continue
            worst = max(worst, missing(set(seconds), began, killed))
            known = set(seconds)
    return corrupt, worst


def measure(options, results):
    kills = 200
    corrupt, lost = kill_9(options.bin, kills, random.Random(1))
    method = f"midi-admin on lo with one data directory, killed with SIGKILL {kills} times after 0.3 to 2.5 s"
    results.add("store.kill9_corrupt", corrupt, "kills", method + "; integrity_check fails, a second that was there is not, or the file was set aside")
    results.add("store.kill9_seconds_lost", lost, "s", method + "; the most whole seconds of a run that are missing after its kill")
