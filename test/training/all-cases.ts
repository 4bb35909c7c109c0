import { gradientCases, lossCases, updateCases } from './loss-cases.ts';
import {
  activationCases,
  channelCases,
  joinedCases,
  movingCases,
  normCases,
  sampleNormCases,
} from './pointwise-cases.ts';
import { quantiseCases } from './quantise-cases.ts';
import {
  attentionCases,
  channelConvCases,
  convCases,
  manyPixels,
  poolCases,
  spaceCases,
  upsampleCases,
} from './spatial-cases.ts';

/** Small programs that have every op and update in them. */
export const allCases = [
  ...convCases,
  ...channelConvCases,
  ...attentionCases,
  ...manyPixels,
  ...poolCases,
  ...spaceCases,
  ...upsampleCases,
  ...activationCases,
  ...joinedCases,
  ...normCases,
  ...channelCases,
  ...sampleNormCases,
  ...movingCases,
  ...quantiseCases,
  ...lossCases,
  ...gradientCases,
  ...updateCases,
];
