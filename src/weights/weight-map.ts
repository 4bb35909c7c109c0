import type { Span } from '../source.ts';
import {
  fillPattern,
  type ModulePattern,
  matchPattern,
  matchSubtree,
  type PatternMatch,
  parsePattern,
} from './module-pattern.ts';
import { pairStars } from './star-order.ts';

/** A row of a weight map, for one of its columns. */
export interface WeightMapRow {
  /** The module or tensor of the model, `stages.*.*.expand.conv`. Empty: the checkpoint has it, the model does not use it. */
  readonly path: string;
  /** Its name in the checkpoint, `blocks.*.*.conv_pw`; parts of a grouped convolution separated by commas. Empty: no such module there. */
  readonly pattern: string;
  readonly span: Span;
}

/** What a weight map states about one model and one checkpoint. */
export interface WeightMapping {
  /** For each tensor of the model that a row names: its names in the checkpoint, more than one where parts are joined. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Names in the checkpoint that rows without a path state as known. */
  readonly unused: ReadonlySet<string>;
  /** Starred prefixes that occur a different number of times in the model and the checkpoint. */
  readonly uneven: readonly UnevenPrefix[];
  /** Rows without a valid pattern, or with joined parts whose starred prefixes differ. */
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
  /** The model's tensors that depend on it. */
  readonly tensors: readonly string[];
}

interface Row {
  /** Absent in a row for something that the model does not use. */
  readonly path?: ModulePattern;
  readonly parts: readonly [ModulePattern, ...ModulePattern[]];
  readonly group: Group;
  /** Whether tensors of the model are further below the row's path than those of a module. */
  subtree: boolean;
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

/** A tensor of the model and the row that names it. */
export interface Owned {
  readonly name: string;
  readonly path: readonly string[];
  readonly row: Row;
  readonly match: PatternMatch;
  /** How the row names it: as one of a module's tensors, or as one below its path. */
  readonly matcher: typeof matchPattern;
}

/**
 * Applies a weight map: which tensors of a checkpoint belong to which of a model.
 *
 * - Rows are read from the top: a tensor, here or there, belongs to the first row that names it or its module; if there is
 *   none, to the first that names something it is below. Names below that are the same on both sides.
 * - Stars pair by order, or by name where both sides have the same (see `pairStars`). What is paired is the prefix up to the
 *   last star, over all rows that share it: the n-th `stages.*.*` that belongs to such a row is the n-th `blocks.*.*`. So a
 *   module that only some blocks have (an excitation, a shortcut) does not shift the others, and blocks that rows above have
 *   taken do not count.
 * - Among rows with the same prefixes a module may appear more than once: the first of its names that the checkpoint has
 *   counts. (In EfficientNetV2 `project.bn` is `bn3` in one kind of block and `bn2` in the other.)
 */
export function applyWeightMap(
  rows: readonly WeightMapRow[],
  modelTensors: Iterable<string>,
  checkpointTensors: Iterable<string>,
): WeightMapping {
  const { compiled, badRows } = compileRows(rows);
  const owned = ownedTensors(compiled, modelTensors);
  for (const { row, match } of owned) row.group.modelStars.set(match.stars.join('.'), match.stars);
  const existing = new Set<string>();
  const unused = new Set<string>();
  for (const name of checkpointTensors) {
    existing.add(name);
    const found = rowOfCheckpoint(compiled, name.split('.'));
    if (!found) continue;
    if (found.row.path) found.row.group.checkpointStars.set(found.match.stars.join('.'), found.match.stars);
    else unused.add(name);
  }

  const groups = new Set(compiled.flatMap((row) => (row.path ? [row.group] : [])));
  const pairs = new Map(
    [...groups].map((group) => [group, pairStars([...group.modelStars.values()], [...group.checkpointStars.values()])]),
  );
  const names = new Map<string, readonly string[]>();
  for (const { name, path, row, match: own, matcher } of owned) {
    const stars = pairs.get(row.group)?.get(own.stars.join('.')) ?? [];
    const candidates = row.group.rows.flatMap((other) => {
      const match = other.path && matcher(other.path, path);
      return match ? [other.parts.map((part) => fillPattern(part, { ...match, stars }))] : [];
    });
    const best = candidates.find((parts) => parts.every((part) => existing.has(part))) ?? candidates[0];
    if (best) names.set(name, best);
  }
  const uneven = [...groups].flatMap((group) =>
    unevenOf(
      group,
      owned.flatMap((tensor) => (tensor.row.group === group ? [tensor.name] : [])),
    ),
  );
  return { names, unused, uneven, badRows };
}

/**
 * The names that a checkpoint has under these rows: the name of a row's module or tensor, of something below it where the model's tensors are below the row's path, or one stated as known.
 * @returns a test of names split at their dots.
 */
export function namesOfRows(
  rows: readonly WeightMapRow[],
  modelTensors: Iterable<string>,
): (name: readonly string[]) => boolean {
  const { compiled } = compileRows(rows);
  ownedTensors(compiled, modelTensors);
  return (name) => rowOfCheckpoint(compiled, name) !== undefined;
}

/** The rows that are patterns, grouped by their starred prefixes. */
export function compileRows(rows: readonly WeightMapRow[]): { compiled: Row[]; badRows: WeightMapRow[] } {
  const groups = new Map<string, Group>();
  const compiled: Row[] = [];
  const badRows: WeightMapRow[] = [];
  for (const row of rows) {
    if (row.pattern === '') continue;
    const path = row.path === '' ? undefined : parsePattern(row.path);
    const [first, ...others] = row.pattern.split(',').map((part) => parsePattern(part.trim()));
    if ((!path && row.path !== '') || !first || others.some((part) => part?.prefix !== first.prefix)) {
      badRows.push(row);
      continue;
    }
    const key = `${row.path === '' ? '' : 'model '}${path?.prefix ?? ''} ${first.prefix}`;
    let group = groups.get(key);
    if (!group) {
      group = {
        path: path?.prefix ?? '',
        pattern: first.prefix,
        span: row.span,
        rows: [],
        modelStars: new Map(),
        checkpointStars: new Map(),
      };
      groups.set(key, group);
    }
    const parts = [first, ...(others as ModulePattern[])] as const;
    const compiledRow: Row = { ...(path && { path }), parts, group, subtree: false };
    group.rows.push(compiledRow);
    compiled.push(compiledRow);
  }
  return { compiled, badRows };
}

/** The tensors of the model that rows name, and whether rows name something below their path. */
export function ownedTensors(rows: readonly Row[], modelTensors: Iterable<string>): Owned[] {
  const owned: Owned[] = [];
  for (const name of modelTensors) {
    const path = name.split('.');
    for (const matcher of [matchPattern, matchSubtree]) {
      const first = firstMatch(rows, (row) => row.path && matcher(row.path, path));
      if (!first) continue;
      owned.push({ name, path, matcher, ...first });
      if (matcher === matchSubtree) first.row.subtree = true;
      break;
    }
  }
  return owned;
}

/** The row that names a tensor of the checkpoint; below a row's names, only what the model also has there. */
function rowOfCheckpoint(rows: readonly Row[], name: readonly string[]): { row: Row; match: PatternMatch } | undefined {
  const anyPart = (row: Row, matcher: typeof matchPattern) => {
    for (const part of row.parts) {
      const match = matcher(part, name);
      if (match) return match;
    }
    return undefined;
  };
  return (
    firstMatch(rows, (row) => anyPart(row, matchPattern)) ??
    firstMatch(rows, (row) => (row.subtree || !row.path ? anyPart(row, matchSubtree) : undefined))
  );
}

function firstMatch(
  rows: readonly Row[],
  match: (row: Row) => PatternMatch | undefined,
): { row: Row; match: PatternMatch } | undefined {
  for (const row of rows) {
    const found = match(row);
    if (found) return { row, match: found };
  }
  return undefined;
}

function unevenOf(
  { path, pattern, span, modelStars, checkpointStars }: Group,
  tensors: readonly string[],
): UnevenPrefix[] {
  const count = modelStars.size;
  const found = checkpointStars.size;
  // Without stars there is one of each, or a missing tensor, which has a better message.
  if (count === found || count === 0 || (path === '' && pattern === '')) return [];
  return [{ path, count, pattern, found, span, tensors }];
}
