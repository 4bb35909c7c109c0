import type { Expr, ModelNode } from '../1-parse/ast.ts';
import { parseExpression } from '../1-parse/parse.ts';
import { meaningsOf } from '../3-check/meanings/declaration-names.ts';
import { boundName, eachName } from '../3-check/meanings/names-in.ts';
import { meaningsOfValue } from '../3-check/meanings/value-names.ts';
import type { Meanings } from '../3-check/meanings/walk-expr.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { fail } from './evaluation.ts';
import type { ScalingRequest } from './scaling.ts';

/** A value for a parameter or an input, and what its names mean. */
export interface GivenValue {
  readonly value: Expr;
  readonly meanings: Meanings;
}

/** What the command line sets, by name as `--set` gives it. */
export interface Overrides {
  readonly params: ReadonlyMap<string, GivenValue>;
  /** Shapes of inputs, by the input's name. */
  readonly inputs: ReadonlyMap<string, GivenValue>;
  /** Cells by their path, `stages.2.kernel`, and choices by their name. */
  readonly cells: ReadonlyMap<string, Expr>;
  /** Parameters that only the replaced shapes of inputs read: they change nothing here. */
  readonly unread: ReadonlySet<string>;
  /** Height and width of all inputs, where they differ. */
  readonly size?: readonly [height: number, width: number];
}

export const noOverrides: Overrides = { params: new Map(), inputs: new Map(), cells: new Map(), unread: new Set() };

/** Reads the values given with `--set` and `--resolution`. Reports what is not a value, and what sets nothing. */
export function readOverrides(model: ModelNode, request: ScalingRequest): Overrides {
  const asked = requested(model, request);
  if (asked.length === 0 && request.resolution === undefined) return noOverrides;
  const params = new Map<string, GivenValue>();
  const inputs = new Map<string, GivenValue>();
  const cells = new Map<string, Expr>();
  const { locals, choices } = meaningsOf(model);
  const seen = [...locals.values()].filter(({ kind }) => kind !== 'value' && kind !== 'number');
  const given = (value: Expr): GivenValue => ({ value, meanings: meaningsOfValue(model, seen, value) });
  const inputNames = new Set(model.members.flatMap((m) => (m.kind === 'input' ? [m.name.name] : [])));
  const known = new Map(seen.flatMap((local) => (local.kind === 'parameter' ? [[local.ident.name, local]] : [])));
  for (const { name, text, option } of asked) {
    const { expr, diagnostics } = parseExpression({ name: option, text });
    const [first] = diagnostics;
    if (first || expr.kind === 'error')
      fail('bad-override', undefined, { option, why: first?.message ?? 'there is no value' });
    if (name.includes('.') || choices.has(name)) cells.set(name, expr);
    else if (inputNames.has(name)) inputs.set(name, given(expr));
    else if (!known.has(name)) {
      const hint = inputHint(name, inputNames) ?? didYouMean(name, [...known.keys(), ...inputNames, ...choices.keys()]);
      fail('unknown-override', undefined, { option, name, model: model.name.name, hint });
    } else if (!isRead(meaningsOf(model), model.members, name)) {
      fail('unused-override', undefined, { option, why: `nothing in '${model.name.name}' reads '${name}'` });
    } else params.set(name, given(expr));
  }
  const values = [...params.values(), ...inputs.values(), ...[...cells.values()].map(given)];
  const unread = new Set([...known.keys()].filter((name) => isReplaced(model, name, inputs, values)));
  for (const { name, option } of asked) if (unread.has(name)) failReplaced(option, inputs);
  const size = sizeOf(model, request, inputs);
  return { params, inputs, cells, unread, ...(size && { size }) };
}

/** Whether a parameter is read only by shapes of inputs that are given completely. */
function isReplaced(
  model: ModelNode,
  parameter: string,
  inputs: Overrides['inputs'],
  given: readonly GivenValue[],
): boolean {
  const meanings = meaningsOf(model);
  const replaced = model.members.flatMap((m) => (m.kind === 'input' && inputs.has(m.name.name) ? [m.shape] : []));
  const left = model.members.map((m) => (m.kind === 'input' && inputs.has(m.name.name) ? m.args : m));
  return (
    isRead(meanings, replaced, parameter) &&
    !isRead(meanings, left, parameter) &&
    !given.some(({ value, meanings }) => isRead(meanings, value, parameter))
  );
}

function failReplaced(option: string, inputs: Overrides['inputs']): never {
  const [input] = inputs.keys();
  return fail('override-conflict', undefined, { option, why: `--set ${input} gives the whole shape of the input` });
}

/** What people call a part of the input's shape. */
const partsOfShape: ReadonlySet<string> = new Set([
  'channels',
  'in_channels',
  'in_chans',
  'input_channels',
  'height',
  'width',
  'input_shape',
  'input_size',
  'img_size',
  'image_size',
]);

function inputHint(name: string, inputs: ReadonlySet<string>): string | undefined {
  const [input] = inputs;
  if (input === undefined || !partsOfShape.has(name)) return undefined;
  return `; the shape of the input is set as a whole: --set ${input}=[channels,height,width]`;
}

/** The height and width that `--resolution` gives to every input. One number is the parameter of this name where there is one. */
function sizeOf(model: ModelNode, { resolution }: ScalingRequest, inputs: Overrides['inputs']): Overrides['size'] {
  if (resolution === undefined) return undefined;
  if (typeof resolution === 'number' && !hasFixedSize(model)) return undefined;
  const size = typeof resolution === 'number' ? ([resolution, resolution] as const) : resolution;
  const option = `--resolution ${typeof resolution === 'number' ? resolution : resolution.join('x')}`;
  const elsewhere = model.members.filter((m) => m.kind !== 'input' && m.kind !== 'variants');
  if (isRead(meaningsOf(model), elsewhere, 'resolution')) {
    const why = `'${model.name.name}' also uses 'resolution' outside the shape of its input, where it must be one number`;
    fail('override-conflict', undefined, { option, why });
  }
  if (inputs.size > 0) failReplaced(option, inputs);
  return size;
}

/** Whether the sizes of all inputs are written as numbers, so that nothing else of the model can follow from them. */
function hasFixedSize(model: ModelNode): boolean {
  const shapes = model.members.flatMap((m) => (m.kind === 'input' ? [m.shape] : []));
  return (
    !model.members.some((m) => m.kind === 'param' && m.name.name === 'resolution') &&
    shapes.every((shape) => shape.kind === 'list' && shape.items.slice(1).every(({ kind }) => kind === 'number'))
  );
}

function requested(
  model: ModelNode,
  { set = {}, resolution }: ScalingRequest,
): { name: string; text: string; option: string }[] {
  const given = Object.entries(set).map(([name, text]) => ({ name, text, option: `--set ${name}` }));
  if (typeof resolution !== 'number' || Object.hasOwn(set, 'resolution') || hasFixedSize(model)) return given;
  return [...given, { name: 'resolution', text: String(resolution), option: '--resolution' }];
}

/** Whether a part of a model, or a value given for it, reads a parameter. */
function isRead(meanings: Meanings, part: unknown, parameter: string): boolean {
  let found = false;
  eachName(meanings, part, (_, target) => {
    const bound = boundName(target);
    if (bound && 'ident' in bound) found ||= bound.kind === 'parameter' && bound.ident.name === parameter;
  });
  return found;
}
