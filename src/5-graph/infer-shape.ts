import type { Shape } from './graph.ts';
import type { Op, OpKind, OpOf, Pads, Window } from './ops.ts';

/** What an op cannot do with its inputs; the caller says it at the source. */
export type ShapeError =
  | { readonly error: 'needs-space'; readonly shape: Shape }
  | { readonly error: 'shape-mismatch'; readonly shapes: readonly Shape[] }
  | { readonly error: 'output-vanishes'; readonly shape: Shape; readonly kernel?: number }
  | { readonly error: 'group-count'; readonly groups: number; readonly input: number; readonly output: number }
  | { readonly error: 'channel-split'; readonly parts: number; readonly channels: number };

type Rule<K extends OpKind> = (op: OpOf<K>, inputs: readonly Shape[]) => readonly Shape[] | ShapeError;

/** The shapes that an op gives for those of its inputs, `[C, H, W]` or `[C]`, or why it cannot. */
export function inferShapes(op: Op, inputs: readonly Shape[]): readonly Shape[] | ShapeError {
  return (rules[op.kind] as Rule<OpKind>)(op, inputs);
}

export function isShapeError(result: readonly Shape[] | ShapeError): result is ShapeError {
  return 'error' in result;
}

const rules: { [K in OpKind]: Rule<K> } = {
  input: () => [],
  conv: (op, [x = []]) => {
    const [channels = 0] = x;
    if (x.length !== 3) return { error: 'needs-space', shape: x };
    if (channels % op.groups !== 0 || op.filters % op.groups !== 0) {
      return { error: 'group-count', groups: op.groups, input: channels, output: op.filters };
    }
    return windowed(x, op.window, op.filters);
  },
  batchNorm: same,
  activation: same,
  globalAvgPool: (_op, [x = []]) => (x.length === 3 ? [[x[0] as number, 1, 1]] : { error: 'needs-space', shape: x }),
  maxPool: (op, [x = []]) =>
    x.length === 3 ? windowed(x, op.window, x[0] as number) : { error: 'needs-space', shape: x },
  avgPool: (op, [x = []]) =>
    x.length === 3 ? windowed(x, op.window, x[0] as number) : { error: 'needs-space', shape: x },
  linear: (op) => [[op.units]],
  dropout: same,
  dropPath: same,
  cast: same,
  add: (_op, inputs) => {
    const [first = []] = inputs;
    return inputs.every((s) => sameShape(s, first)) ? [first] : { error: 'shape-mismatch', shapes: inputs };
  },
  mul: (_op, inputs) => {
    const full = inputs.find((s) => !isGate(s)) ?? inputs[0] ?? [];
    const fits = inputs.every((s) => sameShape(s, full) || (isGate(s) && s[0] === full[0] && full.length === 3));
    return fits ? [full] : { error: 'shape-mismatch', shapes: inputs };
  },
  concat: (_op, inputs) => {
    const [first = []] = inputs;
    const fits = inputs.every((s) => s.length === first.length && s[1] === first[1] && s[2] === first[2]);
    if (!fits) return { error: 'shape-mismatch', shapes: inputs };
    return [[inputs.reduce((sum, s) => sum + (s[0] as number), 0), ...first.slice(1)]];
  },
  split: (op, [x = []]) => {
    const [channels = 0, ...space] = x;
    if (channels % op.parts !== 0) return { error: 'channel-split', parts: op.parts, channels };
    return new Array<Shape>(op.parts).fill([channels / op.parts, ...space]);
  },
  channelShuffle: (op, [x = []]) => {
    const [channels = 0] = x;
    if (x.length !== 3) return { error: 'needs-space', shape: x };
    return channels % op.groups === 0 ? [x] : { error: 'channel-split', parts: op.groups, channels };
  },
  pad: (op, [x = []]) => {
    const [c = 0, h = 0, w = 0] = x;
    if (x.length !== 3) return { error: 'needs-space', shape: x };
    const { top, left, bottom, right } = op.pads;
    // Where one side takes away all, what the other adds is padding alone.
    const isLeft = (size: number, a: number, b: number) => size + Math.min(a, 0) + Math.min(b, 0) > 0;
    if (!isLeft(h, top, bottom) || !isLeft(w, left, right)) return { error: 'output-vanishes', shape: x };
    return [[c, h + top + bottom, w + left + right]];
  },
};

function same(_op: Op, [x = []]: readonly Shape[]): readonly Shape[] {
  return [x];
}

function isGate(s: Shape): boolean {
  return s.length === 3 && s[1] === 1 && s[2] === 1;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function windowed([, h = 0, w = 0]: Shape, window: Window, channels: number): readonly Shape[] | ShapeError {
  const extent = (window.kernel - 1) * window.dilation + 1;
  const out = (size: number, before: number, after: number) =>
    Math.floor((size + before + after - extent) / window.stride) + 1;
  const { top, left, bottom, right } = window.pads;
  const shape = [channels, out(h, top, bottom), out(w, left, right)];
  if ((shape[1] as number) < 1 || (shape[2] as number) < 1)
    return { error: 'output-vanishes', shape: [channels, h, w], kernel: window.kernel };
  return [shape];
}

/** How a window is padded: by a rule of a framework, or by a number of pixels on each side. */
export type Padding = 'same' | 'symmetric' | 'valid' | number;

/**
 * The pads of a window over an input of `height` x `width`.
 * `same` is TensorFlow's: ceil(size / stride) outputs, the odd pixel at the bottom and right.
 * `symmetric` is the usual padding of PyTorch models: half of the kernel on each side.
 */
export function padsFor(
  padding: Padding,
  kernel: number,
  stride: number,
  dilation: number,
  height: number,
  width: number,
): Pads {
  const extent = (kernel - 1) * dilation + 1;
  if (padding === 'same') {
    const total = (size: number) => Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
    const [v, h] = [total(height), total(width)];
    const [top, left] = [Math.floor(v / 2), Math.floor(h / 2)];
    return { top, left, bottom: v - top, right: h - left };
  }
  const p = padding === 'valid' ? 0 : padding === 'symmetric' ? Math.floor((extent - 1) / 2) : padding;
  return { top: p, left: p, bottom: p, right: p };
}
