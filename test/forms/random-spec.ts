import { type Graph, shapeOf } from '../../src/5-graph/graph.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { declarationsFor } from './random-blocks.ts';
import { randomChoices } from './random-choices.ts';

type Choices = ReturnType<typeof randomChoices>;

/** A value of a spec that further sections may read. */
interface Named {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A spec, and the point of its family that is built. */
export interface RandomSpec {
  readonly text: string;
  readonly options: CompileOptions;
}

/** What every random model has: a family of which values and conditions of the network depend on the point. */
const family = `  param width: int = round(2 * 1.3 ^ phi)
  param odd: bool = phi % 2 == 1 or variant == large

  scaling phi {
    d = 1 + phi / 2
    w = 1.4 ^ phi
    r = 1 + phi / 4
    w(n) = ceil(n * w)
  }

  variants {
    | name  | phi | width | w   |
    | small | 0   | 3     |     |
    | large | 2   |       | 1.5 |
  }
`;

const points: readonly CompileOptions[] = [
  {},
  { variant: 'small' },
  { variant: 'large' },
  { phi: 1 },
  { phi: 2, rule: 'formula' },
  { phi: 3 },
];

/**
 * A legal spec of the seed: chains, calls of two to five tensors, lists, blocks, tables, conditions, values that depend on
 * conditions and on the point of the family, models as steps, paths, shared steps, several inputs and outputs, vectors and maps of
 * one pixel, with all attributes of all ops. What does not fit is tried again.
 * @param classifier whether it has one input and gives one vector, as what is trained does; it may have auxiliary outputs.
 */
export function randomSpec(seed: number, classifier = false): RandomSpec {
  const pick = randomChoices(seed);
  const options: CompileOptions = { model: 'Random', ...pick.of(points) };
  const convention = pick.of([
    'tf',
    'torch',
    'tf(epsilon: 0.01, momentum: 0.5)',
    'torch(count_pad: false, padding: same)',
  ]);
  const inputs = ['image', 'other', 'third'].slice(0, classifier ? 1 : pick.of([1, 1, 1, 2, 3]));
  const side = () => (pick.chance(0.8) ? `${pick.from(1, 11)}` : `r(${pick.from(2, 6)})`);
  const sizes = [side(), side()];
  const channels = pick.from(1, 8);
  const start = [family, `  convention ${convention}`];
  for (const input of inputs) {
    const size = pick.chance(0.7) ? sizes : [side(), side()];
    start.push(`  input ${input}: [${pick.chance(0.7) ? channels : pick.from(1, 6)}, ${size.join(', ')}]`);
  }
  let lines = start;
  const text = (body: readonly string[], outputs: readonly string[]) =>
    `${declarationsFor(body.join())}model Random {\n${body.join('\n')}\n  return ${outputs.join(', ')}\n}\n`;
  const shapesOf = (body: readonly string[], names: readonly string[]): readonly Named[] | undefined => {
    const outputs = names.map((name, i) => `o${i}: ${name}`);
    const { graph } = compile({ name: 'random.enet', text: text(body, outputs) }, options);
    return graph && graph.outputs.length === names.length && sizeOf(graph) < 200_000
      ? names.map((name, i) => ({ name, shape: shapeOf(graph, graph.outputs[i]!.value) }))
      : undefined;
  };
  let values = shapesOf(lines, inputs) ?? [];
  const wanted = pick.from(2, 7);
  for (let made = 0, tries = 0; made < wanted && tries < 40; tries++) {
    const more = section(pick, values, `s${made}`);
    const tried = [...lines, more.text];
    const found = shapesOf(tried, [...values.map(({ name }) => name), ...more.names]);
    if (!found) continue;
    lines = tried;
    values = found;
    made++;
  }
  if (classifier) {
    const sides = pick.several(values, pick.of([0, 0, 1, 2]));
    const auxiliary = sides.map(
      ({ name }, i) =>
        `  auxiliary ${pick.of(['0.3', 'width / 10', '(1 if odd else 0)'])}: ${name} -> aux${i}: Linear(3)`,
    );
    return {
      text: text([...lines, `  classes: ${values.at(-1)!.name} -> fc: Linear(3)`, ...auxiliary], ['classes']),
      options,
    };
  }
  // The last values, that most others lead to, and some of the others.
  const made = values.slice(inputs.length);
  const outputs = [...made.slice(-pick.from(1, 2)), ...pick.several(made, pick.from(0, 2))];
  const listed = outputs.map(({ name }, i) => (pick.chance(0.5) || name.includes('[') ? `out${i}: ${name}` : name));
  if (pick.chance(0.1) || listed.length === 0) listed.push(`same: ${pick.of(inputs)}`);
  return { text: text(lines, [...new Set(listed)]), options };
}

function sizeOf(graph: Graph): number {
  const sizes = graph.nodes.flatMap(({ shapes }) => shapes.map((shape) => shape.reduce((a, b) => a * b, 1)));
  return Math.max(...sizes) + sizes.length;
}

/** Conditions that a model may state of its inputs, its parameters and its point. */
const conditions = [
  'image.height > 4',
  'image.channels == 3',
  'true',
  'odd',
  'not odd and phi > 0',
  'variant == large',
  'width % 2 == 0',
];

/** A whole number, as it is or by the point of the family. */
function number(pick: Choices, most: number): string {
  if (pick.chance(0.7)) return String(pick.from(1, most));
  return pick.of(['width', 'w(2)', '1 + phi', 'd(1)', '4 if odd else 3', 'image.width % 3 + 1']);
}

/** A section, or a statement that names tensors; and the names of all values that it adds. */
function section(
  pick: Choices,
  values: readonly Named[],
  name: string,
): { readonly text: string; readonly names: readonly string[] } {
  const last = values.at(-1)!;
  const x = pick.chance(0.6) ? last : pick.of(values);
  if (pick.chance(0.2)) return statement(pick, values, x, name);
  const other = pick.of(values);
  const isNext = x === last && /^s\d+$/.test(x.name) && pick.chance(0.5);
  const isEither = !isNext && String(other.shape) === String(x.shape) && pick.chance(0.15);
  const from = isNext
    ? ''
    : `${isEither ? `(${x.name} if ${pick.of(conditions)} else ${pick.of([other.name, `relu(${x.name})`])})` : x.name} -> `;
  if (x.shape.length === 3 && pick.chance(0.12)) return table(pick, name, from);
  if (x.shape.length === 3 && pick.chance(0.1)) {
    const point = pick.of([
      'phi: phi',
      'variant: deep',
      'variant: deep if odd else flat',
      'growth: width, w: 2',
      'act: silu',
    ]);
    const paths = ['stem', 'rows.a.0', 'rows', 'rows.b.conv', 'fuse'];
    const inner = paths.map((path) => `${name}.net.${path === 'fuse' ? 'last.fuse' : path}`);
    // what it gives is two tensors: the section after it does not take them
    return { text: `  ${name}: ${from}net: Inner(${point})`, names: pick.several(inner, 2) };
  }
  if (pick.chance(0.06)) {
    const use = `share ${name}k: ${step(pick, x.shape)}`;
    return { text: `  ${name}: ${from}${use} -> ${use}`, names: [`${name}.${name}k.0`, name] };
  }
  const start = merge(pick, values) ?? undefined;
  const steps = tail(pick, x.shape);
  if (start && pick.chance(0.35)) return { text: `  ${name}: ${start.text}${steps}`, names: [name] };
  const isLabelled = from !== '' || pick.chance(0.5);
  const labels = [...(isLabelled ? ['a'] : []), ...[...steps.matchAll(/-> (t\d):/g)].map(([, label]) => label)];
  return {
    text: `  ${name}: ${from}${isLabelled ? 'a: ' : ''}${step(pick, x.shape)}${steps}`,
    // what its steps give, by their paths
    names: [...labels.filter(() => pick.chance(0.3)).map((label) => `${name}.${label}`), name],
  };
}

/** A statement between sections: parts of a tensor, one of two values, or uses of a shared step. */
function statement(pick: Choices, values: readonly Named[], x: Named, name: string) {
  const parts = divisors(x.shape[0]!).filter((n) => n > 1 && n < 5);
  const like = values.filter(({ shape }) => String(shape) === String(x.shape));
  const of = () => pick.of(like).name;
  const uses = [x.name, ...pick.several(like, pick.from(0, 2)).map((value) => value.name)];
  const split = Array.from({ length: pick.of([...parts, 2]) }, (_, i) => `${name}p${i}`);
  return pick.of([
    { text: `  ${split.join(', ')} = Split(${x.name}, ${split.length})`, names: split },
    {
      text: `  ${name}p = ${of()} if ${pick.of(conditions)} else (${x.name} -> ${name}b: ${step(pick, x.shape)})`,
      names: [`${name}p`],
    },
    {
      text: `  ${name}p = [y -> share${pick.of(['', '(norms: separate)'])} ${name}b: ${step(pick, x.shape)} for y in [${uses.join(', ')}]]`,
      names: uses.map((_, i) => `${name}p[${i}]`),
    },
  ]);
}

/** A call of several tensors of one kind, as it begins a section or stands behind an arrow. */
function merge(pick: Choices, values: readonly Named[]): (Named & { readonly text: string }) | undefined {
  const x = pick.of(values);
  const op = pick.of(['Add', 'Mul', 'Concat', 'Sub', 'Div']);
  const fits = values.filter(({ shape }) =>
    op === 'Concat'
      ? shape.length === x.shape.length && String(shape.slice(1)) === String(x.shape.slice(1))
      : String(shape) === String(x.shape),
  );
  if (op === 'Div') {
    // What is divided by stays away from 0.
    const text = `Div(${pick.of(fits).name}, Add(sigmoid(${x.name}), 0.5))`;
    return { name: '', text, shape: x.shape };
  }
  const isRepeated = (shape: readonly number[]) => shape.every((n, axis) => n === 1 || n === x.shape[axis]);
  const gates =
    op === 'Concat' ? [] : values.filter(({ shape }) => shape.length === x.shape.length && isRepeated(shape));
  const count = op === 'Sub' ? 2 : pick.from(2, 5);
  const names = Array.from({ length: count }, () => pick.of([...fits, ...gates]).name);
  const [first, ...others] = names;
  const form = pick.of([
    ...(op === 'Concat' ? [`Gathered(${first}, [${others.join(', ')}])`, `[${names.join(', ')}] -> g: Gathered`] : []),
    `${op}(${names.join(', ')})`,
    `${first} -> ${op}(${others.join(', ')})`,
    `${op}([${names.join(', ')}])`,
  ]);
  return { name: '', text: form, shape: x.shape };
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}

const acts = [
  'relu',
  'relu6',
  'silu',
  'sigmoid',
  'hardsigmoid',
  'hardswish',
  'tanh',
  'elu',
  'leaky_relu(0.3)',
  'hardsigmoid(0.2)',
  'hardsigmoid(0.4)',
  'gelu',
  'mish',
  'softmax',
  'identity',
];

/** A step that may follow a value of the shape. */
function step(pick: Choices, shape: readonly number[]): string {
  const [c = 1] = shape;
  const small = number(pick, 8);
  const anywhere = [
    () => `Linear(${small}${pick.chance(0.3) ? ', bias: false' : ''})`,
    () => norm(pick),
    () => pick.of(['ChannelConv(3)', 'ChannelConv(1)', 'ChannelConv(5)']),
    () =>
      pick.of([
        'Power(2)',
        'sigmoid -> Add(0.25) -> Power(0.5)',
        'sigmoid -> Add(0.25) -> Power(-1)',
        'sigmoid -> Power(1.5)',
      ]),
    () => pick.of(['Normalise(0.5)', 'Normalise(1e-1)']),
    // where a gate is all but closed, or a pixel's few channels all but equal, its variance is nearly 0: an epsilon of 1e-5
    // magnifies its rounding 300 times, here and in `Next`
    () => pick.of(['LayerNorm(1e-3)', 'LayerNorm(0.1)']),
    () => `GroupNorm(${pick.of(divisors(c))}${pick.of(['', ', epsilon: 0.1'])})`,
    () => pick.of(acts),
    () => `${pick.of(['Dropout', 'DropPath'])}(${pick.of([0, 0.2, 0.9])})`,
    () => `Turned`,
    () => `Summed(${pick.of([2, 3])})`,
    () => pick.of(['Mul(0.5)', 'Add(1)', 'Sub(0.25)', 'Div(-2)', 'Mul(0.5, 3)']),
    () => `Repeated(${pick.from(1, 3)})`,
    () => `Either(${small}, ${pick.of([...conditions, 'false', 'image.height % 3 > 1'])})`,
  ];
  if (shape.length < 3) return pick.of(anywhere)();
  return pick.of([
    ...anywhere,
    () => conv(pick, c),
    () => conv(pick, c),
    () => conv(pick, c),
    () => conv(pick, c),
    () => transposed(pick, c),
    () => transposed(pick, c),
    () => pool(pick),
    () => pool(pick),
    () => pool(pick),
    () => pick.of(['GlobalAvgPool', 'GlobalMaxPool']),
    () => pick.of(['ChannelMean', 'ChannelMax']),
    () => `LocalResponseNorm(${pick.of(['3', '5, alpha: 0.1', '7, alpha: 2, beta: 0.5, k: 2'])})`,
    () => `ChannelShuffle(${pick.of(divisors(c))})`,
    () => `Pad(${pick.from(-2, 3)}, ${pick.from(-2, 3)})`,
    () => `Upsample(${pick.from(1, 3)}${pick.of(['', ', mode: bilinear'])})`,
    () => `Upsample(to: image${pick.of(['', ', mode: bilinear'])})`,

    () => 'Flatten',
    () => 'Responsive',
    () => `Looking(${pick.of(divisors(c))})`,
    () => `Scaled(${pick.of([1, 0.5, -2])})`,
    () => `Branches(${small}, act: ${pick.of(acts)})`,
    () => `Doubled`,
    () => `Attended(${pick.of(acts)})`,
    () => `Next(${pick.from(1, 3)}${pick.of(['', ', relu', ', act: mish'])})`,
    () => `Selected${pick.of(['', '(elu)', `(${pick.of(acts)})`])}`,
    () => `Paired(${small}, act: ${pick.of(acts)})`,
    () => 'Twice',
    () =>
      `Parallel(${pick.of([c, small])}, ${pick.of(divisors(c))}, ${pick.of([1, 1, 2])}, ${pick.of([1, 2])}, ${pick.of(acts)})`,
    () => `Unit(${small}, ${pick.from(1, 5)}, ${pick.from(1, 3)}, act: ${pick.of(acts)})`,
    () => `Inverted(${pick.of([c, small])}, ${pick.of([1, 3, 5])}, ${pick.of([0, 0.25, 1])}, ${pick.of(acts)})`,
    () => `Excite(${small}, act: ${pick.of(acts)}, gate: ${pick.of(['sigmoid', 'hardsigmoid'])})`,
  ])();
}

function norm(pick: Choices): string {
  return pick.of([
    'BatchNorm',
    'BatchNorm(epsilon: 0)',
    'BatchNorm(epsilon: 0.3, momentum: 0)',
    'BatchNorm(momentum: 1)',
  ]);
}

function padding(pick: Choices): string {
  return pick.of([
    '',
    '',
    ', padding: same',
    ', padding: symmetric',
    ', padding: valid',
    ', padding: 1',
    ', padding: 2',
    ', padding: [0, 1]',
    ', padding: [2, 1]',
  ]);
}

function conv(pick: Choices, c: number): string {
  const groups = pick.chance(0.5) ? 1 : pick.of(divisors(c));
  const filters = groups * pick.from(1, groups === 1 ? 8 : 2);
  const moves = pick.of([
    '',
    ', stride: 2',
    ', stride: 3',
    ', dilation: 2',
    ', dilation: 3',
    ', stride: 2, dilation: 2',
    ', stride: [1, 2]',
    ', stride: [3, 1]',
    ', dilation: [1, 2]',
    ', dilation: [3, 1]',
  ]);
  const bias = pick.chance(0.3) ? ', bias: false' : '';
  return `Conv(${filters}, ${kernelOf(pick)}, groups: ${groups}${moves}${bias}${padding(pick)})`;
}

/** One size for both axes, or one for each. */
function kernelOf(pick: Choices): string {
  return pick.chance(0.7) ? `${pick.from(1, 5)}` : `[${pick.from(1, 5)}, ${pick.from(1, 5)}]`;
}

function transposed(pick: Choices, c: number): string {
  const groups = pick.chance(0.5) ? 1 : pick.of(divisors(c));
  const filters = groups * pick.from(1, groups === 1 ? 6 : 2);
  const moves = pick.of([
    '',
    ', stride: 2',
    ', stride: 2',
    ', stride: 3',
    ', dilation: 2',
    ', stride: [1, 2], dilation: [2, 1]',
    ', stride: 2, output_padding: 1',
    ', stride: [3, 2], output_padding: [1, 0]',
  ]);
  const bias = pick.chance(0.3) ? ', bias: false' : '';
  return `ConvTranspose(${filters}, ${kernelOf(pick)}, groups: ${groups}${moves}${bias}${padding(pick)})`;
}

function pool(pick: Choices): string {
  const stride = pick.of(['', `, stride: ${pick.from(1, 4)}`, `, stride: [${pick.from(1, 3)}, ${pick.from(1, 3)}]`]);
  const kernel = kernelOf(pick);
  const up = pick.of(['', '', ', round_up: true']);
  if (pick.chance(0.25)) return `AvgPool(to: ${kernelOf(pick)})`;
  if (pick.chance(0.5)) return `MaxPool(${kernel}${stride}${padding(pick)}${up})`;
  return `AvgPool(${kernel}${stride}${padding(pick)}${up}${pick.of(['', ', count_pad: true', ', count_pad: false'])})`;
}

/** Steps that fit behind most others. */
function tail(pick: Choices, shape: readonly number[]): string {
  const steps = Array.from({ length: pick.of([0, 0, 1, 2]) }, (_, i) => {
    const condition = pick.chance(0.15) ? ` if ${pick.of(conditions)}` : '';
    return ` -> t${i}: ${step(pick, shape)}${condition}`;
  });
  return steps.join('');
}

/** A stage table of a block. */
function table(
  pick: Choices,
  name: string,
  from: string,
): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const rows = Array.from({ length: pick.from(1, 3) }, (_, i) => {
    const repeat = pick.of(['0', '1', '2', 'd(1)', '1 if odd else 0']);
    names.push(`${name}.u.${i}`, ...(repeat === '2' ? [`${name}.u.${i}.1.conv`] : []));
    const cells = [
      repeat,
      pick.of([number(pick, 8), `${number(pick, 3)} + index`]),
      pick.of(['3', '1', '5, 3', '[1, 3]', '3 if index % 2 == 0 else 1']),
      pick.from(1, 2),
      pick.of([...acts, 'relu if odd else tanh']),
    ];
    return `    | ${cells.join(' | ')} |`;
  });
  const head = [`  ${name}: ${from}u: Unit {`, '    | repeat | channels | kernel | stride | act |'];
  return { text: [...head, ...rows, '  }'].join('\n'), names: [...pick.several(names, pick.from(0, 1)), name] };
}
