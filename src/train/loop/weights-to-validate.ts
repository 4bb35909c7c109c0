import type { WeightKind } from '../run/weight-kind.ts';
import type { ResolvedSettings } from '../settings.ts';

/** Above this share of the training images a second validation is no longer cheap. */
const cheapShare = 0.2;

/** Which weights an epoch is validated with: the averages where there are any, both where that costs little. */
export function weightsToValidate(
  { evaluate, ema }: ResolvedSettings,
  trainImages: number,
  validationImages: number,
): readonly WeightKind[] {
  if (validationImages === 0) return [];
  if (ema === 0 || evaluate === 'raw') return ['raw'];
  if (evaluate === 'averages') return ['averages'];
  if (evaluate === 'both') return ['averages', 'raw'];
  return validationImages <= cheapShare * trainImages ? ['averages', 'raw'] : ['averages'];
}
