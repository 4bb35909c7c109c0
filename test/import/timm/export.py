"""Exports networks of timm to ONNX as their users do, without the weights: NAME.onnx.gz next to this file.

    python test/import/timm/export.py [NAME ...]

`../families/NAME` are others of timm, or of torchvision, whose outputs are not compared. Needs torch, timm, torchvision, onnx and
onnxscript. The tensors of more than 16 numbers are declared as external data, which the test makes up.
"""

import gzip
import io
import pathlib
import sys

import onnx
import timm
import torch
import torchvision

here = pathlib.Path(__file__).parent
# of the library's families, then others; `+` is the exporter of `torch.export`
names = (
    'efficientnet_b0 efficientnet_lite0 tf_efficientnetv2_b0 mobilenetv2_100 mobilenetv3_small_100 '
    'mobilenetv3_small_100+ mnasnet_100 tinynet_a mobileone_s0 repvgg_a0 resnet18 '
    'mobilenetv1_100 mobilenetv2_035 mobilenetv3_small_050 mnasnet_050 '
    'regnety_002 regnety_004+ densenet121 convnext_atto ghostnet_100 '
    '../families/nasnetalarge ../families/lraspp_mobilenet_v3_large'
).split()


def lively(net):
    """Numbers that exporters do not fold away or find equal."""
    for name, parameter in net.named_parameters():
        if parameter.dim() == 1:
            torch.nn.init.uniform_(parameter, 0.5, 1.5)
    for name, buffer in net.named_buffers():
        if buffer.dim() == 1:
            torch.nn.init.uniform_(buffer, 0.5, 1.5)


def without_weights(model):
    offset = 0
    for tensor in model.graph.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        if array.size <= 16 or array.dtype != 'float32':
            continue
        for field in ('raw_data', 'float_data'):
            tensor.ClearField(field)
        del tensor.external_data[:]
        for key, value in (('location', 'weights'), ('offset', offset), ('length', array.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        tensor.data_location = onnx.TensorProto.EXTERNAL
        offset += array.nbytes
    for node in model.graph.node:
        node.doc_string = ''
        del node.metadata_props[:]
    del model.graph.value_info[:], model.graph.metadata_props[:], model.functions[:]
    return model


def export(name):
    torch.manual_seed(0)
    dynamo = name.endswith('+')
    own = pathlib.Path(name).name.rstrip('+')
    if timm.is_model(own):
        net = timm.create_model(own).eval()
    else:
        net = torchvision.models.get_model(own, weights=None, weights_backbone=None).eval()
    lively(net)
    file = io.BytesIO()
    options = {} if dynamo else {'opset_version': 17}
    with torch.no_grad():
        program = torch.onnx.export(
            net, (torch.randn(1, 3, 64, 64),), None if dynamo else file, dynamo=dynamo, input_names=['image'], **options
        )
    model = program.model_proto if dynamo else onnx.load_from_string(file.getvalue())
    data = without_weights(model).SerializeToString(deterministic=True)
    (here / f'{name}.onnx.gz').write_bytes(gzip.compress(data, 9, mtime=0))


for name in sys.argv[1:] or names:
    export(name)
