import { expect, test } from 'vitest';
import { weightMapsOf } from '../../src/2-resolve/choose-model.ts';
import { checkSource } from '../../src/check-source.ts';
import { build, model } from './build.ts';

const spec = (rows: string, name = 'M') => `${model('  s: Conv(8, 3)')}\nweights ${name} {\n${rows}\n}`;
const codes = (text: string) => checkSource({ name: 'a.enet', text }).diagnostics.map((d) => d.code);

test('rule 12: a weight map is a table: paths, and what each kind of checkpoint calls them', () => {
  const text = spec(
    '  | path | timm |\n  | s | conv_stem |\n  | s.*.conv | "layer*.conv" |\n  | a | b, c |\n  | d | |',
  );
  expect(codes(text)).toEqual([]);
  const { program, model: declared } = build(text);
  expect(declared && weightMapsOf(program, declared).map((w) => w.node.rows.rows.length)).toEqual([4]);
});

test('rule 12: its model must be there, its columns begin with `path`', () => {
  expect(codes(spec('  | path | timm |\n  | s | c |', 'N'))).toEqual(['unknown-weights-model']);
  expect(codes(spec('  | name | timm |\n  | s | c |'))).toEqual(['weights-columns']);
  expect(codes(spec('  | path |\n  | s |'))).toEqual(['weights-columns']);
  expect(codes(spec('  | path | timm | timm |\n  | s | c | d |'))).toEqual(['duplicate-column']);
  expect(codes(spec('  | path | timm |\n  | s |'))).toEqual(['cell-count']);
});

test('rule 12: cells are paths and strings, and their stars can pair', () => {
  expect(codes(spec('  | path | timm |\n  | s | 3 |'))).toEqual(['weights-cell']);
  expect(codes(spec('  | path | timm |\n  | s.* | c |'))).toEqual(['star-count']);
  expect(codes(spec('  | path | timm |\n  | s.*.* | c.* |'))).toEqual([]);
});

test('a weight map may stand in a file that imports its model', () => {
  const text = 'import { ResNet } from "std/resnet"\nweights ResNet {\n  | path | mine |\n  | stem.conv | c |\n}';
  expect(codes(text)).toEqual([]);
});

test('rule 12: a column may say under which convention its weights were trained, also for some variants', () => {
  const family = model(`  variants {
    | name | w |
    | a    | 1 |
    | b    | 2 |
  }
  input image: [3, 32, 32]
  s: Conv(w(8), 3)`);
  const map = (conventions: string) =>
    codes(`${family}\nweights M {\n${conventions}\n  | path | timm | tv |\n  | s | c | d |\n}`);
  expect(map('  convention tv: torch\n  convention tv: torch(epsilon: 1e-3, mean: [0.5, 0.5, 0.5]) for b')).toEqual([]);
  expect(map('  convention timm: tf\n  convention timm: torch')).toEqual([]);
  expect(map('  convention tv: torch for a\n  convention tv: torch for b, a')).toEqual(['duplicate-source-convention']);
  expect(map('  convention tim: tf')).toEqual(['unknown-weights-column']);
  expect(map('  convention tv: torch for c')).toEqual(['unknown-variant']);
  expect(map('  convention tv: pytorch')).toEqual(['unknown-convention']);
  expect(map('  convention tv: torch(eps: 1e-3)')).toEqual(['unknown-parameter']);
  expect(map('  convention tv: torch(epsilon: 1 / 1000)')).toEqual(['wrong-type']);
  expect(map('  convention tv: torch(epsilon: true)')).toEqual(['wrong-type']);
});
