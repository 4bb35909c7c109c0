import { expect, test } from 'vitest';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import type { CompletionItem } from '../../src/ide/features/completion/item.ts';
import { openFixture } from './fixture.ts';

function complete(texts: string | Readonly<Record<string, string>>): readonly CompletionItem[] {
  const { ide, path, offset } = openFixture(texts);
  return completionAt(ide, path, offset).items;
}

function labels(texts: string | Readonly<Record<string, string>>): string[] {
  return complete(texts).map(({ label }) => label);
}

const imports = 'import { ConvBnAct, MBConv } from "std/blocks"\n';
const model = (members: string) => `${imports}model Net {
  param classes: int = 10
  param act: activation = silu
  input image: [3, 32, 32]
  ${members}
  head: GlobalAvgPool
}
`;
const block = (body: string) =>
  `${imports}block B(x, n: int, act: activation = relu, last: bool = true) {\n  ${body}\n}\n`;
const stages = (rows: string) => model(`stages: MBConv(se: 0.25) {\n    ${rows}\n  }`);

/** Where the cursor stands, the text, what is offered among other things, and what is not. */
const places: [place: string, text: string, offered: string[], not: string[]][] = [
  ['an empty file', '▮', ['import', 'block', 'model', 'weights', 'model { }'], ['param', 'return']],
  ['below a block', 'block B(x) {\n  return x\n}\n▮', ['block', 'model', 'weights'], ['import']],
  ['after imports', `${imports}▮`, ['import', 'block', 'model'], ['from']],
  ['the braces of an import', 'import { MBConv, ▮ } from "std/blocks"', ['ConvBnAct'], ['MBConv', 'ResNet', 'Conv']],
  ['the braces of an import of nothing yet', 'import { ▮', ['MBConv', 'ResNet'], ['Conv']],
  ['after the braces', 'import { MBConv } ▮', ['from'], ['import']],
  ['after from', 'import { MBConv } from ▮', ['std/blocks', 'std/resnet'], []],
  ['the path', 'import { MBConv } from "st▮"', ['std/blocks', 'std/resnet'], ['./main.enet']],
  ['the path, unclosed', 'import { MBConv } from "▮\nmodel X {\n}', ['std/blocks'], []],
  ['the type of a parameter', 'block B(x, n: ▮) {\n}', ['int', 'activation', 'block'], ['import', 'Conv']],
  ['the default of a list', 'block B(x, n: int[] = ▮', ['[...]'], []],
  ['below a list', 'model M {\n  param n: int[] = [8, 16]\n\n  ▮', ['param', 'convention', 'input'], ['n', 'relu']],
  ['below a table of nothing yet', 'model M {\n  variants {}\n  ▮', ['param', 'input'], ['relu']],
  ['the default of a parameter', 'block B(x, n: int, act: activation = ▮', ['relu', 'silu'], ['act', 'n', 'true']],
  ['a default that sees the parameters before', 'block B(x, n: int, m: int = ▮', ['n', 'round'], ['m', 'd', 'relu']],
  ['a body', block('▮'), ['return', 'require'], ['param', 'input', 'import']],
  ['a value', block('y = ▮\n  return y'), ['x', 'n', 'Conv', 'Add', 'relu', 'round'], ['y', 'w', 'd']],
  [
    'after an arrow',
    block('return x -> ▮'),
    ['Conv', 'ConvBnAct', 'relu', 'act', 'SqueezeExcite'],
    ['B', 'n', 'round'],
  ],
  ['after a label', block('return x -> conv: ▮'), ['Conv', 'MBConv'], ['n']],
  ['after a step', block('return x -> relu ▮'), ['if'], ['Conv', 'x']],
  ['a condition', block('return x -> relu if ▮'), ['last', 'n', 'x', 'not', 'true'], ['index']],
  ['within a condition', block('return x -> relu if last ▮'), ['and', 'or'], []],
  ['what is required', block('require ▮\n  return x'), ['last', 'n', 'not'], []],
  ['tensors of a section', model('stem: Conv(8, 3)\n  sum: Add(stem, ▮)'), ['stem', 'image'], ['head']],
  ['arguments', block('return x -> conv: Conv(▮)'), ['channels', 'kernel', 'bias', 'n'], ['x2', 'relu']],
  [
    'arguments, some given',
    block('return x -> conv: Conv(n, ▮, bias: false)'),
    ['kernel', 'stride'],
    ['channels', 'bias'],
  ],
  ['an int', block('return x -> conv: Conv(channels: ▮'), ['n', 'floor'], ['channels', 'kernel', 'relu', 'w']],
  ['a bool', block('return x -> conv: Conv(n, 3, bias: ▮)'), ['true', 'false', 'last'], ['relu']],
  ['a padding', block('return x -> conv: Conv(n, 3, padding: ▮)'), ['same', 'symmetric', 'valid'], ['relu']],
  ['an activation', block('return x -> c: ConvBnAct(n, act: ▮)'), ['relu', 'hardswish', 'act'], ['true', 'Conv', 'n']],
  ['tensors', block('y = relu(x)\n  return x -> Add(▮)'), ['y', 'x'], ['channels']],
  ['after a dot', block('return x -> c: Conv(x.▮, 3)'), ['channels', 'height', 'width'], ['n']],
  ['after a dot, half typed', block('return x -> c: Conv(x.cha▮, 3)'), ['channels'], ['x.channels']],
  ['a property of an element', block('t = [relu(x)]\n  return x -> c: Conv(t[0].▮, 3)'), ['channels'], ['n']],
  ['a comprehension', block('t = [x -> c: Conv(n, ▮) for k in [3, 5]]\n  return t'), ['k', 'n'], []],
  ['after for', block('t = [x -> c: Conv(n, k) for k ▮'), ['in'], ['for']],
  ['before for', block('t = [x -> relu ▮'), ['for', 'if'], []],
  [
    'the members of a model',
    model('▮'),
    ['param', 'convention', 'scaling', 'variants', 'table', 'return', 'stem: '],
    ['import', 'block'],
  ],
  ['members there once', model('convention tf\n  ▮'), ['param', 'scaling'], ['convention']],
  ['a convention', model('convention ▮'), ['tf', 'torch'], ['relu']],
  ['a step that takes a tensor', block('return x -> ▮'), ['Conv'], ['Weight']],
  ['what takes no tensor', block('return Add(x, ▮)'), ['Weight'], []],
  ['an interpolation', block('return x -> Upsample(2, mode: ▮)'), ['nearest', 'bilinear'], ['relu', 'same']],
  ['a tensor that lends its size', block('return x -> Upsample(to: ▮)'), ['x'], ['relu', 'same']],
  ['settings of a convention', model('convention tf(▮)'), ['epsilon', 'padding', 'count_pad'], ['Conv', 'classes']],
  ['a setting of a convention', model('convention tf(padding: ▮)'), ['same', 'valid'], ['relu']],
  ['settings of an input', model('input second: [3, 32, 32] (mean: [0, 0, 0], ▮)'), ['std'], ['mean', 'classes']],
  ['the sides of an input', model('input second: [3, ▮, 32]'), ['classes', 'r', 'w'], ['relu']],
  ['scaling', model('scaling ▮ {\n  }'), ['phi'], []],
  ['factors', model('scaling phi {\n    ▮\n  }'), ['d', 'w', 'r', 'w(n) = '], ['param']],
  ['a factor', model('scaling phi {\n    d = 1.2 ^ ▮\n  }'), ['phi', 'classes'], ['w', 'image']],
  ['a rounding', model('scaling phi {\n    w(n) = round(▮)\n  }'), ['n', 'w'], ['image']],
  ['the weight of auxiliary outputs', model('stem: ConvBnAct(8)\n  auxiliary ▮'), ['classes'], ['relu']],
  ['an auxiliary output', model('stem: ConvBnAct(8)\n  auxiliary 0.3: ▮'), ['stem', 'image'], ['head', 'classes']],
  ['an objective', model('maximize ▮'), ['accuracy', 'latency_ms', 'macs', 'classes'], ['relu']],
  ['a section', model('stem: ▮'), ['ConvBnAct', 'MBConv', 'Conv', 'image', 'ResNet'], ['stem', 'head', 'Net', 'round']],
  ['a section with a label', model('stem: conv: ▮'), ['Conv'], []],
  ['filters', model('stem: ConvBnAct(▮)'), ['channels', 'w', 'classes'], ['x']],
  ['a return', model('stem: ConvBnAct(8)\n  return ▮'), ['stem', 'image'], ['head', 'classes']],
  ['a return with a name', model('stem: ConvBnAct(8)\n  return low: ▮'), ['stem'], ['head']],
  [
    'the columns of a stage table',
    stages('| channels | ▮'),
    ['repeat', 'kernel', 'expand', 'name', 'block'],
    ['channels', 'x'],
  ],
  ['columns in the middle', stages('| channels | ▮ | expand |'), ['kernel'], ['channels', 'expand']],
  ['a cell', stages('| channels | act |\n    | ▮ |'), ['w', 'classes', 'index', 'count'], ['relu']],
  ['a cell of activations', stages('| channels | act |\n    | 8 | ▮ |'), ['relu', 'act'], ['w', 'index']],
  [
    'a cell of blocks',
    stages('| block | channels |\n    | ▮ |  |'),
    ['MBConv', 'ConvBnAct', 'Conv', 'SeparableConv'],
    ['w', 'relu'],
  ],
  ['a cell of names', stages('| name | channels |\n    | ▮ | 3 |'), [], ['w', 'MBConv']],
  ['repeats', stages('| repeat | channels |\n    | ▮ | 3 |'), ['d', 'classes'], ['index']],
  ['behind a full row', stages('| channels |\n    | 8 | ▮'), [], ['w', 'relu']],
  [
    'arguments before a table',
    model('stages: MBConv(drop: ▮) {\n    | channels |\n    | 8 |\n  }'),
    ['index', 'count'],
    [],
  ],
  [
    'a table by name',
    model('table rows {\n    | channels |\n    | 8 |\n  }\n  stages: ConvBnAct { ▮'),
    ['rows'],
    ['w'],
  ],
  [
    'the columns of a table by name',
    model('table rows {\n    | channels | ▮ |\n    | 8 | |\n  }\n  stages: ConvBnAct { rows }'),
    ['kernel', 'groups'],
    ['expand'],
  ],
  [
    'the columns of variants',
    model('variants {\n    | name | ▮'),
    ['phi', 'd', 'w', 'r', 'classes', 'act'],
    ['name', 'repeat'],
  ],
  ['a cell of variants', model('variants {\n    | name | act |\n    | a | ▮ |'), ['relu'], ['index', 'image']],
  ['the model of a weight map', `${model('stem: ConvBnAct(8)')}weights ▮`, ['Net'], ['ConvBnAct', 'relu']],
  ['the columns of a weight map', `${model('')}weights Net {\n  | ▮`, ['path'], ['timm']],
  ['the columns of a weight map, named', `${model('')}weights Net {\n  | path | ▮`, ['timm'], ['path']],
  [
    "settings of a weight map's convention",
    `${model('')}weights Net {\n  convention timm: torch(epsilon: 1e-3, ▮)\n}`,
    ['momentum', 'mean', 'std'],
    ['epsilon', 'classes', 'relu'],
  ],
  [
    'paths',
    `${model('stem: ConvBnAct(8)')}weights Net {\n  | path | timm |\n  | ▮ | |\n}`,
    ['stem.conv', 'stem.bn'],
    ['head', 'relu'],
  ],
  [
    'paths: the elements of a comprehension have numbers, shared steps none, a parameter holds its default table',
    `${model(`param rows: table = narrow
  table narrow {
    | channels |
    | 8        |
  }
  stem: ConvBnAct(8)
  stages: ConvBnAct { rows }
  maps = [x -> conv: Conv(8, kernel: 3) for x in [stem, stages]]
  heads = [x -> share out: Conv(8, kernel: 3) for x in [stem, stages]]`)}weights Net {
  | path | timm |
  | ▮ | |
}`,
    ['conv.*', 'out', 'stages.*.conv', 'stages.0.bn'],
    ['conv', 'out.*', 'maps', 'heads'],
  ],
];

test.each(places)('%s', (_place, text, offered, not) => {
  const found = labels(text);
  expect(found).toEqual(expect.arrayContaining(offered));
  for (const label of not) expect(found).not.toContain(label);
});

test.each(places)('%s, and nothing after it', (_place, text, offered, not) => {
  const [before = '', after = ''] = text.split('▮');
  // what is looked up below or to the right cannot be known
  if (/for k in|\} from|rows \}|expand \||bias: false|\| channels \|\n {4}\| 8 \|\n/.test(after)) return;
  const found = labels(`${before}▮`);
  expect(found).toEqual(expect.arrayContaining(offered));
  for (const label of not) if (label !== 'convention') expect(found).not.toContain(label);
});

test.each([
  ['a comment', 'model X {\n  // sta▮\n}'],
  ['documentation', '/// ▮\nmodel X {\n}'],
  ['a number', 'block B(x) {\n  y = 3▮\n}'],
  ['a new name', 'model ▮'],
  ["a parameter's name", 'block B(▮'],
  ['the name of a comprehension', 'block B(x) {\n  y = [x for ▮'],
])('nothing is offered in %s', (_place, text) => expect(labels(text)).toEqual([]));
