/** Python as ruff formats it: lines of at most 88 characters, four spaces per level. */
const width = 88;

/** An expression that may be broken over lines: a call or a display with its items, or text that stays as it is. */
export type Python =
  | string
  | {
      readonly open: string;
      readonly items: readonly (readonly [name: string, value: Python])[];
      readonly close: string;
      /** One item per line, however short they are. */
      readonly spread?: boolean;
    }
  | { readonly value: Python; readonly condition: string; readonly otherwise: string };

/** A call: arguments without a name are positional. */
export function callOf(callee: string, items: readonly (readonly [name: string, value: Python])[]): Python {
  return { open: `${callee}(`, items, close: ')' };
}

/** A display, such as `(1, 2)` or `[a, b]`. */
export function listOf(brackets: '()' | '[]', values: readonly Python[]): Python {
  return {
    open: brackets[0] as string,
    items: values.map((value) => ['', value] as const),
    close: brackets[1] as string,
  };
}

/** On one line. */
export function inline(python: Python): string {
  if (typeof python === 'string') return python;
  if ('condition' in python) return `${inline(python.value)} if ${python.condition} else ${python.otherwise}`;
  const items = python.items.map(([name, value]) => named(name) + inline(value));
  const lonely = python.open === '(' && items.length === 1 ? ',' : '';
  return python.open + items.join(', ') + lonely + python.close;
}

function named(name: string): string {
  return name === '' || name.endsWith(': ') ? name : `${name}=`;
}

/** The lines of `before` and an expression, with what follows it on its last line. @param indent spaces before each */
export function layOut(indent: number, before: string, python: Python, after = ''): string[] {
  const pad = ' '.repeat(indent);
  const one = `${pad}${before}${inline(python)}${after}`;
  if (typeof python === 'string') return [one];
  const isSpread = 'spread' in python && python.spread === true;
  if (one.length <= width && !isSpread) return [one];
  if ('condition' in python) {
    const inner = indent + 4;
    const whole = `${' '.repeat(inner)}${inline(python)}`;
    if (whole.length <= width) return [`${pad}${before}(`, whole, `${pad})${after}`];
    return [
      `${pad}${before}(`,
      ...layOut(inner, '', python.value),
      `${' '.repeat(inner)}if ${python.condition}`,
      `${' '.repeat(inner)}else ${python.otherwise}`,
      `${pad})${after}`,
    ];
  }
  const { open, items, close } = python;
  if (items.length === 0) return [one];
  // a single list or call as the only argument hugs nothing: all items on one line, else one per line
  const inside = items.map(([name, value]) => named(name) + inline(value)).join(', ');
  const lonely = open === '(' && items.length === 1;
  if (indent + 4 + inside.length + (lonely ? 1 : 0) <= width && isCall(open) && !isSpread) {
    return [`${pad}${before}${open}`, `${pad}    ${inside}`, `${pad}${close}${after}`];
  }
  return [
    `${pad}${before}${open}`,
    // a single argument has no trailing comma
    ...items.flatMap(([name, value]) =>
      layOut(indent + 4, named(name), value, items.length > 1 || !isCall(open) ? ',' : ''),
    ),
    `${pad}${close}${after}`,
  ];
}

/** Displays have a trailing comma when they are broken, and then one item per line. */
function isCall(open: string): boolean {
  return open !== '(' && open !== '[' && open !== '{';
}

/** A number as Python writes it. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'float("inf")';
  if (value === Number.NEGATIVE_INFINITY) return '-float("inf")';
  return Object.is(value, -0) ? '-0.0' : String(value);
}

/** A string as ruff quotes it. */
export function stringText(value: string): string {
  return JSON.stringify(value);
}

const keywords = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);
/** Names that mean something in what is written. */
const taken = new Set(
  'F T nn torch Tensor self super int float bool tuple list dict range max min abs len zip str type object isinstance print partial Callable OrderedDict Any Sequence'.split(
    ' ',
  ),
);

/** Whether `self.name` is a name in Python. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z_0-9]*$/.test(name) && !keywords.has(name);
}

/** Whether Python reserves a name: `torch.compile` cannot follow an attribute of that name. */
export function isKeyword(name: string): boolean {
  return keywords.has(name);
}

/** A name for a variable, as close to the spec's as Python allows. */
export function variableName(name: string): string {
  const plain = name.replace(/\W/g, '_');
  const whole = /^\d/.test(plain) || plain === '' ? `_${plain}` : plain;
  return keywords.has(whole) || taken.has(whole) ? `${whole}_` : whole;
}

/** A documentation comment as a docstring. @param indent spaces before it */
export function docstring(indent: number, text: string): string[] {
  const pad = ' '.repeat(indent);
  const safe = text.replaceAll('\\', '\\\\').replaceAll('"""', "'''");
  const lines = safe
    .split(/\n\s*\n/)
    .flatMap((paragraph, i) => [...(i > 0 ? [''] : []), ...wrap(paragraph, width - indent)]);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const [only = ''] = lines;
  if (lines.length === 1 && indent + only.length + 6 <= width && !only.endsWith('"')) return [`${pad}"""${only}"""`];
  const [begin = '', ...others] = safe.split(/\n\s*\n/);
  const whole = wrap(begin, width - indent - 3);
  const [first = '', ...rest] = whole.length === 1 && others.length === 0 ? wrap(begin, width - indent - 6) : whole;
  const body = [...rest, ...others.flatMap((paragraph) => ['', ...wrap(paragraph, width - indent)])];
  return [`${pad}"""${first}`, ...body.map((line) => (line === '' ? '' : pad + line)), `${pad}"""`];
}

function wrap(paragraph: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Whether a text of Python contains a name, as a whole word. */
export function mentions(text: string, name: string): boolean {
  return text.match(/\w+/g)?.includes(name) ?? false;
}
