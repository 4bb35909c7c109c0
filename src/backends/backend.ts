import type { CreateRunner } from './runner.ts';

/** TensorFlow.js, whichever package brings it: core, layers and converter in one namespace. */
export type Tfjs = typeof import('@tensorflow/tfjs');

/** Best first. */
export const backendNames = ['cuda', 'tensorflow', 'webgpu', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** A backend that is ready. */
export interface Backend {
  readonly name: BackendName;
  /** For people: `TensorFlow 2.21.0 on 2 CPU cores`, `WebGPU, NVIDIA H100 (vulkan)`. */
  readonly description: string;
  /** The namespace, with this backend set and ready. */
  readonly tf: Tfjs;
  /** Runs training programs: whole steps in one call on TensorFlow, op by op elsewhere. */
  readonly createRunner: CreateRunner;
  close(): void;
}
