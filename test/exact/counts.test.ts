import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { compileLibrary, conventionOf, libraryPoint, referenceModels } from '../library-points.ts';

/** Parameters, batch-norm statistics and multiply-accumulates against timm and torchvision, to the last unit. */
const cases = referenceModels.flatMap((reference) => {
  const point = libraryPoint(reference.name);
  if (!point || reference.source === 'keras') return [];
  const sizes: Record<string, number> = { [reference.input_size[1] as number]: reference.macs, ...reference.macs_at };
  return Object.entries(sizes).map(([size, macs]) => ({ ...reference, point, size: Number(size), macs }));
});

/** Running statistics of auxiliary classifiers, which the library's models have not. */
const auxiliaryBuffers = (name: string, source: string) => {
  if (source !== 'torchvision') return 0;
  return name === 'googlenet' ? 2 * 2 * 128 : name === 'inception_v3' ? 2 * (128 + 768) : 0;
};

test('every family of the library has references', () => {
  expect(new Set(cases.map((c) => c.point[0])).size).toBe(18);
  expect(cases.length).toBeGreaterThanOrEqual(220);
});

test.each(cases)(
  '$source $name at $size',
  ({ name, source, point: [library, options], size, params, params_without_aux, buffers, macs }) => {
    const convention = source === 'timm' ? conventionOf(name) : 'torch';
    const { graph, diagnostics } = compileLibrary(library, { ...options, convention, resolution: size });
    // TinyNet-E's image of 106 pixels leaves 4 for its last 5x5 windows
    expect(diagnostics.filter((d) => library !== 'tinynet' || d.code !== 'kernel-exceeds-input')).toEqual([]);
    const cost = totalCost(graph as NonNullable<typeof graph>);
    expect({ params: cost.params, buffers: cost.buffers, macs: cost.macs }).toEqual({
      params: params_without_aux ?? params,
      buffers: buffers - auxiliaryBuffers(name, source),
      macs,
    });
  },
);
