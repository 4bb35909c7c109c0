import { isObject } from '../../weights/is-object.ts';

/**
 * Checks of the JSON in a run's folder, which may have been changed since it was written. A shape gives what is wrong with a
 * value, with the path to it (`'images.train' is not a whole number`), or undefined if the value fits.
 */
export type JsonShape = (value: unknown, path: string) => string | undefined;

export const aText: JsonShape = (value, path) => (typeof value === 'string' ? undefined : `'${path}' is not a string`);

/** A finite number within bounds. */
export function aNumber(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): JsonShape {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return `'${path}' is not a number`;
    return value < least || value > most ? `'${path}' is ${value}, which is out of range` : undefined;
  };
}

/** A count, within the whole numbers that JavaScript represents exactly. */
export const aCount: JsonShape = (value, path) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) return `'${path}' is not a whole number`;
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? `'${path}' is ${value}, which is out of range` : undefined;
};

export function oneOf(...choices: readonly unknown[]): JsonShape {
  return (value, path) => (choices.includes(value) ? undefined : `'${path}' is not ${choices.join(' or ')}`);
}

/** A value that fits one of several shapes. The reported problem is the last one's. */
export function anyOf(...shapes: readonly JsonShape[]): JsonShape {
  return (value, path) => {
    const problems = shapes.map((shape) => shape(value, path));
    return problems.includes(undefined) ? undefined : problems.at(-1);
  };
}

export function listOf(item: JsonShape): JsonShape {
  return (value, path) => {
    if (!Array.isArray(value)) return `'${path}' is not a list`;
    return first(value, (element, i) => item(element, `${path}[${i}]`));
  };
}

/** An object with these entries and no others. */
export function anObject(
  required: Readonly<Record<string, JsonShape>>,
  optional: Readonly<Record<string, JsonShape>> = {},
): JsonShape {
  return (value, path) => {
    if (!isObject(value)) return path === '' ? 'it is not an object' : `'${path}' is not an object`;
    const within = (name: string) => (path === '' ? name : `${path}.${name}`);
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(required, name) && !Object.hasOwn(optional, name));
    if (unknown !== undefined) return `there is no '${within(unknown)}'`;
    return first(Object.entries({ ...required, ...optional }), ([name, shape]) => {
      if (Object.hasOwn(value, name)) return shape(value[name], within(name));
      return Object.hasOwn(required, name) ? `'${within(name)}' is missing` : undefined;
    });
  };
}

/** An object of any names, as `set` of a network request has them. */
export function mapOf(item: JsonShape): JsonShape {
  return (value, path) => {
    if (!isObject(value)) return `'${path}' is not an object`;
    return first(Object.entries(value), ([name, element]) => item(element, `${path}.${name}`));
  };
}

/** The first problem that a check finds. */
function first<T>(parts: readonly T[], check: (part: T, index: number) => string | undefined): string | undefined {
  for (const [i, part] of parts.entries()) {
    const problem = check(part, i);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
