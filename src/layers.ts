/**
 * The layers that a model of `enetc` may contain and TensorFlow.js lacks, for loading a model without the compiler:
 * `import { registerLayers } from 'enetc/layers'`. Imports nothing; `tf` is given.
 */
export { registerLayers } from './6-emit/tfjs/custom-layers/register.ts';
