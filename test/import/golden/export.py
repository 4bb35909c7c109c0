"""Exports a small network of forms that PyTorch spells out in ONNX, with an input and its outputs.

    python test/import/golden/export.py

Needs torch and onnx. The weights are random from a fixed seed.
"""

import pathlib

import torch
from torch import nn
from torch.nn import functional as F

here = pathlib.Path(__file__).parent


class LayerNorm2d(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=1e-6)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Next(nn.Module):
    """ConvNeXt's block, whose dense layers work on channels behind."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.expand, self.project = nn.Linear(channels, 2 * channels), nn.Linear(2 * channels, channels)
        self.scale = nn.Parameter(torch.rand(channels))

    def forward(self, x):
        y = self.depthwise(x).permute(0, 2, 3, 1)
        y = self.project(F.gelu(self.expand(self.norm(y)))) * self.scale
        return x + y.permute(0, 3, 1, 2)


class Shuffle(nn.Module):
    def __init__(self, channels):
        super().__init__()
        half = channels // 2
        self.conv, self.bn = nn.Conv2d(half, half, 3, padding=1, bias=False), nn.BatchNorm2d(half)

    def forward(self, x):
        left, right = x.chunk(2, dim=1)
        y = torch.cat((left, F.hardswish(self.bn(self.conv(right)))), dim=1)
        n, c, h, w = y.shape
        return y.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class Excite(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.reduce, self.expand = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.expand(F.silu(self.reduce(x.mean((2, 3), keepdim=True)))))


class Forms(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2)  # after padding of its own, as TensorFlow pads
        self.bn = nn.BatchNorm2d(8)
        self.norm = LayerNorm2d(8)
        self.next, self.shuffle, self.excite = Next(8), Shuffle(8), Excite(8)
        self.groups = nn.GroupNorm(4, 8)
        self.head = nn.Linear(16, 5)

    def forward(self, image):
        x = F.relu6(self.bn(self.stem(F.pad(image, (0, 1, 0, 1)))))
        x = self.shuffle(self.next(self.norm(x)))
        x = self.groups(self.excite(x)) * 0.5 + 0.25
        small = F.mish(F.max_pool2d(x, 3, stride=2, ceil_mode=True))
        large = F.interpolate(small, scale_factor=2, mode='nearest')
        both = torch.cat((F.normalize(x, dim=1), large), dim=1)
        return self.head(both.mean((2, 3))).softmax(1), F.leaky_relu(small, 0.2)


torch.manual_seed(0)
net = Forms()
for module in net.modules():
    if isinstance(module, (nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)):
        nn.init.uniform_(module.weight, 0.5, 1.5)
        nn.init.normal_(module.bias, 0, 0.1)
    if isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.running_mean, 0, 0.1)
        nn.init.uniform_(module.running_var, 0.5, 1.5)
net.eval()
image = torch.randn(1, 3, 16, 16)
with torch.no_grad():
    outputs = net(image)
    for opset in (13, 17):
        torch.onnx.export(
            net, image, str(here / f'forms-{opset}.onnx'), dynamo=False, opset_version=opset,
            input_names=['image'], output_names=['scores', 'small'],
        )
flat = torch.cat([t.flatten() for t in (image, *outputs)])
flat.numpy().astype('<f4').tofile(here / 'forms.bin')


class Same(nn.Module):
    """Pools with TensorFlow's padding, as timm states them: what is below all numbers is padding of a maximum."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x):
        y = F.max_pool2d(F.pad(self.conv(x), (0, 1, 0, 1), value=float('-inf')), 3, 2)
        return F.max_pool2d(F.pad(y, (1, 1, 1, 1), value=torch.finfo(torch.float32).min), 3, 1)


torch.manual_seed(1)
torch.onnx.export(
    Same().eval(), (torch.randn(1, 3, 16, 16),), str(here / 'same-pools.onnx'), opset_version=17, dynamo=False,
    input_names=['image'],
)
