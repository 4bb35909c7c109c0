import type { Graph } from '../5-graph/graph.ts';
import type { Misshapen } from './match-checkpoint.ts';

/** A kernel that the checkpoint has for a different number of input channels. */
export interface AdaptedKernel {
  /** Its name in the network. */
  readonly tensor: string;
  readonly names: readonly string[];
  /** `[filters, channels, height, width]` in the checkpoint. */
  readonly found: readonly number[];
  /** How many channels the network's input has. */
  readonly channels: number;
}

/**
 * Among the tensors with a different shape in a checkpoint, the kernels that read the network's input and differ only in its channels.
 */
export function adaptableKernels(graph: Graph, misshapen: readonly Misshapen[]): readonly AdaptedKernel[] {
  const reading = inputKernels(graph);
  return misshapen.flatMap(({ tensor, names, found }) => {
    if (!reading.has(tensor.name) || found?.length !== 4) return [];
    const differs = tensor.shape.some((n, axis) => axis !== 1 && n !== found[axis]);
    return differs ? [] : [{ tensor: tensor.name, names, found, channels: tensor.shape[1] as number }];
  });
}

/** The kernels of ungrouped convolutions over an input, padded or not. */
function inputKernels(graph: Graph): ReadonlySet<string> {
  const holdsInput = new Set<number>();
  const kernels = new Set<string>();
  for (const { id, op, inputs, tensors } of graph.nodes) {
    const reads = inputs.some(({ node }) => holdsInput.has(node));
    if (op.kind === 'input' || (op.kind === 'pad' && reads)) holdsInput.add(id);
    if (op.kind !== 'conv' || op.groups !== 1 || !reads) continue;
    for (const { name, role } of tensors) if (role === 'weight') kernels.add(name);
  }
  return kernels;
}

/**
 * A kernel for another number of channels, by the rule of timm's `adapt_input_conv`: for one channel the kernels are
 * summed, so that a gray image gives the same result as with equal channels; for others they are repeated in turn and scaled, so that the sum over equal channels stays the same.
 * @param values `[filters, from, height, width]`, row-major
 */
export function adaptKernel(
  values: Float32Array,
  [filters = 0, from = 0, height = 0, width = 0]: readonly number[],
  channels: number,
): Float32Array {
  const area = height * width;
  const adapted = new Float32Array(filters * channels * area);
  for (let filter = 0; filter < filters; filter++) {
    const source = filter * from * area;
    const target = filter * channels * area;
    if (channels === 1) {
      for (let i = 0; i < area; i++) {
        let sum = 0;
        for (let channel = 0; channel < from; channel++) sum += values[source + channel * area + i] as number;
        adapted[target + i] = sum;
      }
      continue;
    }
    for (let i = 0; i < channels * area; i++) {
      const channel = Math.floor(i / area) % from;
      adapted[target + i] = ((values[source + channel * area + (i % area)] as number) * from) / channels;
    }
  }
  return adapted;
}
