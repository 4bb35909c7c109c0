import { type Graph, shapeOf } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { randomChoices } from './random-choices.ts';

type Choices = ReturnType<typeof randomChoices>;

/** A value of a spec that further sections may read. */
interface Named {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What specs of the generator declare. */
const head = `block Unit(x, channels: int, kernel: size = 3, stride: size = 1, act: activation = relu) {
  return x -> conv: Conv(channels, kernel, stride, bias: false) -> bn: BatchNorm -> act
}

block Excite(x, reduced: int, act: activation = relu, gate: activation = sigmoid) {
  g = x -> GlobalAvgPool -> reduce: Conv(reduced, 1) -> act -> expand: Conv(x.channels, 1) -> gate
  return x -> Mul(g)
}

block Inverted(x, channels: int, kernel: int, ratio: real, act: activation) {
  return x
    -> expand: Unit(x.channels * 2, 1, act: act)
    -> depthwise: Conv(x.channels * 2, kernel, groups: x.channels * 2) -> act
    -> se: Excite(max(1, floor(x.channels * ratio)), act: act)      if ratio > 0
    -> project: Unit(channels, 1, act: identity)
    -> DropPath(0.1)                                                if x.channels == channels
    -> Add(x)                                                       if x.channels == channels
}

block Turned(x) {
  left, right = Split(x, 2)
  return Concat(right, left)
}

block Branches(x, channels: int, act: activation = relu) {
  each = [x -> branch: Conv(channels, kernel: k, dilation: gap, padding: symmetric) -> act for k, gap in [1, 3, 3], [1, 1, 2]]
  return Concat(each)
}

block Summed(x, count: int) {
  list = [x -> scale: BatchNorm -> tanh for i in [1, 2, 3]]
  y = Add(list)
  return Add(x, y, x)
    -> norm: BatchNorm             if x.channels > count
    -> Add(y, y)
}

block Repeated(x, count: int) {
  each = [x -> norm: BatchNorm -> relu for i in count]
  parts = Split(Concat(each), len(each))
  return Add([parts[i] for i in len(parts)]) -> Add([x])
}

block Gathered(x, others: tensor[], rate: real = 0.5) {
  scaled = [y -> scale: BatchNorm for y in others]
  return Concat(Add([x -> tanh, x -> Dropout(rate)]), Concat(scaled)) -> GlobalAvgPool   if len(others) > 2
}

block Either(x, channels: int, wide: bool) {
  y = x if x.channels % 2 == 1 else (x -> norm: BatchNorm)
  return y
    -> fc: Linear(channels if wide else 2 * channels)   if wide
    -> fc: Linear(channels, bias: false)                if not wide
}

block Paired(x, channels: int, act: activation = relu) {
  one, two = [y -> share(norms: separate) unit: Unit(channels, act: act) for y in [x, x -> tanh]]
  return one -> share(norms: separate) again: Unit(channels) -> Mul(two -> share(norms: separate) again: Unit(channels))
}

block Twice(x) {
  return x
    -> share mix: Conv(x.channels, 1) -> share norm: BatchNorm
    -> share mix: Conv(x.channels, 1) -> share norm: BatchNorm -> relu
}

block Scaled(x, initial: real) {
  gamma = Weight([x.channels, 1, 1], initial)
  shares = [relu(Weight([1, 1, 1], 1)) for i in 2]
  return Div(Add(Mul(x, gamma, shares[0]), Mul(x, shares[1])), Add(shares, 1e-4))
}

block Responsive(x) {
  places = Weight([1, x.height, x.width], std: 0.5)
  y = x -> Add(places)
  response = Mul(y, y) -> GlobalAvgPool -> Power(0.5)
  return y -> Mul(Div(response, Add(response -> ChannelMean, 0.1))) -> Add(x)
}

block Attended(x, act: activation = relu) {
  gate = Add(x -> GlobalAvgPool, x -> GlobalMaxPool) -> mix: Conv(x.channels, 1) -> act
  y = x -> Mul(gate)
  pixels = Concat(y -> ChannelMean, y -> ChannelMax) -> spatial: Conv(1, 3) -> hardsigmoid(0.2)
  return y -> Mul(pixels)
}

block Next(x, ratio: int, act: activation = gelu) {
  return x
    -> depthwise: Conv(x.channels, [1, 3], groups: x.channels) -> norm: LayerNorm(1e-6)
    -> expand: Conv(ratio * x.channels, 1) -> act
    -> groups: GroupNorm(ratio)
    -> project: Conv(x.channels, 1)
    -> Add(x)
}

block Selected(x, act: activation = leaky_relu(0.1)) {
  a = x -> one: Conv(x.channels, 1) -> act
  b = x -> other: Conv(x.channels, 3, groups: x.channels) -> act
  shares = Concat(a -> ChannelMean, b -> ChannelMean) -> softmax
  left, right = Split(shares, 2)
  return Add(Mul(a, left), Mul(b, right)) -> LocalResponseNorm(3) -> Normalise(0.1)
}

block Doubled(x) {
  return x
    -> conv: Conv(x.channels, 1, groups: x.channels)   if x.channels > 1
    -> Add(x)
    -> relu6                                           if x.height > 3 and x.width > 2
}

`;

/**
 * A legal spec of the seed: chains, calls of two to five tensors, lists, blocks, tables, conditions, several inputs and
 * outputs, vectors and maps of one pixel, with all attributes of all ops. What does not fit is tried again.
 * @param classifier whether it has one input and gives one vector, as what is trained does.
 */
export function randomSpec(seed: number, classifier = false): string {
  const pick = randomChoices(seed);
  const convention = pick.of([
    'tf',
    'torch',
    'tf(epsilon: 0.01, momentum: 0.5)',
    'torch(count_pad: false, padding: same)',
  ]);
  const inputs = ['image', 'other', 'third'].slice(0, classifier ? 1 : pick.of([1, 1, 1, 2, 3]));
  const sizes = [pick.from(1, 11), pick.from(1, 11)];
  const channels = pick.from(1, 8);
  const start = [`  convention ${convention}`];
  for (const input of inputs) {
    const size = pick.chance(0.7) ? sizes : [pick.from(1, 9), pick.from(1, 9)];
    start.push(`  input ${input}: [${pick.chance(0.7) ? channels : pick.from(1, 6)}, ${size.join(', ')}]`);
  }
  let lines = start;
  let values: readonly Named[] = inputs.map((name) => ({ name, shape: [] }));
  const whole = (body: readonly string[], outputs: readonly string[]) =>
    `${head}model Random {\n${body.join('\n')}\n  return ${outputs.join(', ')}\n}\n`;
  values = shapesOf(whole(lines, inputs), values) ?? [];
  const wanted = pick.from(2, 7);
  for (let made = 0, tries = 0; made < wanted && tries < 40; tries++) {
    const { text, names } = section(pick, values, `s${made}`);
    const tried = [...lines, text];
    const more = names.map((name): Named => ({ name, shape: [] }));
    const found = shapesOf(
      whole(
        tried,
        [...values, ...more].map(({ name }) => name),
      ),
      [...values, ...more],
    );
    if (!found) continue;
    lines = tried;
    values = found;
    made++;
  }
  if (classifier) return whole([...lines, `  classes: ${values.at(-1)!.name} -> fc: Linear(3)`], ['classes']);
  // The last values, that most others lead to, and some of the others.
  const outputs = [
    ...values.slice(inputs.length).slice(-pick.from(1, 2)),
    ...pick.several(values.slice(inputs.length), pick.from(0, 2)),
  ];
  const listed = outputs.map(({ name }, i) => (pick.chance(0.5) ? `out${i}: ${name}` : name));
  if (pick.chance(0.1) || listed.length === 0) listed.push(`same: ${pick.of(inputs)}`);
  return whole(lines, [...new Set(listed)]);
}

/** The values with the shapes that a spec gives them as outputs; undefined where it has an error. */
function shapesOf(text: string, values: readonly Named[]): readonly Named[] | undefined {
  const { graph } = compile({ name: 'random.enet', text });
  return graph && sizeOf(graph) < 200_000
    ? values.map(({ name }, i) => ({ name, shape: shapeOf(graph, graph.outputs[i]!.value) }))
    : undefined;
}

function sizeOf(graph: Graph): number {
  const sizes = graph.nodes.flatMap(({ shapes }) => shapes.map((shape) => shape.reduce((a, b) => a * b, 1)));
  return Math.max(...sizes) + sizes.length;
}

/** A section, or a statement that names several tensors. */
function section(pick: Choices, values: readonly Named[], name: string): { text: string; names: readonly string[] } {
  const last = values.at(-1)!;
  const x = pick.chance(0.6) ? last : pick.of(values);
  if (pick.chance(0.08)) {
    const parts = pick.of(
      divisors(x.shape[0]!)
        .filter((n) => n > 1 && n < 5)
        .concat(2),
    );
    const names = Array.from({ length: parts }, (_, i) => `${name}p${i}`);
    return { text: `  ${names.join(', ')} = Split(${x.name}, ${parts})`, names };
  }
  const isNext = x === last && !/p\d+$/.test(x.name) && values.length > 1 && pick.chance(0.5);
  const from = isNext ? '' : `${x.name} -> `;
  if (x.shape.length === 3 && pick.chance(0.12)) return { text: table(pick, name, from), names: [name] };
  const start = merge(pick, values) ?? undefined;
  if (start && pick.chance(0.35)) return { text: `  ${name}: ${start.text}${tail(pick, start.shape)}`, names: [name] };
  const isLabelled = from !== '' || pick.chance(0.5);
  return {
    text: `  ${name}: ${from}${isLabelled ? 'a: ' : ''}${step(pick, x.shape)}${tail(pick, x.shape)}`,
    // what the first step gives, by its path
    names: isLabelled && pick.chance(0.3) ? [`${name}.a`, name] : [name],
  };
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
  const small = pick.from(1, 8);
  const anywhere = [
    () => `Linear(${small}${pick.chance(0.3) ? ', bias: false' : ''})`,
    () => norm(pick),
    () => pick.of(['ChannelConv(3)', 'ChannelConv(1)', 'ChannelConv(5)']),
    () => pick.of(['Power(2)', 'sigmoid -> Power(0.5)', 'sigmoid -> Power(-1)', 'sigmoid -> Power(1.5)']),
    () => pick.of(['Normalise(0.5)', 'Normalise(1e-1)']),
    () => pick.of(['LayerNorm', 'LayerNorm(0.1)']),
    () => `GroupNorm(${pick.of(divisors(c))}${pick.of(['', ', epsilon: 0.1'])})`,
    () => pick.of(acts),
    () => `${pick.of(['Dropout', 'DropPath'])}(${pick.of([0, 0.2, 0.9])})`,
    () => `Turned`,
    () => `Summed(${pick.of([2, 3])})`,
    () => pick.of(['Mul(0.5)', 'Add(1)', 'Sub(0.25)', 'Div(-2)', 'Mul(0.5, 3)']),
    () => `Repeated(${pick.from(1, 3)})`,
    () => `Either(${small}, ${pick.of(['true', 'false', 'image.height % 3 > 1'])})`,
  ];
  if (shape.length < 3) return pick.of(anywhere)();
  return pick.of([
    ...anywhere,
    () => conv(pick, c),
    () => conv(pick, c),
    () => conv(pick, c),
    () => conv(pick, c),
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
    () => `Scaled(${pick.of([1, 0.5, -2])})`,
    () => `Branches(${small}, act: ${pick.of(acts)})`,
    () => `Doubled`,
    () => `Attended(${pick.of(acts)})`,
    () => `Next(${pick.from(1, 3)}${pick.of(['', ', relu', ', act: mish'])})`,
    () => `Selected${pick.of(['', '(elu)', `(${pick.of(acts)})`])}`,
    () => `Paired(${small}, act: ${pick.of(acts)})`,
    () => 'Twice',
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

function pool(pick: Choices): string {
  const stride = pick.of(['', `, stride: ${pick.from(1, 4)}`, `, stride: [${pick.from(1, 3)}, ${pick.from(1, 3)}]`]);
  const kernel = kernelOf(pick);
  const up = pick.of(['', '', ', round_up: true']);
  if (pick.chance(0.15)) return `AvgPool(to: ${kernelOf(pick)})`;
  if (pick.chance(0.5)) return `MaxPool(${kernel}${stride}${padding(pick)}${up})`;
  return `AvgPool(${kernel}${stride}${padding(pick)}${up}${pick.of(['', ', count_pad: true', ', count_pad: false'])})`;
}

/** Steps that fit behind most others. */
function tail(pick: Choices, shape: readonly number[]): string {
  const steps = Array.from({ length: pick.of([0, 0, 1, 2]) }, (_, i) => {
    const condition = pick.chance(0.15) ? ` if ${pick.of(['image.height > 4', 'image.channels == 3', 'true'])}` : '';
    return ` -> t${i}: ${step(pick, shape)}${condition}`;
  });
  return steps.join('');
}

/** A stage table of a block. */
function table(pick: Choices, name: string, from: string): string {
  const rows = Array.from({ length: pick.from(1, 3) }, () => {
    const cells = [
      pick.from(0, 2),
      pick.from(1, 8),
      pick.of(['3', '1', '5, 3', '[1, 3]']),
      pick.from(1, 2),
      pick.of(acts),
    ];
    return `    | ${cells.join(' | ')} |`;
  });
  return [`  ${name}: ${from}u: Unit {`, '    | repeat | channels | kernel | stride | act |', ...rows, '  }'].join(
    '\n',
  );
}
