import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { StepOpKind, StepOpOf } from '../../ops/step-ops.ts';
import type { Tfjs } from '../backend.ts';

/** What an op is run with, in addition to its inputs. */
export interface KernelContext {
  readonly tf: Tfjs;
  /** The value fed to an input, as a new tensor. */
  readonly input: (name: string) => Tensor;
  /** The value of a variable before this run's updates. */
  readonly variable: (name: string) => Tensor;
}

/**
 * Runs one op. Maps are channels last, `[N, H, W, C]`, and weights as `weight-layout.ts` says. Its intermediate tensors
 * are freed by the caller; it may return one of its inputs.
 */
export type OpKernel<K extends StepOpKind> = (
  context: KernelContext,
  op: StepOpOf<K>,
  inputs: readonly Tensor[],
) => Tensor | readonly Tensor[];

/** A part of the table over all ops. */
export type OpKernels<K extends StepOpKind> = { readonly [Kind in K]: OpKernel<Kind> };

/** The input at `index`, which the program guarantees. */
export function at(inputs: readonly Tensor[], index: number): Tensor {
  const tensor = inputs[index];
  if (!tensor) throw new Error(`a step's op lacks its input ${index}`);
  return tensor;
}

/** The same for a map, `[N, H, W, C]`, or a convolution's weight. */
export function mapAt(inputs: readonly Tensor[], index: number): Tensor4D {
  return at(inputs, index) as Tensor4D;
}

/** A kernel of the backend that has no function of its own in tfjs-core: the gradients' kernels. */
export function runKernel(
  tf: Tfjs,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
): Tensor4D {
  type Engine = ReturnType<Tfjs['engine']>;
  return tf
    .engine()
    .runKernel(name, { ...inputs }, { ...attributes } as Parameters<Engine['runKernel']>[2]) as unknown as Tensor4D;
}

/**
 * The sum of tensors of one shape. tfjs' webgpu backend binds all summands to one shader, and a device need not take
 * more than eight (WebGPU, maxStorageBuffersPerShaderStage).
 */
export function sumOf<T extends Tensor>(tf: Tfjs, tensors: readonly T[]): T {
  const [first, ...rest] = tensors;
  if (!first) throw new Error('a sum of a step has nothing to add');
  let sum = first;
  for (let i = 0; i < rest.length; i += 4) sum = tf.addN([sum, ...rest.slice(i, i + 4)]);
  return sum;
}
