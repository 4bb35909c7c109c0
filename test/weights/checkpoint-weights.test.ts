import { describe, expect, it } from 'vitest';
import { graphTensors, type TensorSpec } from '../../src/5-graph/graph.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { checkpointWeights } from '../../src/weights/checkpoint-weights.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { foldedWeights } from '../../src/weights/folded-weights.ts';
import { seededWeights } from '../../src/weights/initialise.ts';
import type { WeightMapRow } from '../../src/weights/weight-map.ts';
import { compileLibrary } from '../library-points.ts';
import { foldNorms, graphBuilder, span, window } from '../onnx/graph-builder.ts';
import { mapOf } from './maps.ts';
import { readStateDict } from './state-dicts.ts';

/** A checkpoint in memory: shapes by name, every value the tensor's index plus a hundredth of its own. */
function checkpointOf(shapes: Record<string, number[]>, dtypes: Record<string, string> = {}): Checkpoint {
  const names = Object.keys(shapes);
  return {
    name: 'x.safetensors',
    tensors: new Map(names.map((name) => [name, { name, shape: shapes[name]!, dtype: dtypes[name] ?? 'F32' }])),
    metadata: new Map(),
    read(name) {
      const length = shapes[name]!.reduce((a, b) => a * b, 1);
      return Float32Array.from({ length }, (_, i) => names.indexOf(name) + i / 100);
    },
  };
}

function network(classes = 3) {
  const g = graphBuilder();
  const x = g.batchNorm(g.conv(g.input([2, 4, 4]), 'stem.conv', 4, window(1), { groups: 2 }), 'stem.bn');
  return g.build({ y: g.linear(g.globalPool(x, 'head'), 'classifier', classes) });
}

const graph = network();
const own = Object.fromEntries([...graphTensors(graph)].map(({ tensor }) => [tensor.name, [...tensor.shape]]));
const specOf = (name: string) => [...graphTensors(graph)].find(({ tensor }) => tensor.name === name)!.tensor;
/** The whole network by a map. */
const naming = (rows: readonly WeightMapRow[]) => ({ path: '', base: '', rows });
const codes = (result: { diagnostics: readonly { code: string }[] }) => result.diagnostics.map((d) => d.code);

describe('by our own paths', () => {
  it('reads every tensor, and counters of batches do not matter', () => {
    const checkpoint = checkpointOf({ ...own, 'stem.bn.num_batches_tracked': [] });
    const { source, diagnostics } = checkpointWeights(graph, checkpoint, undefined);
    expect(diagnostics).toEqual([]);
    expect(source!.read(specOf('stem.bn.bias'))).toEqual(checkpoint.read('stem.bn.bias'));
  });

  it('serves a folded network from the same file', () => {
    const folded = foldNorms(graph);
    const checkpoint = checkpointOf(own);
    const { source, diagnostics } = checkpointWeights(folded, checkpoint, undefined);
    expect(diagnostics).toEqual([]);
    const [weight, bias] = folded.nodes[1]!.tensors as [TensorSpec, TensorSpec];
    const layer = foldedWeights(folded, source!);
    const get = (name: string) => [...checkpoint.read(name)];
    const [w, gamma, beta, mean, variance] = [
      get('stem.conv.weight'),
      ...['weight', 'bias', 'running_mean', 'running_var'].map((role) => get(`stem.bn.${role}`)),
    ] as number[][];
    const scale = gamma!.map((g, i) => g / Math.sqrt(variance![i]! + 1e-3));
    expect(layer.read(weight)).toEqual(Float32Array.from(w!, (v, i) => v * scale[i]!));
    expect(layer.read(bias)).toEqual(Float32Array.from(beta!, (b, i) => b - mean![i]! * scale[i]!));
  });

  it('does not mind ones in a shape', () => {
    const shapes = { ...own, 'classifier.weight': [3, 4, 1, 1], 'stem.conv.weight': [4] };
    expect(codes(checkpointWeights(graph, checkpointOf(shapes), undefined))).toEqual([]);
  });

  it('says how to build the network for the classes of the checkpoint', () => {
    const checkpoint = checkpointOf({ ...own, 'classifier.weight': [5, 4], 'classifier.bias': [5] });
    const messages = checkpointWeights(graph, checkpoint, undefined).diagnostics.map((d) => d.message);
    expect(messages).toHaveLength(2);
    expect(messages[0]).toContain('if it was trained for 5 classes, --set classes=5 builds the network for them');
    expect(messages[1]).not.toContain('--set');
    const wider = checkpointOf({ ...own, 'classifier.weight': [3, 6] });
    expect(checkpointWeights(graph, wider, undefined).diagnostics[0]?.message).not.toContain('--set');
  });

  it('names what is missing, misshapen or surplus', () => {
    const { 'stem.bn.weight': _, ...rest } = own;
    const shapes = { ...rest, 'stem.bn.wieght': [4], 'classifier.bias': [5], 'aux.weight': [1] };
    const { source, diagnostics } = checkpointWeights(graph, checkpointOf(shapes), undefined);
    expect(source).toBeUndefined();
    expect(diagnostics.map((d) => `${d.severity}: ${d.message}`)).toMatchInlineSnapshot(`
      [
        "error: 'x.safetensors' has no 'stem.bn.weight'; did you mean 'stem.bn.wieght'?",
        "error: 'classifier.bias' is [3], but 'classifier.bias' in 'x.safetensors' is [5]",
        "warning: no tensor of the model takes 'stem.bn.wieght' of 'x.safetensors'; did you mean 'stem.bn.weight'?",
        "warning: no tensor of the model takes 'aux.weight' of 'x.safetensors'",
      ]
    `);
  });

  it('names ten of a kind, and says how many more there are', () => {
    const names = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`aux.${i}.weight`, [1]]));
    const { diagnostics, source } = checkpointWeights(graph, checkpointOf({ ...own, ...names }), undefined);
    expect(source).toBeDefined();
    expect(diagnostics.length).toBe(11);
    expect(diagnostics.at(-1)!.message).toBe('and 15 more tensors are surplus');
  });

  it('refuses whole numbers', () => {
    expect(codes(checkpointWeights(graph, checkpointOf(own, { 'stem.conv.weight': 'I8' }), undefined))).toEqual([
      'weight-dtype',
    ]);
  });
});

describe('what may be missing', () => {
  it('is initialised from the seed', () => {
    const other = network(7);
    const { source, diagnostics } = checkpointWeights(other, checkpointOf(own), undefined, {
      allowMissing: ['classifier.*'],
      seed: 4,
    });
    expect(diagnostics.map((d) => d.message)).toEqual([
      'initialised from the seed, as allowed: classifier.weight, classifier.bias',
    ]);
    const weight = [...graphTensors(other)].find(({ tensor }) => tensor.name === 'classifier.weight')!.tensor;
    expect(source!.read(weight)).toEqual(seededWeights(other, 4).read(weight));
  });

  it('is read where it is there after all', () => {
    const checkpoint = checkpointOf(own);
    const { source, diagnostics } = checkpointWeights(graph, checkpoint, undefined, { allowMissing: ['*'] });
    expect(diagnostics).toEqual([]);
    expect(source!.read(specOf('classifier.bias'))).toEqual(checkpoint.read('classifier.bias'));
  });

  it('must name something', () => {
    const result = checkpointWeights(graph, checkpointOf(own), undefined, { allowMissing: ['clasifier.*', 'c(.*'] });
    expect(codes(result)).toEqual(['allow-missing-unmatched', 'allow-missing-unmatched']);
  });
});

describe('through a weight map', () => {
  const rows = [
    ['stem.conv', 'left,right'],
    ['stem.bn', 'norm'],
    ['classifier', 'fc'],
  ].map(([path, pattern]) => ({ path: path!, pattern: pattern!, span }));
  const shapes = {
    'left.weight': [1, 1, 1, 1],
    'right.weight': [3, 1, 1, 1],
    ...Object.fromEntries(['weight', 'bias', 'running_mean', 'running_var'].map((role) => [`norm.${role}`, [4]])),
    'fc.weight': [3, 4],
    'fc.bias': [3],
  };

  it('joins the parts of a convolution', () => {
    const { source, diagnostics } = checkpointWeights(graph, checkpointOf(shapes), [naming(rows)]);
    expect(diagnostics).toEqual([]);
    expect([...source!.read(specOf('stem.conv.weight'))]).toEqual([0, 1, 1.01, 1.02].map(Math.fround));
  });

  it('says which names it looked for, or that no row is there', () => {
    const { 'right.weight': _, ...rest } = shapes;
    const { diagnostics } = checkpointWeights(graph, checkpointOf(rest), [naming(rows.slice(0, 2))]);
    expect(diagnostics.map((d) => d.message)).toMatchInlineSnapshot(`
      [
        "'x.safetensors' has no 'right.weight' for 'stem.conv.weight'",
        "the weight map has no row for 'classifier.weight', so it cannot be read from 'x.safetensors'",
        "the weight map has no row for 'classifier.bias', so it cannot be read from 'x.safetensors'",
        "no tensor of the model takes 'fc.weight' of 'x.safetensors'",
        "no tensor of the model takes 'fc.bias' of 'x.safetensors'",
      ]
    `);
  });

  it("says in one sentence that a checkpoint is another variant's", () => {
    const { graph: b0 } = compileLibrary('efficientnet', { variant: 'b0' });
    const shapesOf = (name: string) =>
      Object.fromEntries([...readStateDict(name).values()].map((t) => [t.name, [...t.shape]]));
    const map = mapOf('efficientnet').get('timm');
    const { diagnostics } = checkpointWeights(b0!, checkpointOf(shapesOf('timm_efficientnet_b1')), [naming(map!)]);
    expect(diagnostics.map((d) => d.message)).toMatchInlineSnapshot(`
      [
        "the model has 1 of 'stages.0.*', but 'x.safetensors' has 2 of 'blocks.0.*': is it for another variant?",
        "the model has 15 of 'stages.*.*', but 'x.safetensors' has 21 of 'blocks.*.*': is it for another variant?",
      ]
    `);
  });
});

describe('weights of another member of the family', () => {
  type Point = Parameters<typeof compileLibrary>[1];
  const published = (name: string) =>
    Object.fromEntries([...readStateDict(name).values()].map((t) => [t.name, [...t.shape]]));
  const built = (library: string, point: Point) =>
    Object.fromEntries(
      [...graphTensors(compileLibrary(library, point).graph!)].map(({ tensor }) => [tensor.name, [...tensor.shape]]),
    );
  const said = (library: string, point: Point, shapes: Record<string, number[]>) => {
    const { program, graph } = compileLibrary(library, point);
    const { diagnostics } = chooseWeights(program, graph!, { checkpoint: checkpointOf(shapes) });
    return diagnostics.flatMap(({ code, message }) => (code === 'weight-other-point' ? [message] : []));
  };
  const points = (options: string, model: string) => [
    `'x.safetensors' has the tensors of another ${model}: ${options} builds it`,
  ];

  it('are told by the variant or the width that has them', () => {
    const b1 = said('efficientnet', { variant: 'b0' }, published('timm_efficientnet_b1'));
    expect(b1).toEqual(points('--variant b1', 'EfficientNet'));
    const w100 = said('mobilenet-v2', { variant: 'w140' }, published('timm_mobilenetv2_100'));
    expect(w100).toEqual(points('--variant w100 or --variant table3_r2', 'MobileNetV2'));
    const narrow = said('mobilenet-v3', { variant: 'large' }, built('mobilenet-v3', { variant: 'large', w: 0.75 }));
    expect(narrow).toEqual(points('--variant large --w 0.75', 'MobileNetV3'));
    // the classes do not matter: the message of the last layer says what to do about these
    const classes = { ...published('timm_mobilenetv2_100'), 'classifier.weight': [7, 1280], 'classifier.bias': [7] };
    expect(said('mobilenet-v2', { variant: 'w140' }, classes)).toEqual(w100);
    expect(said('mobilenet-v2', { variant: 'w100' }, classes)).toEqual([]);
  });

  it('under unknown names ask for these', () => {
    const shapes = Object.entries(published('timm_mobilenetv2_100')).map(([name, s]) => [
      name.replace('blocks', 'x'),
      s,
    ]);
    const { program, graph } = compileLibrary('mobilenet-v2', {});
    const { diagnostics } = chooseWeights(program, graph!, {
      checkpoint: checkpointOf(Object.fromEntries(shapes)),
      converts: true,
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "the model has 16 of 'stages.*.*', but 'x.safetensors' has none of 'blocks.*.*': if its names are others, --map FILE states them",
    ]);
  });

  it('that the family does not have are told as such', () => {
    const odd = Object.fromEntries(
      Object.entries(published('timm_mobilenetv2_100')).map(([name, [first, ...rest]]) => [
        name,
        [first! + 1, ...rest],
      ]),
    );
    expect(said('mobilenet-v2', {}, odd)).toEqual([
      expect.stringContaining('no variant of MobileNetV2 has the tensors'),
    ]);
  });
});
