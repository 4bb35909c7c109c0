"""Makes goldens of small members of networks that timm and effdet have: python make-dense.py [NAME ...]

Weights, statistics and images come from integers alone (the generator of test/portable-weights.ts); the scale of each
convolution makes the rms of what it gives 1. Made with torch 2.13.0, timm 1.0.31, effdet 0.4.1.
"""
import json
import os
import sys
import types
import zlib

import numpy as np
import timm
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "training"))
# effdet's evaluators ask for packages that its networks do not need
for module in ("pycocotools", "pycocotools.coco", "pycocotools.cocoeval"):
    sys.modules[module] = types.ModuleType(module)
sys.modules["pycocotools.coco"].COCO = sys.modules["pycocotools.cocoeval"].COCOeval = object
from effdet import EfficientDet, get_efficientdet_config  # noqa: E402
from timm.layers.padding import pad_same  # noqa: E402
from timm.layers.pool2d_same import AvgPool2dSame  # noqa: E402
from timm.models.nasnet import NASNetALarge  # noqa: E402
from portable import normal, uniform  # noqa: E402

SEED = 21


def mean_of_pixels(pool, x):
    """A mean without the padding, as in TensorFlow, where NASNet was trained; timm's counts it where it strides."""
    sums, counts = (
        torch.nn.functional.avg_pool2d(pad_same(t, pool.kernel_size, pool.stride), pool.kernel_size, pool.stride)
        for t in (x, torch.ones_like(x))
    )
    return sums / counts


AvgPool2dSame.forward = mean_of_pixels
NORMS = torch.nn.modules.batchnorm._BatchNorm


def efficientdet(name, size, classes, **settings):
    config = get_efficientdet_config(name)
    config.image_size, config.num_classes = size, classes
    for key, value in settings.items():
        config[key] = value
    return EfficientDet(config, pretrained_backbone=False)


networks = {
    "effdet_tf_efficientdet_d0": (lambda: efficientdet("tf_efficientdet_d0", (128, 256), 3), 3, (1, 3, 128, 256), 5),
    "timm_tf_efficientnet_b0_stride8": (
        lambda: timm.create_model("tf_efficientnet_b0", num_classes=10, output_stride=8), 10, (1, 3, 97, 127), 1,
    ),
    "timm_semnasnet_100_stride16": (
        lambda: timm.create_model("semnasnet_100", num_classes=10, output_stride=16), 10, (1, 3, 97, 127), 1,
    ),
    "timm_nasnet_narrow": (lambda: NASNetALarge(10, stem_size=8, num_features=384), 10, (1, 3, 75, 91), 1),
}


def make(name, build, classes, shape, every):
    model = build().eval()
    norms = {path for path, module in model.named_modules() if isinstance(module, NORMS)}
    recipes = {}
    tensors = {key: t for key, t in model.state_dict().items() if "num_batches" not in key}
    with torch.no_grad():
        for key, t in tensors.items():
            module, member = key.rsplit(".", 1)
            if member in ("running_var", "edge_weights") or (module in norms and member == "weight"):
                recipes[key] = ["uniform", 0.5, 1.5]
            else:
                recipes[key] = ["normal", 1.0 if member == "weight" else 0.1]
            draw(key, t, recipes[key])

        def calibrate(path):
            def hook(module, args, _):
                key = f"{path}.weight"
                if recipes[key][1] == 1.0:
                    free = module.forward(*args)
                    if module.bias is not None:
                        free = free - (module.bias if free.dim() == 2 else module.bias[:, None, None])
                    recipes[key] = ["normal", float(f"{1 / free.pow(2).mean().sqrt().item():.6g}")]
                    draw(key, module.weight, recipes[key])
                return module.forward(*args)
            return hook

        for path, module in model.named_modules():
            if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
                module.register_forward_hook(calibrate(path))
        image = normal(SEED, "input", int(np.prod(shape)), 1).reshape(shape)
        outputs = model(torch.from_numpy(image))
        outputs = [outputs] if torch.is_tensor(outputs) else [t for each in outputs for t in each]
    flat = np.concatenate([t.numpy().astype("<f4").ravel() for t in outputs])
    crc = 0
    for key, t in tensors.items():
        crc = zlib.crc32(t.numpy().tobytes(), crc)
    source, model_name = name.split("_", 1)
    folder = os.path.join(HERE, "dense", name)
    os.makedirs(folder, exist_ok=True)
    flat[::every].tofile(os.path.join(folder, "outputs.bin"))
    meta = {
        "model": model_name, "source": source, "seed": SEED, "classes": classes, "input_shape": list(shape),
        "output_shapes": [list(t.shape) for t in outputs], "every": every,
        "crc32": {"weights": crc, "input": zlib.crc32(image.tobytes()), "logits": zlib.crc32(flat.tobytes())},
        "tensors": [[key, list(t.shape), "float32", recipes[key]] for key, t in tensors.items()],
    }
    with open(os.path.join(folder, "meta.json"), "w") as f:
        f.write(json.dumps(meta).replace("], [\"", "],\n  [\"") + "\n")
    print(name, len(flat), "of at most", np.abs(flat).max())


def draw(key, t, recipe):
    values = (normal if recipe[0] == "normal" else uniform)(SEED, key, t.numel(), *recipe[1:])
    t.copy_(torch.from_numpy(values).view(t.shape))


if __name__ == "__main__":
    for network in sys.argv[1:] or networks:
        make(network, *networks[network])
