import { nextUnit, type RandomState } from '../../weights/random.ts';
import type { Image } from './image.ts';
import { applyOperation, type OperationName, operationNames, type PolicyReach } from './operations.ts';
import type { AugmentPolicy } from './options.ts';

type Step = readonly [operation: OperationName, probability: number, level: number];

/**
 * The policy that EfficientNet was trained with: `v0` of the reference code (tensorflow/tpu, models/official/efficientnet,
 * autoaugment.py), found on ImageNet by Cubuk et al., "AutoAugment" (2019). An image takes one of the rows.
 */
export const autoAugmentPolicy: readonly (readonly [Step, Step])[] = [
  both('Equalize', 0.8, 1, 'ShearY', 0.8, 4),
  both('Color', 0.4, 9, 'Equalize', 0.6, 3),
  both('Color', 0.4, 1, 'Rotate', 0.6, 8),
  both('Solarize', 0.8, 3, 'Equalize', 0.4, 7),
  both('Solarize', 0.4, 2, 'Solarize', 0.6, 2),
  both('Color', 0.2, 0, 'Equalize', 0.8, 8),
  both('Equalize', 0.4, 8, 'SolarizeAdd', 0.8, 3),
  both('ShearX', 0.2, 9, 'Rotate', 0.6, 8),
  both('Color', 0.6, 1, 'Equalize', 1, 2),
  both('Invert', 0.4, 9, 'Rotate', 0.6, 0),
  both('Equalize', 1, 9, 'ShearY', 0.6, 3),
  both('Color', 0.4, 7, 'Equalize', 0.6, 0),
  both('Posterize', 0.4, 6, 'AutoContrast', 0.4, 7),
  both('Solarize', 0.6, 8, 'Color', 0.6, 9),
  both('Solarize', 0.2, 4, 'Rotate', 0.8, 9),
  both('Rotate', 1, 7, 'TranslateY', 0.8, 9),
  both('ShearX', 0, 0, 'Solarize', 0.8, 4),
  both('ShearY', 0.8, 0, 'Color', 0.6, 4),
  both('Color', 1, 0, 'Rotate', 0.6, 2),
  both('Equalize', 0.8, 4, 'Equalize', 0, 8),
  both('Equalize', 1, 4, 'AutoContrast', 0.6, 2),
  both('ShearY', 0.4, 7, 'SolarizeAdd', 0.6, 7),
  both('Posterize', 0.8, 2, 'Solarize', 0.6, 10),
  both('Solarize', 0.6, 8, 'Equalize', 0.6, 1),
  both('Color', 0.8, 6, 'Rotate', 0.4, 5),
];

/** Two operations that follow each other, each with its probability and its level. */
function both(...[a, p, m, b, q, n]: [...Step, ...Step]): readonly [Step, Step] {
  return [
    [a, p, m],
    [b, q, n],
  ];
}

/** The reference code's `translate_const` and `cutout_const` of each. */
const autoReach: PolicyReach = { translate: 250, cutout: 100 };
const randReach: PolicyReach = { translate: 100, cutout: 40 };

/** Applies a policy to one image. */
export function applyPolicy(policy: AugmentPolicy, image: Image, state: RandomState): void {
  if (policy.kind === 'rand') {
    for (let i = 0; i < policy.operations; i++) {
      applyOperation(oneOf(operationNames, state), image, policy.magnitude, randReach, state);
    }
    return;
  }
  for (const [operation, probability, level] of oneOf(autoAugmentPolicy, state)) {
    if (nextUnit(state) < probability) applyOperation(operation, image, level, autoReach, state);
  }
}

function oneOf<T>(list: readonly T[], state: RandomState): T {
  return list[Math.floor(nextUnit(state) * list.length)] as T;
}
