import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { compileLibrary } from '../library-points.ts';

/**
 * Table 3 of EfficientNet's paper (Tan & Le, ICML 2019): networks scaled in one dimension and in all. Its FLOPs are
 * multiply-accumulates in billions, and stand here to be read. What we count, which is what is held, is written next to them in the specs; they are not the same, for the paper
 * does not say which stages it scales, and ResNet-50's depth and width seem to be exchanged.
 */
test.each([
  ['mobilenet-v1', 'table3_w2', 2.2, 2.22],
  ['mobilenet-v1', 'table3_r2', 2.2, 2.27],
  ['mobilenet-v1', 'table3_compound', 2.3, 2.47],
  ['mobilenet-v2', 'table3_d4', 1.2, 1.02],
  ['mobilenet-v2', 'table3_w2', 1.1, 1.14],
  ['mobilenet-v2', 'table3_r2', 1.2, 1.2],
  ['mobilenet-v2', 'table3_compound', 1.3, 1.25],
  ['resnet', 'table3_d4', 16.2, 14.57],
  ['resnet', 'table3_w2', 14.7, 16.12],
  ['resnet', 'table3_r2', 16.4, 16.35],
  ['resnet', 'table3_compound', 16.7, 15.95],
])('%s %s: %s in the paper, %s here', (library, variant, _published, counted) => {
  const { graph, diagnostics } = compileLibrary(library, { variant });
  expect(diagnostics).toEqual([]);
  const macs = totalCost(graph as NonNullable<typeof graph>).macs / 1e9;
  expect(Number(macs.toFixed(2))).toBe(counted);
});
