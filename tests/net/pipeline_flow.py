"""Music through two hosts and a client while their pipelines change: what comes out, against what went in."""
import http.client
import json
import os
import re
import select
import subprocess
import threading
import time

import rig

HELD = 4  # notes down at any moment
JSON = {"Content-Type": "application/json"}
CLIENT = '[network]\ninterface = "lo"\n[midi]\nport = "stream:{}"\n[focus]\nauto_claim = false\n'


def performance(count):
    """Notes that overlap: each ends when four more have begun. The velocity counts."""
    events = []
    for k in range(count // 2):
        events.append(bytes([0x90, 40 + k % 9, 1 + k % 127]))
        if k >= HELD:
            events.append(bytes([0x80, 40 + (k - HELD) % 9, k % 128]))
    events += [bytes([0x80, 40 + k % 9, k % 128]) for k in range(count // 2 - HELD, count // 2)]
    return events


def compare(played, heard, transposes):
    """How many events are missing, wrong or too many, and how many notes hang: each note may have been moved by any of `transposes`, in their
    order and never by an earlier one again, and ends where it began."""
    wrong, at, down = abs(len(played) - len(heard)), 0, {}
    for sent, came in zip(played, heard):
        key = sent[1]
        if sent[0] == 0x90:
            moved = came[1] - sent[1]
            if moved in transposes[at:]:
                at = at + transposes[at:].index(moved)
                down[key] = came[1]
            wrong += came != bytes([0x90, down.get(key, -1) & 0x7F, sent[2]])
        else:
            wrong += came != bytes([0x80, down.pop(key, -1) & 0x7F, sent[2]])
    sounding = {}
    for came in heard:
        sounding[came[1]] = sounding.get(came[1], 0) + (1 if came[0] == 0x90 else -1)
    return wrong, sum(max(n, 0) for n in sounding.values())


class Flow:
    """Two hosts, a client that plays the first, and an admin, on the loopback."""

    def __init__(self, stage):
        self.stage = stage
        self.hosts, self.keys = [], []
        for number in (1, 2):
            self.start_host(number)
        self.port = stage.fifo("out.fifo")
        self.out = stage.open_read(self.port)
        self.start_client()
        self.start_admin()
        self.client_id = self.ask("GET", "/api/clients")[1]["clients"][0]["id"]

    def start_client(self):
        """As its file says by now, where there is one."""
        config = self.client_config()
        text = config.read_text() if config.exists() else CLIENT.format(self.port)
        self.client = self.stage.start("midi-client", text, flags=("--no-realtime",))
        self.client.await_word("heard")

    def client_config(self):
        return self.stage.path / "midi-client.toml"

    def config(self, number):
        return self.stage.path / f"midi-host{number}.toml"

    def start_host(self, number):
        fifo = self.stage.fifo(f"keys{number}.fifo")
        config = self.config(number)
        text = config.read_text() if config.exists() else (
            f'# host {number}\n[host]\nid = {number}\n{rig.PATIENT}[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{fifo}"\n'
            'feedback = "none"\n[failover]\nauto_enabled = false\n')
        host = self.stage.start("midi-host", text, tag=str(number), flags=("--no-realtime",))
        host.await_word("sending to")
        self.hosts[number - 1:number] = [host]
        self.keys[number - 1:number] = [self.stage.open_write(fifo)]
        return host

    def start_admin(self):
        config = self.stage.path / "admin.toml"
        config.write_text('[network]\ninterface = "lo"\n[admin]\nlisten = "127.0.0.1:0"\n')
        log = self.stage.path / "admin.log"
        with open(log, "w") as out:
            process = subprocess.Popen([self.stage.bin / "midi-admin", "--config", config], stdout=out, stderr=out)
        admin = rig.Program("midi-admin", process, log)
        self.stage.programs.append(admin)
        admin.await_word("serving ")
        self.admin_port = int(re.search(r"serving http on 127\.0\.0\.1:(\d+)", admin.said()).group(1))
        end = time.monotonic() + 15
        while [self.ask("GET", "/api/status")[1][kind]["present"] for kind in ("hosts", "clients")] != [2, 1]:
            if time.monotonic() > end:
                raise RuntimeError("midi-admin does not hear both hosts")
            time.sleep(0.05)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=20)
        connection.request(method, path, body and json.dumps(body), JSON if body else {})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        return answer.status, said

    def put(self, body):
        """What every host answered."""
        status, said = self.ask("PUT", "/api/pipeline", body)
        if status != 200:
            raise RuntimeError(f"PUT /api/pipeline: {status} {said}")
        return said["hosts"]

    def put_client(self, body, method="PUT"):
        """What the client answered, for its own pipeline."""
        status, said = self.ask(method, f"/api/pipeline/clients/{self.client_id}", body)
        if status != 200:
            raise RuntimeError(f"{method} /api/pipeline/clients: {status} {said}")
        return [said]

    def play(self, events, rate):
        """Into the first host, in the background."""
        def run():
            began = time.monotonic()
            for n, event in enumerate(events):
                os.write(self.keys[0], event)
                time.sleep(max(0, began + (n + 1) / rate - time.monotonic()))
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def hear(self, count, seconds):
        """So many events, or what came until then; and what comes in half a second after."""
        said, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.out], [], [], 0.05)[0]:
                said += os.read(self.out, 65536)
            if len(said) >= 3 * count and end > time.monotonic() + 0.5:
                end = time.monotonic() + 0.5
        return [said[i:i + 3] for i in range(0, len(said), 3)]

    def change_under_music(self, count, rate, pause, put=None):
        """By `put`, that of all hosts unless told. (wrong or lost events, hanging notes, times of all changes in ms)."""
        events = performance(count)
        transposes, times = [0], []
        player = self.play(events, rate)
        hearing = []
        ear = threading.Thread(target=lambda: hearing.extend(self.hear(len(events), len(events) / rate + 10)))
        ear.start()
        n = 0
        while player.is_alive():
            n += 1
            transposes.append((n % 11) * 3 - 15)
            times += [host["took_ms"] for host in (put or self.put)({"transpose": transposes[-1]})]
            time.sleep(pause)
        player.join()
        ear.join()
        wrong, hanging = compare(events, hearing, transposes)
        return wrong, hanging, times, n
