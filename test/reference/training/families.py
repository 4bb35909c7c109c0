"""Makes the golden of one training step of small members of the library's families: python families.py

Each takes one step of SGD in double precision on the CPU, norms by their batch, without dropout. What is kept of each
tensor is how far the step moved it: the length of the change, and its product with a direction. Weights, images, targets
and directions come from integers alone (the generator of test/portable-weights.ts), so that a test makes them again.

Left out are MobileNetV2, MnasNet-A1, EfficientNet-Lite, ShuffleNetV2 and MobileOne at such sizes: their steps in a session of
TensorFlow are up to 2e-3 of a tensor's change away, more than the test allows, where PyTorch in single precision is up to 7e-4.

Made with torch 2.13.0, timm 1.0.31 and torchvision's architectures of 0.28.
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from timm.models import byobnet, efficientnet, mobilenetv3, resnet
from torchvision.models import squeezenet

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


EIGHTH = (1 / 8,) * 4
n = dict(num_classes=CLASSES)
families = {
    "mobilenet-v1": ("timm", lambda: efficientnet._gen_mobilenet_v1("mobilenetv1_100", 0.25, **n)),
    "mobilenet-v3": ("timm", lambda: mobilenetv3._gen_mobilenet_v3("mobilenetv3_small_100", 0.25, **n)),
    "efficientnet-v2": ("timm", lambda: efficientnet._gen_efficientnetv2_base("efficientnetv2_b0", 0.25, 0.2, **n)),
    "tinynet": ("timm", lambda: efficientnet._gen_tinynet("tinynet_e", 0.25, 0.2, **n)),
    "resnet": ("timm", lambda: resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], **n)),
    "squeezenet": ("torchvision", lambda: squeezenet.SqueezeNet("1_1", dropout=0, **n)),
    "repvgg": ("timm", lambda: byob("rep", byobnet._rep_vgg_bcfg((1, 2, 2, 1), EIGHTH))),
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
    result = {
        "seed": SEED, "batch": BATCH, "size": SIZE, "classes": CLASSES, "rate": RATE,
        "families": {name: {"source": source, **step(name, make)} for name, (source, make) in families.items()},
    }
    with open(os.path.join(HERE, "families.json"), "w") as f:
        json.dump(result, f, separators=(",", ":"))
        f.write("\n")
