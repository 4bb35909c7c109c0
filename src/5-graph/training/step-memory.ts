import { elements } from '../../ops/shape.ts';
import type { StepOpKind } from '../../ops/step-ops.ts';
import type { StepFunction, StepProgram, StepRef, StepShape, Update } from './program.ts';

/** Ops that give an input under another name, without a buffer of their own. */
const views: ReadonlySet<StepOpKind> = new Set(['flatten', 'unflatten', 'after']);

/** Bytes of a program's variables. */
export function variableBytes({ variables }: Pick<StepProgram, 'variables'>): number {
  return variables.reduce((sum, { shape }) => sum + 4 * elements(shape), 0);
}

/**
 * The most bytes of values that are alive at once in a run of a function over a number of samples, in the order of its nodes, each value
 * freed after its last reader. Excludes variables, and what a runtime itself needs.
 */
export function peakBytes(fn: StepFunction, batch: number): number {
  const bytes: number[][] = [];
  /** The buffer of a value: for a view, its input's. */
  const home: StepRef[][] = [];
  const last: number[][] = fn.nodes.map(({ shapes }) => shapes.map(() => -1));
  const homeOf = ({ node, output }: StepRef) => home[node]?.[output] as StepRef;
  const read = (ref: StepRef, time: number) => {
    const at = homeOf(ref);
    (last[at.node] as number[])[at.output] = time;
  };
  for (const { id, op, shapes, inputs } of fn.nodes) {
    const isView = views.has(op.kind);
    home.push(shapes.map((_shape, output) => (isView ? homeOf(inputs[0] as StepRef) : { node: id, output })));
    bytes.push(shapes.map((shape) => (isView || op.kind === 'variable' ? 0 : bytesOf(shape, batch))));
    for (const ref of inputs) read(ref, id);
    home[id]?.forEach((at) => {
      const times = last[at.node] as number[];
      times[at.output] = Math.max(times[at.output] as number, id);
    });
  }
  const end = fn.nodes.length;
  for (const { value } of fn.outputs) read(value, end);
  for (const ref of fn.guards) read(ref, end);
  for (const update of fn.updates) for (const ref of refsOf(update)) read(ref, end);

  const freed: number[] = new Array(end + 1).fill(0);
  last.forEach((times, node) => {
    times.forEach((time, output) => {
      freed[time] = (freed[time] ?? 0) + (bytes[node]?.[output] ?? 0);
    });
  });
  let [alive, peak] = [0, 0];
  bytes.forEach((own, node) => {
    alive += own.reduce((sum, size) => sum + size, 0);
    peak = Math.max(peak, alive);
    alive -= freed[node] ?? 0;
  });
  return peak;
}

/** The values that an update reads. */
function refsOf(update: Update): StepRef[] {
  return Object.values(update).filter(
    (value): value is StepRef => typeof value === 'object' && value !== null && 'node' in value,
  );
}

function bytesOf({ batch: isBatched, dims }: StepShape, batch: number): number {
  return 4 * elements(dims) * (isBatched ? batch : 1);
}
