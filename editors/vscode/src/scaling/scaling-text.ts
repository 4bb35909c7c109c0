import type { ScalingRequest } from '../../../../src/4-scale/scaling.ts';

export type { ScalingRequest };

/** A chosen point in a few words, for the status bar: `b5`, `phi 2.5 (formula)`, `default`. */
export function scalingLabel(request: ScalingRequest): string {
  const { variant, phi, rule, set = {}, ...rest } = request;
  const parts: string[] = [];
  if (variant !== undefined) parts.push(variant);
  if (phi !== undefined) parts.push(`phi ${phi}${rule === undefined ? '' : ` (${rule})`}`);
  for (const name of ['d', 'w', 'r', 'resolution', 'convention'] as const) {
    if (rest[name] !== undefined) parts.push(`${name} ${rest[name]}`);
  }
  for (const [name, value] of Object.entries(set)) parts.push(`${name} ${value}`);
  return parts.length > 0 ? parts.join(', ') : 'default';
}

/** The options of `enetc` that choose the same point. */
export function pointArguments(request: ScalingRequest): string[] {
  const { variant, phi, rule, set = {}, ...rest } = request;
  const words: string[] = [];
  if (variant !== undefined) words.push('--variant', variant);
  if (phi !== undefined) words.push('--phi', String(phi));
  if (rule !== undefined) words.push(`--${rule}`);
  for (const name of ['d', 'w', 'r', 'resolution', 'convention'] as const) {
    if (rest[name] !== undefined) words.push(`--${name}`, String(rest[name]));
  }
  for (const [name, value] of Object.entries(set)) words.push('--set', `${name}=${value}`);
  return words;
}

/** A chosen point, or the default where the model shown has none such: the variant or phi is another's. */
export function pointOfModel(
  request: ScalingRequest,
  shown: { variant?: string; phi?: number } | null | undefined,
): ScalingRequest {
  const foreign = (['variant', 'phi'] as const).some(
    (name) => request[name] !== undefined && shown?.[name] !== request[name],
  );
  return shown && foreign ? {} : request;
}

/** Whether two requests choose the same point. */
export function samePoint(a: ScalingRequest, b: ScalingRequest): boolean {
  return pointArguments(a).join('\0') === pointArguments(b).join('\0');
}

/** A phi as people type it: `2`, `-0.5`, `2,5`. */
export function readPhi(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}
