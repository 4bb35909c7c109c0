import type { Tfjs } from './backend.ts';
import { quietly } from './quiet.ts';

/**
 * Plain TensorFlow.js, which is bundled with enetc. It is loaded only here: the WebGPU backend has to register its
 * kernels with the same tfjs-core.
 */
export function loadTfjs(): Promise<Tfjs> {
  return quietly(() => import('@tensorflow/tfjs'));
}
