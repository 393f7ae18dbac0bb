"""What went in, what came out, and where the two differ."""
import collections
import difflib
import time

from screen import describe

SAME_AGAIN = 6  # as many equal events in a row, and both sides are in step again
FARTHEST = 400  # as many events one side may be ahead of the other


class Splitter:
    """Full-status bytes in, whole messages out: what the client promises to write."""

    def __init__(self):
        self.pending = b""

    def feed(self, data):
        self.pending += data
        while self.pending:
            size = self.size()
            if size == 0 or size > len(self.pending):
                return
            yield self.pending[:size]
            self.pending = self.pending[size:]

    def size(self):
        status = self.pending[0]
        if status == 0xF0:
            return self.pending.find(b"\xf7") + 1
        if status in (0xF1, 0xF3) or status & 0xE0 == 0xC0:
            return 2
        return 1 if status > 0xF3 else 3


class Recording:
    """Written by the player's and the reader's threads, read by the screen."""

    def __init__(self):
        self.began = time.monotonic()
        self.inputs, self.outputs = [], []
        self.sent_at, self.late = [], []  # `late`: ms from the one pipe to the other, while both sides are in step
        self.sounding_in, self.sounding_out = collections.Counter(), collections.Counter()

    @property
    def elapsed(self):
        return time.monotonic() - self.began

    @staticmethod
    def count_note(counter, message):
        if message[0] & 0xE0 == 0x80:
            on = message[0] & 0x10 and message[2] > 0
            counter[message[0] & 15] = max(0, counter[message[0] & 15] + (1 if on else -1))

    def on_in(self, message):
        self.sent_at.append(self.elapsed)
        self.inputs.append(message)
        self.count_note(self.sounding_in, message)

    def on_out(self, message):
        n = len(self.outputs)
        if n == len(self.late) and n < len(self.sent_at) and self.inputs[n] == message:
            self.late.append((self.elapsed - self.sent_at[n]) * 1e3)
        self.outputs.append(message)
        self.count_note(self.sounding_out, message)

    def channels(self):
        return sorted(set(self.sounding_in) | set(self.sounding_out))

    def latency(self, q, last=0):
        """Of the `last` events, or of all."""
        sample = sorted(self.late[-last:])
        return sample[int(q * (len(sample) - 1))] if sample else 0.0

    def slowest(self, begin, end):
        """(ms, of how many) the latest of the events played in this time; (None, 0) without any that can be told."""
        times = [late for at, late in zip(self.sent_at, self.late) if begin <= at <= end]
        return (max(times), len(times)) if times else (None, 0)


def in_step(inputs, outputs, i, j):
    """The next place from here on where both sides agree for some events: (input index, output index)."""
    for ahead in range(1, FARTHEST):
        for a in range(ahead + 1):
            run = inputs[i + a:i + a + SAME_AGAIN]
            if run and run == outputs[j + ahead - a:j + ahead - a + SAME_AGAIN]:
                return i + a, j + ahead - a
    return len(inputs), len(outputs)


class Difference:
    """Event by event: how many were lost, doubled, moved (they came, and not in their place) and made up (they never went in)."""

    def __init__(self, recording):
        inputs, outputs = recording.inputs, recording.outputs
        self.inputs, self.sent_at = inputs, recording.sent_at
        self.lost = self.doubled = self.moved = self.made_up = 0
        self.lines = []
        i = j = 0
        while i < len(inputs) or j < len(outputs):
            if i < len(inputs) and j < len(outputs) and inputs[i] == outputs[j]:
                i, j = i + 1, j + 1
                continue
            to_i, to_j = in_step(inputs, outputs, i, j)
            missing, extra = [], []
            for what, a, b, c, d in difflib.SequenceMatcher(None, inputs[i:to_i], outputs[j:to_j], False).get_opcodes():
                if what != "equal":
                    missing += [(i + n, inputs[i + n]) for n in range(a, b)]
                    extra += [(i + a, outputs[j + n]) for n in range(c, d)]
            self.compare(missing, extra)
            i, j = to_i, to_j

    def compare(self, missing, extra):
        """A stretch where both sides are not in step: `missing` of the inputs and `extra` in the output, as (index, event)."""
        came = collections.Counter(message for _, message in extra)
        for index, message in missing:
            if came[message]:
                came[message] -= 1
                self.moved += 1
                self.tell(index, "out of order", message)
            else:
                self.lost += 1
                self.tell(index, "lost", message)
        for index, message in extra:
            if came[message] == 0:
                continue
            came[message] -= 1
            again = message in self.inputs[max(0, index - FARTHEST):index + FARTHEST]
            self.doubled += again
            self.made_up += not again
            self.tell(index, "doubled" if again else "made up", message)

    def tell(self, index, what, message):
        data = message[:3].hex(" ") + (" …" if len(message) > 3 else "")
        at = f"{self.sent_at[index]:7.1f} s" if index < len(self.sent_at) else "at the end"
        self.lines.append(f"{at:>9}  event {index + 1:6}  {what:12}  {data:10} {describe(message)}")
