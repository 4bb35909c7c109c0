"""Writes small TensorFlow Lite models, and what their constants are as TensorFlow Lite's own interpreter reads them."""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf

tf.random.set_seed(1)
inputs = tf.keras.Input((8, 8, 3), name="image")
x = tf.keras.layers.Conv2D(4, 3, strides=2, padding="same", name="stem")(inputs)
x = tf.keras.layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="deep")(x)
x = tf.keras.layers.Conv2D(5, 1, name="point")(x)
x = tf.keras.layers.MaxPooling2D(2)(x)
x = tf.keras.layers.Flatten()(x)
x = tf.keras.layers.Dense(6, activation="relu", name="hidden")(x)
model = tf.keras.Model(inputs, tf.keras.layers.Dense(3, name="top")(x))
for weight in model.weights:
    weight.assign(tf.random.normal(weight.shape))


def converter():
    return tf.lite.TFLiteConverter.from_keras_model(model)


def samples():
    for seed in range(4):
        yield [np.random.default_rng(seed).normal(size=(1, 8, 8, 3)).astype(np.float32)]


# our order (PyTorch's) of what Keras has: a dense layer behind Flatten reads channel by channel
kernels = {w.path: w.numpy() for w in model.weights}
ours = {
    "stem": kernels["stem/kernel"].transpose(3, 2, 0, 1),
    "deep": kernels["deep/kernel"].reshape(3, 3, 8).transpose(2, 0, 1)[:, None],
    "point": kernels["point/kernel"].transpose(3, 2, 0, 1),
    "hidden": kernels["hidden/kernel"].reshape(2, 2, 5, 6).transpose(3, 2, 0, 1).reshape(6, 20),
    "top": kernels["top/kernel"].T,
}
biases = {name: kernels[f"{name}/bias"] for name in ours}


def in_our_order(layer, values):
    if layer == "deep":
        return values.transpose(3, 0, 1, 2)
    if layer == "hidden":
        return values.reshape(6, 2, 2, 5).transpose(0, 3, 1, 2).reshape(6, 20)
    return values.transpose(0, 3, 1, 2) if values.ndim == 4 else values


def write(name, make, tolerance):
    with open(f"{name}.tflite", "wb") as file:
        file.write(make.convert())
    interpreter = tf.lite.Interpreter(f"{name}.tflite", experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    constants = {}
    for detail in interpreter.get_tensor_details():
        layer = next((key for key in ours if f"/{key}_1/" in detail["name"]), None)
        shape = tuple(detail["shape"])
        if layer is None or detail["name"][-1] in "123" or 0 in shape:
            continue
        try:
            values = interpreter.get_tensor(detail["index"])
        except ValueError:  # not a constant
            continue
        steps = detail["quantization_parameters"]
        if len(steps["scales"]) > 0:
            axes = [1] * values.ndim
            if len(steps["scales"]) > 1:
                axes[steps["quantized_dimension"]] = -1
            zero = steps["zero_points"].reshape(axes).astype(np.float64)
            values = (values.astype(np.float64) - zero) * steps["scales"].reshape(axes).astype(np.float64)
        values = values if values.ndim == 1 else in_our_order(layer, values)
        # TensorFlow Lite's numbers, which must be those of Keras, rounded as the format does
        np.testing.assert_allclose(values, (biases if values.ndim == 1 else ours)[layer], atol=tolerance)
        constants[detail["name"]] = {"shape": list(values.shape), "values": values.astype(np.float32).ravel().tolist()}
    assert len(constants) == 10, list(constants)
    return constants


plain = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
expected = {"float": write("float", converter(), 0)}
half = converter()
half.optimizations = [tf.lite.Optimize.DEFAULT]
half.target_spec.supported_types = [tf.float16]
expected["half"] = write("half", half, 2e-3)
full = converter()
full.optimizations = [tf.lite.Optimize.DEFAULT]
full.representative_dataset = samples
full.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
expected["int8"] = write("int8", full, 2e-2)
with open("expected.json", "w") as file:
    json.dump(expected, file)
