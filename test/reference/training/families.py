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

import torch
from timm.models import byobnet, efficientnet, mobilenetv3, resnet
from torchvision.models import shufflenetv2, squeezenet

from step import norm_paths, recipe, take_step

HERE = os.path.dirname(os.path.abspath(__file__))
SEED, BATCH, SIZE, CLASSES, RATE = 11, 8, 64, 10, 0.1
torch.use_deterministic_algorithms(True)


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
    model = make()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    norms = norm_paths(model)
    taken = take_step(name, model, [BATCH, 3, SIZE, SIZE], CLASSES, RATE, SEED, digits=9)
    return {
        "loss": taken["loss"],
        "norm": taken["norm"],
        "tensors": [[key, shape, recipe(key, shape, norms)] for key, shape, *_ in taken["tensors"]],
        "changes": [both for _, _, *both in taken["tensors"]],
    }


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
