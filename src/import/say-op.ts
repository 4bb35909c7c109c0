import { conventions } from '../4-scale/convention.ts';
import type { Preprocessing } from '../4-scale/preprocessing.ts';
import type { ConventionSettings } from '../4-scale/scaling.ts';
import type { Shape } from '../5-graph/graph.ts';
import type { Activation } from '../ops/activations.ts';
import { usualSlope } from '../ops/activations.ts';
import { convTranspose } from '../ops/kinds/conv-transpose.ts';
import type { Op, OpOf } from '../ops/ops.ts';
import type { Pair } from '../ops/pair.ts';
import type { Padding } from '../ops/signature.ts';
import { noPads, padsFor, poolOver, samePads, type Window } from '../ops/window.ts';
import type { ImportedNetwork } from './network.ts';
import { Unsayable } from './unsayable.ts';

/** An argument of a call, as text. */
export interface SaidArg {
  readonly name: string;
  readonly text: string;
}

/** A call of an op without its tensors. */
export interface SaidCall {
  readonly callee: string;
  readonly args: readonly SaidArg[];
}

/** A convention as a model states it. */
export interface SaidConvention {
  readonly text: string;
  readonly settings: ConventionSettings;
}

/** How a number is written. */
export function numberText(n: number): string {
  return Object.is(n, -0) ? '0' : n !== 0 && Math.abs(n) < 1e-3 ? n.toExponential() : String(n);
}

export function pairText([high, wide]: Pair): string {
  return high === wide ? String(high) : `[${high}, ${wide}]`;
}

/** The convention under which the fewest ops of a network need explicit arguments. */
export function chooseConvention({ nodes }: ImportedNetwork): SaidConvention {
  const epsilons = new Map<number, number>();
  const padded = { tf: 0, torch: 0 };
  for (const { op, inputs } of nodes) {
    if ('epsilon' in op && op.kind !== 'normalise') epsilons.set(op.epsilon, (epsilons.get(op.epsilon) ?? 0) + 1);
    if (!('window' in op)) continue;
    const shape = nodes[inputs[0]?.node ?? 0]?.shapes[inputs[0]?.output ?? 0] ?? [];
    for (const name of ['tf', 'torch'] as const) {
      const { padding, countPad } = conventions[name];
      const isUsual = samePads(op.window.pads, padsFor(padding, op.window, [shape[1] ?? 1, shape[2] ?? 1]));
      if (isUsual && (op.kind !== 'avgPool' || isUnpadded(op.window) || op.countPad === countPad)) padded[name]++;
    }
  }
  const [most] = [...epsilons].sort(([a, m], [b, n]) => n - m || a - b);
  const isClose = (name: 'tf' | 'torch') => padded[name] * 2 + (most?.[0] === conventions[name].epsilon ? 1 : 0);
  const name = isClose('tf') > isClose('torch') ? 'tf' : 'torch';
  const epsilon = most?.[0] ?? conventions[name].epsilon;
  const settings = { ...conventions[name], epsilon };
  return { settings, text: epsilon === conventions[name].epsilon ? name : `${name}(epsilon: ${numberText(epsilon)})` };
}

function isUnpadded(window: Window): boolean {
  return samePads(window.pads, noPads);
}

/**
 * The call of an op.
 * @param x the shape of its first input
 * @throws Unsayable
 */
export function sayOp(op: Op, x: Shape, settings: ConventionSettings): SaidCall {
  const epsilon = (n: number) => (n === settings.epsilon ? [] : [{ name: 'epsilon', text: numberText(n) }]);
  const call = (callee: string, ...args: SaidArg[]): SaidCall => ({ callee, args });
  const arg = (name: string, value: number | string): SaidArg => ({
    name,
    text: typeof value === 'number' ? numberText(value) : value,
  });
  switch (op.kind) {
    case 'conv':
      return sayConv(op, x, settings);
    case 'convTranspose':
      return sayTransposed(op, x, settings);
    case 'maxPool':
    case 'avgPool':
      return sayPool(op, x, settings);
    case 'batchNorm':
      return call('BatchNorm', ...epsilon(op.epsilon));
    case 'layerNorm':
      return call('LayerNorm', ...epsilon(op.epsilon));
    case 'groupNorm':
      return call('GroupNorm', arg('groups', op.groups), ...epsilon(op.epsilon));
    case 'localResponseNorm':
      return call(
        'LocalResponseNorm',
        arg('size', op.size),
        arg('alpha', op.alpha),
        arg('beta', op.beta),
        arg('k', op.k),
      );
    case 'normalise':
      return call('Normalise', ...(op.epsilon === 1e-12 ? [] : [arg('epsilon', op.epsilon)]));
    case 'linear':
      return call('Linear', arg('units', op.units), ...(op.bias ? [] : [arg('bias', 'false')]));
    case 'activation':
      return sayActivation(op);
    case 'power':
      return call('Power', arg('exponent', op.exponent));
    case 'channelConv':
      return call('ChannelConv', arg('kernel', op.kernel));
    case 'flatten':
      return call('Flatten');
    case 'globalAvgPool':
      return call('GlobalAvgPool');
    case 'globalMaxPool':
      return call('GlobalMaxPool');
    case 'channelMean':
      return call('ChannelMean');
    case 'channelMax':
      return call('ChannelMax');
    case 'add':
      return call('Add');
    case 'sub':
      return call('Sub');
    case 'mul':
      return call('Mul');
    case 'div':
      return call('Div');
    case 'concat':
      return call('Concat');
    case 'split':
      return call('Split', arg('parts', op.parts));
    case 'channelShuffle':
      return call('ChannelShuffle', arg('groups', op.groups));
    case 'pad': {
      const { top, left, bottom, right } = op.pads;
      if (top !== left || bottom !== right) throw new Unsayable('it pads height and width differently');
      return call('Pad', arg('before', top), arg('after', bottom));
    }
    case 'rescale':
      // An importer splits a step that does both into two.
      return op.scale === 1 ? call('Add', arg('', op.offset)) : call('Mul', arg('', op.scale));
    case 'upsample':
      return sayUpsample(op);
    case 'weight':
      return call('Weight', arg('shape', `[${op.shape.join(', ')}]`), arg('initial', 1));
    default:
      throw new Unsayable('it is not a step of a model');
  }
}

/** An activation, as a step or as an argument. */
export function sayActivation({ fn, slope }: Activation): SaidCall {
  return {
    callee: fn,
    args: slope === undefined || slope === usualSlope(fn) ? [] : [{ name: '', text: numberText(slope) }],
  };
}

function sayConv(op: OpOf<'conv'>, x: Shape, settings: ConventionSettings): SaidCall {
  const { window } = op;
  const padding = sayPadding(window, settings, (padding) => padsFor(padding, window, [x[1] ?? 1, x[2] ?? 1]));
  if (padding === undefined) throw new Unsayable('the language has no padding like that of its window');
  return { callee: 'Conv', args: convArgs(op, padding) };
}

function convArgs(
  { filters, window, groups, bias }: OpOf<'conv' | 'convTranspose'>,
  padding: readonly SaidArg[],
): SaidArg[] {
  const { kernel, stride, dilation } = window;
  return [
    { name: 'channels', text: String(filters) },
    { name: 'kernel', text: pairText(kernel) },
    ...(pairText(stride) === '1' ? [] : [{ name: 'stride', text: pairText(stride) }]),
    ...(groups === 1 ? [] : [{ name: 'groups', text: String(groups) }]),
    ...(bias ? [] : [{ name: 'bias', text: 'false' }]),
    ...padding,
    ...(pairText(dilation) === '1' ? [] : [{ name: 'dilation', text: pairText(dilation) }]),
  ];
}

function sayTransposed(op: OpOf<'convTranspose'>, x: Shape, settings: ConventionSettings): SaidCall {
  const { filters: channels, window, groups, bias } = op;
  const { kernel, stride, dilation, pads } = window;
  for (const high of addedRows(stride[0])) {
    for (const wide of addedRows(stride[1])) {
      const output_padding: Pair = [high, wide];
      const padding = sayPadding(window, settings, (padding) => {
        const args = { channels, kernel, stride, groups, bias, padding, dilation, output_padding };
        const made = convTranspose.signature?.create(args, x);
        return made && 'kind' in made ? made.window.pads : { ...pads, top: Number.NaN };
      });
      const added =
        pairText(output_padding) === '0' ? [] : [{ name: 'output_padding', text: pairText(output_padding) }];
      if (padding) return { callee: 'ConvTranspose', args: [...convArgs(op, padding), ...added] };
    }
  }
  throw new Unsayable('the language has no padding like that of its window');
}

/** How many rows or columns may be added to the output of a transposed convolution. */
function addedRows(stride: number): readonly number[] {
  return Array.from({ length: Math.min(stride, 16) }, (_, i) => i);
}

function sayPool(op: OpOf<'maxPool' | 'avgPool'>, x: Shape, settings: ConventionSettings): SaidCall {
  const { window } = op;
  const { kernel, stride } = window;
  const args = [
    { name: 'kernel', text: pairText(kernel) },
    ...(pairText(stride) === pairText(kernel) ? [] : [{ name: 'stride', text: pairText(stride) }]),
  ];
  const counts = op.kind === 'avgPool' && !isUnpadded(window) && op.countPad !== settings.countPad;
  const count = counts ? [{ name: 'count_pad', text: String(op.kind === 'avgPool' && op.countPad) }] : [];
  const callee = op.kind === 'maxPool' ? 'MaxPool' : 'AvgPool';
  for (const round_up of [false, true]) {
    const padding = sayPadding(
      window,
      settings,
      (padding) => poolOver(x, { kernel, stride, padding, round_up }).window.pads,
    );
    if (padding)
      return {
        callee,
        args: [...args, ...padding, ...(round_up ? [{ name: 'round_up', text: 'true' }] : []), ...count],
      };
  }
  throw new Unsayable('the language has no padding like that of its window');
}

/** The argument that gives a window its pads: none where the convention does; undefined where nothing does. */
function sayPadding(
  window: Window,
  settings: ConventionSettings,
  padsOf: (padding: Padding) => Window['pads'],
): SaidArg[] | undefined {
  if (samePads(window.pads, padsOf(settings.padding))) return [];
  const { top, left } = window.pads;
  const pixels: readonly (readonly [Padding, string])[] =
    top >= 0 && left >= 0 ? [[[top, left], pairText([top, left])]] : [];
  const all = [['valid', 'valid'], ['symmetric', 'symmetric'], ['same', 'same'], ...pixels] as readonly (readonly [
    Padding,
    string,
  ])[];
  const found = all.find(([padding]) => samePads(window.pads, padsOf(padding)));
  return found && [{ name: 'padding', text: found[1] }];
}

/** By a factor; one by the size of a tensor is stated where its name is known. */
function sayUpsample({ mode, rows, columns }: OpOf<'upsample'>): SaidCall {
  if (mode === 'area') return { callee: 'AvgPool', args: [{ name: 'to', text: pairText([rows.to, columns.to]) }] };
  const isWhole = rows.to % rows.from === 0 && rows.to / rows.from === columns.to / columns.from;
  if (!isWhole) throw new Unsayable('its size is not a multiple');
  const how = mode === 'bilinear' ? [{ name: 'mode', text: 'bilinear' }] : [];
  return { callee: 'Upsample', args: [{ name: 'factor', text: String(rows.to / rows.from) }, ...how] };
}

/** Positional parameters, by callee. */
const byPlace: Readonly<Record<string, number>> = {
  Conv: 2,
  ConvTranspose: 2,
  MaxPool: 1,
  AvgPool: 1,
  LocalResponseNorm: 1,
  Weight: 2,
};

/** A call with its arguments, tensors in front. */
export function callText({ callee, args }: SaidCall, tensors: readonly string[] = []): string {
  const places = byPlace[callee] ?? 1;
  const listed = args.map(({ name, text }, i) =>
    name === '' || (i < places && !['to', 'padding', 'bias', 'epsilon', 'mode'].includes(name))
      ? text
      : `${name}: ${text}`,
  );
  const all = [...tensors, ...listed];
  return all.length === 0 ? callee : `${callee}(${all.join(', ')})`;
}

/** An input as a model declares it. */
export function inputText(name: string, shape: Shape, stated: Preprocessing | undefined): string {
  const { mean, std, channelOrder, crop, interpolation } = stated ?? {};
  const args = [
    ...(mean && std ? [`mean: [${mean.map(numberText).join(', ')}]`, `std: [${std.map(numberText).join(', ')}]`] : []),
    ...(channelOrder === 'bgr' ? ['bgr: true'] : []),
    ...(crop === undefined ? [] : [`crop: ${numberText(crop)}`]),
    // the other one is the default
    ...(interpolation === 'bilinear' ? ['interpolation: bilinear'] : []),
  ];
  return `  input ${name}: [${shape.join(', ')}]${args.length === 0 ? '' : ` (${args.join(', ')})`}`;
}

/** Whether each filter of a convolution reads a single channel of its input. */
export function isDepthwise({ groups }: OpOf<'conv'>, x: Shape | undefined): boolean {
  return groups > 1 && groups === x?.[0];
}
