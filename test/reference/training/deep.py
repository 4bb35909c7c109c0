"""Makes the golden of one training step of deep networks, detectors and segmenters: python deep.py [NAME ...]

Like families.py, but of whole depth and with the epsilons of their sources: the test takes the step in double precision
too, so that rounding hides nothing. What detectors and segmenters give is flattened, joined, and scored by a dense layer.
Dropout and stochastic depth keep everything, and scale it.

Made with torch 2.13.0, timm 1.0.31, effdet 0.4.1 and torchvision's architectures of 0.28.
"""
import json
import os
import sys
import types

import torch
from torch import nn

for module in ("pycocotools", "pycocotools.coco", "pycocotools.cocoeval"):
    sys.modules[module] = types.ModuleType(module)
sys.modules["pycocotools.coco"].COCO = sys.modules["pycocotools.cocoeval"].COCOeval = object
from effdet import EfficientDet, get_efficientdet_config  # noqa: E402
from timm.layers import DropPath  # noqa: E402
from timm.layers.padding import pad_same  # noqa: E402
from timm.layers.pool2d_same import AvgPool2dSame  # noqa: E402
from timm.models import efficientnet, inception_v3, nasnet, senet  # noqa: E402
from torchvision import models as tv  # noqa: E402
from torchvision.models.detection.ssd import SSDFeatureExtractorVGG, SSDHead  # noqa: E402
from torchvision.models.detection.ssdlite import SSDLiteHead, _mobilenet_extractor  # noqa: E402

import amoebanet  # noqa: E402
from step import take_step  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SEED, CLASSES, RATE = 11, 10, 0.1
torch.use_deterministic_algorithms(True)


def mean_of_pixels(pool, x):
    """A mean without the padding, as in TensorFlow, where NASNet was trained; timm's counts it where it strides."""
    sums, counts = (
        nn.functional.avg_pool2d(pad_same(t, pool.kernel_size, pool.stride), pool.kernel_size, pool.stride)
        for t in (x, torch.ones_like(x))
    )
    return sums / counts


AvgPool2dSame.forward = mean_of_pixels
DropPath.forward = lambda self, x: x / (1 - self.drop_prob)
nn.Dropout.forward = lambda self, x: x / (1 - self.p)


class Scored(nn.Module):
    """Class scores of all that a network gives."""

    def __init__(self, net, maps, size):
        super().__init__()
        self.net, self.maps = net, maps
        features = self.flat(torch.zeros(2, 3, size, size)).shape[1]
        self.classifier = nn.Linear(features, CLASSES)

    def flat(self, x):
        return torch.cat([y.flatten(1) for y in self.maps(self.net, x)], 1)

    def forward(self, x):
        return self.classifier(self.flat(x))


class Detector(nn.Module):
    """A detector of torchvision without what comes before its backbone and after its head."""

    def __init__(self, backbone, head):
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, x):
        levels = list(self.backbone(x).values())
        heads = self.head.classification_head, self.head.regression_head
        return [layer(level) for head in heads for layer, level in zip(head.module_list, levels)]


def ssd():
    widths = [8, "M", 16, "M", 32, "M", 512, "M", 512, 512, 512, "M"]
    backbone = SSDFeatureExtractorVGG(tv.vgg.make_layers(widths), False)
    return Detector(backbone, SSDHead([512, 1024, 512, 256, 256, 256], [4, 6, 6, 6, 4, 4], 3))


def ssdlite():
    def norm(channels):
        return nn.BatchNorm2d(channels, eps=0.001, momentum=0.03)

    backbone = tv.mobilenet_v3_large(norm_layer=norm, reduced_tail=True)
    backbone = _mobilenet_extractor(backbone, 6, norm)
    return Detector(backbone, SSDLiteHead([672, 480, 512, 256, 256, 128], [6] * 6, 3, norm))


def segmenter(make):
    return make(weights=None, weights_backbone=None, num_classes=3)


def efficientdet():
    config = get_efficientdet_config("tf_efficientdet_d0")
    config.image_size, config.num_classes = (128, 128), 3
    net = EfficientDet(config, pretrained_backbone=False)
    # as the authors trained it; timm leaves PyTorch's momentum to what it has from TensorFlow
    for module in net.backbone.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.01
    return net


def shallow(make, *args, **kwargs):
    """A network of timm whose function takes no depth."""
    decode = efficientnet.decode_arch_def
    efficientnet.decode_arch_def = lambda blocks: decode(blocks, depth_multiplier=0.2)
    try:
        return make(*args, **kwargs)
    finally:
        efficientnet.decode_arch_def = decode


def trunk(net):
    """Without its dense layers, which are wide."""
    del net.classifier
    return net


def features(net, x):
    return [net.features(x)]


def maps(net, x):
    given = net(x)
    if isinstance(given, dict):
        return [given["out"]]
    return [y for each in given for y in each] if isinstance(given[0], (list, tuple)) else given


n = dict(num_classes=CLASSES)
# name: whose names, the network, its images, the weight of its auxiliary losses
networks = {
    "efficientnet-lite": ("timm", lambda: efficientnet._gen_efficientnet_lite("efficientnet_lite0", 0.25, 1, **n), (4, 64, 64), 0),
    "mobilenet-v2": ("timm", lambda: efficientnet._gen_mobilenet_v2("mobilenetv2_100", 0.25, 1, **n), (4, 64, 64), 0),
    "mnasnet": ("timm", lambda: shallow(efficientnet._gen_mnasnet_a1, "semnasnet_100", 0.25, **n), (4, 64, 64), 0),
    "alexnet": ("torchvision", lambda: Scored(trunk(tv.alexnet()), features, 96), (4, 96, 96), 0),
    "vgg": ("torchvision", lambda: Scored(trunk(tv.vgg11_bn()), features, 64), (4, 64, 64), 0),
    "senet": (
        "timm",
        lambda: senet.SENet(senet.SEResNeXtBottleneck, (1, 1, 1, 1), 32, 16, 0, **n),
        (4, 64, 64),
        0,
    ),
    "googlenet": (
        "torchvision",
        lambda: tv.GoogLeNet(CLASSES, transform_input=False, init_weights=False, dropout=0),
        (4, 96, 96),
        0.3,
    ),
    "inception-v3": (
        "torchvision",
        lambda: tv.Inception3(CLASSES, transform_input=False, init_weights=False, dropout=0),
        (2, 299, 299),
        0.4,
    ),
    "nasnet": ("timm", lambda: nasnet.NASNetALarge(CLASSES, stem_size=8, num_features=384), (4, 75, 91), 0),
    "amoebanet": ("own", lambda: amoebanet.AmoebaNetD(CLASSES, cells=1, filters=16, stem=8), (4, 75, 91), 0),
    "ssd": ("torchvision", lambda: Scored(ssd(), maps, 300), (1, 300, 300), 0),
    "ssdlite": ("torchvision", lambda: Scored(ssdlite(), maps, 96), (4, 96, 96), 0),
    "deeplab-v3": (
        "torchvision",
        lambda: Scored(segmenter(tv.segmentation.deeplabv3_mobilenet_v3_large), maps, 65),
        (4, 65, 65),
        0,
    ),
    "lr-aspp": (
        "torchvision",
        lambda: Scored(segmenter(tv.segmentation.lraspp_mobilenet_v3_large), maps, 65),
        (4, 65, 65),
        0,
    ),
    "efficientdet": ("effdet", lambda: Scored(efficientdet(), maps, 128), (4, 128, 128), 0),
}


if __name__ == "__main__":
    path = os.path.join(HERE, "deep.json")
    known = {}
    if os.path.exists(path):
        with open(path) as f:
            known = json.load(f)["networks"]
    for name in sys.argv[1:] or networks:
        source, make, (batch, height, width), aux = networks[name]
        shape = [batch, 3, height, width]
        known[name] = {
            "source": source,
            "image": shape,
            **take_step(name, make(), shape, CLASSES, RATE, SEED, aux),
        }
        print(name, len(known[name]["tensors"]), known[name]["loss"], known[name]["norm"], flush=True)
    all_known = {name: known[name] for name in networks if name in known}
    with open(path, "w") as f:
        f.write(f'{{"seed": {SEED}, "classes": {CLASSES}, "rate": {RATE}, "networks": {{\n')
        f.write(",\n".join(f"{json.dumps(name)}: {json.dumps(each, separators=(',', ':'))}" for name, each in all_known.items()))
        f.write("}}\n")
