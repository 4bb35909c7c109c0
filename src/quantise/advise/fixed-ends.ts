import type { CallNode, Expr, ModelNode, RowsNode, SectionNode, TableNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { DeclaredModel } from '../../2-resolve/program.ts';
import { roundFilters, scaleRepeats } from '../../2-resolve/rounding.ts';
import { type Source, spanText } from '../../source.ts';
import type { LiteEdit } from './lite-edits.ts';

/**
 * What EfficientNet-Lite does not scale: the filters of stem and head, and the repeats of the first and the last stage, since scaling them costs size and latency. The text of a model with its own roundings is left as it is.
 * @returns none where the model is in another text
 */
export function fixedEnds(source: Source, { node: model }: DeclaredModel): LiteEdit[] {
  if (model.span.source.name !== source.name) return [];
  const rounded = new Set(
    model.members.flatMap((member) =>
      member.kind === 'scaling' ? member.entries.filter((e) => e.parameter).map((e) => e.name.name) : [],
    ),
  );
  const edits: LiteEdit[] = [];
  if (!rounded.has('w')) for (const section of ends(model)) edits.push(...unscaled(section, 'w'));
  if (!rounded.has('d')) for (const rows of tablesOf(model)) edits.push(...repeatsOf(rows));
  return edits;
}

/** The sections before the first with a table, and after the last. */
function ends({ members }: ModelNode): SectionNode[] {
  const sections = members.filter((member): member is SectionNode => member.kind === 'section');
  const hasTable = ({ tail, steps }: SectionNode) => !!tail.rows || steps.some((step) => step.tail.rows);
  const first = sections.findIndex(hasTable);
  if (first < 0) return [];
  const last = sections.findLastIndex(hasTable);
  return sections.filter((_, i) => i < first || i > last);
}

/** The tables of a model's stages: those in its sections, or those with names. */
function tablesOf({ members }: ModelNode): RowsNode[] {
  const named = members.flatMap((member) => (member.kind === 'table' ? [(member as TableNode).rows] : []));
  const placed = members.flatMap((member) => {
    if (member.kind !== 'section') return [];
    return [member.tail, ...member.steps.map(({ tail }) => tail)].flatMap(({ rows }) =>
      rows?.kind === 'rows' ? [rows] : [],
    );
  });
  if (placed.length < 2) return [...named, ...placed];
  // with several sections that have tables, the very first row and the very last
  return [...named, { ...placed[0]!, rows: [...placed[0]!.rows, ...placed.at(-1)!.rows] }];
}

function repeatsOf({ header, rows }: RowsNode): LiteEdit[] {
  const column = header.findIndex(({ name }) => name === 'repeat');
  const cells = [rows[0], rows.length > 1 ? rows.at(-1) : undefined].map((row) => row?.cells[column]);
  return cells.flatMap((cell) => (cell ? unscaled(cell, 'd') : []));
}

/** The outermost parts of a text whose value is a number apart from the factor, with the number to replace them. */
function unscaled(part: unknown, factor: 'w' | 'd'): LiteEdit[] {
  const edits: LiteEdit[] = [];
  walkNodes(part, (node) => {
    if (node.kind !== 'call') return true;
    const call = node as CallNode;
    if (!calls(call, factor)) return true;
    const value = fixedValue(call, factor);
    const [only] = call.args;
    if (value === undefined && call.callee.text !== factor) return true;
    const newText = value === undefined ? (only ? spanText(only.value.span) : undefined) : String(value);
    if (newText !== undefined) {
      edits.push({ span: call.span, newText, label: `${spanText(call.span)} -> ${newText}` });
    }
    return false;
  });
  return edits;
}

function calls(part: Expr, factor: string): boolean {
  let found = false;
  walkNodes(part, (node) => {
    if (node.kind === 'call' && (node as CallNode).callee.text === factor) found = true;
    return !found;
  });
  return found;
}

/**
 * The value of an expression of numbers, scaling at the factor 1, minima and maxima; undefined where something else
 * decides.
 */
function fixedValue(value: Expr, factor: 'w' | 'd'): number | undefined {
  if (value.kind === 'number') return value.value;
  if (value.kind !== 'call') return undefined;
  const args = value.args.map((arg) => fixedValue(arg.value, factor));
  if (!args.every((arg) => arg !== undefined) || args.length === 0) return undefined;
  const numbers = args as number[];
  switch (value.callee.text) {
    case 'max':
      return Math.max(...numbers);
    case 'min':
      return Math.min(...numbers);
    case factor:
      return factor === 'w' ? roundFilters(numbers[0] as number, 8) : scaleRepeats(numbers[0] as number, 1);
    default:
      return undefined;
  }
}
