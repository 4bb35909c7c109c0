"""One training step of a network of PyTorch in double precision: what the goldens of this folder hold."""
import numpy as np
import torch
import torch.nn.functional as F

from portable import normal, uniform

NORMS = torch.nn.modules.batchnorm._BatchNorm


def recipe(name, shape, norms):
    """How a tensor begins, by its name and shape alone; test/training/golden-deep.ts has the same rule."""
    if name.rsplit(".", 1)[0] in norms:
        return ["uniform", 0.5, 1.5] if name.endswith(("running_var", "weight")) else ["normal", 0.1]
    if name.endswith("bias"):
        return ["normal", 0.1]
    return ["normal", float(f"{np.sqrt(2 / (np.prod(shape) // shape[0])):.6g}")]


def norm_paths(model):
    return {path for path, module in model.named_modules() if isinstance(module, NORMS)}


def take_step(name, model, shape, classes, rate, seed, aux_weight=0, digits=8):
    """
    A step of SGD, norms by their batch. Of each tensor: its name, its shape, the length of the change and its product with
    a direction. `model` gives logits, or logits and a list of auxiliary ones.
    """
    model = model.double().train()
    batch = shape[0]
    norms = norm_paths(model)
    state = {key: t for key, t in model.state_dict().items() if "num_batches" not in key}
    before = {}
    with torch.no_grad():
        for key, t in state.items():
            kind, *numbers = recipe(key, list(t.shape), norms)
            values = (normal if kind == "normal" else uniform)(seed, f"{name}/{key}", t.numel(), *numbers)
            t.copy_(torch.from_numpy(values.astype(np.float64)).view(t.shape))
            before[key] = t.clone()
    image = normal(seed, f"{name}/image", int(np.prod(shape)), 1).reshape(shape)
    raw = uniform(seed, f"{name}/targets", batch * classes, 0, 1).reshape(batch, classes).astype(np.float64)
    targets = torch.from_numpy((raw / raw.sum(1, keepdims=True)).astype(np.float32)).double()

    def cross_entropy(logits):
        return -(targets * F.log_softmax(logits, dim=1)).sum(1).mean()

    result = model(torch.from_numpy(image).double())
    logits, *others = result if isinstance(result, (tuple, list)) else [result]
    loss = cross_entropy(logits)
    total = loss + aux_weight * sum(cross_entropy(each) for each in others)
    total.backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.sqrt(sum((g**2).sum() for g in gradients))
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= rate * p.grad
    tensors = []
    for key, t in state.items():
        change = (t - before[key]).flatten()
        direction = uniform(seed, f"{name}/{key}/direction", change.numel(), -1, 1).astype(np.float64)
        both = change.norm().item(), (change @ torch.from_numpy(direction)).item()
        tensors.append([key, list(t.shape), *(float(f"{x:.{digits}g}") for x in both)])
    return {"loss": total.item(), "norm": norm.item(), "tensors": tensors}
