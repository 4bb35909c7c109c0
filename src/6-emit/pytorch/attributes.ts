import { isList, type Value } from '../../4-scale/values.ts';
import { type Activation, slopeOf } from '../../ops/activations.ts';
import { numberText } from './python-text.ts';

/**
 * The value of an argument in the written code: a number, a truth value, several of them, or Python's text for anything
 * else, such as `nn.ReLU`.
 */
export type Attribute = number | boolean | { readonly code: string } | readonly Attribute[];

export function sameAttribute(a: Attribute | undefined, b: Attribute | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** As Python writes it. */
export function attributeText(value: Attribute): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if ('code' in value) return value.code;
  const items = value.map(attributeText);
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
}

/** The Python type of a parameter with these values. */
export function attributeType(values: readonly Attribute[]): string {
  const kinds = [...new Set(values.map(typeOf))];
  if (kinds.length === 2 && kinds.includes('int') && kinds.includes('float')) return 'float';
  return kinds.sort().join(' | ');
}

function typeOf(value: Attribute): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'boolean') return 'bool';
  if ('code' in value) return 'Callable[[], nn.Module]';
  return `tuple[${value.map(typeOf).join(', ')}]`;
}

/** A value of the language; undefined for one that cannot be a Python argument. */
export function attributeOf(value: Value): Attribute | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (isList(value)) {
    const items = value.flatMap((item) => attributeOf(item) ?? []);
    return items.length === value.length ? items : undefined;
  }
  return value.kind === 'activation' ? activationClass({ fn: value.name, ...slopeIn(value) }) : undefined;
}

function slopeIn({ slope }: { readonly slope?: number }): { slope?: number } {
  return slope === undefined ? {} : { slope };
}

const classes = {
  identity: 'nn.Identity',
  relu: 'nn.ReLU',
  relu6: 'nn.ReLU6',
  leaky_relu: 'nn.LeakyReLU',
  elu: 'nn.ELU',
  silu: 'nn.SiLU',
  gelu: 'nn.GELU',
  mish: 'nn.Mish',
  sigmoid: 'nn.Sigmoid',
  hardsigmoid: 'nn.Hardsigmoid',
  hardswish: 'nn.Hardswish',
  tanh: 'nn.Tanh',
  softmax: 'partial(nn.Softmax, 1)',
} as const;

/** A callable that makes an activation's module. */
export function activationClass(activation: Activation): Attribute {
  const { fn, slope } = activation;
  if (slope === undefined) return { code: classes[fn] };
  const text = numberText(slopeOf(activation));
  return { code: `partial(${fn === 'hardsigmoid' ? 'HardSigmoid' : classes[fn]}, ${text})` };
}

/** A size as it is written: one number where height and width agree. */
export function sizeAttribute([high, wide]: readonly [number, number]): Attribute {
  return high === wide ? high : [high, wide];
}
