import type { Arg, ConventionNode, InputNode, ScalingNode, SourceConventionNode } from '../1-parse/ast.ts';
import { nearestNames } from '../diagnostics/nearest.ts';
import { pictureInterpolations } from '../ops/interpolation.ts';
import { checkExpr, expectType } from './check-expr.ts';
import { bind, type Checker, report, suggestion } from './checker.ts';
import { conventionSettings } from './convention-settings.ts';
import { literalOf } from './literal.ts';
import { isAssignable, oneTensor, type Type } from './types.ts';

/** What an input may state about its pixels. */
export const inputSettings: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['mean', { list: 'number' }],
  ['std', { list: 'number' }],
  ['bgr', 'bool'],
  ['crop', 'number'],
  ['interpolation', 'interpolation'],
]);

/** What is wrong with a setting of an input that has the right type. @param value as a number or a word */
export function inputSettingProblem(name: string, value: unknown): { expected: string; found: string } | undefined {
  if (name === 'crop' && typeof value === 'number' && !(value > 0 && value <= 1)) {
    return { expected: "a share of the picture's shorter side, above 0 and at most 1", found: `${value}` };
  }
  if (name === 'interpolation' && typeof value === 'string' && !pictureInterpolations.some((one) => one === value)) {
    return { expected: pictureInterpolations.join(' or '), found: value };
  }
  return undefined;
}

/** What a weight map may state about the origin of a column's weights. */
export const sourceSettings: ReadonlyMap<string, Type> = new Map([...conventionSettings, ...inputSettings]);

const conventions = ['tf', 'torch'];

/** Checks a convention: its name and what it overrides. */
export function checkConvention(c: Checker, { name, args }: ConventionNode): void {
  checkConventionName(c, name);
  checkSettings(c, name.name, args, conventionSettings);
}

/**
 * Checks the convention of a weight map's column, whose settings are written out: a model's names are not visible
 * there.
 */
export function checkSourceConvention(c: Checker, { name, args }: SourceConventionNode): void {
  checkConventionName(c, name);
  for (const { value } of args) {
    if (literalOf(value) !== undefined) continue;
    const data = {
      what: 'a setting here',
      expected: 'written out: a number, a word, a list of numbers',
      found: 'an expression',
    };
    report(c, 'wrong-type', value.span, data);
    return;
  }
  checkSettings(c, name.name, args, sourceSettings);
}

function checkConventionName(c: Checker, { name, span }: ConventionNode['name']): void {
  if (name === '' || conventions.includes(name)) return;
  const { hint, fixes } = suggestion(nearestNames(name, conventions)[0] ?? conventionsElsewhere.get(name), span);
  report(c, 'unknown-convention', span, { name, hint }, { fixes });
}

const conventionsElsewhere: ReadonlyMap<string, string> = new Map([
  ['tensorflow', 'tf'],
  ['keras', 'tf'],
  ['pytorch', 'torch'],
]);

/** Checks an input's shape and binds its name. */
export function checkInput(c: Checker, { name, shape, args }: InputNode): void {
  expectType(c, checkExpr(c, shape), { list: 'number' }, shape.span, `the shape of '${name.name}'`);
  if (shape.kind === 'list' && shape.items.length !== 3) {
    const found = `a list of ${shape.items.length}`;
    report(c, 'wrong-type', shape.span, {
      what: `the shape of '${name.name}'`,
      expected: '[channels, height, width]',
      found,
    });
  }
  checkSettings(c, 'input', args, inputSettings);
  bind(c, name, { type: oneTensor, used: true });
}

function checkSettings(c: Checker, callee: string, args: readonly Arg[], settings: ReadonlyMap<string, Type>): void {
  const seen = new Set<string>();
  for (const arg of args) {
    const type = checkExpr(c, arg.value);
    const name = arg.name?.name;
    if (name === undefined) {
      report(c, 'unnamed-setting', arg.span, { callee, names: [...settings.keys()].join(', ') });
      continue;
    }
    const span = arg.name?.span ?? arg.span;
    const expected = settings.get(name);
    if (!expected) {
      const { hint, fixes } = suggestion(nearestNames(name, settings.keys())[0], span);
      report(c, 'unknown-parameter', span, { callee, name, hint }, { fixes });
    } else if (seen.has(name)) report(c, 'duplicate-argument', span, { name });
    else {
      const problem = inputSettingProblem(name, literalOf(arg.value));
      if (type !== 'unknown' && isAssignable(type, expected) && problem) {
        report(c, 'wrong-type', arg.value.span, { what: `'${name}'`, ...problem });
      } else expectType(c, type, expected, arg.value.span, `'${name}'`);
    }
    seen.add(name);
  }
}

/** Checks `scaling`: factors see phi and the model's parameters, roundings also their number and the factors. */
export function checkScaling(c: Checker, { variable, entries }: ScalingNode): void {
  const { scaling } = c;
  // factors and roundings define d, w and r
  c.scaling = undefined;
  if (variable) bind(c, variable, { type: 'number', used: true });
  const seen = new Set<string>();
  for (const entry of entries) {
    const { name, span } = entry.name;
    if (name !== '' && !['d', 'w', 'r'].includes(name)) report(c, 'unknown-scaling', span, { name });
    const key = entry.parameter ? `${name}(n)` : name;
    if (name !== '' && seen.has(key)) report(c, 'duplicate-name', span, { name: key });
    seen.add(key);
    if (entry.parameter) bind(c, entry.parameter, { type: 'number', used: true });
    expectType(c, checkExpr(c, entry.value), 'number', entry.value.span);
  }
  c.scaling = scaling;
}
