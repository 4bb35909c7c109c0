"""Runs parts of a written train.py as told by one JSON request on stdin: python train-driver.py FOLDER.

The folder has model.py, train.py and what the request names. Answers with one line of JSON.
"""

import contextlib
import dataclasses
import importlib.util
import json
import random
import sys

sys.path.insert(0, sys.argv[1])
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn

import model
import train

torch.set_num_threads(1)


class Masked(nn.Module):
    """Dropout and stochastic depth by given numbers: a value is kept where its number is at least the rate."""

    def __init__(self, rate, columns, noise):
        super().__init__()
        self.rate, self.columns, self.noise = rate, columns, noise

    def forward(self, x):
        keep = (self.noise["now"][:, self.columns] >= self.rate).to(x.dtype) / (1 - self.rate)
        return x * keep.view(*keep.shape, *[1] * (x.dim() - keep.dim()))


def with_noise(net, noise, features):
    """Columns as the network uses them: one for each stochastic depth, then one for each value that dropout sees."""
    column = 0
    for parent in list(net.modules()):
        for name, inner in list(parent.named_children()):
            if type(inner).__name__ == "DropPath":
                if inner.rate > 0:
                    setattr(parent, name, Masked(inner.rate, slice(column, column + 1), noise))
                    column += 1
    for parent in list(net.modules()):
        for name, inner in list(parent.named_children()):
            if isinstance(inner, nn.Dropout):
                setattr(parent, name, Masked(inner.p, slice(column, column + features), noise))
                column += features
    return column


def steps(request):
    """Takes steps in double precision on given images, targets and noise; writes the weights after each."""
    folder = sys.argv[1]
    net = model.create_model().double()
    net.load_state_dict({k: v.double() for k, v in load_file(f"{folder}/start.safetensors").items()}, strict=False)
    noise = {}
    columns = with_noise(net, noise, request["features"])
    settings = train.Settings(**request["settings"])
    names = [name for name in net.state_dict() if not name.endswith("num_batches_tracked")]
    frozen = train.frozen_of(settings, names)
    train.freeze(net, frozen)
    optimiser = train.make_optimiser(net, settings, train.head_of(settings, names))
    spread = train.Spread(train.Place(0, 1, torch.device("cpu")), settings)
    averages = train.Averages(net, spread, train.moved_names(net, frozen))
    train.begin_epoch(net, settings, settings.epochs - 1)
    norms, still = [], train.Still(net, frozen)
    for step in range(request["steps"]):
        given = {k: v.double() for k, v in load_file(f"{folder}/step-{step}.safetensors").items()}
        noise["now"] = given["noise"]
        assert columns == given["noise"].shape[1]
        scores = net(given["image"])
        losses = -(given["targets"] * torch.log_softmax(scores, 1)).sum(1)
        (losses * given["sample_weights"]).mean().backward()
        still.put_back()
        norms.append(train.finish_step(net, optimiser, settings, request["rate"], spread))
        averages.update(0.9, 0)
        kept = {f"averages/{k}": v for k, v in averages.net.state_dict().items()}
        state = {k: v.float().contiguous() for k, v in {**net.state_dict(), **kept}.items() if v.is_floating_point()}
        save_file(state, f"{folder}/after-{step}.safetensors")
    return norms


def rates(request):
    return [
        [train.learning_rate(train.Settings(**settings), step, request["steps_per_epoch"]) for step in request["at"]]
        for settings in request["settings"]
    ]


def losses(request):
    scores = torch.tensor(request["scores"], dtype=torch.float64)
    answers = torch.tensor(request["answers"], dtype=torch.float64)
    train.AUXILIARY[:] = request["auxiliary"]
    spread = train.Spread(train.Place(0, 1, torch.device("cpu")), train.Settings())
    spread.weigh(request.get("weights"))
    weights = spread.image_weights(answers)
    loss, each, _ = train.loss_of((scores, (scores / 2,)), answers, request["smoothing"], request["gamma"], weights)
    sums = spread.sums_of(loss, each, scores, answers, weights)
    return [loss.item(), *each.tolist(), *sums[1:].tolist()]


def classes(request):
    """Weights of classes, and what an epoch draws where they are drawn equally often."""
    settings = train.Settings(class_weights=request["weights"], balanced=True)
    train.CLASSES = request["classes"]
    labels = request["labels"]
    orders = [train.epoch_order(labels, settings, epoch) for epoch in (0, 0, 1)]
    return {"weights": train.weights_of_classes(settings, labels), "orders": orders}


def sizes(request):
    train.HEIGHT = train.WIDTH = request["to"]
    settings = train.Settings(epochs=request["epochs"], progressive=train.progression(request["progressive"]))
    return [train.size_of(settings, epoch) for epoch in range(settings.epochs)]


def unwritten(request):
    """What is said of files in a folder that is none."""
    found = []
    path = train.Path(request["folder"]) / "file"
    for write in (lambda: train.write_text(path, "text"), lambda: train.write_tensors(path, {"x": torch.zeros(2)}, {})):
        try:
            write()
        except train.RunError as problem:
            found.append(str(problem))
    return found


def selected(request):
    """The tensors of parts, or what is said of them."""
    found = []
    for parts in request["parts"]:
        try:
            found.append(sorted(train.select_parts(parts, request["names"], "freeze")))
        except train.RunError as problem:
            found.append(str(problem))
    return found


def policies(request):
    """Pictures that policies change, as hexadecimal bytes; what is drawn comes from a list."""

    class Drawn(random.Random):
        def random(self):
            return next(units)

    found = []
    for case in request["cases"]:
        units = iter(case["units"])
        mode = "L" if case["channels"] == 1 else "RGB"
        picture = Image.frombytes(mode, (case["width"], case["height"]), bytes.fromhex(case["pixels"]))
        settings = train.Settings(**case["settings"])
        found.append(train.by_policy(picture, settings.augment, settings, Drawn()).tobytes().hex())
    return found


def frames(request):
    """Pictures as evaluation frames them, as hexadecimal bytes."""
    found = []
    for case in request["cases"]:
        picture = Image.frombytes("RGB", (case["width"], case["height"]), bytes.fromhex(case["pixels"]))
        found.append(train.framed(picture, tuple(case["size"]), case["share"]).tobytes().hex())
    return found


def mixes(request):
    """A batch that is mixed: what each image is of, by channel means of images of one value, and its answers."""
    count = request["count"]
    values = torch.arange(count, dtype=torch.float32).view(-1, 1, 1)
    items = [(v.expand(train.CHANNELS, train.HEIGHT, train.WIDTH), i % train.CLASSES, i) for i, v in enumerate(values)]
    mixing = train.Mixing(train.Settings(**request["settings"]), request["epoch"], (train.HEIGHT, train.WIDTH))
    images, answers = mixing(items)
    empty = [(torch.empty(0), label, at) for _, label, at in items]
    assert torch.equal(mixing(empty)[1], answers)
    return {"means": images.mean((1, 2, 3)).tolist(), "answers": answers.tolist()}


def settings(request):
    found = [dataclasses.asdict(train.parse_request(argv, 1).settings) for argv in request["argv"]]
    return {"fixed": train.FIXED, "found": found}


def scores(request):
    confusion = torch.tensor(request["confusion"], dtype=torch.float64)
    return train.scores_of(confusion, torch.zeros(2, dtype=torch.float64))


def decayed(request):
    spec = importlib.util.spec_from_file_location("other", request["file"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with torch.device("meta"):
        net = module.create_model()
    groups = train.make_optimiser(net, train.Settings()).param_groups
    ids = {id(w) for group in groups if group["weight_decay"] > 0 for w in group["params"]}
    return sorted(name for name, w in net.named_parameters() if id(w) in ids)


def batches(request):
    made = train.Settings(**request["settings"])
    return [[len(batch) for batch in step] for step in train.epoch_batches([0] * request["images"], made, 0)]


def run(request):
    with contextlib.redirect_stdout(sys.stderr):
        return train.main(request["argv"])


for line in sys.stdin:
    request = json.loads(line)
    known = (steps, rates, losses, classes, sizes, unwritten, selected, policies, frames)
    known += (mixes, settings, scores, decayed, batches, run)
    asked = {f.__name__: f for f in known}
    print(json.dumps(asked[request["what"]](request)), flush=True)
