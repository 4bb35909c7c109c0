import type { ValueRef } from '../../5-graph/graph.ts';
import type { Activation } from '../../ops/activations.ts';
import type { AxisView } from './view.ts';

/** A function of one value, in which exporters spell out activations: a number times factors, each a text over `x`. */
export interface Formula {
  readonly x: ValueRef;
  readonly view?: AxisView;
  readonly scale: number;
  /** In the order of their text. */
  readonly factors: readonly string[];
}

/** The value itself. */
export function variable({ ref, view }: { readonly ref: ValueRef; readonly view?: AxisView }): Formula {
  return { x: ref, ...(view && { view }), scale: 1, factors: ['x'] };
}

/** A function of a formula: `erf`, `clip06`. */
export function applied(name: string, formula: Formula): Formula {
  return { ...formula, scale: 1, factors: [`${name}(${textOf(formula)})`] };
}

export function scaled(formula: Formula, by: number): Formula {
  return { ...formula, scale: formula.scale * by };
}

export function shifted(formula: Formula, by: number): Formula {
  return { ...formula, scale: 1, factors: [`(${textOf(formula)}+${text(by)})`] };
}

/** The product of two functions of one value; undefined for different values. */
export function product(a: Formula, b: Formula): Formula | undefined {
  if (a.x.node !== b.x.node || a.x.output !== b.x.output) return undefined;
  return { ...a, scale: a.scale * b.scale, factors: [...a.factors, ...b.factors].sort() };
}

function textOf({ scale, factors }: Formula): string {
  return [...(text(scale) === '1' ? [] : [text(scale)]), ...factors].join('*');
}

/** Exporters write a sixth with six to nine digits. */
function text(n: number): string {
  return String(Number(n.toPrecision(4)));
}

/** Activations as PyTorch, TensorFlow and earlier opsets spell them. */
const spelled: ReadonlyMap<string, Activation> = new Map([
  ['sigmoid(x)*x', { fn: 'silu' }],
  ['0.1667*clip06((x+3))', { fn: 'hardsigmoid' }],
  ['clip01((0.1667*x+0.5))', { fn: 'hardsigmoid' }],
  ['clip01((0.2*x+0.5))', { fn: 'hardsigmoid', slope: 0.2 }],
  ['0.1667*clip06((x+3))*x', { fn: 'hardswish' }],
  ['hardsigmoid(x)*x', { fn: 'hardswish' }],
  ['0.5*(erf(0.7071*x)+1)*x', { fn: 'gelu' }],
  ['tanh(softplus(x))*x', { fn: 'mish' }],
]);

/** The activation that a formula spells out; undefined for any other formula. */
export function activationOf(formula: Formula): Activation | undefined {
  return spelled.get(textOf(formula));
}
