import type { NamedPoint } from './scaling-request.ts';

/** A spec, and a point of its family that is named with it; without a spec where the operand is `@b0`. */
export interface SpecPoint {
  readonly spec: string | undefined;
  readonly point?: NamedPoint;
}

/** `efficientnet@b0` */
export function parseSpecPoint(operand: string): SpecPoint {
  const at = operand.lastIndexOf('@');
  const name = operand.slice(at + 1);
  // An @ in a path stays: a point has no slash and no dot but a number's.
  if (at < 0 || name === '' || (/[/\\.]/.test(name) && !isNumber(name))) return { spec: operand };
  return { spec: at === 0 ? undefined : operand.slice(0, at), point: namedPointOf(name) };
}

/** A point by its name: a number is a phi, any other a variant. */
export function namedPointOf(name: string): NamedPoint {
  return isNumber(name) ? { phi: Number(name) } : { variant: name };
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text);
}
