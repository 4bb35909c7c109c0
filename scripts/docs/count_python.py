"""Writes scripts/docs/python-sources.json: the lines of Python that torchvision and timm take for each model of the library, and the
accuracies that torchvision states for its weights.

Run with both installed: python scripts/docs/count_python.py. A line counts if it has code: no blank lines, comments, docstrings or
imports, and no lists of published weights (torchvision's `*_Weights` classes, timm's `default_cfgs` and `_cfg`).
"""
import ast
import inspect
import json
import math
from pathlib import Path

import timm
import torchvision

# The model of the library, where its Python is, and the names of its variants in torchvision by those here.
MODELS = {
    'efficientnet': ('torchvision', 'efficientnet', {f'b{i}': f'efficientnet_b{i}' for i in range(8)}),
    'efficientnet-lite': ('timm', 'efficientnet', {}),
    'efficientnet-v2': ('torchvision', 'efficientnet', {v: f'efficientnet_v2_{v}' for v in 'sml'}),
    'mobilenet-v1': ('timm', 'efficientnet', {}),
    'mobilenet-v2': ('torchvision', 'mobilenetv2', {'w100': 'mobilenet_v2'}),
    'mobilenet-v3': ('torchvision', 'mobilenetv3', {v: f'mobilenet_v3_{v}' for v in ('large', 'small')}),
    'mnasnet': ('torchvision', 'mnasnet', {'b1': 'mnasnet1_0'}),
    'resnet': ('torchvision', 'resnet', {v: v for v in ('resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152', 'resnext50_32x4d', 'wide_resnet50_2')}),
    'alexnet': ('torchvision', 'alexnet', {'one_weird_trick': 'alexnet'}),
    'vgg': ('torchvision', 'vgg', {f'vgg{n}{bn}': f'vgg{n}{bn}' for n in (11, 13, 16, 19) for bn in ('', '_bn')}),
    'googlenet': ('torchvision', 'googlenet', {'': 'googlenet'}),
    'inception-v3': ('torchvision', 'inception', {'': 'inception_v3'}),
    'nasnet': ('timm', 'nasnet', {}),
    'squeezenet': ('torchvision', 'squeezenet', {v: f'squeezenet{v}' for v in ('1_0', '1_1')}),
    'senet': ('timm', 'senet', {}),
    'tinynet': ('timm', 'efficientnet', {}),
    'repvgg': ('timm', 'byobnet', {}),
    'mobileone': ('timm', 'byobnet', {}),
    'ssd': ('torchvision', 'detection/ssd', {'ssd300': 'ssd300_vgg16'}),
    'ssdlite': ('torchvision', 'detection/ssdlite', {'mobilenet_v3_large': 'ssdlite320_mobilenet_v3_large'}),
    'deeplab-v3': ('torchvision', 'segmentation/deeplabv3', {v: f'deeplabv3_{v}' for v in ('mobilenet_v3_large', 'resnet50')}),
    'lr-aspp': ('torchvision', 'segmentation/lraspp', {'': 'lraspp_mobilenet_v3_large'}),
    'shufflenet-v2': ('torchvision', 'shufflenetv2', {v: f'shufflenet_v2_{v}' for v in ('x0_5', 'x1_0', 'x1_5', 'x2_0')}),
}


# What is measured: of classifiers, detectors and segmentation networks.
METRICS = [('top1', 'ImageNet-1K', 'acc@1'), ('boxMap', 'COCO-val2017', 'box_map'), ('meanIou', 'COCO-val2017-VOC-labels', 'miou')]


def code_lines(path: Path) -> int:
    source = path.read_text()
    lines: set[int] = set()
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if not hasattr(node, 'lineno'):
            continue
        span = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        weights = isinstance(node, ast.ClassDef) and node.name.endswith('_Weights')
        configs = isinstance(node, ast.Assign) and any(getattr(t, 'id', '') in ('default_cfgs', '_COMMON_META') for t in node.targets)
        configs = configs or (isinstance(node, ast.FunctionDef) and node.name == '_cfg')
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if weights or configs or docstring or isinstance(node, (ast.Import, ast.ImportFrom)):
            skipped |= span
    for number, line in enumerate(source.splitlines(), 1):
        if line.strip() and not line.strip().startswith('#'):
            lines.add(number)
    return len(lines - skipped)


def accuracies(names: dict[str, str]) -> dict[str, dict]:
    found = {}
    for variant, name in names.items():
        best = None
        for weights in torchvision.models.get_model_weights(name):
            metrics = weights.meta.get('_metrics', {})
            for key, data, metric in METRICS:
                value = metrics.get(data, {}).get(metric, math.nan)
                if not math.isnan(value) and (best is None or value > best[key]):
                    best = {key: value, 'weights': str(weights)}
        if best:
            found[variant] = best
    return found


def main() -> None:
    models = {}
    for name, (package, module, variants) in MODELS.items():
        root = Path(inspect.getfile(torchvision if package == 'torchvision' else timm)).parent
        file = root / 'models' / f'{module}.py'
        models[name] = {'package': package, 'file': f'{package}/models/{module}.py', 'lines': code_lines(file), 'accuracy': accuracies(variants)}
    versions = {'torchvision': torchvision.__version__.split('+')[0], 'timm': timm.__version__}
    target = Path(__file__).parent / 'python-sources.json'
    target.write_text(json.dumps({'versions': versions, 'models': models}, indent=2) + '\n')


main()
