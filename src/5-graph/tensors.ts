import { descriptorOf, type Op } from '../ops/ops.ts';
import type { Shape, TensorSpec } from './graph.ts';
import { float32 } from './value-type.ts';

/** The tensors that an op owns, by the shape of its first input, named after its path. */
export function tensorsOf(op: Op, input: Shape, path: string): readonly TensorSpec[] {
  const { tensors } = descriptorOf(op);
  if (tensors === 'none') return noTensors;
  return tensors(op, input).map((tensor) => ({ name: tensorName(path, tensor.role), ...tensor, type: float32 }));
}

/** One for all nodes that own none: a network of many rows has many. */
const noTensors: readonly TensorSpec[] = [];

/** The name of a node's tensor in every target and checkpoint. */
export function tensorName(path: string, role: TensorSpec['role']): string {
  return role === 'value' ? path : `${path}.${role}`;
}
