"""Runs ONNX files in one engine: run.py ENGINE JOBS.json [ROUNDS]

JOBS.json is a list of {name, model, input: {name, shape, file}, outputs: [name]}; an input is float32, its batch the first
dimension. Prints a line of JSON for each job when it is done, so that a crash leaves what came before: {name, files} with the
file of each output, or {name, error}; with ROUNDS also the median of their seconds, on one thread.

The converters of MNN and pnnx write beside the model. MNN's script `mnnconvert` is not used: it installs packages into the
Python that comes first, and reports home; the module behind it does neither.
"""
import contextlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def onnxruntime(job, _x):
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(job["model"], options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(job["outputs"], {job["input"]["name"]: x})


def openvino(job, _x):
    import openvino

    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    model = openvino.Core().compile_model(job["model"], "CPU", settings)
    return lambda x: [model({job["input"]["name"]: x})[name] for name in job["outputs"]]


def opencv(job, _x, engine=None):
    import cv2

    cv2.setNumThreads(1)
    net = cv2.dnn.readNetFromONNX(job["model"], *([] if engine is None else [engine]))

    def run(x):
        net.setInput(x, job["input"]["name"])
        return net.forward(job["outputs"])

    return run


def opencv_classic(job, x):
    import cv2

    return opencv(job, x, cv2.dnn.ENGINE_CLASSIC)


def tract(job, _x):
    import tract

    runnable = tract.onnx().load(job["model"]).into_model().into_runnable()
    return lambda x: [tensor.to_numpy() for tensor in runnable.run([x])]


def mnn(job, _x):
    import _tools
    import MNN

    converted = job["model"] + ".mnn"
    arguments = ["mnnconvert", "-f", "ONNX", "--modelFile", job["model"], "--MNNModel", converted]
    with silent():
        _tools.mnnconvert([*arguments, "--bizCode", "enet"])
    if not os.path.exists(converted):
        raise RuntimeError("MNN's converter wrote no file")
    runtime = MNN.nn.create_runtime_manager(({"backend": "CPU", "precision": "high", "numThread": 1},))
    names = [job["input"]["name"]], job["outputs"]
    module = MNN.nn.load_module_from_file(converted, *names, runtime_manager=runtime)

    def run(x):
        value = MNN.expr.placeholder(list(x.shape), MNN.expr.NCHW, MNN.expr.float)
        value.write(x)
        results = module.forward([value])
        return [np.array(MNN.expr.convert(result, MNN.expr.NCHW).read()) for result in results]

    return run


def ncnn(job, x):
    import ncnn
    import pnnx

    base = job["model"].removesuffix(".onnx")
    shape = f"inputshape=[{','.join(str(n) for n in x.shape)}]f32"
    folder = os.path.dirname(job["model"])
    subprocess.run(
        [pnnx.EXEC_PATH, job["model"], shape, "fp16=0"], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    net = ncnn.Net()
    net.opt.use_vulkan_compute = False
    net.opt.num_threads = 1
    for half in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(net.opt, half, False)
    if net.load_param(base + ".ncnn.param") or net.load_model(base + ".ncnn.bin"):
        raise RuntimeError("ncnn does not load what pnnx wrote")

    def run(x):
        # one sample at a time: a blob has no batch
        samples = []
        for sample in x:
            extractor = net.create_extractor()
            extractor.input("in0", ncnn.Mat(np.ascontiguousarray(sample)).clone())
            samples.append([np.array(extractor.extract(f"out{i}")[1]) for i in range(len(job["outputs"]))])
        return [np.stack(values) for values in zip(*samples)]

    return run


def onnx2torch(job, _x):
    import torch

    declare_torchvision(torch)
    import onnx2torch

    torch.set_num_threads(1)
    module = onnx2torch.convert(job["model"]).eval()

    def run(x):
        with torch.no_grad():
            results = module(torch.from_numpy(x))
        return [r.numpy() for r in (results if isinstance(results, (list, tuple)) else [results])]

    return run


def declare_torchvision(torch):
    """onnx2torch imports torchvision, which fails where its binary is of another torch, unless its operators are declared."""
    if "torchvision" in sys.modules or (spec := importlib.util.find_spec("torchvision")) is None:
        return
    try:
        torch.ops.load_library(os.path.join(os.path.dirname(spec.origin), "_C.so"))
    except (OSError, ImportError, RuntimeError):
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        kept.append(library)


# what has to live as long as the process
kept = []


def reference(job, _x):
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(job["model"])
    return lambda x: evaluator.run(job["outputs"], {job["input"]["name"]: x})


engines = {
    "onnxruntime": onnxruntime,
    "openvino": openvino,
    "opencv": opencv,
    "opencv-classic": opencv_classic,
    "tract": tract,
    "mnn": mnn,
    "ncnn": ncnn,
    "onnx2torch": onnx2torch,
    "reference": reference,
}


@contextlib.contextmanager
def silent():
    """Native code's own standard output goes nowhere."""
    stdout = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
        os.close(nowhere)


def perform(engine, job, rounds):
    x = np.fromfile(job["input"]["file"], np.float32).reshape(job["input"]["shape"])
    run = engine(job, x)
    results = run(x)
    files = []
    for i, result in enumerate(results):
        files.append(f"{job['model']}.{i}.f32")
        np.ascontiguousarray(result, np.float32).tofile(files[-1])
    done = {"name": job["name"], "files": files}
    if rounds:
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            run(x)
            seconds.append(time.perf_counter() - start)
        done["seconds"] = statistics.median(seconds)
    return done


if __name__ == "__main__":
    engine = engines[sys.argv[1]]
    out = os.fdopen(os.dup(1), "w")
    with open(sys.argv[2]) as f:
        jobs = json.load(f)
    with silent():
        for job in jobs:
            try:
                done = perform(engine, job, int(sys.argv[3]) if len(sys.argv) > 3 else 0)
            except Exception as e:
                done = {"name": job["name"], "error": f"{type(e).__name__}: {e}".splitlines()[0][:300]}
            print(json.dumps(done), file=out, flush=True)
