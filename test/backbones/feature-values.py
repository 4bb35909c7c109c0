"""Writes feature-values.json: what timm's feature extractor of mobilenetv2_100 gives for the weights and the input of the golden
test/reference/golden/mobilenetv2_100 (timm, torch).

    python test/backbones/feature-values.py > test/backbones/feature-values.json
"""
import json
import os
import sys

import numpy as np
import timm
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../reference/training'))
from portable import normal, uniform  # noqa: E402

EVERY = 101  # of the values of a map

golden = json.load(open(os.path.join(HERE, '../reference/golden/mobilenetv2_100/meta.json')))


def values(name, shape, recipe):
    n = int(np.prod(shape))
    kind, *args = recipe
    if kind == 'zero':
        return torch.zeros(shape, dtype=torch.int64)
    made = (normal if kind == 'normal' else uniform)(golden['seed'], name, n, *args)
    return torch.from_numpy(made.reshape(shape))


state = {name: values(name, shape, recipe) for name, shape, _, recipe in golden['tensors']}
model = timm.create_model('mobilenetv2_100', features_only=True).eval()
missing, _ = model.load_state_dict(state, strict=False)
assert not missing, missing
x = values('input', golden['input_shape'], ['normal', 1])
with torch.no_grad():
    maps = [m.numpy() for m in model(x)]
print(json.dumps({'every': EVERY, 'shapes': [m.shape for m in maps],
                  'values': [[float(f'{v:.7g}') for v in m.ravel()[::EVERY]] for m in maps]}))
