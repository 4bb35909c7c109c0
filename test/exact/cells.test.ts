import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import type { CompileOptions } from '../../src/compile.ts';
import { compileLibrary, referenceModels } from '../library-points.ts';

/** Networks of searched cells that neither timm nor torchvision has. */
function costOf(library: string, options: CompileOptions) {
  const { graph, diagnostics } = compileLibrary(library, options);
  expect(diagnostics).toEqual([]);
  return totalCost(graph as NonNullable<typeof graph>);
}

// counted with torchgpipe's AmoebaNet-D of 1000 classes; GPipe's table 1 rounds them to 82 M, 318 M, 542 M, 1.05 B, 1.8 B
test.each([
  ['gpipe_18_208', 81_505_540],
  ['gpipe_18_256', 122_470_120],
  ['gpipe_18_416', 319_024_120],
  ['gpipe_18_544', 542_734_840],
  ['gpipe_36_544', 1_055_832_376],
  ['gpipe_72_512', 1_844_858_344],
])('AmoebaNet-D of GPipe, %s', (variant, params) => {
  const cost = costOf('amoebanet', { variant });
  expect(cost.params).toBe(params);
  if (variant === 'gpipe_18_256') expect(cost.macs).toBe(15_170_093_056);
});

test("AmoebaNet-A has the paper's parameters and multiply-adds, and GPipe's network of 557 M parameters is a B", () => {
  const { params, macs } = costOf('amoebanet', { variant: 'a' });
  expect([(params / 1e6).toFixed(1), Math.floor(macs / 1e8) / 10]).toEqual(['86.7', 23.1]);
  expect(costOf('amoebanet', { variant: 'gpipe_b_18_512' }).params / 1e6).toBeCloseTo(557, 0);
});

test('NASNet-A mobile is that of Keras', () => {
  const keras = referenceModels.find(({ name }) => name === 'NASNetMobile');
  const { params, buffers, macs } = costOf('nasnet', { variant: 'mobile' });
  expect({ params, buffers, macs }).toEqual({ params: keras?.params, buffers: keras?.buffers, macs: keras?.macs });
});
