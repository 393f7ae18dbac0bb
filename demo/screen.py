"""What the terminal shows while the demo runs."""
import os
import sys

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
    """Redraws in place on a terminal, prints a line a second elsewhere."""

    def __init__(self, out=sys.stdout):
        self.out = out
        self.live = out.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self.color = self.live and "NO_COLOR" not in os.environ
        self.lines = 0
        self.last_line = -1

    def paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self.color else text

    def draw(self, run):
        if self.live:
            self.redraw(run)
        elif int(run.elapsed) != self.last_line:
            self.last_line = int(run.elapsed)
            print(f"{run.elapsed:5.0f} s  in {run.sent:6}  out {run.received:6}  dropped {run.status.get('dropped', 0):5} datagrams  "
                  f"lost {run.status.get('lost', 0)}", file=self.out, flush=True)

    def redraw(self, run):
        lines = list(self.compose(run))
        if self.lines:
            self.out.write(f"\033[{self.lines}A")
        for line in lines:
            self.out.write("\033[2K" + line + "\n")
        self.lines = len(lines)
        self.out.flush()

    def compose(self, run):
        status = run.status
        yield self.paint("1", "MIDInet demo") + f"   {run.elapsed:5.1f} s   {run.loss} % of all datagrams dropped on purpose"
        yield ""
        yield f"  {'in: what the controller played':37} {'out: what the virtual port got'}"
        for left, right in zip(run.last_in(), run.last_out()):
            yield f"  {left:37} {right}"
        yield ""
        yield "  notes sounding by channel, in and out"
        for channel in run.channels():
            yield f"    ch {channel + 1:2}  {'#' * run.sounding_in[channel]:14} {'#' * run.sounding_out[channel]:14}"
        yield ""
        yield f"  events       in {run.sent:7}   out {run.received:7}   on the way {run.sent - run.received}"
        yield (f"  datagrams    dropped {status.get('dropped', 0):6}   copies not needed {status.get('duplicates', 0):8}   "
               f"asked again {status.get('nacks', 0)}")
        yield "  events lost  " + self.paint("32" if not status.get("lost") else "31", str(status.get("lost", 0)))
        yield f"  latency      p50 {run.latency(0.5):6.2f} ms   p99 {run.latency(0.99):6.2f} ms   (from one pipe to the other)"
