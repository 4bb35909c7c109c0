import type { ActivationName } from '../../../ops/activations.ts';

/** The layer of an activation: one of Keras' own by name, or a class of ours; none for what changes nothing. */
type ActivationLayer = { readonly keras: string } | { readonly custom: string } | 'none';

/** Keras' own hard sigmoid is 0.2 x + 0.5, clipped: not that of the MobileNetV3 paper, which is relu6(x + 3) / 6. */
export const activationLayers: Readonly<Record<ActivationName, ActivationLayer>> = {
  identity: 'none',
  relu: { keras: 'relu' },
  relu6: { keras: 'relu6' },
  elu: { keras: 'elu' },
  silu: { keras: 'swish' },
  gelu: { keras: 'gelu' },
  mish: { keras: 'mish' },
  sigmoid: { keras: 'sigmoid' },
  hardsigmoid: { custom: 'EnetHardSigmoid' },
  hardswish: { custom: 'EnetHardSwish' },
  tanh: { keras: 'tanh' },
  softmax: { keras: 'softmax' },
};
