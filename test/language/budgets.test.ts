import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { activationMemory } from '../../src/5-graph/memory.ts';
import { build, messages, model, problems } from './build.ts';

const members =
  '  stem: Conv(8, 3, stride: 2)\n  body: Conv(16, 3) -> relu\n  unused: stem -> c: Conv(64, 3)\n  head: body -> GlobalAvgPool';
const requiring = (condition: string) =>
  model(`  param limit: real = 1e6\n  require limit > 0\n${members}\n  require ${condition}`);

test('a model requires bounds of the network that is built: what the outputs reach, for one image', () => {
  const { graph } = build(requiring('true'));
  const { params, macs, activations } = totalCost(graph);
  expect(params).toBe(8 * 27 + 8 + 16 * 72 + 16);
  expect(macs).toBe(256 * 8 * 27 + 256 * 16 * 72);
  expect(problems(requiring(`params == ${params} and macs == ${macs} and activations == ${activations}`))).toEqual([]);
  expect(problems(requiring(`peak_memory == ${activationMemory(graph).peak}`))).toEqual([]);
  expect(problems(requiring('macs <= limit'))).toEqual([]);
});

test('a budget that is exceeded ends the build, with what the network has', () => {
  expect(messages(requiring('macs <= 300e3'))).toEqual([
    "requirement-failed: the requirement 'macs <= 300e3' does not hold here: macs is 350,208",
  ]);
  expect(messages(requiring('params < 1000 or macs < limit / 4'))).toEqual([
    "requirement-failed: the requirement 'params < 1000 or macs < limit / 4' does not hold here: params is 1,392, macs is 350,208",
  ]);
});

test('a budget may stand above the sections, and hang on the point', () => {
  const text = model(`  scaling phi {}\n  require macs <= (200e3 if phi == 0 else 400e3)\n${members}`);
  expect(problems(text, { phi: 1 })).toEqual([]);
  expect(problems(text)).toEqual(['requirement-failed']);
});

test('a model within another is measured by its own nodes', () => {
  const inner = `
model Inner {
  input x: [3, 16, 16]
  stem: Conv(4, 1)
  head: GlobalAvgPool
  require params <= 16 and macs == 4 * 3 * 1024
}`;
  expect(
    problems(model('  first: Conv(3, 3)\n  trunk: Inner(first)\n  last: Linear(100)', inner), { model: 'M' }),
  ).toEqual([]);
  const tight = inner.replace('<= 16', '< 16');
  expect(
    messages(model('  first: Conv(3, 3)\n  trunk: Inner(first)\n  last: Linear(100)', tight), { model: 'M' }),
  ).toEqual([
    "requirement-failed: the requirement 'params < 16 and macs == 4 * 3 * 1024' does not hold here: params is 16, macs is 12,288",
  ]);
});

test('a parameter of such a name is itself, and elsewhere nothing is called so', () => {
  expect(problems(model('  param macs: int = 1\n  require macs == 1\n  s: Conv(macs, 1)'))).toEqual([]);
  expect(messages(model('  s: Conv(macs, 1)'))).toEqual([
    "unknown-name: nothing here is called 'macs'; only the 'require' of a model sees what the built network has",
  ]);
  expect(problems(model('  s: B', 'block B(x) {\n  require macs < 3\n  return x -> relu\n}'))).toEqual([
    'unknown-name',
  ]);
});

test('each variant is held to its budget where the file is checked', () => {
  const text = model(
    `  param n: int = 8\n  variants {\n    | name  | n  |\n    | small | 8  |\n    | large | 64 |\n  }\n  s: Conv(n, 3)\n  require params <= 1000`,
  );
  expect(problems(text, { variant: 'small' })).toEqual([]);
  expect(problems(text, { variant: 'large' })).toEqual(['requirement-failed']);
});
