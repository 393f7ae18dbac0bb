#!/usr/bin/env python3
"""Changes the pipeline of two hosts all the time while 1,000 events a second flow, and prints what that cost as lines of JSON."""
import json
import sys

import rig
from pipeline_flow import Flow

SECONDS, RATE, PAUSE = 30, 1000, 0.06
METHOD = f"two hosts, a client and midi-admin on lo; {RATE} note events/s through a FIFO for {SECONDS} s, PUT /api/pipeline again 60 ms after each answer: %d changes"


def tell(name, value, unit, method):
    print(json.dumps({"name": name, "value": value, "unit": unit, "method": method}), flush=True)


def measure():
    with rig.Stage(rig.binaries()) as stage:
        wrong, hanging, times, changes = Flow(stage).change_under_music(SECONDS * RATE, RATE, PAUSE)
    method = METHOD % changes
    tell("pipeline.reload_lost", wrong, "events", method + "; missing, doubled, or other than some pipeline of the sequence makes of them")
    tell("pipeline.reload_hanging_notes", hanging, "notes", method)
    times.sort()
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        tell(f"pipeline.reload_ms.{name}", times[int(share * (len(times) - 1))], "ms", method + "; from the question to each host's answer, which has it in force and on disk")


if __name__ == "__main__":
    rig.enter_namespaces()
    try:
        measure()
    except (RuntimeError, AssertionError) as error:
        sys.exit(f"measure_pipeline: {error}")
