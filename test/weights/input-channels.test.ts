import { expect, it } from 'vitest';
import type { TensorSpec } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';

const text = (channels: number, groups = 1) => `model M {
  convention torch
  input image: [${channels}, 8, 8]
  stem: conv: Conv(2, 2, groups: ${groups}, bias: false) -> bn: BatchNorm -> relu
  body: Conv(2, 1, bias: false)
}`;

/** The first kernels that a network takes from a file in which they count up from 0. */
function adapted(channels: number, shape: readonly number[], allowMissing: readonly string[] = [], groups = 1) {
  const { program, graph, diagnostics } = compile({ name: 'm.enet', text: text(channels, groups) });
  expect(diagnostics).toEqual([]);
  const own = new Map(graph!.nodes.flatMap((n) => n.tensors.map((t): [string, TensorSpec] => [t.name, t])));
  const there = new Map([...own].map(([name, t]) => [name, { name, shape: t.shape, dtype: 'F32' }]));
  there.set('stem.conv.weight', { name: 'stem.conv.weight', shape: [...shape], dtype: 'F32' });
  const read = (name: string) =>
    Float32Array.from({ length: there.get(name)!.shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  const checkpoint = { name: 'x', tensors: there, metadata: new Map<string, string>(), read };
  const chosen = chooseWeights(program, graph!, { checkpoint, allowMissing });
  return {
    values: chosen.source && [...chosen.source.read(own.get('stem.conv.weight')!)],
    said: chosen.diagnostics.map((d) => `${d.severity}: ${d.message}`),
  };
}

// timm.models._manipulate.adapt_input_conv(n, torch.arange(24.).reshape(2, 3, 2, 2)), timm 1.0.29
it('kernels for three channels are summed for one, as timm does', () => {
  const { values, said } = adapted(1, [2, 3, 2, 2]);
  expect(values).toEqual([12, 15, 18, 21, 48, 51, 54, 57]);
  expect(said).toEqual([
    "warning: 'stem.conv.weight' in 'x' is for images of 3 channels, the network takes 1: its kernels are summed over the channels",
  ]);
});

it('for more channels they are repeated and scaled, as timm does', () => {
  const { values, said } = adapted(4, [2, 3, 2, 2]);
  expect(values?.slice(0, 16)).toEqual([
    0, 0.75, 1.5, 2.25, 3, 3.75, 4.5, 5.25, 6, 6.75, 7.5, 8.25, 0, 0.75, 1.5, 2.25,
  ]);
  expect(said[0]).toContain('repeated over the channels and scaled by 3/4');
});

it('kernels for one channel give for three equal channels what they gave for one', () => {
  const { values } = adapted(3, [2, 1, 2, 2]);
  const sums = [0, 1, 2, 3].map((i) => [0, 4, 8].reduce((sum, at) => sum + (values?.[at + i] as number), 0));
  for (const [i, sum] of sums.entries()) expect(sum).toBeCloseTo(i, 6);
});

it('what may be missing is initialised and not adapted', () => {
  const { values, said } = adapted(1, [2, 3, 2, 2], ['stem.*']);
  expect(values).not.toEqual([12, 15, 18, 21, 48, 51, 54, 57]);
  expect(said.join()).toContain('initialised from the seed');
  expect(said.join()).not.toContain('summed');
});

it('other differences are errors still: filters, windows, groups', () => {
  expect(adapted(1, [4, 3, 2, 2]).said[0]).toMatch(/^error: 'stem.conv.weight' is \[2, 1, 2, 2\]/);
  expect(adapted(1, [2, 3, 3, 3]).said[0]).toMatch(/^error/);
  expect(adapted(2, [2, 3, 2, 2], [], 2).said[0]).toMatch(/^error/);
});
