import type { Program } from '../2-resolve/program.ts';
import type { Graph, ModelUse, TensorSpec } from '../5-graph/graph.ts';
import { isBatchCounter } from './checkpoint.ts';
import { type ModulePattern, matchPattern, parsePattern } from './module-pattern.ts';
import { type WeightColumn, weightColumns } from './weight-columns.ts';
import { namesOfRows, type WeightMapRow } from './weight-map.ts';

/** How a checkpoint names the tensors of one model in a network. */
export interface Naming {
  /** The model's path, `trunk`; empty for the network's own. */
  readonly path: string;
  /**
   * The prefix of its names in the checkpoint: `trunk.`, the one that a row of an outer model's map gives for its path, or
   * nothing if the file has only that model.
   */
  readonly base: string;
  /** The rows of a weight map; without them the names are the model's own paths. */
  readonly rows?: readonly WeightMapRow[];
}

/** A naming, with its origin. */
export interface ChosenNaming extends Naming {
  readonly use: ModelUse;
  readonly column?: { readonly name: string } & WeightColumn;
}

/** How many of a checkpoint's names are enough to tell whose they are. */
const sampled = 5000;
/** How many of the names must share a prefix for it to be removed. */
const leastShare = 0.3;

/**
 * Finds out how a checkpoint names the tensors of a network: for each model in it by its own paths or by the column of a
 * weight map that fits best, with the model's path before or without it, and a prefix that the names share (`module.`,
 * `_orig_mod.`) or not. Among equally good ones, our own names and the shortest prefix win. @param asked the only column
 * to consider.
 */
export function chooseNamings(
  program: Program,
  graph: Graph,
  tensors: readonly TensorSpec[],
  checkpointNames: Iterable<string>,
  asked?: string,
): { readonly prefix: string; readonly namings: readonly ChosenNaming[] } {
  const all = [...checkpointNames].filter((name) => !isBatchCounter(name));
  const names = all.slice(0, sampled);
  const columns = new Map(graph.models.map((use) => [use, weightColumns(program, use.declared)]));
  const sides = graph.models.map((use) => candidatesOf(columns, use, tensors, asked));
  let best: { prefix: string; namings: readonly ChosenNaming[]; score: number } | undefined;
  for (const prefix of sharedPrefixes(names)) {
    const split = names.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name).split('.'));
    const chosen = sides.map((candidates) => bestOf(candidates, split));
    const score = chosen.reduce((sum, c) => sum + c.score, 0);
    if (!best || score > best.score) best = { prefix, namings: chosen.map((c) => c.naming), score };
    if (score >= names.length) break;
  }
  return best ?? { prefix: '', namings: sides.flatMap(([first]) => (first ? [first.naming] : [])) };
}

/** The columns that a network's models have, for messages. */
export function columnNames(program: Program, graph: Graph): readonly string[] {
  return [...new Set(graph.models.flatMap((use) => [...weightColumns(program, use.declared).keys()]))];
}

interface Candidate {
  readonly naming: ChosenNaming;
  /** Whether a name, split at its dots, is one of this naming's. */
  readonly fits: (name: readonly string[]) => boolean;
}

type ColumnsOfUses = ReadonlyMap<ModelUse, ReadonlyMap<string, WeightColumn>>;

/** The namings that a model may have in a checkpoint; the first is used if none fits. */
function candidatesOf(
  all: ColumnsOfUses,
  use: ModelUse,
  tensors: readonly TensorSpec[],
  asked: string | undefined,
): Candidate[] {
  const { path } = use;
  const columns = [...(all.get(use) ?? [])];
  const within = withDot(path);
  const own = new Set(tensors.flatMap(({ name }) => (name.startsWith(within) ? [name.slice(within.length)] : [])));
  const ownPatterns = patternsOf(columns.flatMap(([, { rows }]) => rows.map((row) => row.path)));
  const wanted = asked === undefined ? columns : columns.filter(([name]) => name === asked);
  const bases = basesOf(all, path);
  const ownNames = bases.map((base): Candidate => {
    const fits = fitting(base, (name) => own.has(name.join('.')) || matchesAny(ownPatterns, name));
    return { naming: { path, base, use }, fits };
  });
  const innerModels = new Set([...all.keys()].flatMap((inner) => (inner.path === path ? [] : [inner.path])));
  const mapped = bases.flatMap((base) =>
    wanted.map(([name, column]): Candidate => {
      const rows = column.rows.filter((row) => !innerModels.has(within + row.path));
      const fits = fitting(base, namesOfRows(rows, own));
      return { naming: { path, base, use, rows, column: { name, ...column } }, fits };
    }),
  );
  return asked !== undefined && mapped.length > 0 ? mapped : [...ownNames, ...mapped];
}

/**
 * The possible prefixes of a model in a network: its path, what the rows of outer models' maps give for its path, or
 * nothing.
 */
function basesOf(all: ColumnsOfUses, path: string): string[] {
  if (path === '') return [''];
  const named = [...all].flatMap(([outer, columns]) => {
    const within = withDot(outer.path);
    if (outer.path === path || !path.startsWith(within)) return [];
    const rows = [...columns.values()].flatMap((column) => column.rows);
    const patterns = rows.flatMap((row) => (within + row.path === path && row.pattern ? [row.pattern] : []));
    return basesOf(all, outer.path).flatMap((base) => patterns.map((pattern) => `${base}${pattern}.`));
  });
  return [...new Set([`${path}.`, ...named, ''])];
}

function withDot(path: string): string {
  return path === '' ? '' : `${path}.`;
}

type Patterns = readonly ModulePattern[];

function patternsOf(texts: readonly string[]): Patterns {
  return texts.flatMap((text) => parsePattern(text.trim()) ?? []);
}

function matchesAny(patterns: Patterns, name: readonly string[]): boolean {
  return patterns.some((pattern) => matchPattern(pattern, name));
}

function fitting(base: string, fits: Candidate['fits']): Candidate['fits'] {
  if (base === '') return fits;
  const words = base.split('.').slice(0, -1);
  return (name) => words.every((word, i) => name[i] === word) && fits(name.slice(words.length));
}

function bestOf(
  candidates: readonly Candidate[],
  names: readonly (readonly string[])[],
): { naming: ChosenNaming; score: number } {
  let best: { naming: ChosenNaming; score: number } | undefined;
  for (const { naming, fits } of candidates) {
    const score = names.filter(fits).length;
    if (!best || score > best.score) best = { naming, score };
  }
  return best as NonNullable<typeof best>;
}

/** The prefixes that many of the names share, the empty one first, each longer than the one before. */
function sharedPrefixes(names: readonly string[]): string[] {
  const prefixes = [''];
  let within = names;
  for (let prefix = ''; ; ) {
    const counts = new Map<string, number>();
    for (const name of within) {
      const dot = name.indexOf('.', prefix.length);
      if (dot >= 0) counts.set(name.slice(0, dot + 1), (counts.get(name.slice(0, dot + 1)) ?? 0) + 1);
    }
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    if (!most || most[1] < leastShare * names.length || prefixes.length > 8) return prefixes;
    prefix = most[0];
    within = within.filter((name) => name.startsWith(prefix));
    prefixes.push(prefix);
  }
}
