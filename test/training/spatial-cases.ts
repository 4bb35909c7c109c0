import { interpolationNames } from '../../src/ops/interpolation.ts';
import { type Pair, pairOf } from '../../src/ops/pair.ts';

import type { Pads, Window } from '../../src/ops/window.ts';
import { buildCase, type Case, type CaseBuilder, whole } from './case-builder.ts';

const none: Pads = { top: 0, left: 0, bottom: 0, right: 0 };
const around = (n: number): Pads => ({ top: n, left: n, bottom: n, right: n });
const after: Pads = { top: 0, left: 0, bottom: 1, right: 1 };
const uneven: Pads = { top: 2, left: 0, bottom: 1, right: 3 };
const cropping: Pads = { top: -1, left: 1, bottom: 0, right: -2 };

type Size = number | Pair;

function windowOf(kernel: Size, stride: Size, pads: Pads, dilation: Size = 1): Window {
  return { kernel: pairOf(kernel), stride: pairOf(stride), dilation: pairOf(dilation), pads };
}

/** Name, channels in and out, groups, window, height and width. */
type ConvRow = readonly [string, number, number, number, Window, number, number];

const convRows: readonly ConvRow[] = [
  ['1x1', 3, 5, 1, windowOf(1, 1, none), 3, 4],
  ['1x1, stride 2', 3, 4, 1, windowOf(1, 2, none), 5, 4],
  ['1x1, cropping', 3, 4, 1, windowOf(1, 1, { top: -1, left: 0, bottom: 1, right: 0 }), 4, 3],
  ['1x1 of one pixel', 4, 2, 1, windowOf(1, 1, none), 1, 1],
  ['3x3', 2, 3, 1, windowOf(3, 1, around(1)), 5, 4],
  ['3x3, none around', 2, 3, 1, windowOf(3, 1, none), 5, 4],
  ['3x3, stride 2, SAME of even', 3, 4, 1, windowOf(3, 2, after), 6, 6],
  ['3x3, stride 2, SAME of odd', 3, 4, 1, windowOf(3, 2, around(1)), 5, 7],
  ['3x3, stride 2, symmetric of even', 3, 4, 1, windowOf(3, 2, around(1)), 6, 6],
  ['3x3, stride 2, a row left over', 2, 3, 1, windowOf(3, 2, none), 6, 8],
  ['3x3, stride 3', 2, 3, 1, windowOf(3, 3, around(1)), 7, 6],
  ['2x2, uneven pads', 2, 2, 1, windowOf(2, 1, uneven), 4, 3],
  ['3x3, cropping', 2, 3, 1, windowOf(3, 1, cropping), 6, 7],
  ['3x3, dilated', 2, 3, 1, windowOf(3, 1, around(2), 2), 6, 5],
  ['3x3, dilated, stride 2', 2, 3, 1, windowOf(3, 2, around(2), 2), 7, 6],
  ['3x3, dilated by more than the map', 2, 3, 1, windowOf(3, 1, around(7), 7), 6, 5],
  [
    '3x3, dilated, one column of taps sees nothing',
    2,
    3,
    1,
    windowOf(3, 1, { top: 2, left: 5, bottom: 2, right: 1 }, [2, 5]),
    5,
    6,
  ],
  ['depthwise, dilated by more than the map', 3, 6, 3, windowOf(3, 2, around(6), 6), 5, 6],
  ['3x2, dilated 2x3, uneven pads', 2, 3, 1, windowOf([3, 2], 1, uneven, [2, 3]), 7, 6],
  ['3x3, dilated, cropping', 2, 3, 1, windowOf(3, 1, cropping, 2), 9, 8],
  ['two groups, dilated', 4, 6, 2, windowOf(3, 1, around(2), 2), 5, 6],
  ['1x7', 2, 3, 1, windowOf([1, 7], 1, { top: 0, left: 3, bottom: 0, right: 3 }), 5, 6],
  ['7x1, stride 1x2, none around', 2, 3, 1, windowOf([7, 1], [1, 2], none), 8, 5],
  ['3x1, stride 2x3, SAME of odd', 3, 2, 1, windowOf([3, 1], [2, 3], { top: 1, left: 0, bottom: 1, right: 0 }), 7, 7],
  ['2x3, dilated 3x1, stride 1x2', 2, 2, 1, windowOf([2, 3], [1, 2], uneven, [3, 1]), 6, 5],
  ['1x3, dilated along its height alone', 2, 2, 1, windowOf([1, 3], 1, none, [4, 1]), 4, 5],
  ['two groups, 1x3, stride 2x1', 4, 6, 2, windowOf([1, 3], [2, 1], { top: 0, left: 1, bottom: 0, right: 1 }), 5, 4],
  ['two groups', 4, 6, 2, windowOf(3, 1, around(1)), 4, 4],
  ['three groups, 1x1', 6, 3, 3, windowOf(1, 1, none), 3, 3],
  ['two groups, stride 2, dilated', 4, 4, 2, windowOf(3, 2, around(2), 2), 6, 6],
  ['depthwise', 4, 4, 4, windowOf(3, 1, around(1)), 5, 6],
  ['depthwise, stride 2, SAME of even', 3, 3, 3, windowOf(3, 2, after), 6, 6],
  ['depthwise 5x5, stride 2, symmetric', 3, 3, 3, windowOf(5, 2, around(2)), 8, 7],
  ['depthwise, uneven pads', 3, 3, 3, windowOf(3, 1, uneven), 4, 5],
  ['depthwise, cropping', 3, 3, 3, windowOf(2, 1, cropping), 6, 7],
  ['depthwise, dilated', 3, 3, 3, windowOf(3, 1, around(2), 2), 6, 5],
  ['depthwise, dilated, stride 2', 3, 3, 3, windowOf(3, 2, around(2), 2), 7, 8],
  ['depthwise, two filters a channel', 3, 6, 3, windowOf(3, 2, around(1)), 6, 5],
  ['depthwise 3x5', 3, 3, 3, windowOf([3, 5], 1, { top: 1, left: 2, bottom: 1, right: 2 }), 5, 6],
  ['depthwise, stride 2x1', 3, 3, 3, windowOf(3, [2, 1], around(1)), 7, 6],
  ['depthwise 5x3, stride 1x2, uneven pads', 3, 6, 3, windowOf([5, 3], [1, 2], uneven), 6, 8],
  ['depthwise, dilated 1x2', 3, 3, 3, windowOf([3, 3], 1, { top: 1, left: 2, bottom: 1, right: 2 }, [1, 2]), 6, 5],
  ['depthwise of eight, wide', 8, 8, 8, windowOf(3, 1, around(1)), 9, 10],
  ['depthwise of one channel', 1, 1, 1, windowOf(3, 1, around(1)), 4, 4],
];

export const attentionCases: readonly Case[] = [
  ...[1, 2, 4].map((heads) => [heads, [4, 2, 3], [4, 2, 3], [4, 2, 3]] as const),
  [2, [4, 3, 1], [4, 2, 2], [6, 2, 2]] as const,
].map(([heads, q, k, v]) =>
  buildCase(`attention of ${heads} heads from ${q} to ${v}`, (c) => {
    const maps = [c.fed('q', q), c.fed('k', k), c.fed('v', v)];
    const shape = [v[0], q[1], q[2]];
    c.op({ kind: 'attend', heads }, maps, shape);
    c.op({ kind: 'attendGrad', heads }, [c.fed('dy', shape), ...maps], q, k, v);
  }),
);

export const channelConvCases: readonly Case[] = [[5, 3, 4], [6], [4, 1, 1]].flatMap((shape) =>
  [1, 3, 7].map((kernel) =>
    buildCase(`along ${kernel} of ${shape} channels`, (c) => {
      const [x, dy, weight] = [c.fed('x', shape), c.fed('dy', shape), c.variable('weight', [1, 1, kernel])];
      c.op({ kind: 'channelConv' }, [x, weight], shape);
      c.op({ kind: 'channelConvGradInput' }, [dy, weight], shape);
      c.op({ kind: 'channelConvGradWeight', shape: [1, 1, kernel] }, [x, dy], whole(1, 1, kernel));
    }),
  ),
);

export const convCases: readonly Case[] = convRows.map(([name, ins, outs, groups, window, height, width]) =>
  buildCase(`conv ${name}`, (c) => {
    const shape = [ins, height, width];
    const out = outShape(outs, height, width, window);
    const x = c.fed('x', shape);
    const dy = c.fed('dy', out);
    const weight = c.variable('weight', [outs, ins / groups, ...window.kernel]);
    c.op({ kind: 'conv', window, groups }, [x, weight], out);
    c.op({ kind: 'convGradInput', window, groups, shape }, [dy, weight], shape);
    const filter = [outs, ins / groups, ...window.kernel];
    c.op({ kind: 'convGradWeight', window, groups, shape: filter }, [x, dy], whole(...filter));
  }),
);

/** More pixels than are summed in one go. */
export const manyPixels: readonly Case[] = [
  [32, 40],
  [37, 61],
].map(([height = 0, width = 0]) =>
  buildCase(`conv of ${height} x ${width} pixels`, (c) => {
    const [x, dy] = [c.fed('x', [2, height, width]), c.fed('dy', [2, height, width])];
    for (const kernel of [1, 3]) {
      const shape = [2, 2, kernel, kernel];
      const window = windowOf(kernel, 1, around(kernel >> 1));
      c.op({ kind: 'convGradWeight', window, groups: 1, shape }, [x, dy], whole(...shape));
    }
  }),
);

const poolRows: readonly (readonly [string, Window, number, number])[] = [
  ['2x2, stride 2', windowOf(2, 2, none), 6, 4],
  ['2x2, stride 2, a row left over', windowOf(2, 2, none), 5, 7],
  ['3x3, stride 2, SAME of even', windowOf(3, 2, after), 6, 8],
  ['3x3, stride 2, SAME of odd', windowOf(3, 2, around(1)), 7, 5],
  ['3x3, stride 2, symmetric of even', windowOf(3, 2, around(1)), 6, 6],
  ['3x3, stride 1', windowOf(3, 1, around(1)), 4, 5],
  ['3x3, uneven pads', windowOf(3, 2, { top: 2, left: 0, bottom: 1, right: 1 }), 5, 6],
  ['3x3, cropping', windowOf(3, 2, cropping), 6, 7],
  ['3x3, dilated', windowOf(3, 1, around(1), 2), 6, 5],
  ['3x3, dilated, stride 2', windowOf(3, 2, around(2), 2), 7, 6],
  ['1x3, stride 1x2', windowOf([1, 3], [1, 2], { top: 0, left: 1, bottom: 0, right: 1 }), 4, 7],
  ['3x2, stride 2x3, uneven pads', windowOf([3, 2], [2, 3], { top: 2, left: 0, bottom: 1, right: 1 }), 6, 8],
  ['2x3, dilated 2x1', windowOf([2, 3], [1, 2], around(1), [2, 1]), 6, 7],
  ['whole', windowOf(4, 1, none), 4, 4],
];

export const poolCases: readonly Case[] = poolRows.map(([name, window, height, width]) =>
  buildCase(`pools ${name}`, (c) => {
    const shape = [3, height, width];
    const out = outShape(3, height, width, window);
    const x = c.fed('x', shape);
    const dy = c.fed('dy', out);
    const [y] = c.op({ kind: 'maxPool', window }, [x], out);
    if (y) c.op({ kind: 'maxPoolGrad', window }, [dy, x, y], shape);
    for (const countPad of [true, false]) {
      c.op({ kind: 'avgPool', window, countPad }, [x], out);
      c.op({ kind: 'avgPoolGrad', window, countPad, shape }, [dy], shape);
    }
  }),
);

const spaces: readonly (readonly [number, number])[] = [
  [1, 1],
  [3, 5],
];

export const spaceCases: readonly Case[] = [
  ...spaces.map(([height, width]) =>
    buildCase(`sums over ${height} x ${width}`, (c) => {
      const shape = [4, height, width];
      const x = c.fed('x', shape);
      const dy = c.fed('dy', [4, 1, 1]);
      c.op({ kind: 'globalAvgPool' }, [x], [4, 1, 1]);
      for (const sum of [
        [4, 1, 1],
        [1, height, width],
        [1, 1, 1],
        [4, height, 1],
        [1, 1, width],
      ]) {
        c.op({ kind: 'sumTo', shape: sum }, [x], sum);
      }
      c.op({ kind: 'globalAvgPoolGrad', shape }, [dy], shape);
      flattened(c, shape);
    }),
  ),
  ...[around(1), uneven, cropping, { top: -1, left: -2, bottom: -1, right: -1 }].map((pads, i) =>
    buildCase(`pads ${i}`, (c) => {
      const x = c.fed('x', [2, 5, 6]);
      c.op({ kind: 'pad', pads }, [x], [2, 5 + pads.top + pads.bottom, 6 + pads.left + pads.right]);
    }),
  ),
];

/** Height and width, and those that they become. */
const sizes: readonly (readonly [string, readonly [number, number], readonly [number, number]])[] = [
  ['twice', [3, 4], [6, 8]],
  ['three times, one way', [2, 3], [6, 3]],
  ['to a size that is not a multiple', [3, 5], [7, 6]],
  ['where rounded quotients miss a row', [6, 41], [14, 82]],
  ['of one pixel', [1, 1], [3, 2]],
  ['to fewer', [6, 5], [4, 2]],
  ['to one pixel', [4, 3], [1, 1]],
];

export const upsampleCases: readonly Case[] = sizes.map(([name, [height, width], [rows, columns]]) =>
  buildCase(`upsampling ${name}`, (c) => {
    const [x, dy] = [c.fed('x', [2, height, width]), c.fed('dy', [2, rows, columns])];
    for (const mode of [...interpolationNames, 'area'] as const) {
      const sizes = { mode, rows: { from: height, to: rows }, columns: { from: width, to: columns } };
      c.op({ kind: 'upsample', ...sizes }, [x], [2, rows, columns]);
      c.op({ kind: 'upsampleGrad', ...sizes }, [dy], [2, height, width]);
    }
  }),
);

function flattened(c: CaseBuilder, shape: readonly number[]): void {
  const size = shape.reduce((a, b) => a * b, 1);
  c.op({ kind: 'flatten' }, [c.fed('map', shape)], [size]);
  c.op({ kind: 'unflatten', shape }, [c.fed('vector', [size])], shape);
}

function outShape(channels: number, height: number, width: number, window: Window): number[] {
  const { top, left, bottom, right } = window.pads;
  const out = (axis: 0 | 1, padded: number) =>
    Math.floor((padded - (window.kernel[axis] - 1) * window.dilation[axis] - 1) / window.stride[axis]) + 1;
  return [channels, out(0, height + top + bottom), out(1, width + left + right)];
}
