import { tensorProperties } from '../3-check/check-name.ts';
import { listNames } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Span } from '../source.ts';
import { joinPath } from './env.ts';
import { type Evaluator, fail } from './evaluation.ts';
import { describeValue, isList, type SectionValue, type Value } from './values.ts';

/** The result of the step named after a section's name, or a size of it: `trunk.stages.5.0.expand.width`. */
export function atPath(ev: Evaluator, section: SectionValue, rest: readonly string[], span: Span): Value {
  const path = builtPath(ev, joinPath(section.path, rest.join('.')));
  const flow = ev.results.get(path);
  if (flow) return { kind: 'section', path, ...flow };
  const last = rest.at(-1) as string;
  if (!tensorProperties.includes(last)) return failPath(ev, section, rest, span);
  const inner = rest.slice(0, -1);
  return sizeIn(inner.length === 0 ? section : atPath(ev, section, inner, span), last, span);
}

/** The path of nodes for one that goes through a shared step of a section. */
function builtPath({ uses }: Evaluator, path: string): string {
  if (uses.size === 0) return path;
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const use = uses.get(path.slice(0, end));
    if (use !== undefined) return use + path.slice(end);
  }
  return path;
}

/** Reports the word of a path that does not name a built step. */
function failPath(ev: Evaluator, section: SectionValue, rest: readonly string[], span: Span): never {
  let before = section.path;
  let known = new Set<string>();
  for (const word of rest) {
    known = wordsBelow(ev, builtPath(ev, before));
    if (!known.has(word))
      return failProperty(
        word,
        before === section.path ? `the section '${before}'` : `'${before}'`,
        [...known, ...tensorProperties],
        span,
      );
    before = joinPath(before, word);
  }
  return fail('incomplete-path', span, { path: before, words: listNames([...wordsBelow(ev, builtPath(ev, before))]) });
}

/** The words that follow a path in those of the steps below it. */
function wordsBelow({ results }: Evaluator, path: string): Set<string> {
  const before = `${path}.`;
  const words = new Set<string>();
  for (const other of results.keys()) {
    if (other.startsWith(before)) words.add(other.slice(before.length).split('.', 1)[0] as string);
  }
  return words;
}

function failProperty(name: string, of: string, known: Iterable<string>, span: Span): never {
  return fail('unknown-property', span, { name, of, hint: didYouMean(name, known) });
}

/** Properties of a value: sizes of a tensor. */
export function property(value: Value, rest: readonly string[], span: Span): Value {
  let current = value;
  for (const part of rest) current = sizeIn(current, part, span);
  return current;
}

/** `channels`, `height` or `width` of a tensor, or of a section that gives one. */
function sizeIn(value: Value, name: string, span: Span): number {
  const tensor = isSection(value) && value.tensors.length === 1 ? value.tensors[0] : value;
  const axis = tensorProperties.indexOf(name);
  if (axis < 0 || typeof tensor !== 'object' || isList(tensor) || tensor.kind !== 'tensor') {
    return failProperty(name, describeValue(value), tensorProperties, span);
  }
  return tensor.shape[axis] ?? fail('needs-space', span, { op: `'${name}'`, shape: `[${tensor.shape.join(', ')}]` });
}

/** Whether a value is what a section gave. */
export function isSection(value: Value): value is SectionValue {
  return typeof value === 'object' && !isList(value) && value.kind === 'section';
}
