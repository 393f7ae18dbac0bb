#!/usr/bin/env python3
"""A whole show without hardware, with the real programs: a virtual controller plays a piece into two mirrored hosts, three clients receive both
over two networks while one of them drops datagrams on purpose; two applications light the controllers' lamps, and midi-admin tells all of it over
HTTP. One host is killed and started again, one network is pulled and plugged in again, and everything that comes out at the client that drops is
compared with what went in, event by event."""
import argparse
import collections
import json
import os
import pathlib
import select
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from controller import SKEW, Cable, Controller  # noqa: E402
from faults import Director, run_cli  # noqa: E402
from lights import Application, Surface  # noqa: E402
from recording import Difference, Recording, Splitter  # noqa: E402
from screen import Screen  # noqa: E402
from stage import Door, Loopback, Networks, Program, enter_namespaces  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
HOSTS = (1, 2)
PAINTERS = ("lights", "foh")  # clients whose applications light lamps
ENDING = 1.5  # seconds at the end that are for the last events, and for anything doubled


class Show:
    def __init__(self, options, folder, missing, door):
        self.options, self.folder, self.missing, self.door = options, folder, missing, door
        self.networks = not missing
        self.stage = Networks() if self.networks else Loopback()
        self.recording = Recording()
        self.ended, self.heard_out = threading.Event(), threading.Event()
        self.hosts, self.client, self.others = {}, None, {}
        self.status, self.status_at = {}, 0.0
        self.generation = collections.Counter()
        self.cables = [Cable(folder / f"in{n}.fifo", skew) for n, skew in zip(HOSTS, SKEW)]
        self.sinks = []
        self.surfaces = [Surface(folder / f"lamps{n}.fifo", self.ended) for n in HOSTS]
        self.applications = [Application(folder / f"{name}.fifo", n, self.ended) for n, name in enumerate(PAINTERS, 1)]
        self.controller = Controller(options.piece, self.cables, self.recording)
        self.plays_until = 0.0
        self.director = Director(self, self.ended)

    @property
    def timeline(self):
        return self.director.timeline

    def network_config(self):
        return "[network]\ninterfaces = [" + ", ".join(f'"{name}"' for name in self.stage.interfaces) + f"]\n{self.stage.ports}"

    def start(self, program, box, tag, config, *flags):
        self.generation[box] += 1
        path = self.folder / f"{box}.toml"
        path.write_text(self.network_config() + config)
        command = [*self.stage.inside(box), str(self.options.bin / program), "--config", str(path), "--state-dir", str(self.folder / f"state-{box}"),
                   "--log-format", "json", *flags]
        return Program(tag, command, self.folder / f"{box}.{self.generation[box]}.log")

    def start_host(self, number):
        cable = self.cables[number - 1]
        cable.plug()
        self.hosts[number] = self.start(
            "midi-host", f"host{number}", f"host {number}", f'[host]\nid = {number}\n[midi]\ndevice = "stream:{cable.path}"\n'
            f'feedback = "stream:{self.surfaces[number - 1].path}"\n'
            '[failover]\nmode = "mirror"\nlockout_seconds = 1\n')
        self.hosts[number].expect("sending to")
        cable.open()

    def start_painter(self, name, application):
        os.mkfifo(self.folder / f"out-{name}.fifo")
        self.others[name] = self.start("midi-client", name, f"client {name}", f'[midi]\nport = "stream:{self.folder}/out-{name}.fifo"\n'
                                       f'feedback = "stream:{application.path}"\n')
        self.others[name].expect("listening")
        self.sinks.append(Surface(self.folder / f"out-{name}.fifo", self.ended))

    def start_admin(self):
        config = self.folder / "admin.toml"
        config.write_text(self.network_config())
        command = [str(self.options.bin / "midi-admin"), "--config", str(config), "--data-dir", str(self.folder / "data"), "--log-format", "json"]
        self.others["midi-admin"] = Program("midi-admin", [*self.stage.inside("admin"), *self.door.handed_to(command)], self.folder / "admin.log",
                                            keeps=[self.door.socket.fileno()])
        self.others["midi-admin"].expect("serving http")

    def kill(self, number):
        """Its exit code."""
        code = self.hosts.pop(number).stop(signal.SIGKILL)
        self.cables[number - 1].unplug()
        return code

    def active(self):
        """The host that the client says it plays: its log tells each change, its status the first one."""
        told = [message for _, message in self.client.said() if message.startswith("playing host")]
        return int(told[-1].split()[2]) if told else self.status.get("active", 0)

    def ask(self, *words):
        """midinet-cli's answer, on the client's machine."""
        where = [word for name in self.stage.interfaces for word in ("--interface", name)]
        port = [] if self.networks else ["--port", str(self.stage.control)]
        return run_cli([*self.stage.inside("client"), str(self.options.bin / "midinet-cli"), *where, *port, *words])

    def seconds_to_play(self):
        """0: until Ctrl-C."""
        return max(0.1, self.plays_until - time.monotonic()) if self.options.seconds else 0

    def read_status(self):
        for line in self.client.process.stdout:
            self.status = json.loads(line)
            self.status_at = time.monotonic()

    def await_status(self):
        """Statuses come once a second: one of now."""
        now = time.monotonic()
        while self.status_at < now < time.monotonic() < now + 2:
            time.sleep(0.02)

    def read_out(self, fd):
        splitter = Splitter()
        while not self.heard_out.is_set():
            if select.select([fd], [], [], 0.1)[0]:
                for message in splitter.feed(os.read(fd, 65536)):
                    self.recording.on_out(message)

    def set_up(self):
        os.mkfifo(self.folder / "out.fifo")
        self.client = self.start("midi-client", "client", "the client", f'[midi]\nport = "stream:{self.folder}/out.fifo"\n',
                                 "--inject-loss", str(self.options.loss), "--inject-seed", str(self.options.seed), "--status-lines")
        self.client.expect("listening")
        for number in HOSTS:
            self.start_host(number)
            self.client.expect(f"host {number} heard")
        for name, application in zip(PAINTERS, self.applications):
            self.start_painter(name, application)
        self.start_admin()
        out = os.open(self.folder / "out.fifo", os.O_RDONLY | os.O_NONBLOCK)
        threading.Thread(target=self.read_status, daemon=True).start()
        self.reader = threading.Thread(target=self.read_out, args=(out,), daemon=True)
        self.reader.start()
        self.await_status()
        self.plays_until = self.recording.began + self.options.seconds - ENDING

    def perform(self):
        self.set_up()
        for thread in (*self.cables, self.controller, self.director, *self.surfaces, *self.sinks, *self.applications):
            thread.start()
        screen = Screen()
        try:
            while not self.options.seconds or time.monotonic() < self.plays_until or self.is_needed():
                screen.draw(self)
                time.sleep(0.1)
        except KeyboardInterrupt:
            pass
        return self.finish(screen)

    def is_needed(self):
        """On a busy machine the faults come late. Each is gone through all the same."""
        return self.director.is_alive() and time.monotonic() < self.plays_until + 15

    def finish(self, screen):
        self.controller.ended.set()
        self.controller.join()
        for cable in self.cables:
            cable.waiting.put(None)
            cable.join()
        recording, end = self.recording, time.monotonic() + 1.0
        while time.monotonic() < end and len(recording.outputs) < len(recording.inputs):
            time.sleep(0.02)
        self.ended.set()
        self.director.join(timeout=10)
        time.sleep(0.2)  # anything doubled would come now
        self.await_status()
        self.heard_out.set()  # before the end releases what sounds
        self.reader.join()
        screen.draw(self, last=True)
        hosts = {f"host {n}": host.stop() for n, host in self.hosts.items()}
        codes = {**hosts, "the client": self.client.stop(), **{name: other.stop() for name, other in self.others.items()}}
        return self.judge(screen, codes)

    def judge(self, screen, codes):
        if self.options.sabotage:
            middle = len(self.recording.outputs) // 2
            self.recording.outputs[middle:middle + 2] = self.recording.outputs[middle + 1:middle + 2] * 2
        difference = Difference(self.recording)
        problems = list(self.director.problems)
        dropped = self.status.get("dropped", 0)
        if not self.recording.inputs or (dropped == 0 and self.options.loss > 0):
            problems.append("nothing was played, or nothing was dropped: this shows nothing")
        problems += [f"{name} ended with {code}" for name, code in codes.items() if code]
        if not all(surface.heard for surface in self.surfaces):
            problems.append("a surface was never lit")
        screen.report(self, difference, dropped, problems)
        return 1 if difference.lines or problems else 0


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parent / "build/release/bin", help="folder of the programs")
    parser.add_argument("--piece", type=pathlib.Path, default=HERE / "opening.mid", help="Standard MIDI File to play")
    parser.add_argument("--seconds", type=float, default=0, help="end by itself after this long, 8 or more (0: at Ctrl-C)")
    parser.add_argument("--port", type=int, default=8080, help="where midi-admin answers on 127.0.0.1; another one where it is taken (0: any)")
    parser.add_argument("--loss", type=float, default=10, help="percentage of the datagrams that the client drops, on every network")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--sabotage", action="store_true", help="lose an event of the output and double another: the demo must notice")
    parser.add_argument("--loopback", action="store_true", help="stay on the loopback: no network is pulled")
    options = parser.parse_args()
    if options.seconds and options.seconds < 8:
        parser.error("--seconds: the faults need 8 or more")
    door = Door(options.port)
    missing = "--loopback was given" if options.loopback else enter_namespaces()
    for number in (signal.SIGTERM, signal.SIGINT):  # the latter is ignored by what a shell starts in the background
        signal.signal(number, interrupt)
    with tempfile.TemporaryDirectory(prefix="midinet-demo-") as folder:
        show = None
        try:
            show = Show(options, pathlib.Path(folder), missing, door)
            return show.perform()
        except (RuntimeError, OSError) as error:
            print(f"demo: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            for program in [*show.hosts.values(), show.client, *show.others.values()] if show else []:
                if program is not None and program.process.poll() is None:
                    program.stop(signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
