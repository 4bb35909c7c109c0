import { describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { withoutAuxiliary } from '../../src/5-graph/passes/remove-unreached.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { libraryModels } from '../../src/library.ts';
import { stdlib } from '../../src/stdlib.generated.ts';

function library(module: string, options: CompileOptions) {
  const result = compile({ name: module, text: stdlib[module] as string }, options);
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  if (!result.graph) throw new Error(`${module} gave no graph`);
  return result.graph;
}

const tensors = (graph: ReturnType<typeof library>) => [...graphTensors(graph)].map(({ tensor }) => tensor.name);

/** Models whose classifier follows dense layers. */
const denseFeatures = new Set(['alexnet', 'vgg']);

/** Detectors and segmentation networks: each pixel has scores, and without classes there is no output. */
const dense = new Set(['efficientdet', 'ssd', 'ssdlite', 'deeplab-v3', 'lr-aspp']);
/** Of those whose maps would vanish: a pyramid's, and behind windows without padding. */
const least: Readonly<Record<string, readonly [height: number, width: number]>> = {
  ssd: [300, 332],
  'inception-v3': [75, 96],
};

describe.each(libraryModels)('$name', ({ name, module }) => {
  test.skipIf(dense.has(name))('has no classifier with 0 classes, and gives the pooled features', () => {
    const whole = withoutAuxiliary(library(module, {}));
    const features = withoutAuxiliary(library(module, { set: { classes: '0' } }));
    expect(tensors(features)).toEqual(tensors(whole).filter((name) => !name.startsWith('classifier.')));
    const { node } = features.outputs[0]?.value ?? { node: -1 };
    const classifier = [...graphTensors(whole)].find(({ tensor }) => tensor.name === 'classifier.weight');
    const channels = classifier?.tensor.shape[1];
    expect(features.nodes[node]?.shapes).toEqual([denseFeatures.has(name) ? [channels] : [channels, 1, 1]]);
  });

  test('refuses fewer than 0 classes', () => {
    const { diagnostics } = compile({ name: module, text: stdlib[module] as string }, { set: { classes: '-1' } });
    expect(diagnostics.map((d) => d.message).join()).toMatch(
      /'(units' of 'Linear|channels' of 'Conv)' is -\d+; it must be from 1 to 1048576/,
    );
  });

  test('takes another number of channels, and another height than width', () => {
    const [height, width] = least[name] ?? [64, 96];
    const graph = library(module, { set: { image: `[1, ${height}, ${width}]` } });
    expect(graph.nodes[graph.inputs[0] ?? -1]?.shapes).toEqual([[1, height, width]]);
    expect(graph.preprocessing.image?.mean).toHaveLength(1);
    const wide = library(module, { resolution: [height, width] });
    expect(wide.nodes[wide.inputs[0] ?? -1]?.shapes).toEqual([[3, height, width]]);
    expect(tensors(wide)).toEqual(tensors(graph));
  });
});
