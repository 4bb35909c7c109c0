import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { isWhole } from '../../src/compile-spec.ts';
import { emptyHost } from '../../src/host.ts';
import { advise } from '../../src/quantise/advise/advise.ts';
import { obstaclesOf } from '../../src/quantise/advise/obstacles.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { enetc, folder } from '../cli/fake-io.ts';

function adviceOn(text: string, request: CompileOptions = {}) {
  const source = { name: 'net.enet', text };
  const network = compile(source, request);
  if (!isWhole(network)) throw new Error(network.diagnostics.map(({ message }) => message).join('; '));
  const { advice, diagnostics } = advise(source, emptyHost, request, network);
  expect(diagnostics).toEqual([]);
  return advice!;
}

/** What a graph computes at inference, without the places that it comes from. */
function computed(graph: Graph) {
  return removeTrainingOps(graph).nodes.map(({ op, inputs, shapes }) => ({ op, inputs, shapes }));
}

function graphOf(text: string, request: CompileOptions): Graph {
  const { graph, diagnostics } = compile({ name: 'net.enet', text }, request);
  expect(diagnostics).toEqual([]);
  return graph!;
}

test('EfficientNet without what stands in the way is EfficientNet-Lite, node by node, for each member', () => {
  const { text, before, after, findings } = adviceOn(stdlib['std/efficientnet']!, { variant: 'b0' });
  for (const [n, resolution] of [224, 240, 260, 280, 300].entries()) {
    const ours = graphOf(text, { variant: `b${n}`, resolution });
    const lite = graphOf(stdlib['std/efficientnet-lite']!, { variant: `lite${n}` });
    expect(computed(ours)).toEqual(computed(lite));
  }
  expect(before).toMatchObject({ params: 5_288_548, layers: 82, integer: 16 });
  // the published 4,652,008 parameters of Lite0; its classifier gives float32, as outputs do
  expect(after).toMatchObject({ params: 4_652_008, layers: 50, integer: 49 });
  expect(findings.map(({ name, count, edits }) => [name, count, edits])).toEqual([
    ['silu', 1, ['silu -> relu6']],
    ['silu', 31, ['silu -> relu6']],
    ['gate', 16, ['no se: 0.25']],
    ['silu', 1, ['silu -> relu6']],
  ]);
});

test.each([
  ['mobilenet-v3', ['large', 'small']],
  ['mnasnet', ['a1', 'b1', 'small']],
])('in %s every variant is rid of gates and hard swish, and columns that are empty are gone', (module, variants) => {
  const { text, left } = adviceOn(stdlib[`std/${module}`]!, { variant: variants[0]! });
  expect(left).toEqual([]);
  for (const variant of variants) expect(obstaclesOf(graphOf(text, { variant }))).toEqual([]);
  expect(text).not.toMatch(/\| se +\|/);
  // what is not in the way stays: the other columns, comments, the weight map
  expect(text).toContain('| dilation');
  expect(text).toContain(stdlib[`std/${module}`]!.slice(stdlib[`std/${module}`]!.indexOf('weights ')));
});

const own = `import { ConvBnAct } from "std/blocks"

/// A gate of my own.
block Gate(x, reduced: int) {
  g = x -> GlobalAvgPool -> a: Conv(reduced, kernel: 1) -> silu -> b: Conv(x.channels, kernel: 1) -> sigmoid
  return x -> Mul(g)
}

block Mine(x, channels: int, act: activation = mish, use_se: bool = true) {
  return x
    -> a: ConvBnAct(channels, 3, 1, 1, act)
    // a gate
    -> gate: Gate(8) if use_se
    -> b: ConvBnAct(channels, act: act)
}

block Always(x, channels: int) {
  g = x -> GlobalAvgPool -> a: Conv(channels, kernel: 1) -> sigmoid
  y = x -> Mul(g)
  return y -> gate: Gate(4) -> b: ConvBnAct(channels, act: gelu) -> last: Conv(channels, kernel: 1) -> hardswish
}

model Own {
  param act: activation = silu
  param dim: int = 16

  variants {
    | name | act       |
    | a    | silu      |
    | b    | hardswish |
  }

  input image: [3, 32, 32]

  stem: ConvBnAct(dim, act: act)
  body: Mine {
    | channels | use_se |
    | 16       | true   |
    | 16       | false  |
    | 16       |        |
  }
  more: Always(16)
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

test('blocks of one’s own: by the parameter that a gate hangs on, or without its step; activations where they are given', () => {
  const { text, left, findings } = adviceOn(own, { variant: 'a' });
  expect(left).toEqual([]);
  const canonical = (one: string) => format({ name: 'net.enet', text: one }).text;
  expect(canonical(text)).toBe(
    canonical(
      own
        .replace('activation = mish, use_se: bool = true', 'activation = relu6, use_se: bool = false')
        .replace(
          '  g = x -> GlobalAvgPool -> a: Conv(channels, kernel: 1) -> sigmoid\n  y = x -> Mul(g)\n',
          '  y = x\n',
        )
        .replace('y -> gate: Gate(4) -> b', 'y -> b')
        .replace('act: gelu', 'act: relu6')
        .replace('-> hardswish\n}', '-> relu6\n}')
        .replace('activation = silu', 'activation = relu6')
        .replace(
          '| name | act       |\n    | a    | silu      |\n    | b    | hardswish |',
          '| name | act   |\n    | a    | relu6 |\n    | b    | relu6 |',
        )
        .replace('| 16       | true   |', '| 16       | false  |'),
    ),
  );
  expect(findings.find(({ line }) => line === 9)).toMatchObject({ name: 'mish', count: 6, edits: ['mish -> relu6'] });
});

test('what another file gives, or has nothing in its place, is named as left', () => {
  const text = `import { EfficientNet } from "std/efficientnet"
model Uses {
  input image: [3, 64, 64]
  trunk: EfficientNet(image, classes: 0) -> LayerNorm
  classifier: Linear(10)
}
`;
  const { text: same, left } = adviceOn(text.replace('-> LayerNorm', '-> norm: LayerNorm'));
  expect(same).toBe(text.replace('-> LayerNorm', '-> norm: LayerNorm'));
  const names = left.map(({ name }) => name);
  expect(names.filter((name) => name === 'silu')).toHaveLength(33);
  expect(names.at(-1)).toBe('layerNorm');
});

test('quantize writes a new spec, or into the spec, and refuses what would be lost', async () => {
  const cwd = folder({});
  expect(await enetc(['quantize', 'efficientnet'], { cwd })).toMatchObject({ code: 2 });
  const ran = await enetc(['quantize', '--advise', 'efficientnet', '-o', 'lite.enet', '--json'], { cwd });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(ran.out)).toMatchObject({ file: 'lite.enet', after: { params: 4_652_008 }, left: [] });
  expect(readFileSync(join(cwd, 'lite.enet'), 'utf8')).toBe(JSON.parse(ran.out).text);
  expect(await enetc(['quantize', '--advise', 'efficientnet', '-o', 'lite.enet'], { cwd })).toMatchObject({ code: 1 });
  expect(await enetc(['quantize', '--advise', 'efficientnet', '--write'], { cwd })).toMatchObject({
    code: 2,
    err: expect.stringContaining('--write needs a spec in a file of your own'),
  });
  // a text that is not in canonical form keeps its own form
  writeFileSync(
    join(cwd, 'own.enet'),
    own.replace('stem: ConvBnAct(dim, act: act)', 'stem:   ConvBnAct(dim, act: act)'),
  );
  expect(await enetc(['quantize', '--advise', '--write', 'own.enet'], { cwd })).toMatchObject({ code: 0 });
  const written = readFileSync(join(cwd, 'own.enet'), 'utf8');
  expect(written).toContain('stem:   ConvBnAct');
  expect(written).toContain('| b    | relu6 |');
  const diff = await enetc(['diff', 'efficientnet@b0', 'lite.enet@b0'], { cwd });
  expect(diff.out).toContain('5.29 M → 4.65 M');
  expect((await enetc(['quantize', '--advise', 'lite.enet', '-o', 'again.enet'], { cwd })).out).toContain(
    'no edit is known: no file is written',
  );
});
