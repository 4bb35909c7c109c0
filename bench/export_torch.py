"""Exports a timm model with PyTorch's exporter, for comparison: export_torch.py MODEL SIZE OUT.onnx [OUT.safetensors]

Random weights, batch 1. With a fourth argument the weights are saved as well, so that enetc can compile the same network.
"""
import importlib.util
import os
import sys
import warnings

warnings.filterwarnings("ignore")
import torch

torch.set_num_threads(1)


def torchvision_without_its_library():
    """timm imports torchvision, which fails where its binary does not fit torch; classification needs none of it."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None:
        return
    try:
        torch.ops.load_library(os.path.join(os.path.dirname(spec.origin), "_C.so"))
    except (OSError, ImportError, RuntimeError):
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        globals()["_library"] = library  # lives as long as the process


torchvision_without_its_library()
import timm

name, size, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.manual_seed(0)
model = timm.create_model(name, pretrained=False).eval()
torch.onnx.export(model, (torch.randn(1, 3, size, size),), out, dynamo=True, verbose=False)
if len(sys.argv) > 4:
    from safetensors.torch import save_file

    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, sys.argv[4])
