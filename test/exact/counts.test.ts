import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { compileLibrary, conventionOf, libraryPoint, referenceModels } from '../library-points.ts';

/** Parameters, batch-norm statistics and multiply-accumulates against timm and torchvision, to the last unit. */
const cases = referenceModels.flatMap((reference) => {
  const point = libraryPoint(reference.name);
  if (!point || reference.source === 'keras') return [];
  const sizes: Record<string, number> = { [reference.input_size[1] as number]: reference.macs, ...reference.macs_at };
  return Object.entries(sizes).map(([size, macs]) => ({ ...reference, point, size: Number(size), macs }));
});

/** Running statistics of auxiliary classifiers, which are there for training alone. */
const auxiliaryBuffers = (name: string, source: string) => {
  if (source !== 'torchvision') return 0;
  return name === 'googlenet' ? 2 * 2 * 128 : name === 'inception_v3' ? 2 * (128 + 768) : 0;
};

test('every family of the library has references', () => {
  expect(new Set(cases.map((c) => c.point[0])).size).toBe(19);
  expect(cases.length).toBeGreaterThanOrEqual(220);
});

test.each(cases)(
  '$source $name at $size',
  ({ name, source, point: [library, options], size, params, params_without_aux, buffers, macs }) => {
    const convention = source === 'timm' ? conventionOf(name) : 'torch';
    const { graph, diagnostics } = compileLibrary(library, { ...options, convention, resolution: size });
    expect(diagnostics).toEqual([]);
    const cost = totalCost(graph as NonNullable<typeof graph>);
    expect({ params: cost.params, buffers: cost.buffers, macs: cost.macs }).toEqual({
      params: params_without_aux ?? params,
      buffers: buffers - auxiliaryBuffers(name, source),
      macs,
    });
  },
);

test.each(cases.filter(({ params_without_aux, size, input_size }) => params_without_aux && size === input_size[1]))(
  '$source $name with its auxiliary classifiers',
  ({ point: [library, options], params, buffers }) => {
    const graph = compileLibrary(library, { ...options, convention: 'torch' }).graph as Graph;
    const { params: counted, buffers: statistics } = totalCost(graph, graph.nodes);
    expect([counted, statistics]).toEqual([params, buffers]);
  },
);

test('AlexNet of 2012: conv2, conv4 and conv5 in two groups, 60,965,224 parameters', () => {
  const { graph } = compileLibrary('alexnet', { variant: '2012' });
  const { params, macs } = totalCost(graph as NonNullable<typeof graph>);
  // filters times (weights of one, and its bias): Krizhevsky et al. 2012, section 3.5
  const filters = [
    [96, 3 * 11 * 11],
    [256, 48 * 5 * 5],
    [384, 256 * 3 * 3],
    [384, 192 * 3 * 3],
    [256, 192 * 3 * 3],
    [4096, 256 * 6 * 6],
    [4096, 4096],
    [1000, 4096],
  ] as const;
  expect(params).toBe(filters.reduce((sum, [count, weights]) => sum + count * (weights + 1), 0));
  expect(params).toBe(60_965_224);
  const pixels = [55, 27, 13, 13, 13, 1, 1, 1].map((side) => side ** 2);
  expect(macs).toBe(filters.reduce((sum, [count, weights], i) => sum + count * weights * (pixels[i] as number), 0));
  const responses = graph?.nodes.filter(({ op }) => op.kind === 'localResponseNorm').map(({ path }) => path);
  expect(responses).toEqual(['conv1.local_response_norm', 'conv2.local_response_norm']);
});
