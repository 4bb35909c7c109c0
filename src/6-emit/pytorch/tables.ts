import type { DeclarationText } from './ast-index.ts';
import type { StatedCall } from './part.ts';
import { callOf, layOut, listOf, numberText, type Python, stringText, variableName } from './python-text.ts';
import type { ClassStep } from './variants.ts';

/** A stage table of a class: consecutive blocks that are written as one container. */
export interface StageTable {
  readonly path: string;
  readonly blocks: readonly TableBlock[];
  /** What `__init__` contains for it. */
  readonly lines: readonly string[];
  /** Whether each block takes the output of the one before: then a loop runs it. */
  readonly isChain: boolean;
  /** The name of the list of the blocks' outputs, where they are kept. */
  readonly kept: string;
  /** The lines of `forward` that run a chain. */
  run(input: string, result: string, keeps: boolean): readonly string[];
}

export interface TableBlock {
  /** The number of its step in the class. */
  readonly part: number;
  readonly row: string;
  /** Its number in the row, where the table repeats. */
  readonly block?: number;
  /** `0.1` */
  readonly place: string;
}

interface Candidate {
  readonly slot: ClassStep;
  readonly call?: StatedCall;
  readonly isOptional: boolean;
}

/** @param isFree whether only the table's tensors begin with its path */
export function findTables(
  parts: readonly Candidate[],
  text: DeclarationText,
  isFree: (path: string, count: number) => boolean,
): StageTable[] {
  const tables: StageTable[] = [];
  for (let start = 0; start < parts.length; ) {
    const blocks: TableBlock[] = [];
    let path: string | undefined;
    let end = start;
    for (; end < parts.length; end++) {
      const found = blockAt(parts[end] as Candidate, text);
      if (!found || (path !== undefined && found.path !== path)) break;
      path = found.path;
      blocks.push({ ...found.block, part: end });
    }
    const isWhole =
      path !== undefined && /^[A-Za-z]\w*$/.test(path) && new Set(blocks.map((b) => b.place)).size === blocks.length;
    if (path !== undefined && isWhole && isFree(path, blocks.length) && isPlain(blocks)) {
      tables.push(tableOf(path, blocks, parts));
    }
    start = Math.max(end, start + 1);
  }
  return tables;
}

/** Whether the blocks are placed where a container puts its modules, or under names that it can use. */
function isPlain(blocks: readonly TableBlock[]): boolean {
  const rows = rowsOf(blocks);
  const isNumbered = rows.every(({ row }, i) => row === String(i));
  const isNamed = rows.every(
    ({ row }) =>
      /^\w+$/.test(row) &&
      !/^(append|extend|insert|pop|type|float|half|double|train|eval|apply|to|cpu|cuda|forward|compile|children|modules|parameters|buffers|training|T_destination|dump_patches|call_super_init|xpu|ipu|mtia|bfloat16|share_memory|zero_grad|state_dict|extra_repr)$/.test(
        row,
      ),
  );
  return (
    (isNumbered || isNamed) &&
    rows.every(({ inner }) => inner.every(({ block }, i) => block === undefined || block === i))
  );
}

function blockAt(
  { slot, call, isOptional }: Candidate,
  text: DeclarationText,
): { path: string; block: Omit<TableBlock, 'part'> } | undefined {
  const item = slot.items.find((each) => each !== undefined);
  if (!call || isOptional || item?.kind !== 'call' || item.path === '') return undefined;
  const row = text.row(item.instance.call.span);
  if (!row) return undefined;
  const names = item.path.split('.');
  const count = row.repeats ? 2 : 1;
  if (names.length <= count) return undefined;
  const path = names.slice(0, -count).join('.');
  const place = names.slice(-count).join('.');
  const rowName = names.at(-count) as string;
  return { path, block: { row: rowName, place, ...(row.repeats && { block: Number(names.at(-1)) }) } };
}

interface Row {
  readonly row: string;
  readonly inner: readonly TableBlock[];
}

function rowsOf(blocks: readonly TableBlock[]): Row[] {
  const rows: { row: string; inner: TableBlock[] }[] = [];
  for (const block of blocks) {
    const last = rows.at(-1);
    if (last && last.row === block.row) last.inner.push(block);
    else rows.push({ row: block.row, inner: [block] });
  }
  return rows;
}

function tableOf(path: string, blocks: readonly TableBlock[], parts: readonly Candidate[]): StageTable {
  const isChain = blocks.every(({ part }, i) => {
    const { slot } = parts[part] as Candidate;
    const before = parts[blocks[i - 1]?.part ?? -1]?.slot;
    const gives = slot.items.every((item) => item === undefined || item.outputs.length === 1);
    return gives && slot.inputs.length === 1 && (!before || slot.inputs[0] === `${before.key}/0`);
  });
  const repeats = blocks.some(({ block }) => block !== undefined);
  const kept = variableName(`${path}_outputs`);
  const calls = blocks.map(({ part }) => (parts[part] as Candidate).call as StatedCall);
  return {
    path,
    blocks,
    isChain,
    kept,
    lines: loopOf(path, blocks, calls) ?? listing(path, blocks, calls),
    run(input, result, keeps) {
      const self = `self.${path}`;
      if (!keeps) return [`        ${result} = ${self}(${input})`];
      const begin = input === result ? [] : [`        ${result} = ${input}`];
      const inner = (indent: string) => [`${indent}${result} = block(${result})`, `${indent}${kept}.append(${result})`];
      const loop = repeats
        ? [`        for row in ${self}:`, '            for block in row.children():', ...inner('                ')]
        : [`        for block in ${self}:`, ...inner('            ')];
      return [...begin, `        ${kept}: list[Tensor] = []`, ...loop];
    },
  };
}

/** All blocks one after the other. */
function listing(path: string, blocks: readonly TableBlock[], calls: readonly StatedCall[]): string[] {
  const rows = rowsOf(blocks);
  const callAt = new Map(blocks.map((block, i) => [block, calls[i] as StatedCall]));
  const isNumbered = rows.every(({ row }, i) => row === String(i));
  const rowValue = ({ inner }: Row): Python => {
    const all = inner.map((block) => (callAt.get(block) as StatedCall).python);
    const [only] = all;
    return inner[0]?.block === undefined ? (only as Python) : sequential(all);
  };
  const values = rows.map(rowValue);
  if (isNumbered) return layOut(8, `self.${path} = `, sequential(values));
  const pairs = rows.map(({ row }, i) => listOf('()', [stringText(row), values[i] as Python]));
  return layOut(8, `self.${path} = `, named(listOf('[]', pairs)));
}

function sequential(values: readonly Python[]): Python {
  return callOf(
    'nn.Sequential',
    values.map((value) => ['', value] as const),
  );
}

function named(pairs: Python): Python {
  return callOf('nn.Sequential', [['', callOf('OrderedDict', [['', pairs]])]]);
}

/** A column of the rows that a loop goes over. */
interface Column {
  readonly name: string;
  readonly type: string;
  /** By row. */
  readonly cells: readonly string[];
}

/** Loops over rows of numbers; undefined where the blocks are of several classes, or too few for a loop to be shorter. */
function loopOf(path: string, blocks: readonly TableBlock[], calls: readonly StatedCall[]): string[] | undefined {
  const rows = rowsOf(blocks);
  const [{ callee, args }] = calls as [StatedCall];
  if (calls.length < 4 || calls.some((call) => call.callee !== callee)) return undefined;
  const repeats = blocks[0]?.block !== undefined;
  if (!repeats && rows.length < 3) return undefined;
  let next = 0;
  const places = rows.map(({ inner }) => inner.map(() => next++));
  const columns: Column[] = [];
  const isNumbered = rows.every(({ row }, i) => row === String(i));
  if (!isNumbered) columns.push({ name: 'name', type: 'str', cells: rows.map(({ row }) => stringText(row)) });
  if (repeats) columns.push({ name: 'repeat', type: 'int', cells: rows.map(({ inner }) => String(inner.length)) });
  const before: string[] = [];
  const after: string[] = [];
  let usesPlace = false;
  let usesIndex = false;
  const textsOf = (number: number) => calls.map((call) => call.args[number]?.text as string);
  const column = (name: string, type: string, cells: readonly string[]): string => {
    const known = columns.find((each) => each.cells.length === cells.length && each.name === name);
    if (known) return known.name;
    columns.push({ name, type, cells });
    return name;
  };
  const items = args.flatMap(({ parameter }, number): (readonly [string, string])[] => {
    const { name, type, otherwise } = parameter;
    const texts = textsOf(number);
    const isPositional = otherwise === undefined && number < 2;
    const item = (text: string) => [[isPositional ? '' : name, text] as const];
    if (texts.every((_, i) => calls[i]?.args[number]?.isDefault)) return [];
    if (texts.every((text) => text === texts[0])) return item(texts[0] as string);
    if (name === 'in_channels') {
      const source = args.findIndex(
        (arg, k) =>
          k !== number &&
          arg.parameter.name !== 'in_channels' &&
          textsOf(k).every((text, i) => i + 1 >= texts.length || text === texts[i + 1]),
      );
      if (source >= 0) {
        before.push(`        in_channels = ${texts[0]}`);
        after.push(`in_channels = ${(args[source] as { parameter: { name: string } }).parameter.name}`);
        return item('in_channels');
      }
    }
    const byRow = places.map((inner) => inner.map((i) => texts[i] as string));
    if (byRow.every((inner) => inner.every((text) => text === inner[0]))) {
      return item(
        column(
          name,
          type,
          byRow.map(([text]) => text as string),
        ),
      );
    }
    const rest = new Set(byRow.flatMap(([, ...others]) => others));
    if (rest.size === 1) {
      usesPlace = true;
      return item(
        `${column(
          name,
          type,
          byRow.map(([text]) => text as string),
        )} if i == 0 else ${[...rest][0]}`,
      );
    }
    const ramp = rampOf(texts);
    if (ramp) {
      usesIndex = true;
      return item(ramp);
    }
    if (byRow.every(([, ...others]) => others.every((text) => text === others[0]))) {
      usesPlace = true;
      const begin = column(
        name,
        type,
        byRow.map(([text]) => text as string),
      );
      const after = column(
        `next_${name}`,
        type,
        byRow.map((inner) => (inner[1] ?? inner[0]) as string),
      );
      return item(`${begin} if i == 0 else ${after}`);
    }
    usesPlace = true;
    const cells = byRow.map((inner) => `(${inner.join(', ')}${inner.length === 1 ? ',' : ''})`);
    return item(`${column(`${name}s`, `tuple[${type}, ...]`, cells)}[i]`);
  });
  const names = columns.map(({ name }) => variableName(name));
  // the channels passed on must be a column
  if (
    after.some(
      (line) =>
        !names.includes(line.split(' = ')[1] as string) && !items.some(([, text]) => text === line.split(' = ')[1]),
    )
  )
    return undefined;
  const source = after[0]?.split(' = ')[1];
  if (source !== undefined && !names.includes(source)) return undefined;
  if (columns.length < 2 && !repeats) return undefined;
  const rowText = (i: number) => {
    const cells = columns.map((each) => each.cells[i] as string);
    return cells.length === 1 ? (cells[0] as string) : `(${cells.join(', ')})`;
  };
  const table: Python = {
    open: '[',
    items: rows.map((_, i) => ['', rowText(i)] as const),
    close: ']',
    spread: columns.length > 1,
  };
  const isCode = columns.some(({ type }) => type.includes('Callable') || type.includes('|'));
  const annotation = isCode ? `: list[tuple[${columns.map(({ type }) => type).join(', ')}]]` : '';
  const call = callOf(callee, items);
  const [rowsName, made] = [
    `${path}_rows`,
    isNumbered ? `${path}: list[nn.Module] = []` : `${path}: OrderedDict[str, nn.Module] = OrderedDict()`,
  ];
  const head = [
    ...(columns.length > 1 ? [`        # ${names.join(', ')}`] : []),
    ...annotated(rowsName, annotation, table),
    ...before,
    ...(usesIndex ? ['        index = 0'] : []),
    `        ${made}`,
    ...forLine(names, rowsName),
  ];
  const put = (value: string) => (isNumbered ? `${path}.append(${value})` : `${path}[name] = ${value}`);
  const last = isNumbered
    ? `        self.${path} = nn.Sequential(*${path})`
    : `        self.${path} = nn.Sequential(${path})`;
  if (!repeats) {
    if (usesPlace) return undefined;
    const body = isNumbered
      ? layOut(12, '', callOf(`${path}.append`, [['', call]]))
      : layOut(12, `${path}[name] = `, call);
    return [
      ...head,
      ...body,
      ...[...after, ...(usesIndex ? ['index += 1'] : [])].map((line) => `            ${line}`),
      last,
    ];
  }
  return [
    ...head,
    '            blocks: list[nn.Module] = []',
    `            for ${usesPlace ? 'i' : '_'} in range(repeat):`,
    ...layOut(16, '', callOf('blocks.append', [['', call]])),
    ...[...after, ...(usesIndex ? ['index += 1'] : [])].map((line) => `                ${line}`),
    `            ${put('nn.Sequential(*blocks)')}`,
    last,
  ];
}

function forLine(names: readonly string[], rows: string): string[] {
  const one = `        for ${names.join(', ')} in ${rows}:`;
  if (one.length <= 88) return [one];
  return ['        for (', ...names.map((name) => `            ${name},`), `        ) in ${rows}:`];
}

/** An assignment; a long annotation is broken too. */
function annotated(name: string, annotation: string, table: Python): string[] {
  const lines = layOut(8, `${name}${annotation} = `, table);
  if ((lines[0] as string).length <= 88) return lines;
  const inner = annotation.slice(': list['.length, -1);
  const [, ...rest] = lines;
  return [`        ${name}: list[`, `            ${inner}`, '        ] = [', ...rest];
}

/** Numbers that rise from 0 by equal steps, as for stochastic depth: `0.2 * index / 16`. */
function rampOf(texts: readonly string[]): string | undefined {
  const numbers = texts.map(Number);
  if (numbers.some(Number.isNaN) || numbers.length < 2) return undefined;
  const [n, last] = [numbers.length, numbers.at(-1) as number];
  for (const [count, shift] of [
    [n, 0],
    [n - 1, 0],
    [n, 1],
    [n + 1, 1],
  ] as const) {
    const most = Number(((last * count) / (n - 1 + shift)).toPrecision(10));
    if (numbers.every((value, k) => (most * (k + shift)) / count === value)) {
      return `${numberText(most)} * ${shift === 0 ? 'index' : '(index + 1)'} / ${count}`;
    }
  }
  return undefined;
}
