"""What goes back to the controllers: applications that light lamps, and the surfaces that are lit. Also what reads a port that nobody looks at."""
import contextlib
import os
import select
import threading

PADS = 40  # of an 8 by 5 grid
EVERY = 0.1  # seconds


class Surface(threading.Thread):
    """Reads what is written to a FIFO, and counts its bytes."""

    def __init__(self, path, ended):
        super().__init__(daemon=True)
        self.path, self.ended, self.heard = path, ended, 0
        if not path.exists():
            os.mkfifo(path)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)  # both, so that it does not end when a host is killed

    def run(self):
        while not self.ended.is_set():
            if select.select([self.fd], [], [], 0.1)[0]:
                self.heard += len(os.read(self.fd, 65536))


class Application(threading.Thread):
    """A running light over the pads, in its own colour: what a VJ program sends."""

    def __init__(self, path, colour, ended):
        super().__init__(daemon=True)
        self.path, self.colour, self.ended = path, colour, ended
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def run(self):
        pad = 0
        while not self.ended.wait(EVERY):
            dark, pad = pad, (pad + 1) % PADS
            with contextlib.suppress(BlockingIOError):  # its client stands still
                os.write(self.fd, bytes([0x80, dark, 0, 0x90, pad, self.colour]))
