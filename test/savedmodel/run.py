"""Runs SavedModels as users of TensorFlow do: run.py JOBS.json

JOBS.json is a list of {name, folder, inputs: {name: {shape, file}}, convert}. Each is loaded with tf.saved_model.load, and its
signature `serving_default` is called; with `convert` it is also converted by TFLiteConverter.from_saved_model and run by
TensorFlow Lite. Prints a line of JSON for each: {name, outputs: {name: file}, converted: {name: file}} or {name, error}.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf


def save(job, what, results):
    files = {}
    for name, value in results.items():
        files[name] = os.path.join(job["folder"], "..", f"{os.path.basename(job['folder'])}.{what}.{len(files)}.f32")
        np.ascontiguousarray(value, np.float32).tofile(files[name])
    return files


def perform(job):
    inputs = {
        name: np.fromfile(value["file"], np.float32).reshape(value["shape"]) for name, value in job["inputs"].items()
    }
    model = tf.saved_model.load(job["folder"])
    run = model.signatures["serving_default"]
    results = {name: value.numpy() for name, value in run(**{n: tf.constant(x) for n, x in inputs.items()}).items()}
    done = {"name": job["name"], "outputs": save(job, "tensorflow", results)}
    if job["convert"]:
        converted = tf.lite.TFLiteConverter.from_saved_model(job["folder"]).convert()
        interpreter = tf.lite.Interpreter(model_content=converted)
        for name, index in interpreter._get_full_signature_list()["serving_default"]["inputs"].items():
            interpreter.resize_tensor_input(index, inputs[name].shape)
        results = interpreter.get_signature_runner("serving_default")(**inputs)
        done["converted"] = save(job, "lite", results)
    return done


out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
with open(sys.argv[1]) as f:
    jobs = json.load(f)
for job in jobs:
    try:
        done = perform(job)
    except Exception as e:
        done = {"name": job["name"], "error": f"{type(e).__name__}: {e}"[:600]}
    print(json.dumps(done), file=out, flush=True)
