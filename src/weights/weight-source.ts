import type { TensorSpec } from '../5-graph/graph.ts';

/**
 * Where the numbers of a network come from: seeded initialisation, a checkpoint, or a layer over another source.
 * One tensor at a time, so that a network is never all in memory.
 */
export interface WeightSource {
  /**
   * The values of a tensor, row-major in the shape of its spec. The array is only valid until the next call: sources
   * reuse one buffer.
   */
  read(tensor: TensorSpec): Float32Array;
}
