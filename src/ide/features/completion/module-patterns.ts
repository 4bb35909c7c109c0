import type { Arg, NameNode, RowsNode, SectionNode, StepNode } from '../../../1-parse/ast.ts';
import { headOf } from '../../../1-parse/section-head.ts';
import { walkNodes } from '../../../1-parse/walk.ts';
import type { Declared, DeclaredModel } from '../../../2-resolve/program.ts';
import { meaningsOf } from '../../../3-check/meanings/declaration-names.ts';
import { rowNames } from '../../../3-check/row-names.ts';
import { memoise } from '../../../memoise.ts';
import { signatureOfTarget } from '../../names/signature-of-target.ts';

/** Patterns of one model that are offered. */
const mostPatterns = 400;
const mostSteps = 20_000;
const mostDepth = 8;

/**
 * The modules of a model as a weight map names them: `stem.conv`, and with stars over the rows and the blocks of a table
 * `stages.*.*.expand.conv`; after these the same row by row. Taken from the tree, so that they are available for a model
 * that does not build.
 */
export const modulePatterns = memoise((model: DeclaredModel): readonly string[] => {
  const patterns = new Set<string>();
  for (const byRow of [false, true]) sectionsOf(model, '', 0, { patterns, byRow, left: mostSteps });
  return [...patterns];
});

/** What one reading of a model carries along. */
interface PatternSearch {
  readonly patterns: Set<string>;
  /** Rows by their names instead of stars. */
  readonly byRow: boolean;
  /** The limit of steps that are examined: a model that contains itself has infinitely many. */
  left: number;
}

function sectionsOf(model: DeclaredModel, before: string, depth: number, found: PatternSearch): void {
  for (const member of model.node.members) {
    if (member.kind === 'section') sectionOf(model, member, `${before}${member.name.name}`, depth, found);
  }
}

function sectionOf(
  model: DeclaredModel,
  section: SectionNode,
  path: string,
  depth: number,
  found: PatternSearch,
): void {
  const { first, label, tail, steps } = section;
  const { callee, args } = headOf(section);
  const own = label ? `${path}.${label.name}` : path;
  if (callee) stepOf(model, callee, args, rowsOf(model, tail.rows), own, depth, found);
  else stepsIn(model, first, path, depth, found);
  for (const step of steps) labelled(model, step, path, depth, found);
}

/** The steps with labels in a part of the tree, chains in arguments included. */
function stepsIn(owner: Declared, part: unknown, path: string, depth: number, found: PatternSearch): void {
  walkNodes(part, (node) => {
    if (node.kind !== 'step') return true;
    labelled(owner, node as StepNode, path, depth, found);
    return true;
  });
}

function labelled(owner: Declared, step: StepNode, path: string, depth: number, found: PatternSearch): void {
  if (!step.label) return;
  const rows = rowsOf(owner, step.tail.rows);
  stepOf(owner, step.callee, step.args ?? [], rows, `${path}.${step.label.name}`, depth, found);
}

/** Rows, or those of the table that a name means: through a parameter too. */
function rowsOf(owner: Declared, rows: RowsNode | NameNode | undefined): RowsNode | undefined {
  if (rows?.kind !== 'name') return rows;
  const target = meaningsOf(owner.node).targets.get(rows);
  if (target?.kind !== 'local') return undefined;
  const { binder, param } = target.local;
  if (binder && 'kind' in binder && binder.kind === 'table') return binder.rows;
  return param?.default?.kind === 'name' ? rowsOf(owner, param.default) : undefined;
}

function stepOf(
  owner: Declared,
  callee: NameNode,
  args: readonly Arg[],
  rows: RowsNode | undefined,
  path: string,
  depth: number,
  found: PatternSearch,
): void {
  if (found.patterns.size >= mostPatterns || depth > mostDepth || --found.left < 0) return;
  stepsIn(owner, args, path, depth, found);
  if (!rows) {
    calleeOf(owner, callee, path, depth, found);
    return;
  }
  const { header } = rows;
  const column = header.findIndex(({ name }) => name === 'block');
  const repeat = header.some(({ name }) => name === 'repeat') ? '.*' : '';
  const names = [...rowNames(rows)];
  rows.rows.slice(0, mostPatterns).forEach(({ cells }, i) => {
    const options = cells[column]?.values.flatMap((v) => (v.kind === 'choice' ? v.options : [v])) ?? [callee];
    const row = found.byRow ? names[i] : '*';
    for (const option of options) {
      if (option.kind === 'name') calleeOf(owner, option, `${path}.${row}${repeat}`, depth, found);
    }
  });
}

function calleeOf(owner: Declared, name: NameNode, path: string, depth: number, found: PatternSearch): void {
  const target = meaningsOf(owner.node).targets.get(name);
  const { declared, op } = (target && signatureOfTarget(owner.module, target)) ?? {};
  if (declared?.kind === 'model') sectionsOf(declared, `${path}.`, depth + 1, found);
  else if (declared) stepsIn(declared, declared.node.body, path, depth + 1, found);
  else if (op?.ownsTensors && found.patterns.size < mostPatterns) found.patterns.add(path);
}
