"""Lists the checkpoints that timm's registry names, of convolutional families: their tensors and what their configurations state.

    python timm_checkpoints.py > timm-checkpoints.json      with torch, torchvision and timm

generate.ts finds out which of them the library's models take. Nothing is downloaded: networks are built without numbers.
"""
import json
import re

import timm
import torch
from timm.layers import BatchNormAct2d, Conv2dSame
from timm.models import get_pretrained_cfg

FAMILIES = re.compile(
    r"^(tf_)?(efficientnet_(b\d|l2|lite\d)|efficientnetv2_(b\d|s|m|l|xl)|mobilenetv1_\d+h?|mobilenetv2_|mobilenetv3_(large|small|rw)|"
    r"(se)?mnasnet|mnasnet|tinynet|mobileone|repvgg|vgg|inception_v3|nasnetalarge|legacy_se|(wide_)?resnet\d+(_\d)?$|"
    r"resnext\d+_\d+x\d+d$|seresnet\d+$|seresnext\d+_\d+x\d+d$)"
)
KINDS = {torch.float32: 4, torch.float16: 2, torch.int64: 8}


def checkpoints():
    networks = {}
    for name in timm.list_pretrained():
        cfg = get_pretrained_cfg(name)
        if not FAMILIES.match(cfg.architecture) or not cfg.hf_hub_id:
            continue
        key = (cfg.architecture, cfg.num_classes)
        if key not in networks:
            with torch.device("meta"):
                network = timm.create_model(cfg.architecture, pretrained=False, num_classes=cfg.num_classes)
            norms = [m for m in network.modules() if isinstance(m, (torch.nn.BatchNorm2d, BatchNormAct2d))]
            state = network.state_dict()
            networks[key] = {
                "convention": "tf" if any(isinstance(m, Conv2dSame) for m in network.modules()) else "torch",
                "epsilon": norms[0].eps if norms else None,
                "bytes": sum(t.numel() * KINDS[t.dtype] for t in state.values()),
                "tensors": {k: list(t.shape) for k, t in state.items() if not k.endswith("num_batches_tracked")},
            }
        yield {
            "name": cfg.hf_hub_id,
            "architecture": cfg.architecture,
            "classes": cfg.num_classes,
            "licence": cfg.license,
            "size": list(cfg.test_input_size or cfg.input_size)[1:],
            "mean": list(cfg.mean),
            "std": list(cfg.std),
            "crop": cfg.test_crop_pct or cfg.crop_pct,
            "interpolation": cfg.interpolation,
            "network": "/".join(map(str, key)),
        }
    yield {"networks": {"/".join(map(str, key)): value for key, value in networks.items()}}


*found, last = checkpoints()
print(json.dumps({"timm": timm.__version__, "checkpoints": found, **last}))
