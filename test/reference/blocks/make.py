"""Writes blocks.json: small modules of PyTorch and timm with random numbers, what they take and what they give.

    python make.py        (torch 2.13.0, torchvision 0.28.0, timm 1.0.31)

Arrays are float32, little endian, base64. Inputs are [N, C, H, W].
"""
import base64
import json
import pathlib
from collections import OrderedDict

import torch
from timm.layers.cbam import CbamModule
from timm.layers.eca import EcaModule
from timm.layers.grn import GlobalResponseNorm
from timm.models.vision_transformer import VisionTransformer
from torch import nn


def packed(tensor):
    data = tensor.detach().to(torch.float32).contiguous().numpy()
    return {"shape": list(tensor.shape), "data": base64.b64encode(data.astype("<f4").tobytes()).decode()}


class Attention(nn.Module):
    """torch.nn.functional.scaled_dot_product_attention over pixels, channels cut into heads."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def tokens(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, self.heads, c // self.heads, h * w).transpose(2, 3)

    def forward(self, q, k, v):
        y = nn.functional.scaled_dot_product_attention(self.tokens(q), self.tokens(k), self.tokens(v))
        n, c, (h, w) = q.shape[0], v.shape[1], q.shape[2:]
        return y.transpose(2, 3).reshape(n, c, h, w)


def transposed(*args, **kwargs):
    return nn.ConvTranspose2d(*args, **kwargs), [(2, args[0], 5, 4)]


# a Vision Transformer without class token; its places are of shape [1, N, C]
vit = VisionTransformer(
    img_size=32, patch_size=8, embed_dim=12, depth=2, num_heads=3, num_classes=5, class_token=False, global_pool="avg"
)

cases = {
    "eca": (EcaModule(kernel_size=5), [(2, 8, 5, 6)]),
    "grn": (GlobalResponseNorm(8, channels_last=False), [(2, 8, 5, 6)]),
    "cbam": (CbamModule(16, rd_channels=4), [(2, 16, 9, 8)]),
    "flatten": (nn.Sequential(OrderedDict(map=nn.Flatten(), fc=nn.Linear(60, 4))), [(2, 3, 5, 4)]),
    "transposed 2, stride 2": transposed(6, 4, 2, stride=2),
    "transposed 3, stride 2, padding 1, output padding 1": transposed(6, 4, 3, stride=2, padding=1, output_padding=1),
    "transposed 4, stride 2, padding 1, no bias": transposed(6, 4, 4, stride=2, padding=1, bias=False),
    "transposed 3, groups 2, dilation 2": transposed(6, 4, 3, groups=2, dilation=2),
    "transposed 3x2, stride 3x1, depthwise": transposed(6, 6, (3, 2), stride=(3, 1), groups=6, output_padding=(2, 0)),
    "transposed 2, stride 3, two for each of 6 groups": transposed(6, 12, 2, stride=3, groups=6, output_padding=1),
    "transposed 3, stride 2, padding 2": transposed(6, 3, 3, stride=2, padding=2),
    "vit": (vit, [(2, 3, 32, 32)]),
    "attention of one head": (Attention(1), [(2, 4, 3, 5)] * 3),
    "attention of two heads, other pixels and values": (Attention(2), [(2, 4, 3, 5), (2, 4, 2, 4), (2, 6, 2, 4)]),
}

torch.manual_seed(1905)
result = {}
for name, (module, shapes) in cases.items():
    state = module.state_dict()
    for key, value in state.items():
        if not value.dtype.is_floating_point:
            continue
        random = torch.randn(value.shape) / max(1, value[0].numel()) ** 0.5
        value.copy_(random.abs() + 0.5 if key.endswith("running_var") else random)
    module.double().eval()
    inputs = [torch.randn(shape) for shape in shapes]
    with torch.no_grad():
        output = module(*(x.double() for x in inputs))
    result[name] = {
        "inputs": [packed(x) for x in inputs],
        "output": packed(output),
        "tensors": {key: packed(value) for key, value in state.items() if value.dtype.is_floating_point},
    }
pathlib.Path(__file__).with_name("blocks.json").write_text(json.dumps(result, indent=1) + "\n")
