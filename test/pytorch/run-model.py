"""Runs the models that `enetc compile --target pytorch` wrote: a request in JSON a line, an answer a line."""

import base64
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import torch

torch.set_num_threads(1)
current = {}


def read_safetensors(path):
    """The tensors of a file: the length of the header, the header in JSON, the numbers."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


def plain(tensor):
    array = np.ascontiguousarray(tensor.detach().numpy(), "<f4")
    return {"shape": list(array.shape), "data": base64.b64encode(array.tobytes()).decode()}


def given(value):
    data = np.frombuffer(base64.b64decode(value["data"]), "<f4")
    return torch.from_numpy(data.reshape(value["shape"]).copy())


def load(folder):
    spec = importlib.util.spec_from_file_location("model", Path(folder) / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.create_model()
    model.load_state_dict(read_safetensors(Path(folder) / "weights.safetensors"), strict=True)
    current["model"] = model
    counters = "num_batches_tracked"
    return {"names": [name for name in model.state_dict() if not name.endswith(counters)]}


def outputs_of(result):
    if isinstance(result, dict):
        return list(result.values())
    return list(result) if isinstance(result, tuple) else [result]


def run(request):
    model = current["model"].train(request.get("training", False))
    inputs = [given(value) for value in request["run"]]
    form = request.get("form", "plain")
    if form == "compile":
        # the graph that compilation captures, without a C++ compiler
        model = torch.compile(model, fullgraph=True, backend="aot_eager")
    if form == "export":
        model = torch.export.export(model, tuple(inputs)).module()
    if form == "channels_last":
        model = model.to(memory_format=torch.channels_last)
        inputs = [x.contiguous(memory_format=torch.channels_last) for x in inputs]
    if form == "autocast":
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            return {"outputs": [plain(y.float()) for y in outputs_of(model(*inputs))]}
    with torch.no_grad():
        result = model(*inputs)
    if request.get("training"):
        main, *others = result if isinstance(result, tuple) else (result,)
        result = (*outputs_of(main), *(y for group in others for y in group))
        state = {k: plain(v) for k, v in model.state_dict().items() if "running_" in k}
        return {"outputs": [plain(y) for y in outputs_of(result)], "state": state}
    return {"outputs": [plain(y) for y in outputs_of(result)]}


def kept(request):
    """The bytes that autograd keeps of the forward half of a training step, without weights and statistics."""
    model = current["model"].train()
    own = {tensor.untyped_storage().data_ptr() for tensor in model.state_dict().values()}
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own and tensor.dim() > 1:
            sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = model(*(given(value) for value in request["kept"]))
    del result
    return {"bytes": sum(sizes.values())}


for line in sys.stdin:
    request = json.loads(line)
    try:
        if "save" in request:
            torch.save(current["model"].state_dict(), request["save"])
            answer = {}
        else:
            does = load if "load" in request else kept if "kept" in request else run
            answer = does(request["load"] if does is load else request)
    except Exception as error:  # noqa: BLE001
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
