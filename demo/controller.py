"""The virtual controller: one performance, by a cable to each host, as a surface with USB and DIN or a MIDI thru has it."""
import contextlib
import os
import queue
import threading
import time

from smf import read_song

SKEW = [0.0, 0.001]  # seconds: three bytes by DIN take one millisecond


class Cable(threading.Thread):
    """A FIFO that a host reads. What is played while nobody does is gone, and never makes the player wait."""

    def __init__(self, path, skew):
        super().__init__(daemon=True)
        self.path, self.skew = path, skew
        self.fd = None
        self.live = False
        self.waiting, self.lock = queue.SimpleQueue(), threading.Lock()
        os.mkfifo(path)

    def plug(self):
        self.fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def open(self):
        """The host is there: from now on it gets what is played."""
        with self.lock:
            self.live = True

    def unplug(self):
        with self.lock:
            self.live = False
            os.close(self.fd)

    def run(self):
        while (item := self.waiting.get()) is not None:
            at, message = item
            time.sleep(max(0.0, at + self.skew - time.monotonic()))
            with self.lock:
                if self.live:
                    with contextlib.suppress(BlockingIOError):  # its host stands still
                        os.write(self.fd, message)


class Controller(threading.Thread):
    def __init__(self, piece, cables, recording):
        super().__init__(daemon=True)
        self.song = read_song(piece)
        self.cables, self.recording = cables, recording
        self.ended = threading.Event()

    def run(self):
        length = self.song[-1][0] + 1.0
        start = time.monotonic()
        while not self.ended.is_set():
            for at, message in self.song:
                if self.ended.wait(max(0.0, start + at - time.monotonic())):
                    return
                self.recording.on_in(message)
                now = time.monotonic()
                for cable in self.cables:
                    cable.waiting.put((now, message))
            start += length
