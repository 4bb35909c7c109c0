"""Latency of two ONNX files in ONNX Runtime, interleaved in one process: latency.py THREADS ROUNDS SIZE OURS THEIRS

Prints JSON: the median of the ratios ours / theirs pair by pair (what drifts moves both), the medians in milliseconds, and
the same ratio for theirs and a second session of itself, which shows how far the measurement can be trusted.
"""
import json
import statistics
import sys
import time

import numpy as np
import onnxruntime as ort

threads, rounds, size = (int(v) for v in sys.argv[1:4])
ours, theirs = sys.argv[4:6]
ort.set_default_logger_severity(3)


def session(file):
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # an idle session's workers would spin on the cores of the session being timed
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return ort.InferenceSession(file, options, providers=["CPUExecutionProvider"])


x = np.random.default_rng(0).normal(size=(1, 3, size, size)).astype("f4")
sessions = [session(f) for f in (ours, theirs, theirs)]
feeds = [{s.get_inputs()[0].name: x} for s in sessions]
times = [[] for _ in sessions]
outputs = [s.run(None, f)[0] for s, f in zip(sessions, feeds)]
for _ in range(4):
    for s, f in zip(sessions, feeds):
        s.run(None, f)
for r in range(rounds):
    for k in range(3):
        i = (k + r) % 3
        start = time.perf_counter()
        sessions[i].run(None, feeds[i])
        times[i].append(time.perf_counter() - start)
a, b, c = times
print(json.dumps({
    "ratio": statistics.median(p / q for p, q in zip(a, b)),
    "control": statistics.median(p / q for p, q in zip(c, b)),
    "ours_ms": statistics.median(a) * 1e3,
    "theirs_ms": statistics.median(b) * 1e3,
    "max_abs_difference": float(np.abs(outputs[0] - outputs[1]).max()),
    "rounds": rounds,
}))
