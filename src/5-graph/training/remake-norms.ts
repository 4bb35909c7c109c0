import type { ProgramNode, StepFunction, StepRef } from './program.ts';
import { withNodes } from './with-nodes.ts';

/**
 * A function in which gradients that read a batch norm's result have it recomputed from the norm's input and statistics, so that
 * it need not be kept: the input is kept anyway, for the norm's own gradient, and normalising it again costs next to nothing. The
 * copy waits for the gradient that comes in, by the op `after`.
 */
export function remakeNorms(fn: StepFunction): StepFunction {
  const nodes: ProgramNode[] = [];
  /** By the old number: the new one. */
  const moved: number[] = [];
  const copies = new Map<number, StepRef>();
  const now = ({ node, output }: StepRef): StepRef => ({ node: moved[node] as number, output });
  const add = (node: Omit<ProgramNode, 'id'>): StepRef => ({
    node: nodes.push({ ...node, id: nodes.length }) - 1,
    output: 0,
  });

  const again = (norm: ProgramNode, reader: ProgramNode): StepRef => {
    const known = copies.get(norm.id);
    if (known) return known;
    const trigger = reader.inputs.find((ref) => isBatched(fn, ref) && fn.nodes[ref.node]?.part?.backward !== false);
    const shapes = norm.shapes.slice(0, 1);
    const place = { shapes, path: reader.path, ...(reader.part && { part: reader.part }) };
    const [x, gamma, beta] = norm.inputs.map(now) as [StepRef, StepRef, StepRef];
    const waiting = trigger ? add({ op: { kind: 'after' }, inputs: [x, now(trigger)], ...place }) : x;
    const [mean, variance] = [1, 2].map((output) => now({ node: norm.id, output })) as [StepRef, StepRef];
    const { epsilon } = norm.op as ProgramNode['op'] & { kind: 'batchNorm' };
    const inputs = [waiting, gamma, beta, mean, variance];
    const made = add({ op: { kind: 'batchNormAgain', epsilon }, inputs, ...place });
    copies.set(norm.id, made);
    return made;
  };

  for (const node of fn.nodes) {
    const inputs = node.inputs.map((ref) => {
      const from = fn.nodes[ref.node] as ProgramNode;
      const isNormal = from.op.kind === 'batchNorm' && ref.output === 0;
      return node.part?.backward === true && isNormal ? again(from, node) : now(ref);
    });
    moved[node.id] = add({ ...node, inputs }).node;
  }
  return withNodes(fn, nodes, now);
}

function isBatched({ nodes }: StepFunction, { node, output }: StepRef): boolean {
  return nodes[node]?.shapes[output]?.batch === true;
}
