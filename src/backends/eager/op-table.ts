import type { StepOpKind } from '../../ops/step-ops.ts';
import { activationKernels } from './activations.ts';
import { attentionKernels } from './attention.ts';
import { channelConvolutionKernels } from './channel-convolution.ts';
import { convolutionKernels } from './convolution.ts';
import { fakeQuantisationKernels } from './fake-quantisation.ts';
import { gradientKernels } from './gradients.ts';
import { at, type OpKernels } from './kernel.ts';
import { lossKernels } from './losses.ts';
import { matrixKernels } from './matrices.ts';
import { normalisationKernels } from './normalisation.ts';
import { poolingKernels } from './pooling.ts';
import { rearrangingKernels } from './rearranging.ts';
import { reductionKernels } from './reductions.ts';
import { sampleNormKernels } from './sample-norms.ts';

/** How tfjs-core runs each op of a step. */
export const opTable: OpKernels<StepOpKind> = {
  input: ({ input }, { name }) => input(name),
  // A separate handle: the step's updates replace the variable's tensor.
  variable: ({ variable }, { name }) => variable(name).clone(),
  after: (_context, _op, inputs) => at(inputs, 0),
  ...convolutionKernels,
  ...channelConvolutionKernels,
  ...attentionKernels,
  ...normalisationKernels,
  ...activationKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...sampleNormKernels,
  ...matrixKernels,
  ...rearrangingKernels,
  ...lossKernels,
  ...fakeQuantisationKernels,
  ...gradientKernels,
};
