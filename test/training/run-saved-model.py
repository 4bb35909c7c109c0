"""Loads SavedModels with TensorFlow and runs their signatures, as told by lines of JSON on stdin.

A line {"load": folder} loads a model, {"run": signature, "inputs": {name: {"shape", "data"}}} runs a signature of the
last one, all of whose inputs and outputs are float32; data is base64. Each line is answered by one: {"outputs": ...} or
{"error": message}.
"""

import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

session = None
signatures = None


def from_json(tensor):
    data = np.frombuffer(base64.b64decode(tensor["data"]), dtype="<f4")
    return data.reshape(tensor["shape"])


def to_json(array):
    data = np.asarray(array, dtype="<f4", order="C")
    return {"shape": list(data.shape), "data": base64.b64encode(data.tobytes()).decode()}


def load(folder):
    global session, signatures
    if session is not None:
        session.close()
    graph = tf.Graph()
    with graph.as_default():
        session = tf.compat.v1.Session(graph=graph)
        model = tf.compat.v1.saved_model.loader.load(session, ["serve"], folder)
        signatures = model.signature_def
    return {}


def run(name, inputs):
    signature = signatures[name]
    feeds = {signature.inputs[key].name: from_json(tensor) for key, tensor in inputs.items()}
    fetches = {key: info.name for key, info in signature.outputs.items()}
    return {key: to_json(array) for key, array in session.run(fetches, feeds).items()}


for line in sys.stdin:
    request = json.loads(line)
    try:
        outputs = load(request["load"]) if "load" in request else run(request["run"], request["inputs"])
        answer = {"outputs": outputs}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
