# Makes the ONNX models of this folder and expected.json, what the onnx package reads from them.
#   python test/weights/onnx/make.py      with onnx and numpy
import json, os
import numpy, onnx
from onnx import TensorProto, external_data_helper, helper, numpy_helper

here = os.path.dirname(os.path.abspath(__file__))
random = numpy.random.default_rng(1)


def f32(*shape):
    return random.standard_normal(shape, dtype=numpy.float32)


kernel, product, gemm, gemm_b = f32(4, 3, 3, 2), f32(4, 5), f32(5, 2), f32(6, 2)
initialisers = [
    numpy_helper.from_array(kernel, 'conv.weight'),
    helper.make_tensor('conv.bias', TensorProto.FLOAT, [4], f32(4)),  # float_data
    helper.make_tensor('double', TensorProto.DOUBLE, [2], [1 / 3, -2.5]),  # double_data
    numpy_helper.from_array(numpy.array([1.5, -65504], numpy.float16), 'half'),
    helper.make_tensor('bfloat', TensorProto.BFLOAT16, [2], numpy.array([0x4040, 0xC000], '<u2').tobytes(), raw=True),
    helper.make_tensor('integers', TensorProto.FLOAT16, [2], [1.0, 2.0]),  # int32_data
    numpy_helper.from_array(numpy.array([1, -1]), 'shape'),
    numpy_helper.from_array(numpy.zeros((0, 3), numpy.float32), 'empty'),
    numpy_helper.from_array(numpy.float32(0.25), 'scalar'),
    numpy_helper.from_array(product, 'product.weight'),
    numpy_helper.from_array(gemm, 'gemm.weight'),
    numpy_helper.from_array(gemm_b, 'gemm_b.weight'),
]
nodes = [
    helper.make_node('Constant', [], ['constant'], value=numpy_helper.from_array(f32(3), '')),
    helper.make_node('Conv', ['x', 'conv.weight', 'conv.bias'], ['c']),
    helper.make_node('MatMul', ['c', 'product.weight'], ['m']),
    helper.make_node('Gemm', ['m', 'gemm.weight'], ['g']),
    helper.make_node('Gemm', ['g', 'gemm_b.weight'], ['y'], transB=1),
]
image = helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 3, 8, 8])
output = helper.make_tensor_value_info('y', TensorProto.FLOAT, None)
graph = helper.make_graph(nodes, 'graph', [image], [output], initialisers)
model = helper.make_model(graph, producer_name='make.py')
helper.set_model_props(model, {'classes': 'cat'})
onnx.save(model, os.path.join(here, 'inline.onnx.bin'))

expected = {}
for tensor in [*initialisers, nodes[0].attribute[0].t]:
    values = numpy_helper.to_array(tensor)
    if tensor.name in ('product.weight', 'gemm.weight'):
        values = values.T
    expected[tensor.name or 'constant'] = {
        'shape': list(values.shape), 'values': values.astype(numpy.float64).flatten().tolist()}
with open(os.path.join(here, 'expected.json'), 'w') as f:
    json.dump(expected, f, indent=1)
    f.write('\n')

external_data_helper.convert_model_to_external_data(model, location='weights.bin', size_threshold=16)
onnx.save(model, os.path.join(here, 'external.onnx.bin'))
