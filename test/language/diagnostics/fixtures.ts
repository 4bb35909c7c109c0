import type { CompileOptions } from '../../../src/compile.ts';
import type { buildDiagnostics } from '../../../src/diagnostics/catalog/build.ts';
import type { checkDiagnostics } from '../../../src/diagnostics/catalog/check.ts';
import type { resolveDiagnostics } from '../../../src/diagnostics/catalog/resolve.ts';
import type { scaleDiagnostics } from '../../../src/diagnostics/catalog/scale.ts';
import { model } from '../build.ts';

export type FixtureCode =
  | keyof typeof resolveDiagnostics
  | keyof typeof checkDiagnostics
  | keyof typeof scaleDiagnostics
  | keyof typeof buildDiagnostics;

/** A text with one mistake. */
export interface Fixture {
  readonly text: string;
  readonly options?: CompileOptions;
  /** Other files, by path in the folder of the spec. */
  readonly files?: Readonly<Record<string, string>>;
  /** What `check` says, where compiling says something else. */
  readonly check?: true;
  /** It is said where a bound of work is reached. */
  readonly bound?: true;
  /** More mistakes than one stand there. */
  readonly many?: true;
}

const block = (body: string, params = 'x') => model('  s: B', `block B(${params}) {\n${body}\n}`);
const members = (text: string, before = ''): Fixture => ({ text: model(text, before) });
const table = (rows: string, callee = 'Conv'): Fixture => ({
  text: model(
    `  s: ${callee} {\n${rows
      .split('\n')
      .map((row) => `    ${row}`)
      .join('\n')}\n  }`,
  ),
});
const family = model(`  param resolution: int = r(32)
  variants {
    | name | w   | resolution |
    | b0   | 1.0 | 32         |
    | b1   | 1.1 | 40         |
  }
  input image: [3, resolution, resolution]
  s: Conv(w(32), 3)`);
const formula = family.replace('  variants', '  scaling phi {\n    w = 2 - phi\n  }\n  variants');
const weights = (rows: string) => `${model('  s: Conv(8, 3)')}\nweights M {\n${rows}\n}\n`;
const times = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('\n');

/** A fixture for every code of the phases from resolving to building. */
export const fixtures: Readonly<Record<FixtureCode, Fixture>> = {
  // resolve
  'unknown-module': { text: `import { MBConv } from "std/block"\n${model('  s: MBConv(8)')}`, many: true },
  'import-path': {
    text: `import { Unit } from "./unit"\n${model('  s: Unit')}`,
    files: { 'unit.enet': 'block Unit(x) { return x }' },
    many: true,
  },
  'file-not-found': { text: `import { Unit } from "./unit.enet"\n${model('  s: Conv(8, 3)')}` },
  'file-unreadable': {
    text: `import { Unit } from "./folder.enet"\n${model('  s: Conv(8, 3)')}`,
    files: { 'folder.enet': 'UNREADABLE' },
  },
  'import-outside-root': { text: `import { Unit } from "../unit.enet"\n${model('  s: Conv(8, 3)')}` },
  'import-cycle': {
    text: `import { Unit } from "./unit.enet"\n${model('  s: Unit')}`,
    files: { 'unit.enet': 'import { M } from "./spec.enet"\nblock Unit(x) { return x -> relu }' },
  },
  'not-exported': {
    text: `import { Unitt } from "./unit.enet"\n${model('  s: Conv(8, 3)')}`,
    files: { 'unit.enet': 'block Unit(x) { return x -> relu }' },
  },
  'too-many-files': {
    text: `import { B } from "./0.enet"\n${model('  s: B')}`,
    files: Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [
        `${i}.enet`,
        `import { C } from "./${i + 1}.enet"\nblock ${i % 2 ? 'C' : 'B'}(x) { return x -> relu }`.replace(
          '{ C }',
          i % 2 ? '{ B }' : '{ C }',
        ),
      ]),
    ),
    many: true,
  },
  'duplicate-declaration': { text: `block B(x) { return x }\nblock B(x) { return x -> relu }\n${model('  s: B')}` },
  'builtin-shadowed': { text: `block Conv(x) { return x }\n${model('  s: relu')}` },
  'unused-import': { text: `import { ConvBnAct, MBConv } from "std/blocks"\n${model('  s: MBConv(8)')}` },
  'no-model': { text: 'block B(x) { return x }\n' },
  'which-model': { text: model('  s: Conv(8, 3)') + model('  s: Conv(8, 3)').replace('model M', 'model N') },
  'unknown-model': { text: model('  s: Conv(8, 3)').replace('model M', 'model Net'), options: { model: 'Nat' } },
  // check
  'unknown-name': members('  s: Conv(8, 3) -> swish'),
  'not-callable': members('  param n: int = 8\n  s: Conv(n, 3) -> n'),
  'not-a-function': members('  param n: int = 8\n  s: Conv(n(2), 3)'),
  'scaling-outside-model': { text: block('  return x -> c: Conv(w(8), 3)') },
  'unknown-parameter': members('  s: Conv(8, kernal: 3)'),
  'duplicate-argument': members('  s: Conv(8, kernel: 3, kernel: 5)'),
  'tensor-given-twice': { text: model('  s: relu -> B(x: image)', 'block B(x) { return x -> relu }') },
  'too-many-arguments': members('  s: Linear(10, true, 3)'),
  'too-many-tensors': members('  s: Split(3) -> c: Conv(8, 3)'),
  'missing-argument': members('  s: Conv(8)'),
  'one-argument-of': members('  s: Upsample'),
  'tensors-before': members('  a: Conv(8, 3)\n  b: Conv(8, 3)\n  c: Conv(8, 3)\n  sum: Add(a, b)'),
  'missing-tensor': members('  a = Add(image)\n  s: a -> relu'),
  'wrong-type': members('  s: Conv(8, 3, stride: relu)'),
  'not-whole': members('  s: Conv(8, 1.5)'),
  'expression-too-deep': {
    text: model(`  s: Conv(${'('.repeat(5)}${`1${' + 1'.repeat(60)}`}${`)${' + 1'.repeat(60)}`.repeat(5)}, 3)`),
  },
  'unnamed-setting': members('  convention torch(1e-3)\n  s: Conv(8, 3)'),
  'unknown-type': { text: block('  return x -> c: Conv(n, 3)', 'x, n: integer = 8') },
  'duplicate-name': members('  a: Conv(8, 3)\n  a: relu'),
  'conditional-chain': members('  y = image if 1 > 2 else image -> relu\n  s: y -> relu'),
  'duplicate-label': members('  s: relu -> c: Conv(8, 3) -> c: Conv(8, 3)'),
  'missing-label': members('  s: relu -> Conv(8, 3)'),
  'return-missing': { text: block('  require x.channels > 1') },
  'return-not-last': { text: block('  return x\n  require x.channels > 1') },
  'named-block-output': { text: block('  return y: x') },
  'recursive-block': { text: model('  s: A', 'block A(x) { return x -> b: B }\nblock B(x) { return x -> a: A }') },
  'duplicate-member': members('  convention tf\n  convention tf\n  s: Conv(8, 3)'),
  'mixed-conventions': members('  convention tf\n  convention torch\n  s: Conv(8, 3)'),
  'unknown-convention': members('  convention pytorch\n  s: Conv(8, 3)'),
  'no-input': { text: 'model M {\n  s: Conv(8, 3)\n}\n' },
  'no-section': members('  param n: int = 8\n  require n > 1'),
  'duplicate-column': table('| channels | kernel | kernel |\n| 8        | 3      | 5      |'),
  'unknown-column': table('| channels | kernal |\n| 8        | 3      |', 'Conv(kernel: 3)'),
  'missing-column': table('| channels |\n| 8        |'),
  'missing-cell': table('| channels | kernel |\n| 8        |        |'),
  'cell-not-taken': table(
    '| block  | channels | kernel |\n|        | 8        | 3      |\n| Linear |          | 3      |',
    'Conv(units: 10)',
  ),
  'argument-not-taken': table('| channels |\n| 8        |', 'Conv(kernel: 3, strides: 2)'),
  'cell-count': table('| channels | kernel |\n| 8        | 3      | 1      |'),
  'cell-values': table('| repeat | channels | kernel |\n| 1, 2   | 8        | 3      |'),
  'empty-table': table('| channels | kernel |'),
  'duplicate-row': table('| name | channels | kernel |\n| c2   | 8        | 3      |\n| c2   | 16       | 3      |'),
  'duplicate-phi': {
    text: model(
      '  param n: int = 8\n  variants {\n    | name | phi | n |\n    | a    | 1   | 8 |\n    | b    | 1   | 9 |\n  }\n  s: Conv(n, 3)',
    ),
  },
  'choice-outside-cell': members('  s: Conv({8, 16}, 3)'),
  'choices-of-one-name': members(
    '  s: Conv {\n    | channels | kernel    |\n    | 8 | {k: 3, 5} |\n    | 8 | {k: 3, 7} |\n  }',
  ),
  'string-outside-weights': members('  s: Conv(8, 3, padding: "same")'),
  'shared-without-label': members('  s: relu -> share Conv(8, 3)'),
  'shared-once': members('  s: relu -> share c: Conv(8, 3)'),
  'share-settings': members('  s: relu -> share(norms: apart) c: Conv(3, 3) -> share c: Conv(3, 3)'),
  'tensor-type': { text: 'block B(x: tensor, n: int) {\n  return x -> conv: Conv(n, 3)\n}\n' },
  'tensor-list-place': { text: 'block B(xs: tensor[], y) {\n  return Concat(xs) -> Add(y)\n}\n' },
  'unknown-property': { text: block('  return x -> c: Conv(x.chanels, 3)') },
  'wrong-argument-count': members('  s: Conv(round(8, 4, 2), 3)'),
  'unknown-scaling': members('  scaling phi {\n    depth = 1.2 ^ phi\n  }\n  s: Conv(8, 3)'),
  'tuple-size': members('  a, b = Split(image, 3)\n  s: a -> Add(b)'),
  'variant-without-name': {
    text: model('  param n: int = 8\n  variants {\n    | phi | n |\n    | 1   | 8 |\n  }\n  s: Conv(n, 3)'),
  },
  'reserved-name': members('  param phi: int = 8\n  s: Conv(phi, 3)'),
  'unused-parameter': members('  param n: int = 8\n  s: Conv(8, 3)'),
  'unused-value': members('  n = 8\n  s: Conv(8, 3)'),
  'rounded-filters': members('  s: Conv(w(116), 3)'),
  'more-problems': { text: model(`${times(120, (i) => `  param n${i}: int = 8`)}\n  s: Conv(8, 3)`), many: true },
  'unknown-weights-model': { text: weights('  | path | timm |\n  | s    | conv |').replace('weights M', 'weights N') },
  'weights-columns': { text: weights('  | name | timm |\n  | s    | conv |') },
  'unknown-weights-column': { text: weights('  convention tim: tf\n  | path | timm |\n  | s    | conv |') },
  'duplicate-source-convention': {
    text: weights('  convention timm: tf\n  convention timm: tf\n  | path | timm |\n  | s    | conv |'),
  },
  'weights-cell': { text: weights('  | path | timm |\n  | s    | 3    |') },
  'star-count': { text: weights('  | path | timm |\n  | s.*  | conv |') },
  // scale
  'phi-unset': {
    text: model('  variants {\n    | name | phi |\n    | a    | 1   |\n    | b    |     |\n  }\n  s: Conv(8 + phi, 3)'),
    options: { variant: 'b' },
    many: true,
  },
  'unknown-output': { text: model('  s: Conv(8, 3)'), options: { outputs: ['t'] } },
  'output-twice': { text: model('  s: Conv(8, 3)'), options: { outputs: ['s', 's'] } },
  'unknown-variant': { text: family, options: { variant: 'b2' } },
  'no-phi': { text: family, options: { phi: 3 } },
  'no-published-row': { text: formula, options: { phi: 1, rule: 'published' } },
  'no-formula': { text: family, options: { phi: 1, rule: 'formula' } },
  'bad-factor': { text: formula, options: { phi: 3 } },
  'scaling-circle': { text: formula.replace('w = 2 - phi', 'w = resolution / 32'), options: { phi: 1 } },
  'phi-and-variant': { text: formula, options: { phi: 1, variant: 'b0' } },
  'unused-override': { text: family, options: { d: 2 } },
  'unknown-override': { text: family, options: { set: { resolutoin: '64' } } },
  'bad-override': { text: family, options: { set: { resolution: '64,' } } },
  'override-conflict': { text: `${family}\n`.replace('w(32)', 'resolution'), options: { resolution: [32, 48] } },
  'normalisation-averaged': {
    text: model('  input image: [3, 32, 32] (mean: [0.3, 0.4, 0.5])\n  s: Conv(8, 3)'),
    options: { set: { image: '[1, 32, 32]' } },
  },
  'normalisation-channels': {
    text: model('  input image: [3, 32, 32]\n  s: Conv(8, 3)'),
    options: { preprocessing: { mean: [0.5, 0.5] } },
  },
  'not-a-choice': {
    text: table('| channels | kernel |\n| 8        | {3, 5} |').text,
    options: { set: { 's.0.kernel': '7' } },
  },
  // build
  'auxiliary-weight': members('  s: Conv(8, 3)\n  auxiliary -0.3: s\n  return s'),
  'division-by-zero': members('  param n: int = 0\n  s: Conv(8 / n, 3)'),
  'not-finite': members('  s: Conv(9 ^ 999, 3)'),
  'index-range': members('  param n: int[] = [8, 16]\n  s: Conv(n[2], 3)'),
  'shared-step-differs': members('  s: relu -> share c: Conv(8, 3) -> share c: Conv(8, 3)'),
  'incomplete-path': members('  s: relu -> Concat([image -> c: Conv(8, k) for k in [1, 3]])\n  t: s.c -> relu'),
  'requirement-failed': { text: block('  require x.channels > 3\n  return x') },
  'missing-value': members('  param n: int\n  s: Conv(n, 3)'),
  'bad-size': members('  s: Conv(0, 3)'),
  'too-many-blocks': table('| repeat   | channels | kernel |\n| 10 ^ 12  | 8        | 3      |'),
  'network-too-large': {
    text: model(
      '  s: B {\n    | repeat |\n    | 50000 |\n  }',
      'block B(x) { return x -> relu -> relu -> relu -> relu -> relu }',
    ),
  },
  'list-too-large': members(
    `  a = [${Array.from({ length: 101 }, () => 1).join(', ')}]\n  l = [[i + j for i in a] for j in a]\n  s: Conv(l[0][0], 3)`,
  ),
  'uneven-lists': members('  l = [a + b for a, b in [1, 2], [3]]\n  s: Conv(l[0], 3)'),
  'too-much-work': {
    text: model(
      '  s: B0',
      times(40, (i) =>
        i < 39 ? `block B${i}(x) { return x -> B${i + 1} -> B${i + 1} }` : `block B${i}(x) { return x }`,
      ),
    ),
    bound: true,
  },
  'blocks-too-deep': { text: model('  s: A(A)', 'block A(x, b: block) { return x -> c: b(b) }') },
  'group-count': members('  s: Conv(8, 3, groups: 2)'),
  'channel-split': members('  a, b = Split(image, 2)\n  s: a -> Add(b)'),
  'without-input': members('  g = Weight([3, 32, 32], 0)\n  s: image -> Concat(g)'),
  'number-operand': members('  s: Div(1, image)'),
  'shape-mismatch': members('  a: Conv(8, 3)\n  s: a -> Add(image)'),
  'output-padding': members('  s: Conv(8, 1) -> up: ConvTranspose(8, 3, stride: 2, output_padding: 2)'),
  'counted-and-added': members('  s: Conv(8, 1) -> AvgPool(3, stride: 2, padding: 1, count_pad: true, round_up: true)'),
  'needs-space': members('  a: Linear(10)\n  s: Conv(8, 3)'),
  'output-vanishes': members('  s: Conv(8, 40, padding: valid)'),
  'kernel-exceeds-input': members('  s: Conv(8, 65)'),
  'resolution-below-stride': members(
    '  input image: [3, 4, 4]\n  s: Conv(8, 3, 2) -> a: Conv(8, 2, 2) -> b: Conv(8, 1, 2)',
  ),
  'variants-not-built': {
    text: model(
      `  param n: int = 8\n  variants {\n    | name | n |\n${times(3000, (i) => `    | v${i} | ${i + 1} |`)}\n  }\n  s: relu {\n    | repeat |\n    | 1000 |\n  }\n  t: Conv(n, 1)`,
    ),
    check: true,
    bound: true,
  },
  'models-not-built': {
    text: `block B0(x) { return x -> relu }
${times(16, (i) => `block B${i + 1}(x) { return x -> B${i} -> B${i} }`)}
${times(6, (i) => `model M${i} {\n  input image: [3, 8, 8]\n  s: B16\n}`)}`,
    check: true,
    bound: true,
  },
  'open-choice': table('| channels | kernel |\n| 8        | {3, 5} |'),
  'conventions-differ': {
    text: model(
      '  convention tf\n  s: Inner',
      'model Inner {\n  convention torch\n  input x: [3, 8, 8]\n  c: Conv(8, 3)\n}',
    ),
    options: { model: 'M' },
  },
  'duplicate-output': members('  a: Conv(8, 3)\n  b: Conv(8, 3)\n  return features: a, features: b'),
  'duplicate-path': members('  s: B -> conv: Conv(8, 3)', 'block B(x) { return x -> conv: Conv(8, 3) }'),
  'unbuilt-input': members('  input a: [3, 8, 8]\n  input b: [3, 8, 8]\n  s: a -> c: Conv(8, 3)'),
};
