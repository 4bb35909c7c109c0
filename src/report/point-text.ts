import type { ScalingPoint } from '../4-scale/scaling.ts';
import { formatFactor } from './format-number.ts';

/**
 * Which row or formula made a network, and how the other differs:
 * `published row b5 (the formula at phi 5 gives d 2.488, w 1.611, resolution 451)`.
 */
export function describePoint(point: ScalingPoint): string {
  return `${ruleOf(point)}${alternativeOf(point)}`;
}

/** `published row b5`, `formula at phi 2.5`, `defaults`; then what was set by hand. */
export function ruleOf(point: ScalingPoint): string {
  const byFormula = [point.d, point.w, point.r].some((f) => f.origin === 'formula');
  const rule =
    point.variant !== undefined
      ? `published row ${point.variant}`
      : point.phi !== undefined || byFormula
        ? `formula${point.phi === undefined ? '' : ` at phi ${formatFactor(point.phi)}`}`
        : 'defaults';
  const byHand = [
    ...(['d', 'w', 'r'] as const)
      .filter((f) => point[f].origin === 'override')
      .map((f) => `${f} ${formatFactor(point[f].value)}`),
    ...point.params.filter((p) => p.origin === 'override').map((p) => `${p.name} ${p.text}`),
  ];
  return byHand.length > 0 ? `${rule} with ${byHand.join(', ')}` : rule;
}

function alternativeOf({ alternative, phi }: ScalingPoint): string {
  if (!alternative) return '';
  const values = Object.entries(alternative.values).map(([name, value]) => `${name} ${formatFactor(value)}`);
  const other = alternative.rule === 'formula' ? 'the formula' : 'the published row';
  const at = phi === undefined ? '' : ` at phi ${formatFactor(phi)}`;
  return values.length > 0 ? ` (${other}${at} gives ${values.join(', ')})` : ` (${other}${at} gives the same)`;
}
