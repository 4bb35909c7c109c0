import { buildCase, type Case, type Fill, whole } from './case-builder.ts';

const wide: Fill = (unit) => 6 * unit - 3;

/** Least, most, weight: as they come out of averages. */
const ranges: readonly (readonly [string, readonly number[]])[] = [
  ['on both sides of 0', [-0.72, 1.02, 0.6]],
  ['from 0', [0, 0.9, 0.5]],
  ['below 0', [-2.5, -1, 1]],
  ['above 0', [0.4, 2.5, 1]],
  ['of one number, 0', [0, 0, 0.3]],
  ['that has seen nothing', [0, 0, 0]],
];

export const quantiseCases: readonly Case[] = [
  ...ranges.map(([name, range]) =>
    buildCase(`values rounded in a range ${name}`, (c) => {
      const x = c.fed('x', [4, 3, 2], wide);
      const kept = c.variable('range', [3], (_unit, i) => range[i] as number);
      c.op({ kind: 'fakeQuantize' }, [x, kept], [4, 3, 2]);
      c.op({ kind: 'fakeQuantizeGrad' }, [c.fed('dy', [4, 3, 2]), x, kept], [4, 3, 2]);
    }),
  ),
  buildCase('a vector is rounded, and the range of several values', (c) => {
    const [x, y] = [c.fed('x', [5], wide), c.fed('y', [2, 3, 4], (unit) => 9 * unit)];
    const [range] = c.op({ kind: 'valueRange' }, [x, y], whole(3));
    c.op({ kind: 'valueRange' }, [x], whole(3));
    c.op({ kind: 'fakeQuantize' }, [x, range!], [5]);
  }),
  buildCase('weights are rounded, each filter by itself', (c) => {
    const uneven =
      (size: number): Fill =>
      (unit, i) =>
        Math.floor(i / size) === 1 ? 0 : (unit - 0.5) * 2 ** Math.floor(i / size);
    const rounded = (name: string, layout: 'conv' | 'depthwise' | 'linear', shape: readonly number[]) => {
      const size = shape.slice(1).reduce((a, b) => a * b, 1);
      c.op({ kind: 'fakeQuantizeFilters', layout }, [c.variable(name, shape, uneven(size))], whole(...shape));
    };
    rounded('conv', 'conv', [5, 4, 2, 3]);
    rounded('depthwise', 'depthwise', [5, 1, 3, 3]);
    rounded('linear', 'linear', [3, 7]);
  }),
];
