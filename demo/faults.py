"""What the demo does to the show while it plays, and what came of it. Everything told here was read from a log, a counter or an answer."""
import json
import signal
import subprocess
import textwrap
import threading
import time

CYCLE = 24.0  # seconds: a longer show goes through the faults again
AROUND = (0.05, 0.4)  # seconds before and after a fault whose events are looked at for lateness


class Entry:
    """A line of the timeline: when, what was done, and (a little later) what came of it."""

    def __init__(self, at, did):
        self.at, self.did, self.came = at, did, []

    def lines(self):
        told = [line for text in self.came for line in textwrap.wrap(text, 44)] or ["…"]
        return [f"{self.at:6.1f} s  {self.did:23}  {told[0]}"] + [" " * 35 + more for more in told[1:]]


class Director(threading.Thread):
    """Goes through the faults at their times. One at a time, each mended before the next: that no single fault is heard is the promise.
    With one host dead and one network pulled there is nothing left to fall back on but repeats and questions."""

    def __init__(self, show, ended):
        super().__init__(daemon=True)
        self.show, self.ended = show, ended
        self.timeline, self.problems = [], []
        self.planned = [(0.1, self.kill), (0.3, self.bring_back), (0.45, self.pull), (0.58, self.plug), (0.7, self.switch), (0.8, self.ask)]

    def note(self, did, at=None):
        self.timeline.append(Entry(self.show.recording.elapsed if at is None else at, did))
        return self.timeline[-1]

    def problem(self, text):
        self.problems.append(f"{self.show.recording.elapsed:.1f} s: {text}")

    def run(self):
        show = self.show
        length = show.seconds_to_play()
        cycle = length / max(1, round(length / CYCLE)) if length else CYCLE
        began = time.monotonic()
        self.begin()
        while not self.ended.is_set():
            for share, step in self.planned:
                if self.ended.wait(max(0.0, began + share * cycle - time.monotonic())):
                    return
                if show.networks or step not in (self.pull, self.plug):
                    try:
                        step()
                    except (RuntimeError, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
                        self.problem(f"{step.__name__}: {error}")
            began += cycle
            if length and began + cycle > show.plays_until + 0.1:
                return  # the rest of the time everything is whole

    def begin(self):
        entry = self.note("the music begins")
        entry.came = [f"client plays host {self.show.active()}, " + self.heard()]

    def heard(self):
        hosts = sorted({message.split()[1] for _, message in self.show.client.said() if " heard, epoch " in message})
        return "hears hosts " + " and ".join(hosts)

    def lateness(self, at):
        """`at` is of the recording's clock. Waits until the time around it is over."""
        self.ended.wait(max(0.0, at + AROUND[1] + 0.05 - self.show.recording.elapsed))
        late, count = self.show.recording.slowest(at - AROUND[0], at + AROUND[1])
        return f"slowest of {count} events around it: {late:.1f} ms" if count else "nothing was played around it"

    def changes(self, since):
        told = [message for _, message in self.show.client.said(since) if message.startswith("playing host") or "silent" in message]
        return told or ["client: nothing changes over"]

    def kill(self):
        show = self.show
        before, at, wall = show.active(), show.recording.elapsed, time.time()
        code = show.kill(1)
        entry = self.note("host 1 killed (SIGKILL)", at)
        if code != -signal.SIGKILL:
            self.problem(f"host 1 should have been killed, and ended with {code}")
        if before == 1:
            told = show.client.hears(["playing host"], since=wall, seconds=2.0)
            if told is None:
                self.problem("the client said nothing of the death of the host it played")
            came = f"client plays host {show.active()} after {(told[0] - wall) * 1e3:.1f} ms" if told else "client says nothing"
        else:
            came = f"client plays host {before} already"
        entry.came = [came, self.lateness(at)]

    def bring_back(self):
        entry = self.note("host 1 started again")
        wall = time.time()
        self.show.start_host(1)
        told = self.show.client.hears(["host 1 heard", "host 1 is back"], since=wall, seconds=5.0)
        if told is None:
            self.problem("host 1 was not heard again")
            entry.came = ["client does not hear it"]
            return
        entry.came = [f"client: {told[1]}", f"after {(told[0] - wall) * 1e3:.0f} ms; it goes on with host {self.show.active()}"]

    def pull(self):
        stage, recording = self.show.stage, self.show.recording
        entry = self.note("network 1 pulled")
        wall, at = time.time(), recording.elapsed
        stage.set(0, "down")
        before = stage.received()
        time.sleep(AROUND[1] + 0.05)  # also when the demo is just being ended
        got = [b - a for a, b in zip(before, stage.received())]
        if got[0] or not got[1]:
            self.problem(f"network 1 should bring nothing and network 2 everything; they brought {got} frames")
        entry.came = [f"frames in {(time.time() - wall) * 1e3:.0f} ms: {got[0]} by it, {got[1]} by network 2", *self.changes(wall), self.lateness(at)]

    def plug(self):
        stage = self.show.stage
        entry = self.note("network 1 back")
        began, before = time.monotonic(), stage.received()[0]
        stage.set(0, "up")
        while stage.received()[0] < before + 20:
            if time.monotonic() > began + 3:
                self.problem("network 1 brings nothing again")
                entry.came = ["client gets nothing by it"]
                return
            time.sleep(0.005)
        entry.came = [f"brings datagrams again after {(time.monotonic() - began) * 1e3:.0f} ms"]

    def switch(self):
        show, at = self.show, self.show.recording.elapsed
        entry = self.note("midinet-cli failover 1")
        answer = show.ask("failover", "1")
        if answer["outcome"] == "done":
            took = max(client["took_us"] for client in answer["clients"]) / 1e3
            came = f"done: client plays host {show.active()} after {took:.1f} ms"
        else:
            came = f"{answer['outcome']}: {answer['why']}"
            if show.active() != 1:
                self.problem(f"midinet-cli failover 1 was {came}")
        entry.came = [came, self.lateness(at)]

    def ask(self):
        entry = self.note("midinet-cli status")
        answer = self.show.ask("status")
        alive = [host["id"] for host in answer["hosts"] if not host["gone"]]
        if sorted(alive) != [1, 2]:
            self.problem(f"hosts {alive} live at the end, not 1 and 2")
        entry.came = [f"hosts {' and '.join(map(str, sorted(alive)))}: {answer['verdict'].replace('_', ' ')}"]
        entry.came += [reason["text"] for reason in answer["reasons"]]


def run_cli(command):
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=20)
    return json.loads(done.stdout) if done.stdout else {"outcome": "failed", "why": done.stderr.strip(), "hosts": [], "verdict": "unreachable", "reasons": []}
