#!/usr/bin/env python3
"""The demo from outside, as somebody with a browser meets it: midi-admin answers on this machine's loopback, and what it tells changes with the show."""
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

DEMO = pathlib.Path(__file__).resolve().parent / "demo.py"
SECONDS = 45  # for all that is waited for


def get(url, path):
    with urllib.request.urlopen(url + path, timeout=5) as answer:
        return json.load(answer)


def await_address(demo):
    for line in demo.stdout:
        if told := re.match(r"midi-admin answers at (http://127\.0\.0\.1:(\d+))(.*)", line):
            return told.groups()
    raise AssertionError("the demo never said where midi-admin answers")


def watch(url):
    """What was seen, until a host was gone and back."""
    active, present, played = set(), [], set()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and present[-3:] != [2, 1, 2]:
        status = get(url, "/api/status")
        active.add(status["active_host"])
        played.add(status["midi"]["played"])
        if present[-1:] != [status["hosts"]["present"]] and status["hosts"]["present"]:
            present.append(status["hosts"]["present"])
        time.sleep(0.1)
    assert present[-3:] == [2, 1, 2], f"hosts that were there, as told: {present}"
    assert {1, 2} <= active, f"hosts that were active: {active}"
    assert len(played) > 5, f"events played, as told: {played}"


def look_around(url):
    clients = get(url, "/api/clients")["clients"]
    assert len({client["id"] for client in clients}) == 3, clients
    assert get(url, "/api/focus")["holder"], "nobody lights the lamps"
    assert get(url, "/api/hosts")["hosts"], "no host"
    assert get(url, "/api/devices")["devices"], "no device"
    return {client["name"] for client in clients}


def main():
    with socket.socket() as taken:  # somebody else has the port that is wished for
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = subprocess.Popen([sys.executable, DEMO, *sys.argv[1:], "--port", str(port)], stdout=subprocess.PIPE, text=True,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))  # as a shell starts it in the background
        try:
            url, got, words = await_address(demo)
            assert int(got) != port and f"port {port} is taken" in words, (got, port, words)
            watch(url)
            names = look_around(url)
            demo.send_signal(signal.SIGINT)
            said = demo.communicate(timeout=30)[0]
            assert demo.returncode == 0, f"exit code {demo.returncode}:\n{said}"
            assert names == {"client", "lights", "foh"} or "On the loopback" in said, names
        finally:
            demo.kill()


if __name__ == "__main__":
    main()
