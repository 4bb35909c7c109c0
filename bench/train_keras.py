"""Times training steps of EfficientNet-B0 in Keras on TensorFlow, graph mode: python train_keras.py [BATCH] [STEPS]

Prints one line of JSON: the median seconds of a step, and the process's peak memory in MB. RMSProp with momentum, label
smoothing, dropout and stochastic depth as in keras.applications; images are fed from memory, float32, 224 x 224.
"""
import json
import os
import resource
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402

batch = int(sys.argv[1]) if len(sys.argv) > 1 else 8
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 20
model = keras.applications.EfficientNetB0(weights=None, classes=1000)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-4, rho=0.9, momentum=0.9, epsilon=1e-3),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
)
rng = np.random.default_rng(0)
x = rng.random((batch, 224, 224, 3), dtype=np.float32) * 255
y = np.eye(1000, dtype=np.float32)[rng.integers(0, 1000, batch)]
times = []
for i in range(steps + 3):
    start = time.perf_counter()
    model.train_on_batch(x, y)
    if i >= 3:
        times.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": statistics.median(times), "peak_mb": peak, "steps": steps}))
