import type { StepOpKind } from '../../ops/step-ops.ts';
import type { ProgramNode, StepFunction, StepRef } from './program.ts';
import { withNodes } from './with-nodes.ts';

/** The gradient of a layer's input, from which the backward half goes on, by that of its weight. */
const inputGradients: ReadonlySet<StepOpKind> = new Set(['convGradInput', 'channelConvGradInput', 'linearGradInput']);
const weightGradients: ReadonlySet<StepOpKind> = new Set([
  'convGradWeight',
  'channelConvGradWeight',
  'linearGradWeight',
]);

/**
 * A function whose backward half computes the gradient of a layer's input only after the weight gradients before it in the order of
 * nodes. Only the optimiser reads weight gradients: a runtime that runs whatever is ready could put them off, and would hold layers'
 * inputs and gradients for them. A weight gradient that comes after its layer's input gradient may still run at the same time as that.
 */
export function keepPace(fn: StepFunction): StepFunction {
  const nodes: ProgramNode[] = [];
  /** By the old number: the new one. */
  const moved: number[] = [];
  const now = ({ node, output }: StepRef): StepRef => ({ node: moved[node] as number, output });
  let computed: StepRef | undefined;
  let awaited: StepRef | undefined;
  for (const node of fn.nodes) {
    const { op, shapes, path, part } = node;
    let inputs = node.inputs.map(now);
    if (inputGradients.has(op.kind) && computed && computed !== awaited) {
      const [dy, ...rest] = inputs as [StepRef, ...StepRef[]];
      const from = fn.nodes[(node.inputs[0] as StepRef).node] as ProgramNode;
      const shape = from.shapes[(node.inputs[0] as StepRef).output] ?? { batch: true, dims: [] };
      const waiting: ProgramNode = {
        id: nodes.length,
        op: { kind: 'after' },
        inputs: [dy, computed],
        shapes: [shape],
        path,
        ...(part && { part }),
      };
      nodes.push(waiting);
      inputs = [{ node: waiting.id, output: 0 }, ...rest];
      awaited = computed;
    }
    moved[node.id] = nodes.length;
    nodes.push({ ...node, id: nodes.length, inputs, shapes });
    if (weightGradients.has(op.kind)) computed = { node: nodes.length - 1, output: 0 };
  }
  return withNodes(fn, nodes, now);
}
