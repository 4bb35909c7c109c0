import { fail } from '../unsayable.ts';
import { activation, functionOf } from './arithmetic.ts';
import { numberOf, type OperatorContext } from './context.ts';
import { sizeArithmetic } from './shapes.ts';
import type { FileValue } from './values.ts';

/** Operators that keep numbers within bounds: Clip, Min, Max and ReLU, one after another or alone. */

interface Bounds {
  readonly low: number;
  readonly high: number;
  /** Which input they are bounds of. */
  readonly input: number;
}

const { NEGATIVE_INFINITY: lowest, POSITIVE_INFINITY: highest } = Number;

/** The bounds that a node sets; undefined where it sets none that the file has. */
function boundsOf(c: OperatorContext): Bounds | undefined {
  const { type } = c.node;
  if (type === 'Relu') return { low: 0, high: highest, input: 0 };
  if (type === 'Clip') {
    const bound = (i: number, name: string, none: number) =>
      c.value(i) ? numberOf(c.value(i)) : (c.attribute(name).real ?? none);
    const [low, high] = [bound(1, 'min', lowest), bound(2, 'max', highest)];
    return low === undefined || high === undefined ? undefined : { low, high, input: 0 };
  }
  if ((type !== 'Min' && type !== 'Max') || c.node.inputs.length !== 2) return undefined;
  const input = numberOf(c.value(1)) === undefined ? 1 : 0;
  const bound = numberOf(c.value(1 - input));
  if (bound === undefined) return undefined;
  return type === 'Min' ? { low: lowest, high: bound, input } : { low: bound, high: highest, input };
}

/** The activation that bounds are, of an input; undefined for other bounds. */
function bounded(c: OperatorContext, { low, high, input }: Bounds): FileValue | undefined {
  const own: OperatorContext = { ...c, value: (i) => (i === 0 ? c.value(input) : undefined) };
  if (low !== 0) return undefined;
  if (high === highest) return activation(own, { kind: 'activation', fn: 'relu' });
  if (high === 1) return functionOf(own, 'clip01');
  if (high !== 6) return undefined;
  if (c.value(input)?.kind === 'formula') return functionOf(own, 'clip06');
  return activation(own, { kind: 'activation', fn: 'relu6' }, 'clip06');
}

/** With the bounds that the node before sets, which it leaves to this one if it is no activation itself. */
function together(c: OperatorContext, { low, high, input }: Bounds): FileValue | undefined {
  const before = c.maker(input);
  const inner = before && boundsOf(before);
  if (!before || !inner) return undefined;
  const within = (n: number) => Math.min(Math.max(n, low), high);
  return bounded({ ...before, node: c.node }, { ...inner, low: within(inner.low), high: within(inner.high) });
}

/** Clip: ReLU6, or a part of a hard function. */
export function clip(c: OperatorContext): FileValue {
  if (c.value(0)?.kind === 'part' && !boundsOfPart(c)) return { kind: 'part' };
  const bounds = boundsOf(c);
  if (!bounds) return fail('its bounds are computed; only numbers of the file can be expressed there');
  const found = (c.value(0)?.kind === 'part' ? undefined : bounded(c, bounds)) ?? together(c, bounds);
  return found ?? fail(`bounds of ${bounds.low} and ${bounds.high} cannot be expressed, only 0 and 6`);
}

/** Min and Max: of sizes, or one bound. The other may follow; or it keeps a norm's length above 0. */
export function extreme(c: OperatorContext, of: (...numbers: number[]) => number): FileValue {
  const size = sizeArithmetic(c, (numbers) => of(...numbers));
  if (size) return size;
  const bounds = boundsOf(c);
  if (!bounds) return fail('only one of a value and a number of the file can be expressed');
  const isPart = c.value(bounds.input)?.kind === 'part';
  return (isPart ? undefined : bounded(c, bounds)) ?? together(c, bounds) ?? { kind: 'part' };
}

/** Whether a part is what a node before leaves to this one. */
function boundsOfPart(c: OperatorContext): boolean {
  const before = c.maker(0);
  return before !== undefined && boundsOf(before) !== undefined;
}
