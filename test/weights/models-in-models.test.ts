import { expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { memoryHost } from '../language/build.ts';
import { readStateDict } from './state-dicts.ts';

const shapes = readStateDict('timm_efficientnet_b0');

/** timm's EfficientNet-B0; each tensor is filled with its place in the file. */
function b0(rename: (name: string) => string = (name) => name) {
  const names = [...shapes.keys()];
  const tensors = new Map([...shapes].map(([name, t]) => [rename(name), { ...t, name: rename(name) }]));
  const order = new Map(names.map((name, i) => [rename(name), i + 1]));
  const read = (name: string) => {
    const { shape } = tensors.get(name)!;
    return new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(order.get(name)!);
  };
  return { name: 'b0.safetensors', tensors, metadata: new Map<string, string>(), read, order };
}

function load(
  text: string,
  checkpoint: ReturnType<typeof b0>,
  allowMissing: string[] = [],
  options: CompileOptions = {},
) {
  const { program, graph, diagnostics } = compile({ name: 'm.enet', text }, options, memoryHost({}));
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const chosen = chooseWeights(program, graph!, { checkpoint, allowMissing, convention: 'torch' });
  const tensors = new Map(graph!.nodes.flatMap((n) => n.tensors.map((t) => [t.name, t] as const)));
  return { ...chosen, first: (name: string) => chosen.source?.read(tensors.get(name)!)[0] };
}

const spec = (body: string, before = '') => `import { EfficientNet } from "std/efficientnet"
${before}
model Features {
  convention torch
  input image: [3, 64, 64]
${body}
}
`;

it("a library model as a step takes its own map's names; what the outputs drop is surplus", () => {
  const checkpoint = b0();
  const text = spec('  trunk: EfficientNet(variant: b0)\n  return p3: trunk.stages.2, p4: trunk.stages.4');
  const { first, diagnostics } = load(text, checkpoint);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  expect(first('trunk.stem.conv.weight')).toBe(checkpoint.order.get('conv_stem.weight'));
  expect(first('trunk.stages.4.2.project.bn.weight')).toBe(checkpoint.order.get('blocks.4.2.bn3.weight'));
  expect(diagnostics.some((d) => d.code === 'weight-surplus')).toBe(true);
});

it("with the step's path before the names, two copies, and a layer of the outer model's own", () => {
  const body = `  left: EfficientNet(variant: b0, classes: 1000)
  right: EfficientNet(variant: b0, classes: 1000)
  out: Linear(3)`;
  const prefixed = b0((name) => `left.${name}`);
  const both = { ...prefixed, tensors: new Map([...prefixed.tensors, ...b0((name) => `right.${name}`).tensors]) };
  const text = spec(
    body.replace('right: ', 'right: image -> inner: ').replace('  out:', '  out: right -> Add(left) -> fc:'),
  );
  const alone = load(text, b0(), ['out.*']);
  expect(alone.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  expect(alone.first('left.stem.conv.weight')).toBe(alone.first('right.inner.stem.conv.weight'));
  const missing = load(text, b0());
  expect(missing.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([
    "'b0.safetensors' has no 'out.fc.weight'",
    "'b0.safetensors' has no 'out.fc.bias'",
  ]);
  expect(both.tensors.size).toBe(2 * shapes.size);
});

it('a model within a model within a model', () => {
  const before = `
model Middle {
  convention torch
  input image: [3, 64, 64]
  net: EfficientNet(variant: b0)
  return a: net.stages.6
}
`;
  const text = spec('  mid: Middle', before);
  for (const rename of [(n: string) => n, (n: string) => `mid.net.${n}`, (n: string) => `module.mid.net.${n}`]) {
    const checkpoint = b0(rename);
    const { first, diagnostics } = load(text, checkpoint, [], { model: 'Features' });
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(first('mid.net.stages.6.0.project.conv.weight')).toBe(
      checkpoint.order.get(rename('blocks.6.0.conv_pwl.weight')),
    );
  }
});

it.each(['module.', '_orig_mod.', 'module._orig_mod.', 'backbone.', 'a.b.c.'])(
  'a prefix of all names: %s',
  (prefix) => {
    const text = spec('  trunk: EfficientNet(variant: b0)');
    const checkpoint = b0((name) => prefix + name);
    const { first, diagnostics } = load(text, checkpoint);
    expect(diagnostics.map((d) => d.message)).toEqual([
      `all names in 'b0.safetensors' begin with '${prefix}': they are read without it`,
    ]);
    expect(first('trunk.classifier.bias')).toBe(checkpoint.order.get(`${prefix}classifier.bias`));
  },
);

it("a map in a file that imports its model: the imported model is built with it, and it goes before the library's column", () => {
  const map = `import { EfficientNet } from "std/efficientnet"
weights EfficientNet {
  | path       | mine |
  | classifier | fc   |
}
`;
  const named = (options: CompileOptions) => compile({ name: 'm.enet', text: map }, options, memoryHost({}));
  expect(named({ variant: 'b1' }).graph?.name).toBe('EfficientNet');
  expect(named({ model: 'EfficientNet' }).graph?.name).toBe('EfficientNet');
  expect(named({ model: 'EficientNet' }).diagnostics.map((d) => d.code)).toEqual(['unknown-model']);
});

it("a row of the outer model's map says where the inner model's names begin, and the inner map goes on from there", () => {
  const checkpoint = b0((name) => `backbone.body.${name}`);
  const fresh = { name: 'neck.out.weight', dtype: 'F32', shape: [8, 320, 1, 1], begin: 0, end: 0 };
  const both = {
    ...checkpoint,
    tensors: new Map([...checkpoint.tensors, [fresh.name, { ...shapes.get('conv_stem.weight')!, ...fresh }]]),
    read: (name: string) => (name === fresh.name ? new Float32Array(8 * 320).fill(-1) : checkpoint.read(name)),
  };
  const text = `${spec('  trunk: EfficientNet(variant: b0)\n  out: trunk.stages.6 -> conv: Conv(8, 1, bias: false)')}
weights Features {
  | path     | theirs          |
  | trunk    | backbone.body   |
  | out.conv | neck.out        |
  |          | backbone.body.* |
}
`;
  const { first, diagnostics, origin } = load(text, both);
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  expect(origin).toBe('b0.safetensors, the names of theirs, timm');
  expect(first('trunk.stages.4.2.project.bn.weight')).toBe(checkpoint.order.get('backbone.body.blocks.4.2.bn3.weight'));
  expect(first('out.conv.weight')).toBe(-1);
});

it('a column in the importing file is chosen by its name or by what fits, and replaces the one of its name', () => {
  const renamed = (name: string) => name.replace(/^classifier/, 'fc').replace(/^conv_stem/, 'stem');
  const maps = (column: string) => `import { EfficientNet } from "std/efficientnet"
weights EfficientNet {
  | path      | ${column} |
  | stem.conv | stem      |
  | stem.bn   | bn1       |
  |           | blocks    |
  |           | conv_head |
  |           | bn2       |
  |           | fc        |
}
model Stem {
  convention torch
  input image: [3, 64, 64]
  trunk: EfficientNet(variant: b0)
  return trunk.stem
}
`;
  for (const column of ['mine', 'timm']) {
    const { first, origin, diagnostics } = load(maps(column), b0(renamed));
    expect(diagnostics.map((d) => d.message)).toEqual([]);
    expect(origin).toBe(`b0.safetensors, the names of ${column}`);
    expect(first('trunk.stem.conv.weight')).toBe(1);
  }
});
