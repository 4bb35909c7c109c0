import type { BinaryOperator, Expr } from '../../1-parse/ast.ts';
import { roundFilters, roundTo } from '../../2-resolve/rounding.ts';
import type { Call } from '../../5-graph/calls.ts';
import { activationNames } from '../../ops/activations.ts';
import { type DeclarationText, textOf } from './ast-index.ts';
import {
  type Attribute,
  activationClass,
  attributeOf,
  attributeText,
  attributeType,
  sameAttribute,
} from './attributes.ts';
import { compute, levels } from './operators.ts';
import { variableName } from './python-text.ts';

/** A parameter of a class. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  /** Its value in each call of the class; undefined where nothing asks for it. */
  readonly values: readonly (Attribute | undefined)[];
  /** Its value for a call that does not give it. */
  readonly otherwise?: Attribute;
  /** The block's parameter that it corresponds to. */
  readonly declared?: string;
}

/** An expression of a class's `__init__`. */
export interface Expression {
  readonly text: string;
  /** How tightly its outermost operator binds: higher binds more tightly. */
  readonly binding: number;
  /** Whether it is an `int` in Python. */
  readonly isInt: boolean;
  /** Its value in each call of the class; undefined where it is not known. */
  readonly values: readonly (Attribute | undefined)[];
}

/** What a class's `__init__` contains, collected as its steps ask for it. */
export interface Scope {
  /** The file's helpers that its expressions call. */
  readonly helpers: Set<string>;
  parameters(): readonly Parameter[];
  /** The lines that compute names from parameters. */
  locals(): readonly { readonly name: string; readonly text: string }[];
  /**
   * How the code writes an argument that has these values; undefined ones do not matter.
   * @param written as in the block's text
   * @param name of a new parameter, if one is needed
   */
  state(values: readonly (Attribute | undefined)[], written: Expr | undefined, name: string): Stated;
  /** How the code writes a condition with these values. */
  condition(values: readonly boolean[], written: Expr | undefined, name: string): string;
  /** The value of a written expression in each call; undefined where it is not known. */
  worth(written: Expr): readonly (Attribute | undefined)[] | undefined;
  /** The channels of a tensor that the class takes; undefined where they are written in the code. */
  channelsOf(tensor: string): Expression | undefined;
}

/** An argument as the code writes it. */
export interface Stated {
  readonly text: string;
  /** The value, where it is the same in all calls and is written in the code. */
  readonly literal?: Attribute;
}

const atom = 20;

/** @param isOpen whether the class takes parameters for what its text computes; a model's numbers are written out */
export function createScope(calls: readonly Call[], tensors: readonly (string | undefined)[], isOpen: boolean): Scope {
  const [first] = calls as readonly [Call, ...Call[]];
  const text: DeclarationText = textOf(first.declared);
  const parameters = new Map<string, Parameter>();
  const locals = new Map<string, { text: string; expression: Expression }>();
  const open = new Set<string>();
  const helpers = new Set<string>();
  const order = new Map(text.params.map(({ name }, i) => [name.name, i]));

  const unique = (wanted: string): string => {
    let name = variableName(wanted);
    for (let n = 2; parameters.has(name) || locals.has(name); n++) name = `${variableName(wanted)}${n}`;
    return name;
  };
  const add = (name: string, values: readonly (Attribute | undefined)[], more: Partial<Parameter> = {}) => {
    const known = values.filter((value): value is Attribute => value !== undefined);
    // a value that does not matter is taken from elsewhere
    const whole = values.map((value) => value ?? known[0]);
    parameters.set(name, { name, values: whole, type: attributeType(known), ...more });
    return name;
  };
  const valuesOf = (name: string) =>
    calls.map(({ names }) => {
      const value = names.value(name);
      return value === undefined ? undefined : attributeOf(value);
    });
  /** The default that the text states, where it is a value by itself. */
  const defaultOf = (name: string): Attribute | undefined => {
    const written = text.params.find((param) => param.name.name === name)?.default;
    if (written?.kind === 'number' || written?.kind === 'bool') return written.value;
    if (written?.kind !== 'name') return undefined;
    const fn = activationNames.find((each) => each === written.text);
    return fn && activationClass({ fn });
  };
  const constant = (values: readonly (Attribute | undefined)[]): Attribute | undefined => {
    const known = values.filter((value): value is Attribute => value !== undefined);
    return known.length > 0 && known.every((value) => sameAttribute(value, known[0])) ? known[0] : undefined;
  };
  const literal = (value: Attribute): Expression => ({
    text: attributeText(value),
    binding: typeof value === 'number' && value < 0 ? 12 : atom,
    isInt: Number.isInteger(value),
    values: calls.map(() => value),
  });

  /** A parameter of the block, or a name that is computed in it. */
  const named = (name: string): Expression | undefined => {
    const values = valuesOf(name);
    if (values.some((value) => value === undefined)) return undefined;
    const whole = values as readonly Attribute[];
    if (order.has(name)) {
      const isGiven = calls.map(({ names }) => names.isGiven(name));
      const defaults = whole.filter((_, i) => !isGiven[i]);
      const otherwise = constant(defaults) ?? defaultOf(name);
      const fixed = constant(whole);
      if (fixed !== undefined && !isGiven.includes(true)) return literal(fixed);
      const known = [...parameters.values()].find(({ declared }) => declared === name);
      const written = known?.name ?? unique(name);
      if (!known) add(written, whole, { declared: name, ...(otherwise !== undefined && { otherwise }) });
      return { text: written, binding: atom, isInt: whole.every(Number.isInteger), values: whole };
    }
    const definition = text.assigned.get(name);
    if (!definition || open.has(name)) return undefined;
    const known = locals.get(name);
    if (known) return { ...known.expression, text: known.text, binding: atom };
    open.add(name);
    const expression = translate(definition);
    open.delete(name);
    if (!expression || !whole.every((value, i) => sameAttribute(value, expression.values[i]))) return undefined;
    // a name or a number needs no other name
    if (/^[\w.]+$/.test(expression.text)) return expression;
    const written = unique(name);
    locals.set(name, { text: written, expression });
    return { ...expression, text: written, binding: atom };
  };

  /** `x.channels` of a tensor that the class is given. */
  const channelsOf = (tensor: string): Expression | undefined => {
    const shapes = calls.map(({ names }) => names.shape(tensor));
    if (!tensors.includes(tensor) || shapes.some((shape) => shape === undefined)) return undefined;
    const values = shapes.map((shape) => shape?.[0] as number);
    const main = tensors.includes('x') ? 'x' : tensors[0];
    const name = tensor === main ? 'in_channels' : `${variableName(tensor)}_channels`;
    if (!parameters.has(name)) add(name, values);
    return { text: name, binding: atom, isInt: true, values };
  };

  const zip = (
    parts: readonly Expression[],
    of: (values: readonly Attribute[]) => Attribute | undefined,
  ): (Attribute | undefined)[] =>
    calls.map((_, i) => {
      const values = parts.map((part) => part.values[i]);
      return values.some((value) => value === undefined) ? undefined : of(values as readonly Attribute[]);
    });
  const inBrackets = (part: Expression, least: number) => (part.binding < least ? `(${part.text})` : part.text);

  function translate(expr: Expr): Expression | undefined {
    switch (expr.kind) {
      case 'number':
        return literal(expr.value);
      case 'bool':
        return literal(expr.value);
      case 'name': {
        const [head = '', property] = expr.parts;
        if (expr.parts.length === 1) return named(head);
        return expr.parts.length === 2 && property === 'channels' ? channelsOf(head) : undefined;
      }
      case 'list': {
        const items = expr.items.map(translate);
        if (items.length !== 2 || items.some((item) => !item)) return undefined;
        const parts = items as Expression[];
        return {
          text: `(${parts.map((part) => part.text).join(', ')})`,
          binding: atom,
          isInt: false,
          values: zip(parts, (values) => values),
        };
      }
      case 'unary': {
        const operand = translate(expr.operand);
        if (!operand) return undefined;
        if (expr.operator === 'not') {
          return {
            text: `not ${inBrackets(operand, 5)}`,
            binding: 5,
            isInt: false,
            values: zip([operand], ([x]) => !x),
          };
        }
        return {
          text: `-${inBrackets(operand, 13)}`,
          binding: 12,
          isInt: operand.isInt,
          values: zip([operand], ([x]) => -(x as number)),
        };
      }
      case 'binary':
        return binary(expr.operator, translate(expr.left), translate(expr.right));
      case 'conditional': {
        const condition = translate(expr.condition);
        const fixed = condition && constant(condition.values);
        if (typeof fixed === 'boolean') return translate(fixed ? expr.value : expr.otherwise);
        const [value, otherwise] = [translate(expr.value), translate(expr.otherwise)];
        if (!condition || !value || !otherwise) return undefined;
        return {
          text: `${inBrackets(value, 2)} if ${inBrackets(condition, 2)} else ${inBrackets(otherwise, 1)}`,
          binding: 1,
          isInt: value.isInt && otherwise.isInt,
          values: zip([condition, value, otherwise], ([c, a, b]) => (c ? a : b)),
        };
      }
      case 'call': {
        const args = expr.args.map(({ value }) => translate(value));
        if (args.length === 0 || args.some((arg) => !arg)) return undefined;
        return called(expr.callee.text, args as Expression[]);
      }
      default:
        return undefined;
    }
  }

  function binary(operator: BinaryOperator, a: Expression | undefined, b: Expression | undefined) {
    if (operator === 'and' || operator === 'or') {
      // one that makes no difference is left out
      const neutral = operator === 'and';
      if (a && b && constant(a.values) === neutral) return b;
      if (a && b && constant(b.values) === neutral) return a;
    }
    if (!a || !b) return undefined;
    const [left, level, right] = levels[operator];
    const values = zip([a, b], ([x, y]) => compute(operator, x as Attribute, y as Attribute));
    const isWhole = operator === '/' && values.every((value) => Number.isInteger(value)) && a.isInt && b.isInt;
    const isInt = a.isInt && b.isInt && (isWhole || '+-*%'.includes(operator));
    const sign = operator === '^' ? '**' : isWhole ? '//' : operator;
    return { text: `${inBrackets(a, left)} ${sign} ${inBrackets(b, right)}`, binding: level, isInt, values };
  }

  function called(name: string, args: readonly Expression[]): Expression | undefined {
    const numbers = (of: (...values: number[]) => number) => zip(args, (values) => of(...(values as number[])));
    const texts = args.map((arg) => arg.text).join(', ');
    if (args.some(({ values }) => values.some((value) => typeof value !== 'number'))) return undefined;
    switch (name) {
      case 'max':
      case 'min': {
        if (args.length < 2) return undefined;
        const isInt = args.every((arg) => arg.isInt);
        return {
          text: `${name}(${texts})`,
          binding: atom,
          isInt,
          values: numbers(name === 'max' ? Math.max : Math.min),
        };
      }
      case 'floor': {
        const values = numbers(Math.floor);
        const [whole] = args;
        if (whole?.isInt) return whole;
        // cut towards 0
        if (values.some((value) => (value as number) < 0)) return undefined;
        return { text: `int(${texts})`, binding: atom, isInt: true, values };
      }
      case 'round':
      case 'round_filters': {
        const rule = name === 'round' ? roundTo : roundFilters;
        const values = numbers((x, m = name === 'round' ? 1 : 8) => rule(x, m));
        if (values.some((value) => !Number.isInteger(value))) return undefined;
        helpers.add(name === 'round' ? 'round_to' : 'round_filters');
        const more = args.length === 1 ? (name === 'round' ? ', 1' : ', 8') : '';
        return {
          text: `${name === 'round' ? 'round_to' : 'round_filters'}(${texts}${more})`,
          binding: atom,
          isInt: true,
          values,
        };
      }
      default:
        return undefined;
    }
  }

  /** A failed translation must not leave parameters behind. */
  function attempt<T>(of: () => T | undefined): T | undefined {
    const before = { parameters: [...parameters], locals: [...locals], helpers: [...helpers] };
    const result = of();
    if (result !== undefined) return result;
    parameters.clear();
    for (const [name, parameter] of before.parameters) parameters.set(name, parameter);
    locals.clear();
    for (const [name, local] of before.locals) locals.set(name, local);
    helpers.clear();
    for (const name of before.helpers) helpers.add(name);
    return undefined;
  }

  const agrees = (found: Pick<Expression, 'values'>, values: readonly (Attribute | undefined)[]) =>
    values.every((value, i) => value === undefined || sameAttribute(found.values[i], value));

  function state(values: readonly (Attribute | undefined)[], written: Expr | undefined, name: string): Stated {
    const fixed = constant(values);
    if (written && isOpen) {
      const found = attempt(() => {
        const expression = translate(written);
        return expression && agrees(expression, values) ? expression : undefined;
      });
      const isName = found && !/^[\d.-]/.test(found.text);
      if (found && isName && found.text !== 'True' && found.text !== 'False') {
        // a name whose value is the same everywhere and written in the code: its value
        const needsInt =
          !found.isInt && !/^\w+$/.test(found.text) && values.every((v) => v === undefined || Number.isInteger(v));
        if (needsInt) return { text: `int(${found.text})` };
        const isConstantCode = fixed !== undefined && found.text === attributeText(fixed);
        return isConstantCode ? { text: found.text, literal: fixed } : { text: found.text };
      }
    }
    if (fixed !== undefined) return { text: attributeText(fixed), literal: fixed };
    if (values.every((value) => value === undefined)) return { text: 'None' };
    const same = [
      ...[...parameters.values()].map(({ name: text, values: own }) => ({ text, values: own })),
      ...[...locals.values()].map(({ text, expression }) => ({ text, values: expression.values })),
    ].find((known) => agrees(known, values));
    if (same) return { text: same.text };
    // a name of the block that has these values
    const local = [...order.keys(), ...text.assigned.keys()].find((candidate) => {
      const own = valuesOf(candidate);
      return values.every((value, i) => value === undefined || sameAttribute(own[i], value));
    });
    return { text: add(unique(local ?? name), local === undefined ? values : valuesOf(local)) };
  }

  function condition(values: readonly boolean[], written: Expr | undefined, name: string): string {
    if (written && isOpen) {
      const found = attempt(() => {
        const expression = translate(written);
        return expression && agrees(expression, values) ? expression : undefined;
      });
      if (found) return found.text;
    }
    return state(values, undefined, name).text;
  }

  return {
    helpers,
    parameters: () => {
      const place = ({ name, declared, otherwise }: Parameter) => {
        const last = otherwise === undefined ? 0 : 1000;
        if (declared !== undefined) return last + 100 + (order.get(declared) ?? 0);
        return name.endsWith('channels') && name !== 'channels' ? last : last + 500;
      };
      return [...parameters.values()].sort((a, b) => place(a) - place(b));
    },
    locals: () => [...locals.values()].map(({ text: name, expression }) => ({ name, text: expression.text })),
    state,
    condition,
    worth(written) {
      let values: readonly (Attribute | undefined)[] | undefined;
      attempt(() => {
        values = isOpen ? translate(written)?.values : undefined;
        return undefined;
      });
      return values;
    },
    channelsOf: (tensor) => (isOpen ? channelsOf(tensor) : undefined),
  };
}
