"""Makes the golden of one training step of small members of the library's families: python families.py [NAME ...]

Each takes one step of SGD in double precision on the CPU, norms by their batch, without dropout. What is kept of each
tensor is how far the step moved it: the length of the change, and its product with a direction. Weights, images, targets
and directions come from integers alone (the generator of test/portable-weights.ts), so that a test makes them again.

The members are shallow: over many norms of small batches TensorFlow's single precision is up to 2e-3 of a change away.

Made with torch 2.13.0, timm 1.0.31 and torchvision's architectures of 0.28.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from timm.models import byobnet, efficientnet, mobilenetv3, resnet
from torchvision.models import shufflenetv2, squeezenet

from portable import normal, uniform

HERE = os.path.dirname(os.path.abspath(__file__))
SEED, BATCH, SIZE, CLASSES, RATE = 11, 8, 64, 10, 0.1
torch.use_deterministic_algorithms(True)


def recipe(name, t, norms):
    if name.rsplit(".", 1)[0] in norms:
        if name.endswith("running_var") or name.endswith("weight"):
            return ["uniform", 0.5, 1.5]
        return ["normal", 0.1]
    if name.endswith("bias"):
        return ["normal", 0.1]
    return ["normal", float(f"{np.sqrt(2 / (t.numel() // t.shape[0])):.6g}")]


def byob(kind, blocks):
    cfg = byobnet.ByoModelCfg(blocks=blocks, stem_type=kind, stem_chs=8)
    return byobnet.ByobNet(cfg, num_classes=CLASSES)


def shallow(make, *args, **kwargs):
    """A network of timm whose function takes no depth."""
    decode = efficientnet.decode_arch_def
    efficientnet.decode_arch_def = lambda blocks: decode(blocks, depth_multiplier=0.2)
    try:
        return make(*args, **kwargs)
    finally:
        efficientnet.decode_arch_def = decode


EIGHTH = (1 / 8,) * 4
ONE = dict(d=(1, 1, 2, 1), wf=EIGHTH, num_conv_branches=2)
n = dict(num_classes=CLASSES)
# channels that are almost constant amplify the rounding of oneDNN's norms, which is coarser there than PyTorch's
smooth = dict(n, bn_eps=0.1)
families = {
    "mobilenet-v1": ("timm", lambda: efficientnet._gen_mobilenet_v1("mobilenetv1_100", 0.25, **n)),
    "mobilenet-v3": ("timm", lambda: mobilenetv3._gen_mobilenet_v3("mobilenetv3_small_100", 0.25, **n)),
    "efficientnet-v2": ("timm", lambda: efficientnet._gen_efficientnetv2_base("efficientnetv2_b0", 0.25, 0.2, **n)),
    "tinynet": ("timm", lambda: efficientnet._gen_tinynet("tinynet_e", 0.25, 0.2, **n)),
    "resnet": ("timm", lambda: resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], **n)),
    "squeezenet": ("torchvision", lambda: squeezenet.SqueezeNet("1_1", dropout=0, **n)),
    "repvgg": ("timm", lambda: byob("rep", byobnet._rep_vgg_bcfg((1, 2, 2, 1), EIGHTH))),
    "efficientnet-lite": ("timm", lambda: efficientnet._gen_efficientnet_lite("efficientnet_lite0", 0.25, 0.2, **smooth)),
    "mobilenet-v2": ("timm", lambda: efficientnet._gen_mobilenet_v2("mobilenetv2_100", 0.25, 0.2, **smooth)),
    "mnasnet": ("timm", lambda: shallow(efficientnet._gen_mnasnet_a1, "semnasnet_100", 0.25, **smooth)),
    "shufflenet-v2": ("torchvision", lambda: shufflenetv2.ShuffleNetV2([2, 2, 2], [24, 16, 32, 64, 64], CLASSES)),
    "mobileone": ("timm", lambda: byob("one", byobnet._mobileone_bcfg(**ONE))),
}


def step(name, make):
    model = make().double()
    norms = {
        path for path, module in model.named_modules() if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)
    }
    tensors, before = [], {}
    with torch.no_grad():
        for key, t in model.state_dict().items():
            if "num_batches" in key:
                continue
            r = recipe(key, t, norms)
            make_values = normal if r[0] == "normal" else uniform
            values = make_values(SEED, f"{name}/{key}", t.numel(), *r[1:])
            t.copy_(torch.from_numpy(values.astype(np.float64)).view(t.shape))
            before[key] = t.clone()
            tensors.append([key, list(t.shape), r])
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    image = normal(SEED, f"{name}/image", BATCH * 3 * SIZE * SIZE, 1).reshape(BATCH, 3, SIZE, SIZE)
    raw = uniform(SEED, f"{name}/targets", BATCH * CLASSES, 0, 1).reshape(BATCH, CLASSES).astype(np.float64)
    targets = torch.from_numpy((raw / raw.sum(1, keepdims=True)).astype(np.float32)).double()
    logits = model(torch.from_numpy(image).double())
    loss = -(targets * F.log_softmax(logits, dim=1)).sum(1).mean()
    loss.backward()
    with torch.no_grad():
        norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        for p in model.parameters():
            p -= RATE * p.grad
    after = model.state_dict()
    changes = []
    for key, _, _ in tensors:
        change = (after[key] - before[key]).flatten()
        direction = uniform(SEED, f"{name}/{key}/direction", change.numel(), -1, 1).astype(np.float64)
        both = change.norm().item(), (change @ torch.from_numpy(direction)).item()
        changes.append([float(f"{x:.9g}") for x in both])
    return {"loss": loss.item(), "norm": norm.item(), "tensors": tensors, "changes": changes}


if __name__ == "__main__":
    path = os.path.join(HERE, "families.json")
    with open(path) as f:
        known = json.load(f)["families"]
    for name in sys.argv[1:] or families:
        source, make = families[name]
        known[name] = {"source": source, **step(name, make)}
    result = {
        "seed": SEED, "batch": BATCH, "size": SIZE, "classes": CLASSES, "rate": RATE,
        "families": {name: known[name] for name in families if name in known},
    }
    with open(path, "w") as f:
        json.dump(result, f, separators=(",", ":"))
        f.write("\n")
