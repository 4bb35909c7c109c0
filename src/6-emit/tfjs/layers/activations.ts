import { type ActivationName, usualSlope } from '../../../ops/activations.ts';

/** The layer of an activation: Keras' own layer of activations, with a name, or a class; none for what changes nothing. */
type ActivationLayer =
  | { readonly keras: string }
  | { readonly layer: string; readonly config?: Readonly<Record<string, unknown>> }
  | 'none';

/** By the slope, which is not a number where the activation has none. */
export const activationLayers: Readonly<Record<ActivationName, (slope: number) => ActivationLayer>> = {
  identity: () => 'none',
  relu: () => ({ keras: 'relu' }),
  relu6: () => ({ keras: 'relu6' }),
  leaky_relu: (slope) => ({ layer: 'LeakyReLU', config: { alpha: slope } }),
  elu: () => ({ keras: 'elu' }),
  silu: () => ({ keras: 'swish' }),
  gelu: () => ({ keras: 'gelu' }),
  mish: () => ({ keras: 'mish' }),
  sigmoid: () => ({ keras: 'sigmoid' }),
  hardsigmoid: (slope) => {
    if (slope === kerasSlope) return { keras: 'hard_sigmoid' };
    return { layer: 'EnetHardSigmoid', ...(slope !== usualSlope('hardsigmoid') && { config: { slope } }) };
  },
  hardswish: () => ({ layer: 'EnetHardSwish' }),
  tanh: () => ({ keras: 'tanh' }),
  softmax: () => ({ keras: 'softmax' }),
};

/** The slope of TensorFlow.js's own hard sigmoid, which is that of Keras 2. */
const kerasSlope = 0.2;
