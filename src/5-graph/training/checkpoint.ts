import type { Graph, GraphNode } from '../graph.ts';
import type { ProgramNode, StepFunction, StepRef } from './program.ts';
import { type Keeps, recompute } from './recompute.ts';
import { keepsBetween, type Segments, stageSegments } from './segments.ts';
import { peakBytes } from './step-memory.ts';

/** Which values of a step are kept for the backward half, and which are recomputed. */
export type CheckpointPolicy =
  /** All are kept. */
  | 'none'
  /** Values that one stage of the network passes to others are kept. */
  | 'stages'
  /** The least is recomputed that keeps a step of `batch` samples within `bytes`, variables included. */
  | { readonly bytes: number; readonly batch: number };

/** Why there is no such function: what a step needs at least. */
export interface TooLarge {
  readonly least: number;
}

/**
 * A training step's function that keeps the requested values.
 * @param fixed bytes of the program's variables, which count towards a limit
 */
export function withCheckpoint(
  fn: StepFunction,
  graph: Graph,
  checkpoint: CheckpointPolicy,
  fixed: number,
): StepFunction | TooLarge {
  if (checkpoint === 'none') return fn;
  if (checkpoint === 'stages') return recompute(fn, keepsBetween(fn, stageSegments(graph)));
  const { bytes, batch } = checkpoint;
  const needs = (candidate: StepFunction) => fixed + peakBytes(candidate, batch);
  if (needs(fn) <= bytes) return fn;
  const pointwise = recompute(fn, keepsProducts);
  if (needs(pointwise) <= bytes) return pointwise;
  const segmented = bestSegments(fn, graph, needs);
  const least = Math.min(needs(segmented.fn), needs(pointwise));
  if (needs(segmented.fn) > bytes) return { least };
  return fewestAgain(fn, segmented.segments, (candidate) => needs(candidate) <= bytes) ?? segmented.fn;
}

/** Ops that take one pass over memory. */
const passes: ReadonlySet<ProgramNode['op']['kind']> = new Set(['batchNorm', 'activation', 'mul', 'mask', 'normalise']);

/** Keeps what takes more than a pass over memory to make. */
function keepsProducts(_ref: StepRef, { op }: ProgramNode): boolean {
  return !passes.has(op.kind);
}

interface Segmented {
  readonly segments: Segments;
  readonly fn: StepFunction;
}

/** The cut of a network's blocks into runs of about equal size that needs the least memory. */
function bestSegments(fn: StepFunction, graph: Graph, needs: (fn: StepFunction) => number): Segmented {
  const blocks = blockSegments(graph);
  const sizes = new Array(Math.max(...blocks) + 1).fill(0) as number[];
  for (const { part, shapes } of fn.nodes) {
    if (part?.backward !== false) continue;
    const block = blocks[part.node] as number;
    const size = shapes.reduce((sum, { batch, dims }) => sum + (batch ? dims.reduce((n, d) => n * d, 1) : 0), 0);
    sizes[block] = (sizes[block] as number) + size;
  }
  let best: Segmented | undefined;
  for (let count = 2; count <= sizes.length; count++) {
    const run = runsOf(sizes, count);
    const segments = blocks.map((block) => run[block] as number);
    const made = { segments, fn: recompute(fn, keepsBetween(fn, segments)) };
    if (!best || needs(made.fn) < needs(best.fn)) best = made;
  }
  return best ?? { segments: blocks, fn };
}

/** The run of each block, of `count` runs about equal in size. */
function runsOf(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  return sizes.map((size) => {
    const run = Math.min(count - 1, Math.floor(((before + size / 2) / total) * count));
    before += size;
    return run;
  });
}

/** The blocks of the network's tables, and what is between them, in the order in which they begin. */
function blockSegments({ nodes }: Graph): Segments {
  let segment = -1;
  const seen = new Set<string>();
  return nodes.map(({ place: { section, row, block } }: GraphNode) => {
    const name = `${section}/${row ?? ''}/${block ?? ''}`;
    if (!seen.has(name)) segment++;
    seen.add(name);
    return segment;
  });
}

/** Keeps all values of as many segments as fit, the last first: theirs are needed for the shortest time. */
function fewestAgain(
  fn: StepFunction,
  segments: Segments,
  fits: (fn: StepFunction) => boolean,
): StepFunction | undefined {
  const between = keepsBetween(fn, segments);
  const made = (from: number) => {
    const keeps: Keeps = (ref, node) => between(ref, node) || (segments[node.part?.node ?? 0] as number) >= from;
    return recompute(fn, keeps);
  };
  for (let from = 1; from <= Math.max(...segments); from++) {
    const candidate = made(from);
    if (fits(candidate)) return candidate;
  }
  return undefined;
}
