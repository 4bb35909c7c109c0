import type { KernelWork, OpWork, TrainingWork } from './work.ts';

/** A device of a pipeline, by its speeds, and the link to the next. */
export interface Device {
  /** Floating-point operations per second; a multiply-accumulate is two. */
  readonly operations: number;
  /** Bytes per second between its memory and its units. */
  readonly bandwidth: number;
  /** Seconds that starting a kernel takes. */
  readonly overhead: number;
  /** Bytes per second from one stage to the next, each way, and the latency in seconds. */
  readonly link: number;
  readonly latency: number;
}

/** Roughly what PyTorch reaches in float32 on a GPU with 16 GB such as NVIDIA's V100. */
export const defaultDevice: Device = {
  operations: 10e12,
  bandwidth: 700e9,
  overhead: 10e-6,
  link: 10e9,
  latency: 20e-6,
};

/** Seconds that a micro-batch takes in each op, by its number in `TrainingWork.ops`. */
export interface OpTimes {
  readonly forward: Float64Array;
  readonly backward: Float64Array;
}

/**
 * The time of each op for a micro-batch: for each kernel the larger of computing and moving bytes, as in the roofline
 * model (Williams et al., CACM 2009), plus its launch.
 */
export function opTimes({ ops }: TrainingWork, device: Device, images: number): OpTimes {
  const seconds = ({ macs, imageBytes, fixedBytes }: KernelWork) =>
    device.overhead +
    Math.max((2 * macs * images) / device.operations, (imageBytes * images + fixedBytes) / device.bandwidth);
  const all = (half: (op: OpWork) => readonly KernelWork[]) =>
    Float64Array.from(ops, (op) => half(op).reduce((sum, kernel) => sum + seconds(kernel), 0));
  return { forward: all((op) => op.forward), backward: all((op) => op.backward) };
}
