"""Makes goldens of networks of keras.applications: python make-keras.py [NAME ...]

Weights, statistics and images come from integers alone (the generator of test/portable-weights.ts), under the names and in the
order of axes that the reader of Keras files gives them. The scale of each kernel makes the rms of what it gives 1. Images go in
behind Keras's own normalisation, and scores come out before the softmax.

With --h5 also Keras's file in the current folder, to try the whole way from it. Made with Keras 3.15.1 on TensorFlow 2.21.
"""
import json
import os
import sys
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "training"))
import keras  # noqa: E402
import numpy as np  # noqa: E402
from portable import normal, uniform  # noqa: E402

SEED, BATCH, CLASSES = 21, 2, 10
# one size is odd and not square
networks = {
    "EfficientNetB0": (64, 64),
    "EfficientNetV2B0": (64, 64),
    "MobileNet": (64, 64),
    "MobileNetV2": (75, 91),
    "MobileNetV3Small": (64, 64),
    "ResNet50": (64, 64),
}
roles = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var", "bias": "bias"}
skipped = (keras.layers.Rescaling, keras.layers.Normalization, keras.layers.InputLayer)


def stored(member, values, shape):
    """Values in the reader's order as Keras has them."""
    if member == "depthwise_kernel":
        h, w, c, m = shape
        return values.reshape(c, m, h, w).transpose(2, 3, 0, 1)
    if member == "kernel":
        return values.reshape(shape[::-1] if len(shape) == 2 else (shape[3], shape[2], shape[0], shape[1])).transpose(
            (1, 0) if len(shape) == 2 else (2, 3, 1, 0)
        )
    return values.reshape(shape)


def ours(member, shape):
    if member == "depthwise_kernel":
        return [shape[2] * shape[3], 1, shape[0], shape[1]]
    if member == "kernel":
        return [shape[1], shape[0]] if len(shape) == 2 else [shape[3], shape[2], shape[0], shape[1]]
    return list(shape)


def rms(x):
    return float(np.sqrt(np.mean(np.asarray(x, np.float64) ** 2)))


def make(name, height, width):
    keras.utils.clear_session()
    has_own = "MobileNetV3" in name or "EfficientNetV2" in name
    options = {"include_preprocessing": False} if has_own else {}
    model = getattr(keras.applications, name)(
        weights=None, classes=CLASSES, classifier_activation=None, input_shape=(height, width, 3), **options
    )
    image = normal(SEED, "input", BATCH * 3 * height * width, 1).reshape(BATCH, 3, height, width)
    tensors, crc, values = [], 0, {}
    for node in [node for depth in sorted(model._nodes_by_depth, reverse=True) for node in model._nodes_by_depth[depth]]:
        layer = node.operation
        args, kwargs = node.arguments.fill_in(values)
        if isinstance(layer, skipped):
            y = args[0] if args else image.transpose(0, 2, 3, 1)
        else:
            for variable in getattr(layer, "weights", []):
                member, shape = variable.name, tuple(variable.shape)
                member = "depthwise_kernel" if isinstance(layer, keras.layers.DepthwiseConv2D) and member == "kernel" else member
                key = f"{layer.name}.{roles.get(member, 'weight')}"
                count = int(np.prod(shape))
                if "kernel" in member:
                    recipe = ["normal", 1.0]
                elif member in ("gamma", "moving_variance"):
                    recipe = ["uniform", 0.5, 1.5]
                else:
                    recipe = ["normal", 0.1]
                draw = normal if recipe[0] == "normal" else uniform
                value = draw(SEED, key, count, *recipe[1:])
                if "kernel" in member:
                    variable.assign(stored(member, value, shape))
                    bias, layer.use_bias = layer.use_bias, False
                    recipe = ["normal", float(f"{1 / rms(layer(*args)):.6g}")]
                    layer.use_bias = bias
                    value = normal(SEED, key, count, *recipe[1:])
                variable.assign(stored(member, value, shape))
                tensors.append([key, ours(member, shape), "float32", recipe])
                crc = zlib.crc32(value.tobytes(), crc)
            y = layer(*args, **{**kwargs, **({"training": False} if "training" in kwargs else {})})
        values[id(node.output_tensors[0])] = y
    out = np.asarray(y, np.float32)
    print(name, out.shape, "rms", rms(out))
    folder = os.path.join(HERE, "dense", f"keras_{name}")
    os.makedirs(folder, exist_ok=True)
    out.astype("<f4").tofile(os.path.join(folder, "outputs.bin"))
    meta = {
        "model": name, "source": "keras", "seed": SEED, "classes": CLASSES, "input_shape": [BATCH, 3, height, width],
        "output_shapes": [list(out.shape)], "every": 1,
        "crc32": {"weights": crc, "input": zlib.crc32(image.tobytes()), "logits": zlib.crc32(out.tobytes())},
        "tensors": tensors,
    }
    with open(os.path.join(folder, "meta.json"), "w") as f:
        f.write(json.dumps(meta).replace("], [\"", "],\n  [\"") + "\n")
    if "--h5" in sys.argv:
        model.save(f"keras_{name}.h5")


if __name__ == "__main__":
    chosen = [a for a in sys.argv[1:] if not a.startswith("--")] or networks
    for network in chosen:
        make(network, *networks[network])
