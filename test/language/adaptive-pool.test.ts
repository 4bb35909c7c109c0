import { expect, test } from 'vitest';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { runReference } from '../onnx/reference.ts';
import { build, messages, model, nodeAt } from './build.ts';

// torch 2.13.0: adaptive_avg_pool2d of arange(h * w)
test.each([
  ['5, 7', '[3, 2]', [5.0, 8.0, 15.5, 18.5, 26.0, 29.0]],
  ['4, 4', '[3, 3]', [2.5, 3.5, 4.5, 6.5, 7.5, 8.5, 10.5, 11.5, 12.5]],
  [
    '3, 2',
    '[4, 5]',
    [0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 2.0, 3.0, 3.0, 3.5, 4.0, 4.0, 4.0, 4.0, 4.5, 5.0, 5.0],
  ],
  ['6, 4', '[3, 2]', [2.5, 4.5, 10.5, 12.5, 18.5, 20.5]],
  ['1, 1', '[2, 3]', [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
] as const)('the means of a map of %s to %s', (size, to, means) => {
  const { graph, program } = build(model(`  input image: [1, ${size}]\n  s: AvgPool(to: ${to})`));
  const { source } = chooseWeights(program, graph, { checkpoint: randomWeights(graph, 1) });
  const [, height, width] = graph.nodes[0]!.shapes[0]!;
  const image = Float32Array.from({ length: height! * width! }, (_, i) => i);
  const [found] = runReference(graph, source!, { image });
  expect(found).toHaveLength(means.length);
  for (const [i, mean] of means.entries()) expect(found![i]).toBeCloseTo(mean, 3);
});

test('areas of one size are a plain pool, single pixels no op at all', () => {
  const of = (to: string) => build(model(`  input image: [3, 12, 8]\n  s: AvgPool(to: ${to})\n  fc: Linear(2)`)).graph;
  expect(nodeAt(of('4'), 's').op).toMatchObject({ kind: 'avgPool', window: { kernel: [3, 2], stride: [3, 2] } });
  expect(nodeAt(of('5'), 's').op).toMatchObject({ kind: 'upsample', mode: 'area' });
  expect(of('[12, 8]').nodes.map(({ op }) => op.kind)).toEqual(['input', 'linear']);
});

test.each([
  ['AvgPool', "one-argument-of: 'AvgPool' takes either 'kernel' or 'to', but neither is given"],
  ['AvgPool(3, to: 2)', "one-argument-of: 'AvgPool' takes either 'to' or 'kernel', but both are given"],
  ['AvgPool(to: 2, stride: 2)', "one-argument-of: 'AvgPool' takes either 'to' or 'stride', but both are given"],
  ['fc: Linear(3) -> AvgPool(to: 2)', "needs-space: 'AvgPool' needs a tensor [C, H, W], not [3]"],
])('%s', (step, message) => {
  expect(messages(model(`  s: ${step}`))).toEqual([message]);
});
