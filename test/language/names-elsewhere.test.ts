import { expect, test } from 'vitest';
import { activations, builtinOps } from '../../src/2-resolve/builtins.ts';
import { compile } from '../../src/compile.ts';
import { messages, model } from './build.ts';

const step = (name: string) => messages(model(`  stem: Conv(8, 3)\n  s: ${name}`));

/** Names as PyTorch, Keras and ONNX write them, of functions that the language lacks. */
const lacking = {
  activation: `QuickGELU selu celu prelu PReLU PRelu rrelu log_softmax logsigmoid softplus softsign Softshrink hardtanh Hardtanh hard_tanh ThresholdedRelu glu GLU swiglu relu1`,
  op: `InstanceNorm InstanceNorm2d RMSNorm ConvTranspose1d ConvTranspose3d Conv1d Conv3d Conv1D
    DepthwiseConv2D MaxPool1d MaxPool3d AvgPool3d BatchNorm1d Dropout2d SpatialDropout2D AlphaDropout PixelShuffle DepthToSpace Attention MultiheadAttention SelfAttention ChannelAttention Append GlobalL2Pool Reshape sqrt pow Permute MatMul ReduceMean Clip Sum Mean`,
};

test.each([
  ...lacking.activation.split(/\s+/).map((name) => [name, 'activation']),
  ...lacking.op.split(/\s+/).map((name) => [name, 'op']),
])('%s is not taken for a slip for another function', (name, kind) => {
  const { diagnostics } = compile({ name: 'test.enet', text: model(`  stem: Conv(8, 3)\n  s: ${name}`) });
  expect(diagnostics.map((d) => d.code)).toEqual(['unknown-name']);
  expect(diagnostics[0]?.message).toContain(`the language has no such ${kind}: `);
  expect(diagnostics[0]?.message).not.toContain('did you mean');
  expect(diagnostics[0]?.fixes).toEqual([]);
});

test.each([
  ['nn.ReLU', "; did you mean 'relu'?"],
  ['F.relu', "; did you mean 'relu'?"],
  ['F.hardswish', "; did you mean 'hardswish'?"],
  ['tf.keras.layers.Dense', "; did you mean 'Linear'?"],
  ['torch.nn.GELU', "; did you mean 'gelu'?"],
  ['torch.nn.SELU', '; the language has no such activation: there are'],
])('%s, with the modules of another framework before it, is one name', (name, hint) => {
  expect(step(name)).toEqual([expect.stringContaining(`unknown-name: nothing here is called '${name}'${hint}`)]);
});

test('what there is instead is listed', () => {
  const [selu = ''] = step('selu');
  for (const name of activations) expect(selu).toContain(name);
  const [norm = ''] = step('InstanceNorm');
  for (const name of builtinOps.keys()) expect(norm).toContain(name);
  expect(step('sqrt')).toEqual([
    "unknown-name: nothing here is called 'sqrt'; the language has no such op: write 'a ^ 0.5' for numbers, 'x -> Power(0.5)' for a tensor",
  ]);
});

test.each([
  ['swish', 'silu'],
  ['SiLU', 'silu'],
  ['hswish', 'hardswish'],
  ['hard_swish', 'hardswish'],
  ['Hardswish', 'hardswish'],
  ['GELU', 'gelu'],
  ['LeakyReLU', 'leaky_relu'],
  ['LeakyRelu', 'leaky_relu'],
  ['ELU', 'elu'],
  ['Mish', 'mish'],
  ['Softmax2d', 'softmax'],
  ['hard_sigmoid', 'hardsigmoid'],
  ['relu_6', 'relu6'],
  ['ReLU6', 'relu6'],
  ['Relu', 'relu'],
  ['Sigmoid', 'sigmoid'],
  ['Identity', 'identity'],
  ['UpSampling2D', 'Upsample'],
  ['subtract', 'Sub'],
  ['divide', 'Div'],
  ['interpolate', 'Upsample'],
  ['Resize', 'Upsample'],
  ['Conv2d', 'Conv'],
  ['Conv2D', 'Conv'],
  ['BatchNorm2d', 'BatchNorm'],
  ['BatchNormalization', 'BatchNorm'],
  ['Dense', 'Linear'],
  ['Gemm', 'Linear'],
  ['MaxPooling2D', 'MaxPool'],
  ['AveragePooling2D', 'AvgPool'],
  ['AdaptiveAvgPool2d', 'GlobalAvgPool'],
  ['GlobalAveragePool', 'GlobalAvgPool'],
  ['GlobalMaxPooling2D', 'GlobalMaxPool'],
  ['AdaptiveMaxPool2d', 'GlobalMaxPool'],
  ['normalize', 'Normalise'],
  ['LayerNormalization', 'LayerNorm'],
  ['LRN', 'LocalResponseNorm'],
  ['StochasticDepth', 'DropPath'],
  ['Concatenate', 'Concat'],
  ['Multiply', 'Mul'],
  ['ZeroPadding2D', 'Pad'],
  ['flatten', 'Flatten'],
  ['ConvTranspose2d', 'ConvTranspose'],
  ['Conv2DTranspose', 'ConvTranspose'],
  ['Deconvolution', 'ConvTranspose'],
  ['ConvTr', 'ConvTranspose'],
  ['scaled_dot_product_attention', 'Attend'],
])('%s leads to %s', (name, here) => {
  expect(step(name)).toEqual([`unknown-name: nothing here is called '${name}'; did you mean '${here}'?`]);
});

test('--set takes the same way', () => {
  const text = model('  param act: activation = relu\n  stem: Conv(8, 3) -> act');
  expect(messages(text, { set: { act: 'prelu' } })[0]).toContain('the language has no such activation: there are ');
  expect(messages(text, { set: { act: 'swish' } })).toEqual([
    "unknown-name: nothing here is called 'swish'; did you mean 'silu'?",
  ]);
});

test.each([
  ['Conv(8, kernel_size: 3)', 'kernel'],
  ['Conv(filters: 8, kernel: 3)', 'channels'],
  ['Conv(8, 3, strides: 2)', 'stride'],
  ['Conv(8, 3, use_bias: false)', 'bias'],
  ['Conv(8, 3, dilation_rate: 2)', 'dilation'],
  ['BatchNorm(eps: 1e-3)', 'epsilon'],
  ['Dropout(p: 0.2)', 'rate'],
  ['AvgPool(2, count_include_pad: false)', 'count_pad'],
  ['MaxPool(3, stride: 2, ceil_mode: true)', 'round_up'],
])('a parameter of another framework leads to ours: %s', (call, here) => {
  expect(step(call)[0]).toContain(`; did you mean '${here}'?`);
});
