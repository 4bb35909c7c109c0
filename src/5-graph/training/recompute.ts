import type { ProgramNode, StepFunction, StepRef, StepShape } from './program.ts';
import { withNodes } from './with-nodes.ts';

/** Whether the backward half may read a value of the forward half; otherwise it is recomputed. */
export type Keeps = (value: StepRef, node: ProgramNode) => boolean;

/**
 * A function whose backward half recomputes values of the forward half instead of keeping them (Griewank & Walther 2000, Chen et
 * al. 2016). A value is recomputed from kept ones, right before the first gradient that reads it, by the same ops over the same inputs, so that it is equal, including dropout's noise. Statistics of batch norms are those of the forward half, which updates still read. Inputs, variables, and values without a batch axis (a norm's statistics) are always kept.
 *
 * Every copy waits, by the op `after`, for a gradient of the node that needs it: a runtime that runs whatever is ready would otherwise compute it in the forward half.
 */
export function recompute(fn: StepFunction, keeps: Keeps): StepFunction {
  const nodes: ProgramNode[] = [];
  /** By the old number: the new one. */
  const moved: number[] = [];
  const copies = new Map<number, number>();
  const awaited = new Map<string, StepRef>();
  const now = ({ node, output }: StepRef): StepRef => ({ node: moved[node] as number, output });
  const add = (node: Omit<ProgramNode, 'id'>): number => nodes.push({ ...node, id: nodes.length }) - 1;

  const isKept = (ref: StepRef) => {
    const node = fn.nodes[ref.node] as ProgramNode;
    if (node.part?.backward !== false || isGiven(node) || !shapeOf(node, ref).batch) return true;
    return keeps(ref, node);
  };
  /** A kept value for copies, which wait for the trigger. */
  const waiting = (ref: StepRef, trigger: StepRef, reader: ProgramNode): StepRef => {
    const node = fn.nodes[ref.node] as ProgramNode;
    const shape = shapeOf(node, ref);
    if (!shape.batch) return now(ref);
    const key = `${ref.node}:${ref.output} ${trigger.node}`;
    const known = awaited.get(key);
    if (known) return known;
    const { path, part } = reader;
    const id = add({
      op: { kind: 'after' },
      inputs: [now(ref), trigger],
      shapes: [shape],
      path,
      ...(part && { part }),
    });
    const value = { node: id, output: 0 };
    awaited.set(key, value);
    return value;
  };
  const again = (ref: StepRef, trigger: StepRef, reader: ProgramNode): StepRef => {
    const known = copies.get(ref.node);
    if (known !== undefined) return { node: known, output: ref.output };
    const { op, inputs, shapes, path } = fn.nodes[ref.node] as ProgramNode;
    const made = inputs.map((input) =>
      isKept(input) ? waiting(input, trigger, reader) : again(input, trigger, reader),
    );
    const id = add({ op, inputs: made, shapes, path, ...(reader.part && { part: reader.part }) });
    copies.set(ref.node, id);
    return { node: id, output: ref.output };
  };

  for (const node of fn.nodes) {
    const backward = node.part?.backward === true;
    const trigger = backward ? triggerOf(fn, node, nodes, now) : undefined;
    const inputs = node.inputs.map((ref) => (!trigger || isKept(ref) ? now(ref) : again(ref, trigger, node)));
    moved[node.id] = add({ ...node, inputs });
  }
  return withNodes(fn, nodes, now);
}

/** A gradient that the node reads, or the last one before it. */
function triggerOf(
  fn: StepFunction,
  node: ProgramNode,
  before: readonly ProgramNode[],
  now: (ref: StepRef) => StepRef,
): StepRef | undefined {
  const read = node.inputs.find((ref) => {
    const from = fn.nodes[ref.node] as ProgramNode;
    return from.part?.backward !== false && !isGiven(from) && shapeOf(from, ref).batch;
  });
  if (read) return now(read);
  const last = before.findLast(({ part, shapes }) => part?.backward === true && shapes[0]?.batch === true);
  return last && { node: last.id, output: 0 };
}

function isGiven({ op }: ProgramNode): boolean {
  return op.kind === 'input' || op.kind === 'variable';
}

function shapeOf({ shapes }: ProgramNode, { output }: StepRef): StepShape {
  return shapes[output] as StepShape;
}
