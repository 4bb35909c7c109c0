import type { Span } from '../source.ts';
import { fillPattern, type ModulePattern, matchPattern, type PatternMatch, parsePattern } from './module-pattern.ts';
import { orderStars } from './star-order.ts';

/** A row of a weight map, for one of its columns. */
export interface WeightMapRow {
  /** The module or tensor of the model, `stages.*.*.expand.conv`. */
  readonly path: string;
  /** Its name in the checkpoint, `blocks.*.*.conv_pw`; parts of a grouped convolution with commas between. Empty: no such module there. */
  readonly pattern: string;
  readonly span: Span;
}

/** What a weight map states about one model and one checkpoint. */
export interface WeightMapping {
  /** For each tensor of the model that a row names: its names in the checkpoint, more than one where parts are joined. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Starred prefixes that the model and the checkpoint do not have equally often. */
  readonly uneven: readonly UnevenPrefix[];
  /** Rows that hold no pattern, or joined parts whose starred prefixes differ. */
  readonly badRows: readonly WeightMapRow[];
}

export interface UnevenPrefix {
  readonly span: Span;
  /** `stages.*.*`, and how many the model has. */
  readonly path: string;
  readonly count: number;
  /** `blocks.*.*`, and how many the checkpoint has. */
  readonly pattern: string;
  readonly found: number;
  /** The model's tensors that hang on it. */
  readonly tensors: readonly string[];
}

interface Row {
  readonly path: ModulePattern;
  readonly parts: readonly [ModulePattern, ...ModulePattern[]];
  readonly group: Group;
}

/** The rows that share their starred prefixes, on both sides: their stars are paired together. */
interface Group {
  readonly path: string;
  readonly pattern: string;
  readonly span: Span;
  readonly rows: Row[];
  readonly modelStars: Map<string, readonly string[]>;
  readonly checkpointStars: Map<string, readonly string[]>;
}

/**
 * Applies a weight map: which tensors of a checkpoint belong to which of a model.
 *
 * - Rows are read from the top: a tensor, here or there, belongs to the first row that names it.
 * - Stars pair by order. What is paired is the prefix up to the last star, over all rows that share it: the n-th
 *   `stages.*.*` that belongs to such a row is the n-th `blocks.*.*`. So a module that only some blocks have (an
 *   excitation, a shortcut) does not shift the others, and blocks that rows above have taken do not count.
 * - Among rows with the same prefixes a module may appear more than once: the first of its names that the checkpoint has
 *   counts. (In EfficientNetV2 `project.bn` is `bn3` in one kind of block and `bn2` in the other.)
 */
export function applyWeightMap(
  rows: readonly WeightMapRow[],
  modelTensors: Iterable<string>,
  checkpointTensors: Iterable<string>,
): WeightMapping {
  const { compiled, badRows } = compileRows(rows);

  const owned: { name: string; path: readonly string[]; group: Group; stars: readonly string[] }[] = [];
  for (const name of modelTensors) {
    const path = name.split('.');
    const first = firstMatch(compiled, path, (row) => [row.path]);
    if (!first) continue;
    const { group } = first.row;
    group.modelStars.set(first.match.stars.join('.'), first.match.stars);
    owned.push({ name, path, group, stars: first.match.stars });
  }
  const existing = new Set<string>();
  for (const name of checkpointTensors) {
    existing.add(name);
    const first = firstMatch(compiled, name.split('.'), (row) => row.parts);
    first?.row.group.checkpointStars.set(first.match.stars.join('.'), first.match.stars);
  }

  const groups = new Set(compiled.map((row) => row.group));
  const pairs = new Map([...groups].map((group) => [group, pairStars(group)]));
  const names = new Map<string, readonly string[]>();
  for (const { name, path, group, stars } of owned) {
    const counterpart = pairs.get(group)?.get(stars.join('.')) ?? [];
    const candidates = group.rows.flatMap((row) => {
      const match = matchPattern(row.path, path);
      return match ? [row.parts.map((part) => fillPattern(part, { ...match, stars: counterpart }))] : [];
    });
    const best = candidates.find((parts) => parts.every((part) => existing.has(part))) ?? candidates[0];
    if (best) names.set(name, best);
  }
  const uneven = [...groups].flatMap((group) =>
    unevenOf(
      group,
      owned.flatMap((tensor) => (tensor.group === group ? [tensor.name] : [])),
    ),
  );
  return { names, uneven, badRows };
}

function compileRows(rows: readonly WeightMapRow[]): { compiled: Row[]; badRows: WeightMapRow[] } {
  const groups = new Map<string, Group>();
  const compiled: Row[] = [];
  const badRows: WeightMapRow[] = [];
  for (const row of rows) {
    if (row.pattern === '') continue;
    const path = parsePattern(row.path);
    const [first, ...others] = row.pattern.split(',').map((part) => parsePattern(part.trim()));
    if (!path || !first || others.some((part) => part?.prefix !== first.prefix)) {
      badRows.push(row);
      continue;
    }
    const key = `${path.prefix} ${first.prefix}`;
    let group = groups.get(key);
    if (!group) {
      group = {
        path: path.prefix,
        pattern: first.prefix,
        span: row.span,
        rows: [],
        modelStars: new Map(),
        checkpointStars: new Map(),
      };
      groups.set(key, group);
    }
    const compiledRow: Row = { path, parts: [first, ...(others as ModulePattern[])], group };
    group.rows.push(compiledRow);
    compiled.push(compiledRow);
  }
  return { compiled, badRows };
}

/** The first row that names a tensor, here or there. */
function firstMatch(
  rows: readonly Row[],
  name: readonly string[],
  patternsOf: (row: Row) => readonly ModulePattern[],
): { row: Row; match: PatternMatch } | undefined {
  for (const row of rows) {
    for (const pattern of patternsOf(row)) {
      const match = matchPattern(pattern, name);
      if (match) return { row, match };
    }
  }
  return undefined;
}

/** For each of the model's stars the checkpoint's. */
function pairStars({ modelStars, checkpointStars }: Group): Map<string, readonly string[]> {
  const there = orderStars([...checkpointStars.values()]);
  const pairs = new Map<string, readonly string[]>();
  for (const [n, here] of orderStars([...modelStars.values()]).entries()) {
    const counterpart = there[n];
    if (counterpart) pairs.set(here.join('.'), counterpart);
  }
  return pairs;
}

function unevenOf(
  { path, pattern, span, modelStars, checkpointStars }: Group,
  tensors: readonly string[],
): UnevenPrefix[] {
  const count = modelStars.size;
  const found = checkpointStars.size;
  // Without stars there is one of each or a missing tensor, which has a better message.
  if (count === found || count === 0 || (path === '' && pattern === '')) return [];
  return [{ path, count, pattern, found, span, tensors }];
}
