import type { Member, ModelNode, ScalingNode } from '../../1-parse/ast.ts';
import { format } from '../../1-parse/format.ts';
import type { DeclaredModel } from '../../2-resolve/program.ts';
import { factorNames } from '../../4-scale/scaling.ts';
import { applyFixes } from '../../diagnostics/apply-fixes.ts';
import type { TextEdit } from '../../diagnostics/diagnostic.ts';
import type { Source, Span } from '../../source.ts';
import type { Factors } from './candidates.ts';

/**
 * The text of a spec with other coefficients of compound scaling: the entries `d = ... ^ phi` of its `scaling`, or a new section where it has none. All else stays as it is.
 * @returns undefined where the model's `scaling` has no phi, or the model is in another file
 */
export function withScaling(source: Source, { node: model }: DeclaredModel, factors: Factors): string | undefined {
  if (model.span.source.name !== source.name) return undefined;
  const scaling = model.members.find((member): member is ScalingNode & Member => member.kind === 'scaling');
  if (scaling && !scaling.variable) return undefined;
  const edits = scaling ? entryEdits(source, scaling, factors) : [sectionEdit(source, model, factors)];
  const { text } = applyFixes(source, [{ title: '', safe: true, edits }]);
  // the formatter knows how sections are indented; a text that was not formatted keeps its own style
  const isCanonical = format(source).text === source.text;
  return isCanonical ? format({ ...source, text }).text : text;
}

function entryEdits(source: Source, scaling: ScalingNode, factors: Factors): TextEdit[] {
  const phi = scaling.variable?.name ?? 'phi';
  const missing: string[] = [];
  const edits = factorNames.flatMap((name): TextEdit[] => {
    const entry = scaling.entries.find((one) => one.name.name === name && !one.parameter);
    const value = `${factors[name]} ^ ${phi}`;
    if (entry) return [{ span: entry.value.span, newText: value }];
    missing.push(`    ${name} = ${value}\n`);
    return [];
  });
  if (missing.length === 0) return edits;
  return [...edits, { span: at(source, placeOfMore(source, scaling)), newText: `\n${missing.join('').trimEnd()}` }];
}

/**
 * Where more entries go: at the end of the last one's line, which may have a comment, or before a closing brace on that line.
 */
function placeOfMore({ text }: Source, { span, entries }: ScalingNode): number {
  const last = entries.at(-1)?.span.end ?? text.indexOf('{', span.start) + 1;
  const line = text.indexOf('\n', last);
  return line < 0 || line > span.end ? last : line;
}

/** Before the inputs, as in the library's models. */
function sectionEdit(source: Source, model: ModelNode, factors: Factors): TextEdit {
  const before = model.members.find(({ kind }) => kind === 'input') ?? (model.members[0] as Member);
  const entries = factorNames.map((name) => `    ${name} = ${factors[name]} ^ phi\n`).join('');
  return { span: at(source, before.span.start), newText: `scaling phi {\n${entries}  }\n\n  ` };
}

function at(source: Source, place: number): Span {
  return { source, start: place, end: place };
}
