import type { NumberNode } from './ast.ts';

/**
 * The name of a row of `variants` that a written number is: `2012`. Undefined for a number with a point, an exponent or
 * leading zeros, which may be written in several ways.
 */
export function numberName({ value, span }: NumberNode): string | undefined {
  const text = String(value);
  return /^\d+$/.test(text) && span.source.text.slice(span.start, span.end) === text ? text : undefined;
}
