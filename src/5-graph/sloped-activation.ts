import type { ActivationValue, Binding } from '../4-scale/values.ts';
import { slopeParam, usualSlope } from '../ops/activations.ts';
import type { Span } from '../source.ts';
import { checkedArgument } from './lower-op.ts';

/** An activation with the slope that a call's arguments give it, if they do. Ends the build where that is none. */
export function slopedActivation(
  activation: ActivationValue,
  bindings: ReadonlyMap<string, Binding>,
  span: Span,
): ActivationValue {
  const { name } = activation;
  const param = slopeParam(name);
  const given = bindings.get('slope');
  if (!param || !given) return activation;
  const slope = checkedArgument(name, { ...param, name: 'slope' }, given.value, span) as number;
  return slope === usualSlope(name) ? { kind: 'activation', name } : { kind: 'activation', name, slope };
}
