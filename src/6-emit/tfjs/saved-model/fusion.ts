import type { ProgramNode, StepFunction } from '../../../5-graph/training/program.ts';
import type { ActivationName } from '../../../ops/activations.ts';
import type { StepOpKind } from '../../../ops/step-ops.ts';
import type { GraphBuilder } from '../node-def/builder.ts';

/** Activations whose gradient takes TensorFlow several passes over memory. */
const slow: ReadonlySet<ActivationName> = new Set(['silu', 'gelu', 'mish', 'hardswish', 'hardsigmoid']);
/** Ops that one pass can include before such a gradient. */
const joins: ReadonlySet<StepOpKind> = new Set(['add', 'mul', 'globalAvgPoolGrad']);

/**
 * The nodes of a function to compile together, with a name for each group: the gradients of activations, with the ops
 * that compute only their dy, such as a gate's product and a pool's gradient in squeeze and excitation, and with the
 * batch norm that is recomputed for them. Forward passes are left to oneDNN, which has a kernel for SiLU.
 */
export function planFusion(fn: StepFunction): ReadonlyMap<number, string> {
  const groups = new Map<number, string>();
  const readers = fn.nodes.map(() => 0);
  for (const { inputs } of fn.nodes) for (const { node } of inputs) readers[node] = (readers[node] ?? 0) + 1;
  for (const { value } of fn.outputs) readers[value.node] = (readers[value.node] ?? 0) + 1;
  const join = (node: ProgramNode | undefined, group: string) => {
    if (!node || !joins.has(node.op.kind) || readers[node.id] !== 1) return;
    groups.set(node.id, group);
    for (const { node: input } of node.inputs) join(fn.nodes[input], group);
  };
  for (const node of fn.nodes) {
    const { id, op, inputs, path } = node;
    if (op.kind !== 'activationGrad' || !slow.has(op.fn)) continue;
    const group = `${fn.name}/${path}/${id}`;
    groups.set(id, group);
    join(fn.nodes[inputs[0]?.node ?? -1], group);
    const read = fn.nodes[inputs[1]?.node ?? -1];
    if (read?.op.kind === 'batchNormAgain' && readers[read.id] === 1) groups.set(read.id, group);
  }
  return groups;
}

/**
 * A builder whose nodes XLA compiles together. The attributes are those of `tf.xla.experimental.jit_scope`
 * (tensorflow/compiler/jit/defs.cc); a TensorFlow without XLA takes no notice of them.
 */
export function compiledTogether(b: GraphBuilder, group: string): GraphBuilder {
  const attributes = { _XlaCompile: { bool: true }, _XlaScope: { text: group } };
  return { ...b, node: (request) => b.node({ ...request, attr: { ...request.attr, ...attributes } }) };
}
