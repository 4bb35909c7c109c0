import { type ActivationName, slopeOf } from '../../ops/activations.ts';
import { isDyadic, wholeFactor } from '../../ops/interpolation.ts';
import type { OpKind } from '../../ops/ops.ts';
import { refusedCast } from '../lacked-form.ts';
import { activationClass, sizeAttribute } from './attributes.ts';
import { callOf, numberText } from './python-text.ts';

import { all, apply, functional, keywords, pairText, type Sample, type Step, type StepForm } from './step.ts';
import { allPads, avgPool, convolution, maxPool, transposed } from './windows.ts';

export type OpForms = { readonly [K in OpKind]: (step: Step<K>) => StepForm };

function batchNorm(step: Step<'batchNorm'>): StepForm {
  const isMap = all(step, ({ inputShapes: [x = []] }) => x.length === 3);
  const momentum = ({ op }: Sample<'batchNorm'>) => Number((1 - op.momentum).toPrecision(12));
  const items = [
    ['', step.channels(0).text],
    ...keywords(
      ['eps', step.init('eps', ({ op }) => op.epsilon), 1e-5],
      ['momentum', step.init('momentum', momentum), 0.1],
    ),
  ] as [string, string][];
  return { module: callOf(isMap ? 'nn.BatchNorm2d' : 'nn.BatchNorm1d', items), name: 'bn', value: apply };
}

const functions: Readonly<Record<ActivationName, (x: string, slope: string) => string>> = {
  identity: (x) => x,
  relu: (x) => `F.relu(${x})`,
  relu6: (x) => `F.relu6(${x})`,
  leaky_relu: (x, slope) => `F.leaky_relu(${x}, ${slope})`,
  elu: (x) => `F.elu(${x})`,
  silu: (x) => `F.silu(${x})`,
  gelu: (x) => `F.gelu(${x})`,
  mish: (x) => `F.mish(${x})`,
  sigmoid: (x) => `torch.sigmoid(${x})`,
  hardsigmoid: (x) => `F.hardsigmoid(${x})`,
  hardswish: (x) => `F.hardswish(${x})`,
  tanh: (x) => `torch.tanh(${x})`,
  softmax: (x) => `F.softmax(${x}, dim=1)`,
};

function activation(step: Step<'activation'>): StepForm {
  const of = ({ op }: Sample<'activation'>) => activationClass(op);
  const stated = step.init('act', of, '');
  if (step.samples.some(({ op }) => op.fn === 'hardsigmoid' && op.slope !== undefined)) step.helper('HardSigmoid');
  const [{ op }] = step.samples as [Sample<'activation'>];
  if (stated.literal === undefined) return { module: callOf(stated.text, []), name: 'act', value: apply };
  if (op.fn === 'hardsigmoid' && op.slope !== undefined) {
    return functional((x) => `torch.clamp(${x} * ${numberText(slopeOf(op))} + 0.5, 0, 1)`);
  }
  return functional((x) => functions[op.fn](x, numberText(slopeOf(op))));
}

function upsample(step: Step<'upsample'>): StepForm {
  const size = () => step.forward('size', ({ op }) => sizeAttribute([op.rows.to, op.columns.to]));
  const factors = step.samples.map(({ op }) => {
    const [high, wide] = [wholeFactor(op.rows), wholeFactor(op.columns)];
    return high !== undefined && high === wide ? high : undefined;
  });
  const [{ op }] = step.samples as [Sample<'upsample'>];
  const pair = (text: string) => pairText(text);
  if (!all(step, (s) => s.op.mode === op.mode)) {
    step.helper('resize');
    const mode = step.forward('mode', (s) => ({ code: `"${s.op.mode}"` }), 'mode');
    const to = size();
    return functional((x) => `resize(${x}, ${pair(to)}, ${mode})`);
  }
  if (op.mode === 'area') {
    const to = size();
    return functional((x) => `F.adaptive_avg_pool2d(${x}, ${pair(to)})`);
  }
  const isExact = op.mode === 'bilinear' || all(step, (s) => isDyadic(s.op.rows) && isDyadic(s.op.columns));
  if (!isExact && factors.includes(undefined)) {
    step.helper('nearest');
    const to = size();
    return functional((x) => `nearest(${x}, ${pair(to)})`);
  }
  const more = op.mode === 'bilinear' ? ', mode="bilinear"' : '';
  if (!factors.includes(undefined) && factors.every((n) => n === factors[0])) {
    return functional((x) => `F.interpolate(${x}, scale_factor=${factors[0]}${more})`);
  }
  const to = size();
  return functional((x) => `F.interpolate(${x}, ${pair(to)}${more})`);
}

/** A number as a float of Python, for `torch.full` takes its type. */
function floatText(text: string): string {
  if (/^-?\d+$/.test(text)) return `${text}.0`;
  return /^-?[\d.]+(?:e[+-]?\d+)?$/.test(text) ? text : `float(${text})`;
}

function weight(step: Step<'weight'>): StepForm {
  const shape = step.init('shape', ({ op }) => [...op.shape]);
  const [{ op }] = step.samples as [Sample<'weight'>];
  const rank = op.shape.length;
  const start = step.init('initial', ({ op: { initial } }) =>
    initial.kind === 'constant' ? initial.value : initial.deviation,
  );
  const isNormal = op.initial.kind === 'normal';
  const value = isNormal
    ? `torch.randn(${shape.text}) * ${start.text}`
    : `torch.full(${shape.text}, ${floatText(start.text)})`;
  return {
    module: callOf('nn.Parameter', [['', value]]),
    name: 'weight',
    value: (_inputs, self) => {
      const batch = step.batch();
      const axes = Array.from({ length: rank }, () => '-1').join(', ');
      return batch === undefined ? `${self}[None]` : `${self}.expand(${batch}.shape[0], ${axes})`;
    },
  };
}

function rescaled(x: string, scale: string, offset: string): string {
  const times = scale === '1' ? x : scale === '-1' ? `-${x}` : `${x} * ${scale}`;
  if (offset === '0') return times;
  return offset.startsWith('-') && /^-[\d.]/.test(offset) ? `${times} - ${offset.slice(1)}` : `${times} + ${offset}`;
}

/** Each op in PyTorch. */
export const opForms: OpForms = {
  input: () => {
    throw new Error('an input is not a step');
  },
  cast: refusedCast,
  activation,
  conv: convolution,
  convTranspose: transposed,
  channelConv: (step) => {
    step.helper('ChannelConv');
    const kernel = step.init('kernel', ({ op }) => op.kernel, 'kernel');
    return { module: callOf('ChannelConv', [['', kernel.text]]), name: 'conv', value: apply };
  },
  batchNorm,
  linear: (step) => {
    const units = step.init('units', ({ op }) => op.units, 'units');
    const bias = step.init('bias', ({ op }) => op.bias, 'bias');
    const isMap = all(step, ({ inputShapes: [x = []] }) => x.length === 3);
    const isPixel = all(step, ({ inputShapes: [x = []] }) => x.slice(1).every((n) => n === 1));
    const features = isPixel
      ? step.channels(0)
      : step.init('features', ({ inputShapes: [x = []] }) => x.reduce((product, n) => product * n, 1));
    return {
      module: callOf('nn.Linear', [['', features.text], ['', units.text], ...keywords(['bias', bias, true])]),
      name: 'fc',
      value: ([x = ''], self) => `${self}(${isMap ? `torch.flatten(${x}, 1)` : x})`,
      channels: units,
    };
  },
  layerNorm: (step) => {
    const isMap = all(step, ({ inputShapes: [x = []] }) => x.length === 3);
    if (isMap) step.helper('LayerNorm2d');
    const items = [
      ['', step.channels(0).text],
      ...keywords(['eps', step.init('eps', ({ op }) => op.epsilon, 'epsilon'), 1e-5]),
    ] as [string, string][];
    return { module: callOf(isMap ? 'LayerNorm2d' : 'nn.LayerNorm', items), name: 'norm', value: apply };
  },
  groupNorm: (step) => {
    const items = [
      ['', step.init('groups', ({ op }) => op.groups, 'groups').text],
      ['', step.channels(0).text],
      ...keywords(['eps', step.init('eps', ({ op }) => op.epsilon, 'epsilon'), 1e-5]),
    ] as [string, string][];
    return { module: callOf('nn.GroupNorm', items), name: 'norm', value: apply };
  },
  localResponseNorm: (step) => {
    const size = step.forward('size', ({ op }) => op.size, 'size');
    const alpha = step.forward('alpha', ({ op }) => op.alpha, 'alpha');
    const beta = step.forward('beta', ({ op }) => op.beta, 'beta');
    const k = step.forward('k', ({ op }) => op.k, 'k');
    return functional((x) => `F.local_response_norm(${x}, ${size}, ${alpha}, ${beta}, ${k})`);
  },
  normalise: (step) => {
    const epsilon = step.forward('eps', ({ op }) => op.epsilon, 'epsilon');
    return functional((x) => `F.normalize(${x}${epsilon === '1e-12' ? '' : `, eps=${epsilon}`})`);
  },
  globalAvgPool: () => functional((x) => `${x}.mean((2, 3), keepdim=True)`),
  globalMaxPool: () => functional((x) => `${x}.amax((2, 3), keepdim=True)`),
  channelMean: () => ({ ...functional((x) => `${x}.mean(1, keepdim=True)`), channels: { text: '1', literal: 1 } }),
  channelMax: () => ({ ...functional((x) => `${x}.amax(1, keepdim=True)`), channels: { text: '1', literal: 1 } }),
  maxPool,
  avgPool,
  attend: (step) => {
    step.helper('attend');
    const heads = step.forward('heads', ({ op }) => op.heads, 'heads');
    return functional((q, k, v) => `attend(${q}, ${k}, ${v}, ${heads})`);
  },
  dropout: (step) => ({
    module: callOf('nn.Dropout', [['', step.init('dropout', ({ op }) => op.rate, 'rate').text]]),
    name: 'dropout',
    value: apply,
  }),
  dropPath: (step) => {
    step.helper('DropPath');
    return {
      module: callOf('DropPath', [['', step.init('drop', ({ op }) => op.rate, 'rate').text]]),
      name: 'drop_path',
      value: apply,
    };
  },
  add: () => functional((...inputs) => inputs.join(' + ')),
  sub: () => functional((x, y) => `${x} - ${y}`),
  mul: () => functional((...inputs) => inputs.join(' * ')),
  div: () => functional((x, y) => `${x} / ${y}`),
  rescale: (step) => {
    const scale = step.forward('scale', ({ op }) => op.scale);
    const offset = step.forward('offset', ({ op }) => op.offset);
    return functional((x) => rescaled(x, scale, offset));
  },
  power: (step) => {
    const exponent = step.forward('exponent', ({ op }) => op.exponent, 'exponent');
    if (all(step, ({ op }) => op.exponent >= 1 || op.exponent === 0)) return functional((x) => `${x}.pow(${exponent})`);
    step.helper('power');
    return functional((x) => `power(${x}, ${exponent})`);
  },
  flatten: () => functional((x) => `torch.flatten(${x}, 1)`),
  concat: () => functional((...inputs) => `torch.cat((${inputs.join(', ')}${inputs.length === 1 ? ',' : ''}), 1)`),
  split: (step) => {
    const parts = step.forward('parts', ({ op }) => op.parts, 'parts');
    return functional((x) => `${x}.chunk(${parts}, 1)`);
  },
  channelShuffle: (step) => {
    const groups = step.forward('groups', ({ op }) => op.groups, 'groups');
    return functional((x) => `F.channel_shuffle(${x}, ${groups})`);
  },
  pad: (step) => {
    const pads = step.forward('pads', ({ op }) => allPads(op.pads));
    return functional((x) => `F.pad(${x}, ${pads})`);
  },
  upsample,
  weight,
};
