/**
 * The names that the language itself gives a meaning: ops, functions and constants. Ops have the signature of a block;
 * their parameters are checked and bound like any block's.
 */

export const activationNames = [
  'identity',
  'relu',
  'relu6',
  'silu',
  'sigmoid',
  'hardsigmoid',
  'hardswish',
  'tanh',
] as const;

/** Pointwise functions. `hardsigmoid(x) = relu6(x + 3) / 6`, `hardswish(x) = x * hardsigmoid(x)`, `silu(x) = x * sigmoid(x)`. */
export type ActivationName = (typeof activationNames)[number];

export type BuiltinType = 'int' | 'real' | 'bool' | 'padding';

export interface BuiltinParam {
  readonly name: string;
  readonly type: BuiltinType;
  /** Whether a call must give it. */
  readonly required: boolean;
  readonly doc: string;
}

export interface BuiltinOp {
  readonly name: string;
  /** How many tensors it takes; `many`: two or more. */
  readonly tensors: number | 'many';
  readonly params: readonly BuiltinParam[];
  /** Whether it has tensors of its own, and so needs a path. */
  readonly ownsTensors: boolean;
  readonly doc: string;
}

const p = (name: string, type: BuiltinType, required: boolean, doc: string): BuiltinParam => ({
  name,
  type,
  required,
  doc,
});

const windowParams = [
  p('kernel', 'int', true, 'Size of the window, in pixels.'),
  p('stride', 'int', false, 'Step of the window.'),
];
const padding = p(
  'padding',
  'padding',
  false,
  'same, symmetric, valid, or a number of pixels. Default: the convention.',
);

const ops: readonly BuiltinOp[] = [
  {
    name: 'Conv',
    tensors: 1,
    ownsTensors: true,
    params: [
      p('channels', 'int', true, 'Filters: channels of the output.'),
      windowParams[0] as BuiltinParam,
      p('stride', 'int', false, 'Step of the window. Default 1.'),
      p('groups', 'int', false, 'Groups of channels that do not see each other. Default 1.'),
      p('bias', 'bool', false, 'Whether a bias is added. Default true.'),
      padding,
      p('dilation', 'int', false, 'Distance between the taps of the window. Default 1.'),
    ],
    doc: 'Convolution over height and width.',
  },
  {
    name: 'BatchNorm',
    tensors: 1,
    ownsTensors: true,
    params: [
      p('epsilon', 'real', false, 'Added to the variance. Default: the convention.'),
      p('momentum', 'real', false, 'Share of the running average that a step keeps. Default: the convention.'),
    ],
    doc: 'Batch normalisation (Ioffe & Szegedy 2015).',
  },
  {
    name: 'Linear',
    tensors: 1,
    ownsTensors: true,
    params: [p('units', 'int', true, 'Outputs.'), p('bias', 'bool', false, 'Whether a bias is added. Default true.')],
    doc: 'Dense layer; flattens its input.',
  },
  { name: 'GlobalAvgPool', tensors: 1, ownsTensors: false, params: [], doc: 'Mean over height and width: [C, 1, 1].' },
  {
    name: 'MaxPool',
    tensors: 1,
    ownsTensors: false,
    params: [...windowParams, padding],
    doc: 'Maximum over a window. The stride defaults to the kernel.',
  },
  {
    name: 'AvgPool',
    tensors: 1,
    ownsTensors: false,
    params: [
      ...windowParams,
      padding,
      p('count_pad', 'bool', false, 'Whether the mean counts padding. Default: the convention.'),
    ],
    doc: 'Mean over a window. The stride defaults to the kernel.',
  },
  {
    name: 'Dropout',
    tensors: 1,
    ownsTensors: false,
    params: [p('rate', 'real', true, 'Share of activations dropped while training.')],
    doc: 'Dropout (Srivastava et al. 2014).',
  },
  {
    name: 'DropPath',
    tensors: 1,
    ownsTensors: false,
    params: [p('rate', 'real', true, 'Probability that a sample skips the branch while training.')],
    doc: 'Stochastic depth (Huang et al. 2016).',
  },
  { name: 'Add', tensors: 'many', ownsTensors: false, params: [], doc: 'Sum, element by element.' },
  { name: 'Mul', tensors: 'many', ownsTensors: false, params: [], doc: 'Product; a [C, 1, 1] gates each channel.' },
  { name: 'Concat', tensors: 'many', ownsTensors: false, params: [], doc: 'Joins along channels.' },
  {
    name: 'Split',
    tensors: 1,
    ownsTensors: false,
    params: [p('parts', 'int', true, 'How many equal parts.')],
    doc: 'Divides the channels into equal parts, several tensors.',
  },
  {
    name: 'ChannelShuffle',
    tensors: 1,
    ownsTensors: false,
    params: [p('groups', 'int', true, 'Groups whose channels are interleaved.')],
    doc: 'Interleaves the channels of groups (Zhang et al. 2018).',
  },
  {
    name: 'Pad',
    tensors: 1,
    ownsTensors: false,
    params: [
      p('before', 'int', true, 'Rows and columns of zeros added at the top and left; negative takes away.'),
      p('after', 'int', true, 'The same at the bottom and right.'),
    ],
    doc: 'Adds or takes away rows and columns.',
  },
];

export const builtinOps: ReadonlyMap<string, BuiltinOp> = new Map(ops.map((op) => [op.name, op]));

/** Functions over numbers: the least and the most arguments. */
export const builtinFunctions: ReadonlyMap<string, { min: number; max: number; doc: string }> = new Map([
  ['round', { min: 1, max: 2, doc: 'round(x, m = 1): the nearest multiple of m, halves up, at least m.' }],
  ['round_filters', { min: 1, max: 2, doc: 'round_filters(x, m = 8): round(x, m), plus m where that is below 0.9 x.' }],
  ['ceil', { min: 1, max: 1, doc: 'The next whole number up.' }],
  ['floor', { min: 1, max: 1, doc: 'The next whole number down.' }],
  ['min', { min: 1, max: 16, doc: 'The least of its arguments.' }],
  ['max', { min: 1, max: 16, doc: 'The greatest of its arguments.' }],
]);

/** What scaling gives to models: `d(n)` repeats, `w(n)` filters, `r(n)` resolution. */
export const scalingFunctions: ReadonlyMap<string, string> = new Map([
  ['d', 'd(n): n repeats at this depth; ceil(n * d) unless `scaling` says otherwise.'],
  ['w', 'w(n): n filters at this width; round_filters(n * w, 8) unless `scaling` says otherwise.'],
  ['r', 'r(n): n pixels at this resolution; round(n * r) unless `scaling` says otherwise.'],
]);

export const activations: ReadonlySet<string> = new Set(activationNames);
export const paddings: ReadonlySet<string> = new Set(['same', 'symmetric', 'valid']);
/** What `maximize` may speak of besides the model's parameters. */
export const objectiveNames: ReadonlySet<string> = new Set(['accuracy', 'latency_ms', 'parameters', 'macs']);

/** Whether a name is taken by the language. */
export function isBuiltinName(name: string): boolean {
  return builtinOps.has(name) || builtinFunctions.has(name) || activations.has(name) || paddings.has(name);
}
