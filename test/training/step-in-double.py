"""Runs one training step of SavedModels in double precision, as told by lines on stdin, each the path of a folder.

The folder has `saved_model.pb`, `step.json` (a list of [role, name, shape], the role `variable`, `direction` or `input`) and
`numbers.bin`, their numbers (float32) one after the other. Each line is answered by one of JSON: {"outputs", "changes"}, of
each variable that has a direction the length of what the step changed and its product with that direction; or {"error"}.

A file for training computes in single precision. Here its graph is read with doubles in place of its floats; the two of its
ops that TensorFlow has in single precision alone, fused batch norms and bilinear resizing, are written out.
"""

import json
import os
import sys
from fractions import Fraction

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import saved_model_pb2

FLOAT, DOUBLE = types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE


def norm_forward(node):
    epsilon, training = node.attr["epsilon"].f, node.attr["is_training"].b

    def function(x, scale, offset, mean, variance):
        if training:
            mean = tf.reduce_mean(x, [0, 1, 2])
            variance = tf.reduce_mean(tf.square(x - mean), [0, 1, 2])
        count = tf.cast(tf.size(x) / tf.size(mean), tf.float64)
        unbiased = variance * count / tf.maximum(count - 1, 1)
        y = (x - mean) / tf.sqrt(variance + exact(epsilon)) * scale + offset
        return y, mean, unbiased, mean, variance, variance

    return function, [4, 1, 1, 1, 1]


def norm_gradient(node):
    epsilon = node.attr["epsilon"].f

    def function(dy, x, scale, mean, variance, _):
        factor = 1 / tf.sqrt(variance + exact(epsilon))
        normal = (x - mean) * factor
        along = tf.reduce_mean(dy * normal, [0, 1, 2])
        dx = scale * factor * (dy - tf.reduce_mean(dy, [0, 1, 2]) - normal * along)
        return dx, tf.reduce_sum(dy * normal, [0, 1, 2]), tf.reduce_sum(dy, [0, 1, 2]), mean, mean

    return function, [4, 4, 1, 1, 1, 1]


def exact(number):
    """The number that was meant by one that went through single precision: a short decimal, or a small fraction."""
    single = np.float32(number)
    decimal = str(single)
    if len(decimal.split("e")[0]) > 8 and np.isfinite(single):
        fraction = Fraction(float(single)).limit_denominator(4096)
        if np.float32(fraction.numerator / fraction.denominator) == single:
            return fraction.numerator / fraction.denominator
    return float(decimal)


def bilinear(node):
    assert node.attr["half_pixel_centers"].b and not node.attr["align_corners"].b

    def shares(of, to):
        at = (tf.cast(tf.range(to), tf.float64) + 0.5) * tf.cast(of, tf.float64) / tf.cast(to, tf.float64) - 0.5
        at = tf.clip_by_value(at, 0, tf.cast(of - 1, tf.float64))
        return tf.maximum(1 - tf.abs(at[:, None] - tf.cast(tf.range(of), tf.float64)), 0)

    def function(x, size):
        rows, columns = shares(tf.shape(x)[1], size[0]), shares(tf.shape(x)[2], size[1])
        return tf.einsum("ih,jw,nhwc->nijc", rows, columns, x)

    return function, [4, None]


WRITTEN_OUT = {"FusedBatchNormV3": norm_forward, "FusedBatchNormGradV3": norm_gradient, "ResizeBilinear": bilinear}


def in_double(graph):
    """The graph with doubles, and without ops that know none."""
    library = {}
    for node in graph.node:
        if node.op in WRITTEN_OUT:
            write_out(node, library)
        for key, value in node.attr.items():
            if value.type == FLOAT:
                value.type = DOUBLE
            if value.HasField("tensor") and value.tensor.dtype == FLOAT:
                array = tf.make_ndarray(value.tensor)
                meant = np.array([exact(v) for v in array.ravel()], np.float64).reshape(array.shape)
                value.tensor.CopyFrom(tf.make_tensor_proto(meant))
    graph.library.function.extend(library.values())
    return graph


def write_out(node, library):
    function, ranks = WRITTEN_OUT[node.op](node)
    key = f"{node.op}_{node.attr['epsilon'].f}_{node.attr['is_training'].b}"
    if key not in library:
        specs = [
            tf.TensorSpec([2], tf.int32) if rank is None else tf.TensorSpec([None] * rank, tf.float64) for rank in ranks
        ]
        with tf.Graph().as_default():
            library[key] = tf.function(function).get_concrete_function(*specs).function_def
    definition = library[key]
    node.op = "PartitionedCall"
    for attr in list(node.attr):
        del node.attr[attr]
    node.attr["Tin"].list.type.extend(arg.type for arg in definition.signature.input_arg)
    node.attr["Tout"].list.type.extend(arg.type for arg in definition.signature.output_arg)
    node.attr["f"].func.name = definition.signature.name


def load(folder):
    with open(os.path.join(folder, "saved_model.pb"), "rb") as file:
        meta = saved_model_pb2.SavedModel.FromString(file.read()).meta_graphs[0]
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(in_double(meta.graph_def), name="")
    config = tf.compat.v1.ConfigProto()
    # what optimising a graph saves is less than what it takes, for one step
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    return tf.compat.v1.Session(graph=graph, config=config), meta.signature_def


def read_numbers(folder):
    roles = {"variable": {}, "direction": {}, "input": {}}
    with open(os.path.join(folder, "step.json")) as file:
        entries = json.load(file)
    numbers = np.fromfile(os.path.join(folder, "numbers.bin"), "<f4")
    at = 0
    for role, name, shape in entries:
        size = int(np.prod(shape))
        roles[role][name] = numbers[at : at + size].reshape(shape).astype(np.float64)
        at += size
    return roles


def step(folder):
    session, signatures = load(folder)
    given = read_numbers(folder)

    def run(name, values):
        signature = signatures[name]
        feeds = {signature.inputs[key].name: values[key] for key in signature.inputs}
        return session.run({key: info.name for key, info in signature.outputs.items()}, feeds)

    with session:
        run("write", given["variable"])
        outputs = run("train", given["input"])
        after = run("read", {})
    changes = {}
    for name, direction in given["direction"].items():
        change = (after[name] - given["variable"][name]).ravel()
        changes[name] = [float(np.linalg.norm(change)), float(change @ direction.ravel())]
    return {"outputs": {key: float(value) for key, value in outputs.items() if np.ndim(value) == 0}, "changes": changes}


for line in sys.stdin:
    try:
        answer = step(line.strip())
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
