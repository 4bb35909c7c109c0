"""Trains in Keras what bench/curve.ts trains in enetc: python curve_keras.py FOLDER DATA

FOLDER holds the network as `enetc compile --target tfjs` writes it (its topology is Keras' own format, its weights are
the first ones) and `settings.json` with the order of the images of each epoch. DATA holds MNIST. Prints one line of JSON for
each epoch: the mean loss and accuracy of training, and those of the test images.
"""
import json
import math
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402

folder, data = sys.argv[1:3]
with open(os.path.join(folder, "settings.json")) as f:
    settings = json.load(f)
with open(os.path.join(folder, "model.json")) as f:
    saved = json.load(f)
# model.json lists weights in the order of their bytes; Keras wants them by layer and name.
# Keras 3 allows no slash in a layer's name.
model = keras.Model.from_config(json.loads(json.dumps(saved["modelTopology"]["config"]).replace("/", "-")))
raw = b"".join(
    open(os.path.join(folder, path), "rb").read() for group in saved["weightsManifest"] for path in group["paths"]
)
values, at = {}, 0
for spec in (w for group in saved["weightsManifest"] for w in group["weights"]):
    n = math.prod(spec["shape"])
    values[spec["name"]] = np.frombuffer(raw, "<f4", n, at).reshape(spec["shape"])
    at += 4 * n
for layer in model.layers:
    for weight in layer.weights:
        # Keras 2, whose names TensorFlow.js keeps, calls it `depthwise_kernel`.
        name = f"depthwise_{weight.name}" if isinstance(layer, keras.layers.DepthwiseConv2D) else weight.name
        weight.assign(values[f"{layer.name}/{name}"].reshape(weight.shape))


def read(name, offset, shape):
    return np.fromfile(os.path.join(data, name), np.uint8, offset=offset).reshape(shape)


def images(name):
    return ((read(name, 16, (-1, 28, 28, 1)) / np.float32(255) - np.float32(0.1307)) / np.float32(0.3081)).astype("f4")


x, y = images("train-images-idx3-ubyte"), read("train-labels-idx1-ubyte", 8, -1).astype("i4")
tx, ty = images("t10k-images-idx3-ubyte"), read("t10k-labels-idx1-ubyte", 8, -1).astype("i4")
model.compile(
    optimizer=keras.optimizers.SGD(settings["rate"], momentum=settings["momentum"]),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
batch = settings["batch"]
for order in settings["orders"]:
    order = np.array(order)
    steps, sizes = [], []
    for i in range(0, len(order), batch):
        pick = order[i : i + batch]
        steps.append(model.train_on_batch(x[pick], y[pick]))
        sizes.append(len(pick))
    loss, accuracy = np.average(steps, axis=0, weights=sizes).tolist()
    test = model.evaluate(tx, ty, batch_size=500, verbose=0, return_dict=True)
    print(json.dumps({"loss": loss, "accuracy": accuracy, "test": test}), flush=True)
