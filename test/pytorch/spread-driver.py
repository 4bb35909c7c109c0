"""Steps of a written train.py over processes: torchrun ... spread-driver.py FOLDER.

The folder has model.py, stages.py, train.py and request.json; each request is answered with files in it. Steps are in double
precision, so that what differs is what is computed and not how it is rounded.
"""

import json
import os
import sys
from itertools import accumulate
from pathlib import Path

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))
import model
import torch
import torch.distributed as dist
import train
from safetensors.torch import load_file, save_file
from torch import nn
from torch.profiler import ProfilerActivity, profile

torch.set_num_threads(1)


class Masked(nn.Module):
    """Dropout and stochastic depth by given numbers: a value is kept where its number is at least the rate."""

    def __init__(self, rate, columns):
        super().__init__()
        self.rate, self.columns, self.noise = rate, columns, None

    def forward(self, x):
        keep = (self.noise[:, self.columns] >= self.rate).to(x.dtype) / (1 - self.rate)
        return x * keep.view(*keep.shape, *[1] * (x.dim() - keep.dim()))


def columns_of(net, features):
    """By path, the columns of noise: one for each stochastic depth, then one for each value that dropout sees."""
    drops = [n for n, m in net.named_modules() if type(m).__name__ == "DropPath" and m.rate > 0]
    found = {name: slice(i, i + 1) for i, name in enumerate(drops)}
    found |= {n: slice(len(drops), len(drops) + features) for n, m in net.named_modules() if isinstance(m, nn.Dropout)}
    return found


def mask(net, columns):
    for path, own in columns.items():
        parent, _, name = path.rpartition(".")
        try:
            inner = net.get_submodule(path)
        except AttributeError:
            continue
        rate = inner.p if isinstance(inner, nn.Dropout) else inner.rate
        net.get_submodule(parent).add_module(name, Masked(rate, own))


def start(settings, weights):
    """A run's parts, with given weights."""
    processes = dist.get_world_size()
    spread = train.SPREADS[settings.parallel](train.Place(dist.get_rank(), processes, torch.device("cpu")), settings)
    net = spread.make_net()
    net.load_state_dict({k: v.double() for k, v in weights.items() if k in net.state_dict()}, strict=False)
    if settings.sync_batch_norm:
        train.replace_norms(net, train.SyncBatchNorm2d)
    return spread, net


def answers_of(labels):
    """Labels as train.py has them where nothing is mixed."""
    return torch.stack([labels, labels, torch.ones_like(labels)], -1).double()


def golden(request):
    """Steps on given images, targets and noise: the state after each."""
    settings = train.Settings(**request["settings"], processes=dist.get_world_size())
    spread, net = start(settings, load_file(folder / "start.safetensors"))
    mask(net, columns_of(model.create_model(), request["features"]))
    averages = train.Averages(net, spread)
    spread.divide(net)
    optimiser = train.make_optimiser(net, settings)
    training = train.Training(net, optimiser, averages, train.SLOTS[settings.optimiser], spread)
    net.train()
    spread.start(net)
    original = train.loss_of
    for step in range(request["steps"]):
        given = {k: v.double() for k, v in load_file(folder / f"step-{step}.safetensors").items()}
        own = spread.own([list(part) for part in torch.arange(len(given["image"])).tensor_split(settings.batches)])

        def loss_of(scores, answers, _smoothing, _gamma, _weights, given=given):
            rows = answers[:, 0].long()
            losses = -(given["targets"][rows] * torch.log_softmax(scores, 1)).sum(1)
            return (losses * given["sample_weights"][rows]).mean(), losses.detach(), scores.detach()

        train.loss_of = loss_of
        for module in net.modules():
            if isinstance(module, Masked):
                module.noise = given["noise"][torch.tensor(own[0])]
        parts = [[given["image"][torch.tensor(part)], answers_of(torch.tensor(part))] for part in own]
        steps = torch.arange(len(given["image"])).tensor_split(settings.batches)
        spread.gradients(iter(parts), [list(part) for part in steps], step)
        spread.finish_statistics(net)
        train.finish_step(net, optimiser, settings, request["rate"], spread)
        averages.update(0.9, 0)
        found = training.tensors()
        if dist.get_rank() == 0:
            plain = {k: v.float().contiguous() for k, v in found.items() if "/" not in k or k.endswith("/ema")}
            save_file(plain, folder / f"{settings.parallel}-{step}.safetensors")
    train.loss_of = original
    return None


def alone(weights, images, labels, momentum):
    """Gradients of the network by itself, and the statistics of all images of a step, from what its norms were given."""
    net = model.create_model()
    net.load_state_dict({k: v.double() for k, v in weights.items()}, strict=False)
    net.train()
    norms = {n: m for n, m in net.named_modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))}
    before = {n: (m.running_mean.clone(), m.running_var.clone()) for n, m in norms.items()}
    seen = {n: [] for n in norms}
    for name, norm in norms.items():
        norm.register_forward_pre_hook(lambda _m, given, name=name: seen[name].append(given[0].detach()))
    for part, answers in zip(images, labels, strict=True):
        loss, _, _ = train.loss_of(net(part), answers, 0.1)
        (loss / len(images)).backward()
    found = {n: p.grad for n, p in net.named_parameters()}
    for name, norm in norms.items():
        every = torch.cat(seen[name]).transpose(0, 1).flatten(1)
        mean, variance = before[name]
        share = norm.momentum
        found[f"{name}.running_mean"] = mean + share * (every.mean(1) - mean)
        found[f"{name}.running_var"] = variance + share * (every.var(1) - variance)
    return found


def gradients(request):
    """How far gradients and statistics of a pipeline are from those of one process, of the largest of each tensor."""
    generator = torch.Generator().manual_seed(5)
    count, size = request["micro_batches"], request["size"]
    weights = load_file(folder / "weights.safetensors")
    images = torch.randn(count, size, train.CHANNELS, train.HEIGHT, train.WIDTH, generator=generator)
    labels = answers_of(torch.randint(train.CLASSES, (count, size), generator=generator))
    expected = alone(weights, images, labels, None)
    train.SCHEDULE = request["schedule"]
    train.RECOMPUTES[:] = [request["recomputes"]] * len(train.STAGES)
    settings = train.Settings(parallel="pipeline", accumulate=count, batch=size, processes=dist.get_world_size())
    spread, net = start(settings, weights)
    net.train()
    spread.start(net)
    order = [[(0, 0)] * size] * count
    sums = spread.place.sum(spread.gradients(iter([list(pair) for pair in zip(images, labels)]), order, 0))
    spread.finish_statistics(net)
    own = {n: p.grad for n, p in net.named_parameters()}
    own |= {n: b for n, b in net.named_buffers() if b.is_floating_point()}
    counts = {int(b) for n, b in net.named_buffers() if n.endswith("num_batches_tracked")}
    found = spread.whole(own)
    if dist.get_rank() > 0:
        return None
    assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
    apart = {n: ((found[n] - v).abs().max() / v.abs().max().clamp(min=1e-12)).item() for n, v in expected.items()}
    is_statistic = lambda name: "running" in name
    return {
        "gradients": max(v for n, v in apart.items() if not is_statistic(n)),
        "statistics": max(v for n, v in apart.items() if is_statistic(n)),
        "updates": sorted(counts),
        "loss": sums[0].item(),
    }


def memory(_request):
    """The most bytes that each process of a pipeline has at once in a step: what it keeps from one to the next, the buffers in
    which it receives, and what PyTorch's allocator gives out in the step, by its own account."""
    settings = train.Settings(
        parallel="pipeline",
        accumulate=train.MICRO_BATCHES,
        batch=train.BATCH // train.MICRO_BATCHES,
        processes=dist.get_world_size(),
    )
    spread, net = start(settings, {})
    averages = train.Averages(net, spread)
    optimiser = train.make_optimiser(net, settings)
    net.train()
    spread.start(net)
    count, size = settings.accumulate, settings.batch

    def step(number):
        shape = (train.CHANNELS, train.HEIGHT, train.WIDTH) if spread.reads_pictures() else (0,)
        labels = torch.randint(train.CLASSES, (count, size))
        pairs = ([torch.randn(size, *shape), answers_of(labels[n])] for n in range(count))
        spread.gradients(pairs, [[(0, 0)] * size] * count, number)
        spread.finish_statistics(net)

    step(0)
    train.finish_step(net, optimiser, settings, 0.0, spread)
    kept = [*net.state_dict().values(), *averages.net.state_dict().values()]
    kept += [t for slots in optimiser.state.values() for t in slots.values() if isinstance(t, torch.Tensor)]
    stage = spread.prepared[1]._stage
    received = [*stage.args_recv_info.values(), *stage.grad_recv_info.values()]
    kept += [info.buffer for infos in received for info in infos if info.buffer is not None]
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        step(1)
    events = [e for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"]
    live = accumulate(e.nbytes() for e in sorted(events, key=lambda e: e.start_ns()))
    bytes_of = [sum(t.numel() * t.element_size() for t in kept) + max(live)]
    return spread.place.gather(bytes_of)


def run(request):
    """Runs the script, which opens and closes its own group of processes."""
    return train.main(request["argv"])


def in_group(what, request):
    torch.set_default_dtype(torch.float32 if what is memory else torch.float64)
    dist.init_process_group("gloo")
    try:
        return what(request)
    finally:
        dist.destroy_process_group()
        torch.set_default_dtype(torch.float32)


answers = []
for request in json.loads((folder / "request.json").read_text()):
    # a process may still be at the place where the group before met
    os.environ["MASTER_PORT"] = str(request["port"])
    if request["what"] == "run":
        answers.append(run(request))
    else:
        answers.append(in_group({f.__name__: f for f in (golden, gradients, memory)}[request["what"]], request))
if os.environ["RANK"] == "0":
    (folder / "answers.json").write_text(json.dumps(answers))
