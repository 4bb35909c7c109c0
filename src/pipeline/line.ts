import type { OpTimes } from './device.ts';
import type { LivingValue, TrainingWork } from './work.ts';

/** What stages are chosen by: the ops in order, as numbers. A position is that of the op that a stage begins with. */
export interface OpLine {
  readonly length: number;
  /** Seconds of a micro-batch in the ops before a position: `sums[b] - sums[a]` is that of a stage. */
  readonly forward: Float64Array;
  readonly backward: Float64Array;
  /** Bytes of weights, gradients and the optimiser in the ops before a position. */
  readonly state: Float64Array;
  /** For each op: the most bytes of gradients in one of its kernels, for a micro-batch. */
  readonly working: Float64Array;
  /** The values that each op makes, for a micro-batch. */
  readonly made: readonly (readonly Made[])[];
  /** Bytes of a micro-batch that cross a position: values, and their gradients where they have one. */
  readonly handed: Float64Array;
  readonly returned: Float64Array;
  readonly mayCut: readonly boolean[];
}

type Made = Pick<LivingValue, 'lastReader' | 'firstKeeper' | 'bytes'>;

/** Bytes that a parameter and a running statistic take on a device. */
export interface StateBytes {
  readonly parameter: number;
  readonly statistic: number;
}

export interface MicroBatch {
  readonly images: number;
  /** Whether there are others, whose gradients are summed. */
  readonly accumulates: boolean;
}

/** The line of a network for micro-batches of a size. */
export function createLine(
  work: TrainingWork,
  times: OpTimes,
  { images, accumulates }: MicroBatch,
  bytes: StateBytes,
): OpLine {
  const { ops, values, mayCut } = work;
  const length = ops.length;
  const made: Made[][] = ops.map(() => []);
  const handed = new Float64Array(length + 1);
  const returned = new Float64Array(length + 1);
  for (const value of values) {
    const scaled = value.bytes * images;
    if (value.producer >= 0) made[value.producer]?.push({ ...value, bytes: scaled });
    const end = Math.min(value.lastReader, length);
    for (let position = value.producer + 1; position <= end; position++) {
      handed[position] = (handed[position] ?? 0) + scaled;
      if (value.trains) returned[position] = (returned[position] ?? 0) + scaled;
    }
  }
  return {
    length,
    forward: sums(times.forward),
    backward: sums(times.backward),
    state: sums(ops.map(({ params, buffers }) => params * bytes.parameter + buffers * bytes.statistic)),
    working: Float64Array.from(
      ops,
      ({ workingBytes, gradientBytes }) => workingBytes * images + (accumulates ? gradientBytes : 0),
    ),
    made,
    handed,
    returned,
    mayCut,
  };
}

function sums(values: ArrayLike<number>): Float64Array {
  const result = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) result[i + 1] = (result[i] ?? 0) + (values[i] ?? 0);
  return result;
}
