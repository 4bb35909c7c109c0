"""Makes the goldens of training steps beside this file: python make.py

A small EfficientNet (timm's own classes, width 0.1, depth 0.5, 10 classes) takes two steps in double precision on the CPU
with each optimiser; what is kept is its state after each: every weight, and the batch norms' running statistics. Weights,
images, targets and the noise of dropout and stochastic depth come from integers alone (the generator of
test/portable-weights.ts), so that a test makes them again bit for bit.

Made with torch 2.13.0 and timm 1.0.31.
"""
import json
import os

import numpy as np
import timm
import torch
import torch.nn.functional as F
from timm.layers import DropPath
from timm.optim import RMSpropTF

from portable import normal, uniform

HERE = os.path.dirname(os.path.abspath(__file__))
SEED, BATCH, SIZE, CLASSES, DROPOUT, DROP_PATH = 7, 8, 64, 10, 0.2, 0.2
torch.use_deterministic_algorithms(True)


def recipe(name, t):
    if "num_batches" in name:
        return None
    norm = ".bn" in name or name.startswith("bn")
    if name.endswith("running_mean") or (norm and name.endswith("bias")):
        return ["normal", 0.1]
    if name.endswith("running_var") or norm:
        return ["uniform", 0.5, 1.5]
    if name.endswith("bias"):
        return ["normal", 0.1]
    return ["normal", float(f"{np.sqrt(2 / (t.numel() // t.shape[0])):.6g}")]


class MaskedDropPath(torch.nn.Module):
    """Keeps a sample where its number is at least the rate; divides by what is kept."""

    def __init__(self, rate, column, noise):
        super().__init__()
        self.rate, self.column, self.noise = rate, column, noise

    def forward(self, x):
        keep = (self.noise()[:, self.column] >= self.rate).to(x.dtype) / (1 - self.rate)
        return x * keep.view(-1, 1, 1, 1)


def build(noise):
    model = timm.models.efficientnet._gen_efficientnet(
        "efficientnet_b0", channel_multiplier=0.1, depth_multiplier=0.5, num_classes=CLASSES
    ).double()
    tensors = []
    for name, t in model.state_dict().items():
        r = recipe(name, t)
        if r is None:
            continue
        n = t.numel()
        values = normal(SEED, name, n, r[1]) if r[0] == "normal" else uniform(SEED, name, n, r[1], r[2])
        t.copy_(torch.from_numpy(values.astype(np.float64)).view(t.shape))
        tensors.append([name, list(t.shape), "float32", r])
    blocks = [b for stage in model.blocks for b in stage]
    column = 0
    for i, b in enumerate(blocks):
        rate = DROP_PATH * i / len(blocks)
        if getattr(b, "has_skip", False) and rate > 0:
            b.drop_path = MaskedDropPath(rate, column, noise)
            column += 1
    return model, tensors, column


def run(make):
    current = {}
    model, tensors, paths = build(lambda: current["noise"])
    model.train()
    features = model.num_features
    decayed = [p for n, p in model.named_parameters() if "bn" not in n]
    plain = [p for n, p in model.named_parameters() if "bn" in n]
    optimiser, settings, decay_by_loss = make(decayed, plain)
    steps, states = [], []
    for step in range(2):
        image = normal(SEED, f"image {step}", BATCH * 3 * SIZE * SIZE, 1).reshape(BATCH, 3, SIZE, SIZE)
        raw = uniform(SEED, f"targets {step}", BATCH * CLASSES, 0, 1).reshape(BATCH, CLASSES).astype(np.float64)
        targets = torch.from_numpy((raw / raw.sum(1, keepdims=True)).astype(np.float32).astype(np.float64))
        weights = torch.from_numpy(uniform(SEED, f"sample_weights {step}", BATCH, 0.5, 1.5).astype(np.float64))
        noise = uniform(SEED, f"noise {step}", BATCH * (paths + features), 0, 1).reshape(BATCH, paths + features)
        current["noise"] = torch.from_numpy(noise.astype(np.float64))
        x = model.forward_features(torch.from_numpy(image.astype(np.float64)))
        x = model.global_pool(x)
        x = x * (current["noise"][:, paths:] >= DROPOUT) / (1 - DROPOUT)
        logits = model.classifier(x)
        losses = -(targets * F.log_softmax(logits, dim=1)).sum(1)
        loss = (losses * weights).sum() / BATCH
        optimiser.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        if decay_by_loss:
            for p in decayed:
                p.grad += decay_by_loss * p.detach()
        optimiser.step()
        steps.append({"loss": loss.item(), "norm": norm.item(), "logits": logits.detach().flatten().tolist()})
        state = model.state_dict()
        states.append(np.concatenate([state[t[0]].numpy().astype(np.float32).ravel() for t in tensors]))
    return {"settings": settings, "steps": steps}, np.concatenate(states), tensors, paths, features


def rmsprop(decayed, plain):
    # timm's RMSpropTF is TensorFlow's: mean squares start at one, epsilon inside the root, rate in the momentum.
    o = RMSpropTF(decayed + plain, lr=0.5, alpha=0.9, eps=1e-3, momentum=0.9, weight_decay=0, lr_in_momentum=True)
    return o, {"rate": 0.5, "decay": 0.9, "momentum": 0.9, "epsilon": 1e-3, "weight_decay": 0.01}, 0.01


def sgd(decayed, plain):
    o = torch.optim.SGD(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0}],
        lr=0.1, momentum=0.9, nesterov=True,
    )
    return o, {"rate": 0.1, "momentum": 0.9, "weight_decay": 0.01}, 0


def adamw(decayed, plain):
    # A large epsilon: with a small one a gradient of nearly nothing moves its weight as far as any other, and what is
    # compared is its rounding.
    o = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0}],
        lr=0.01, betas=(0.9, 0.99), eps=0.1,
    )
    return o, {"rate": 0.01, "beta1": 0.9, "beta2": 0.99, "epsilon": 0.1, "weight_decay": 0.05}, 0


if __name__ == "__main__":
    runs = {}
    for make in (rmsprop, sgd, adamw):
        runs[make.__name__], states, tensors, paths, features = run(make)
        states.astype("<f4").tofile(os.path.join(HERE, f"{make.__name__}.bin"))
    meta = {
        "seed": SEED, "batch": BATCH, "size": SIZE, "classes": CLASSES, "dropout": DROPOUT, "drop_path": DROP_PATH,
        "width": 0.1, "depth": 0.5, "noise": paths + features, "runs": runs, "tensors": tensors,
    }
    with open(os.path.join(HERE, "meta.json"), "w") as f:
        json.dump(meta, f)
        f.write("\n")
