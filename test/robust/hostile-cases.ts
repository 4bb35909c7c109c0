/** What one text of a hostile file must end in. */
export interface HostileCase {
  readonly text: string;
  readonly options?: object;
  /** A code that must be among its diagnostics; null where it is fine, if unusual. */
  readonly expected: string | null;
}

const model = (members: string, before = '') => `${before}\nmodel M {\n  input image: [3, 32, 32]\n${members}\n}\n`;
const times = (n: number, part: (i: number) => string, separator = '\n') =>
  Array.from({ length: n }, (_, i) => part(i)).join(separator);
const chain = (n: number, body: (i: number, next: string) => string, last: string) =>
  times(n, (i) => `block B${i}(x) {\n  return x -> ${i < n - 1 ? body(i, `B${i + 1}`) : last}\n}`);
const table = (rows: string, callee = 'Conv') => `  s: ${callee} {\n${rows}\n  }`;

/** `((((1 + 1 + ...) + 1 + ...) ...`: as deep as the parser lets it be. */
function deep(inner: string): string {
  let text = inner;
  for (let i = 0; i < 55; i++) text = `(${text}${' + 1'.repeat(63)})`;
  return text;
}

/** A list that holds twice the list before it, many times over: small in memory, endless when walked. */
const doubled = (first: string, n = 60, name = 'a') =>
  times(n, (i) => (i === 0 ? `  ${name}0 = ${first}` : `  ${name}${i} = [${name}${i - 1}, ${name}${i - 1}]`));

export const hostileCases: Readonly<Record<string, HostileCase>> = {
  // depth
  'brackets nested 10,000 deep': {
    text: model(`  s: Conv(${'('.repeat(10_000)}8${')'.repeat(10_000)}, 3)`),
    expected: 'nesting-too-deep',
  },
  'brackets nested 100,000 deep and never closed': {
    text: model(`  s: Conv(${'['.repeat(100_000)}`),
    expected: 'nesting-too-deep',
  },
  'braces nested 10,000 deep': { text: `${'model M {'.repeat(10_000)}`, expected: 'nesting-too-deep' },
  'an expression 3,500 deep': { text: model(`  s: Conv(${deep('8')}, 3)`), expected: 'expression-too-deep' },
  'a thousand signs': { text: model(`  s: Conv(${'-'.repeat(1000)}8, 3)`), expected: 'expression-too-long' },
  'a thousand powers': { text: model(`  s: Conv(2${' ^ 2'.repeat(1000)}, 3)`), expected: 'expression-too-long' },
  'deep expressions in blocks 60 deep in each other': {
    text: model(
      '  s: B0',
      times(
        60,
        (i) =>
          `block B${i}(x) {\n  n = ${times(20, () => '(', '')}${i < 59 ? `(x -> c: B${i + 1}).channels` : '1'}${' + 0)'.repeat(20)}\n  return x -> k: Conv(n, 1)\n}`,
      ),
    ),
    expected: 'blocks-too-deep',
  },
  'a chain of 10,000 blocks': {
    text: model(
      '  s: B0',
      chain(10_000, (_, next) => `c: ${next}`, 'c: Conv(3, 1)'),
    ),
    expected: 'blocks-too-deep',
  },
  'a chain of 10,000 blocks, the last first': {
    text: model(
      '  s: B9999',
      times(10_000, (i) => `block B${i}(x) { return x -> ${i > 0 ? `c: B${i - 1}` : 'c: Conv(3, 1)'} }`),
    ),
    expected: 'blocks-too-deep',
  },
  'a chain of 60 blocks': {
    text: model(
      '  s: B0',
      chain(60, (_, next) => `c: ${next}`, 'c: Conv(3, 1)'),
    ),
    expected: null,
  },
  // recursion
  'a block in itself': { text: model('  s: A', 'block A(x) { return x -> a: A }'), expected: 'recursive-block' },
  'a circle of 10,000 blocks': {
    text: model(
      '  s: B0',
      times(10_000, (i) => `block B${i}(x) { return x -> c: B${(i + 1) % 10_000} }`),
    ),
    expected: 'recursive-block',
  },
  'a block handed to itself': {
    text: model('  s: A(A)', 'block A(x, b: block) { return x -> c: b(b) }'),
    expected: 'blocks-too-deep',
  },
  'a block handed to itself, twice': {
    text: model('  s: A(A)', 'block A(x, b: block) { return x -> c: b(b) -> d: b(b) }'),
    expected: 'blocks-too-deep',
  },
  'two models in each other': {
    text: 'model A {\n input x: [3, 8, 8]\n s: B\n}\nmodel B {\n input x: [3, 8, 8]\n s: A\n}',
    expected: 'recursive-block',
  },
  'a model in itself through a default': {
    text: 'model A {\n param b: block = A\n input x: [3, 8, 8]\n s: b\n}',
    expected: 'recursive-block',
  },
  // growth
  'blocks that call blocks twice, 40 deep': {
    text: model(
      '  s: B0',
      chain(40, (_, next) => `a: ${next} -> b: ${next}`, 'c: Conv(3, 1)'),
    ),
    expected: 'too-much-work',
  },
  'the same without an op': {
    text: model(
      '  s: B0',
      chain(40, (_, next) => `${next} -> ${next}`, 'identity'),
    ),
    expected: 'too-much-work',
  },
  'comprehensions of comprehensions': {
    text: model(
      `  l = [${times(100, String, ', ')}]\n  m = [[[[i + j + k + n for i in l] for j in l] for k in l] for n in l]\n  s: Conv(m[0][0][0][0] + 1, 1)`,
    ),
    expected: 'list-too-large',
  },
  'a list of 100,000': {
    text: model(`  l = [${times(100_000, () => '1', ',')}]\n  s: Conv(l[5], 1)`),
    expected: 'list-too-large',
  },
  'a list doubled 60 times': {
    text: model(`${doubled('[1, 1]')}\n  s: Conv(a59[0], 1)`),
    expected: 'missing-argument',
  },
  'tensors doubled 60 times': {
    text: model(`${doubled('[image, image]')}\n  c = Concat(a59)\n  s: c -> relu`),
    expected: 'list-too-large',
  },
  'two lists doubled 60 times and compared': {
    text: model(`${doubled('[1, 1]')}\n${doubled('[1, 1]', 60, 'b')}\n  require a59 == b59\n  s: Conv(8, 1)`),
    expected: 'list-too-large',
  },
  'a list in a list in a list, 5,000 times': {
    text: model(
      `${times(5_000, (i) => (i === 0 ? '  a0 = [image]' : `  a${i} = [a${i - 1}]`))}\n  c = Concat(a4999, image)\n  s: c -> relu`,
    ),
    expected: 'list-too-large',
  },
  'a scaled number doubled 60 times': {
    text: model(
      `${times(60, (i) => (i === 0 ? '  a0 = w(8)' : `  a${i} = a${i - 1} + a${i - 1} - a${i - 1}`))}\n  s: Conv(a59, 1)`,
    ),
    expected: null,
  },
  'a list handed to 50,000 blocks': {
    text: model(
      `  l = [${times(5_000, () => '1', ',')}]\n${table('| repeat |\n| 50000 |', 'B(l: l)')}`,
      'block B(x, l: int[]) {\n  require l[0] == 1\n  return x\n}',
    ),
    expected: 'too-much-work',
  },
  '10,000 tensors side by side, 50,000 times': {
    text: model(
      `  a: Conv(10000, 1)\n${table('| repeat |\n| 50000 |', 'B')}`,
      'block B(x) {\n  l = Split(x, 10000)\n  return Concat(l)\n}',
    ),
    expected: 'too-much-work',
  },
  '10,000 variants of a network of 500 operations': {
    text: model(
      `  param c: int = 8\n  variants {\n| name | c |\n${times(10_000, (i) => `| v${i} | ${i + 1} |`)}\n  }\n${table('| repeat |\n| 500 |', 'relu')}\n  t: Conv(c, 1)`,
    ),
    expected: 'variants-not-built',
  },
  '10,000 variants of a small network': {
    text: model(
      `  param c: int = 8\n  variants {\n| name | c |\n${times(10_000, (i) => `| v${i} | ${i + 1} |`)}\n  }\n  s: Conv(c, 1)`,
    ),
    expected: null,
  },
  // numbers
  'repeat 10^12': {
    text: model(table('| repeat | channels | kernel |\n| 10^12 | 3 | 1 |')),
    expected: 'too-many-blocks',
  },
  'a thousand rows of 50,000 blocks': {
    text: model(table(`| repeat | channels | kernel |\n${times(1000, () => '| 50000 | 3 | 1 |')}`)),
    expected: 'too-many-blocks',
  },
  'repeat 1e400': { text: model(table('| repeat | channels | kernel |\n| 1e400 | 3 | 1 |')), expected: 'not-whole' },
  'repeat -1': { text: model(table('| repeat | channels | kernel |\n| -1 | 3 | 1 |')), expected: 'bad-size' },
  'filters 10^9': { text: model('  s: Conv(10^9, 1)'), expected: 'bad-size' },
  'filters 2^31': { text: model('  s: Conv(2^31, 1)'), expected: 'bad-size' },
  'filters 2^53 + 1': { text: model('  s: Conv(2^53 + 1, 1)'), expected: 'bad-size' },
  'filters -0': { text: model('  s: Conv(-0, 1)'), expected: 'bad-size' },
  'a kernel of 2^31': { text: model('  s: Conv(8, 2^31)'), expected: 'bad-size' },
  'a stride of 2^31': { text: model('  s: Conv(8, 3, 2^31)'), expected: 'bad-size' },
  'a padding of 2^31': { text: model('  s: Conv(8, 3, padding: 2^31)'), expected: 'bad-size' },
  'an image of 2^31 pixels a side': {
    text: 'model M {\n input x: [3, 2^31, 2^31]\n s: Conv(8, 3)\n}',
    expected: 'bad-size',
  },
  'a linear layer of 2^40 elements': {
    text: 'model M {\n input x: [1024, 1024, 1024]\n s: Linear(2^20)\n}',
    expected: 'bad-size',
  },
  'convolutions of nearly 2^29 elements, many': {
    text: model(`  a: Conv(23168, 1)\n${table('| repeat | channels | kernel |\n| 2000 | 23168 | 1 |')}`),
    expected: 'network-too-large',
  },
  'a convolution of 2^32 elements': {
    text: model('  a: Conv(65536, 1) -> b: Conv(65536, 1)'),
    expected: 'bad-size',
  },
  'division by zero': { text: model('  s: Conv(3 / (1 - 1), 1)'), expected: 'division-by-zero' },
  'not a number': { text: model('  s: Conv((0 - 8) ^ 0.5, 1)'), expected: 'not-finite' },
  'a power tower': { text: model('  s: Conv(9 ^ 9 ^ 9 ^ 9, 1)'), expected: 'not-finite' },
  'rounding to a multiple of 0': { text: model('  s: Conv(round(8, 0), 1)'), expected: 'bad-size' },
  'a number of a million digits': { text: model(`  s: Conv(${'9'.repeat(1_000_000)}, 1)`), expected: 'not-whole' },
  // shapes
  'a kernel larger than its input': { text: model('  s: Conv(8, 65)'), expected: 'kernel-exceeds-input' },
  'a window that leaves nothing': { text: model('  s: MaxPool(33, padding: valid)'), expected: 'output-vanishes' },
  'a crop that leaves nothing': { text: model('  s: Pad(-16, -16)'), expected: 'output-vanishes' },
  'a crop that leaves nothing but padding': { text: model('  s: Pad(40, -40)'), expected: 'output-vanishes' },
  'a resolution below the total stride': {
    text: 'model M {\n input x: [3, 8, 8]\n s: Conv(8, 1, 4) -> a: Conv(8, 1, 4)\n}',
    expected: 'resolution-below-stride',
  },
  // tables
  'a million columns': {
    text: model(table(`${'| a '.repeat(1_000_000)}|\n${'| 1 '.repeat(10)}|`)),
    expected: 'file-too-large',
  },
  'a row of 100,000 cells': {
    text: model(table(`| channels | kernel |\n${'| 1 '.repeat(100_000)}|`)),
    expected: 'cell-count',
  },
  'a missing column': { text: model(table('| channels |\n| 8 |')), expected: 'missing-column' },
  'a doubled column': {
    text: model(table('| channels | kernel | kernel |\n| 8 | 3 | 3 |')),
    expected: 'duplicate-column',
  },
  'rows of other lengths than the header': {
    text: model(table(`| channels | kernel |\n${times(10_000, () => '| 1 | 3 | 1 |')}`)),
    expected: 'cell-count',
  },
  // names
  'an unknown parameter': { text: model('  s: Conv(8, kernal: 3)'), expected: 'unknown-parameter' },
  'mixed conventions': {
    text: model('  convention tf\n  convention torch\n  s: Conv(8, 3)'),
    expected: 'mixed-conventions',
  },
  'duplicate labels': {
    text: model(`  s: Conv(8, 3)${' -> c: Conv(8, 3)'.repeat(5_000)}`),
    expected: 'duplicate-label',
  },
  'a section of a million characters': { text: model(`  ${'a'.repeat(1_000_000)}: Conv(8, 3)`), expected: 'bad-size' },
  'an unknown name of a million characters': { text: model(`  s: ${'a'.repeat(1_000_000)}`), expected: 'unknown-name' },
  'a label of 100,000 characters in 50,000 blocks': {
    text: model(table('| repeat |\n| 50000 |', 'B'), `block B(x) { return x -> ${'a'.repeat(100_000)}: Conv(3, 1) }`),
    expected: 'bad-size',
  },
  '10,000 unknown names among 10,000 known ones': {
    text: model(
      `${times(5_000, (i) => `  known${i} = ${i}`)}\n${times(5_000, (i) => `  a${i} = knwon${i} + knwon${i}x`)}\n  s: Conv(8, 3)`,
    ),
    expected: 'more-problems',
  },
  "names of JavaScript's own": {
    text: model('  s: constructor -> __proto__ -> toString(8)\n  hasOwnProperty: Conv(valueOf(3), __proto__: 3)'),
    expected: 'unknown-name',
  },
  'a call of 5,000 arguments': {
    text: model(
      `  s: B(${times(5_000, (i) => `p${i}: 1`, ', ')})`,
      `block B(x, ${times(5_000, (i) => `p${i}: int`, ', ')}) { return x }`,
    ),
    expected: 'unused-parameter',
  },
  // points
  'phi -1e308': { text: scaled(), options: { phi: -1e308 }, expected: 'bad-factor' },
  'phi 1e308': { text: scaled(), options: { phi: 1e308 }, expected: 'not-finite' },
  'phi NaN': { text: scaled(), options: { phi: Number.NaN }, expected: 'bad-factor' },
  'phi -5': { text: scaled(), options: { phi: -5 }, expected: null },
  'd 1e300': { text: scaled(), options: { d: 1e300 }, expected: 'too-many-blocks' },
  'w 1e300': { text: scaled(), options: { w: 1e300 }, expected: 'bad-size' },
  'r 1e-300': { text: scaled(), options: { r: 1e-300 }, expected: null },
  'd -1': { text: scaled(), options: { d: -1 }, expected: 'bad-factor' },
  'a resolution of 1e9': { text: scaled(), options: { resolution: 1e9 }, expected: 'bad-size' },
  'a value nested 10,000 deep': {
    text: scaled(),
    options: { set: { resolution: `${'('.repeat(10_000)}8` } },
    expected: 'bad-override',
  },
};

function scaled(): string {
  return `model M {
  param resolution: int = r(32)
  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }
  input image: [3, resolution, resolution]
  s: Conv(kernel: 1) {
    | repeat | channels |
    | d(2)   | w(32)    |
  }
}`;
}
