"""What the terminal shows while the demo runs."""
import os
import shutil
import sys

LONGEST = 30  # lines of a timeline or of a difference
NOTES = "C C# D D# E F F# G G# A A# B".split()
KINDS = {0x80: "note off", 0x90: "note on", 0xA0: "key pressure", 0xB0: "control", 0xC0: "program", 0xD0: "pressure", 0xE0: "bend"}


def describe(message):
    """A message in at most 32 characters."""
    status = message[0]
    if status == 0xF0:
        return f"SysEx, {len(message)} bytes"
    if status > 0xF0:
        return f"system {status:02X}"
    channel, kind = status % 16 + 1, status & 0xF0
    text = f"ch {channel:2} {KINDS[kind]:12} "
    if kind in (0x80, 0x90, 0xA0):
        return text + f"{NOTES[message[1] % 12]}{message[1] // 12 - 1} {message[2]}"
    if kind == 0xB0:
        return text + f"{message[1]} = {message[2]}"
    if kind == 0xE0:
        return text + str(message[1] + message[2] * 128 - 8192)
    return text + str(message[1])


class Screen:
    """Redraws in place on a terminal, prints the timeline as it grows elsewhere."""

    def __init__(self, out=sys.stdout):
        self.out = out
        self.live = out.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self.color = self.live and "NO_COLOR" not in os.environ
        self.lines = 0
        self.next_line = 0.0
        self.begun = False

    def paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self.color else text

    def draw(self, show, last=False):
        if not self.live and not self.begun:
            print(show.door.words(), file=self.out, flush=True)
        self.begun = True
        if self.live:
            self.redraw(show)
        elif last or show.recording.elapsed >= self.next_line:
            elapsed = show.recording.elapsed
            self.next_line = elapsed + 2
            print(f"{elapsed:7.1f} s  in {len(show.recording.inputs):6}  out {len(show.recording.outputs):6}  "
                  f"datagrams dropped {show.status.get('dropped', 0):6}", file=self.out, flush=True)

    def redraw(self, show):
        size = shutil.get_terminal_size()
        lines = list(self.compose(show, size.lines))[:size.lines - 1]
        if self.lines:
            self.out.write(f"\033[{self.lines}A")
        for code, line in lines:
            self.out.write("\033[2K" + self.paint(code, line[:size.columns - 1]) + "\n")
        self.lines = len(lines)
        self.out.flush()

    def compose(self, show, height):
        """(colour, line): as many as fit into 24 lines, more of the timeline and of the events where there is room."""
        recording, status = show.recording, show.status
        channels = recording.channels()
        room = max(6, height - 9 - len(channels))
        told = [line for entry in show.timeline for line in entry.lines()][-(room - min(8, room // 2)):]
        count = min(8, room - max(len(told), room // 2))
        yield "1", title(show) + f"{recording.elapsed:8.1f} s"
        yield "32", show.door.words()
        yield "0", ""
        yield "1", f"  {'in: what the controller played':37} {'out: what the virtual port got'}"
        for left, right in zip(last(recording.inputs, count), last(recording.outputs, count)):
            yield "0", f"  {left:37} {right}"
        for channel in channels:
            yield "36", f"  ch {channel + 1:2}  {'#' * recording.sounding_in[channel]:30} {'#' * recording.sounding_out[channel]:30}"
        yield "0", (f"  events in {len(recording.inputs)}, out {len(recording.outputs)}   datagrams dropped {status.get('dropped', 0)}, "
                    f"not needed {status.get('duplicates', 0)}")
        yield "0", f"  latency p50 {recording.latency(0.5, 2000):.2f} ms, p99 {recording.latency(0.99, 2000):.2f} ms, from one pipe to the other"
        yield "0", ""
        for line in told:
            yield "33", line

    def report(self, show, difference, dropped, problems):
        """The end of the show."""
        say = lambda text="", code="0": print(self.paint(code, text), file=self.out)
        recording = show.recording
        say()
        say(title(show), "1")
        if show.missing:
            say(f"On the loopback, no network was pulled: that needs network namespaces\n({show.missing})", "33")
        say()
        said = [line for entry in show.timeline for line in entry.lines()]
        if len(said) > LONGEST:
            say(f"  … {len(said) - LONGEST} lines before")
        for line in said[-LONGEST:]:
            say(line)
        say()
        say(f"  events       {len(recording.inputs)} in, {len(recording.outputs)} out: {difference.lost} lost, {difference.doubled} doubled, "
            f"{difference.moved} out of order, {difference.made_up} made up")
        say(f"  datagrams    {dropped} dropped on purpose; {show.status.get('duplicates', 0)} copies were not needed")
        say(f"  client       {show.status.get('lost', 0)} events given up, {show.status.get('corrections', 0)} corrections of its own making")
        say(f"  lamps        {' and '.join(f'{s.heard} bytes at host {n}' for n, s in enumerate(show.surfaces, 1))}")
        say(f"  pipe to pipe p50 {recording.latency(0.5):.2f} ms, p99 {recording.latency(0.99):.2f} ms, most {recording.latency(1):.2f} ms")
        say()
        if difference.lines:
            say("input and output differ:", "31")
            for line in difference.lines[:LONGEST]:
                say("  " + line)
            if len(difference.lines) > LONGEST:
                say(f"  and {len(difference.lines) - LONGEST} more")
            say("What was played, switched or changed by the dashboard meanwhile is no part of the piece, and counts as a difference, too.")
        for text in problems:
            say(text, "31")
        if not difference.lines:
            say("input and output agree, event by event: 0 lost, 0 doubled, order kept", "32" if not problems else "0")


def title(show):
    return f"MIDInet demo: 2 mirrored hosts, 3 clients, {len(show.stage.interfaces)} network{'s' * show.networks}, {show.options.loss:g} % of datagrams dropped"


def last(messages, count):
    words = [describe(m) for m in messages[-count:]]
    return words + [""] * (count - len(words))
