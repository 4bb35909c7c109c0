import type { NameNode, NumberNode } from '../1-parse/ast.ts';
import { digitWord } from '../1-parse/build-expr.ts';
import { guessName, modulesElsewhere } from '../2-resolve/names-elsewhere.ts';
import { listNames } from '../diagnostics/diagnostic.ts';
import { excerpt, type Span } from '../source.ts';
import {
  addDiagnostic,
  type Checker,
  isFull,
  lookup,
  type Meaning,
  report,
  suggest,
  suggestion,
  visibleNames,
} from './checker.ts';
import { calledBy, modelOfVariant, type VariantTarget } from './meanings/called-blocks.ts';
import { type LocalName, measures } from './meanings/occurrence.ts';
import { strayWord } from './meanings/path-places.ts';
import { describeType, isTensors, type Type } from './types.ts';
import { variantNames } from './variants.ts';

/** The properties of a tensor's shape. */
export const tensorProperties: readonly string[] = ['channels', 'height', 'width'];

/** Checks a name or dotted path that refers to a value, and returns its type. */
export function checkName(c: Checker, name: NameNode): Type {
  const [head = '', ...rest] = name.parts;
  if (head === '') return 'unknown';
  const meaning = lookup(c, name);
  const target = c.meanings.targets.get(name);
  if (target?.kind === 'chosen' && meaning?.kind !== 'local') {
    const unknown = reportUnknownVariant(c, target, name.span);
    if (unknown) return unknown;
  }
  if (!meaning || (meaning.kind === 'scaling' && !c.scaling)) {
    reportUnknownName(c, name);
    return 'unknown';
  }
  if (meaning.kind === 'local') {
    const { local } = meaning;
    local.used = true;
    if (rest.length === 0) return local.type;
    if (meaning.name?.kind === 'section') return checkPath(c, meaning.name, name);
    return checkProperty(c, local.type, `'${head}'`, rest, name.span);
  }
  if (rest.length > 0) {
    report(c, 'unknown-property', name.span, { name: rest.join('.'), of: describeMeaning(head, meaning), hint: '' });
    return 'unknown';
  }
  switch (meaning.kind) {
    case 'activation':
    case 'padding':
    case 'interpolation':
      return meaning.kind;
    case 'op':
    case 'declared':
      return 'block';
    default: {
      const found = 'a function; call it with parentheses';
      report(c, 'wrong-type', name.span, { what: `'${head}'`, expected: 'a value', found });
      return 'unknown';
    }
  }
}

/** The type of a written number: a row of `variants` may be named by one, where a variant is chosen. */
export function checkNumber(c: Checker, number: NumberNode): Type {
  const target = c.meanings.targets.get(number);
  if (target?.kind !== 'chosen') return 'number';
  if (modelOfVariant(c.module, target)) return 'variant';
  return reportUnknownVariant(c, target, number.span) ?? 'number';
}

/** Reports that the called model has no variant of that name; undefined if no model is called. */
function reportUnknownVariant(c: Checker, { callee, name }: VariantTarget, span: Span): Type | undefined {
  const [model] = calledBy(c.module, callee).filter((called) => called.kind === 'model');
  if (!model) return undefined;
  const names = variantNames(model);
  const { hint, fixes } = suggest(c, name, () => names, span);
  const data = { name, model: model.node.name.name, names: listNames(names), hint };
  report(c, 'unknown-variant', span, data, { fixes });
  return 'unknown';
}

/** `stages.c2.0.expand` or `stages.channels`: what follows a section's name. */
function checkPath(c: Checker, section: LocalName, { parts, span }: NameNode): Type {
  const stray = strayWord({ module: c.module, owner: section.owner }, section.ident, parts);
  const isProperty = tensorProperties.includes(parts.at(-1) as string);
  if (stray && !(isProperty && stray.index === parts.length - 1)) {
    const { index } = stray;
    const name = parts[index] as string;
    const start = span.start + parts.slice(0, index).join('.').length + 1;
    const names = () => (index === parts.length - 1 ? [...stray.names(), ...tensorProperties] : stray.names());
    const { hint, fixes } = suggest(c, name, names, { ...span, start, end: start + name.length });
    const of = index === 1 ? `the section '${parts[0]}'` : `'${parts.slice(0, index).join('.')}'`;
    report(c, 'unknown-property', span, { name, of, hint }, { fixes });
    return 'unknown';
  }
  return isProperty ? 'number' : { tensors: undefined };
}

/** `x.channels`: a property of a tensor. Nothing else has properties. */
export function checkProperty(c: Checker, type: Type, of: string, rest: readonly string[], span: Span): Type {
  if (type === 'unknown') return 'unknown';
  const [property = ''] = rest;
  if (isTensors(type)) {
    if (rest.length === 1 && tensorProperties.includes(property)) return 'number';
    const at = { ...span, start: span.end - property.length };
    const { hint, fixes } =
      rest.length === 1 ? suggest(c, property, () => tensorProperties, at) : suggestion(undefined, at);
    report(c, 'unknown-property', span, { name: rest.join('.'), of: `the tensor ${of}`, hint }, { fixes });
  } else report(c, 'unknown-property', span, { name: rest.join('.'), of: `${of}, ${describeType(type)},`, hint: '' });
  return 'unknown';
}

function describeMeaning(name: string, meaning: Meaning): string {
  switch (meaning.kind) {
    case 'local':
      return `'${name}', ${describeType(meaning.local.type)},`;
    case 'declared':
      return `the ${meaning.declared.kind} '${name}'`;
    case 'function':
    case 'scaling':
      return `the function '${name}'`;
    default:
      return `the ${meaning.kind} '${name}'`;
  }
}

/** Reports an unknown name, with the name that was probably meant. */
export function reportUnknownName(c: Checker, node: NameNode): void {
  const { span } = node;
  const [name = ''] = node.parts;
  if (/^\d/.test(name)) {
    addDiagnostic(c, digitWord(excerpt(span), span));
    return;
  }
  c.looksAround = true;
  // a missing imported name is reported at the import
  if (c.module.ast.imports.some((node) => node.names.some((imported) => imported.name === name))) return;
  // `nn.ReLU` is one name of another framework
  const whole = modulesElsewhere.has(name) ? excerpt(span, 80) : name;
  const at = { ...span, end: Math.min(span.end, span.start + whole.length) };
  const last = whole.split('.').at(-1) as string;
  if (whole !== name && [...visibleNames(c, node)].includes(last)) {
    const { hint, fixes } = suggestion(last, at);
    report(c, 'unknown-name', at, { name: whole, hint }, { fixes });
    return;
  }
  if (Object.hasOwn(measures, name) && name === whole) {
    report(c, 'unknown-name', at, { name, hint: "; only the 'require' of a model sees what the built network has" });
    return;
  }
  // a diagnostic that is no longer reported needs no suggestion either
  const guess = isFull(c) ? { hint: '' } : guessName(last, () => visibleNames(c, node));
  report(c, 'unknown-name', at, { name: whole, hint: guess.hint }, { fixes: suggestion(guess.name, at).fixes });
}

/** The text of an expression without a name: as it is written. */
export function quoted(span: Span): string {
  return `'${excerpt(span)}'`;
}
