import type { Ident, ModelNode, NameNode, RowNode, RowsNode, SectionNode } from '../../1-parse/ast.ts';
import { headOf } from '../../1-parse/section-head.ts';
import { rowName } from '../../3-check/row-names.ts';
import type { ScalingPoint } from '../../4-scale/scaling.ts';
import type { Span } from '../../source.ts';
import type { TreeNode } from './node-path.ts';

/** A section that builds a table. */
export interface TablePlace {
  /** The section as a network's stages name it: with the label of the table, where it has one. */
  readonly section: string;
  /** The name of the block before the table: what a row without a cell `block` builds. */
  readonly callee: string | undefined;
  /**
   * Whether no other table has the same name there: a network's stages are identified by sections and rows, and would mix
   * rows of two.
   */
  readonly isOnly: boolean;
}

/** The sections of a model that build these rows at a point: written in place, by the table's name, or through a parameter. */
export function placesOfTable(model: ModelNode, rows: RowsNode, point: ScalingPoint | undefined): TablePlace[] {
  const table = model.members.find((m) => m.kind === 'table' && m.rows === rows);
  const name = table?.kind === 'table' ? table.name.name : undefined;
  const isThese = (used: RowsNode | NameNode | undefined) => {
    if (!used || used === rows) return used === rows;
    if (used.kind !== 'name' || name === undefined) return false;
    return used.text === name || point?.params.some((p) => p.name === used.text && p.text === name) === true;
  };
  return model.members.flatMap((member) => {
    if (member.kind !== 'section') return [];
    const tables = tablesOf(member);
    return tables
      .filter(({ rows }) => isThese(rows))
      .map(({ section, callee }) => ({
        section,
        callee,
        isOnly: tables.filter((other) => other.section === section).length === 1,
      }));
  });
}

/** The tables that a section builds, each with its place and the block before it. */
function tablesOf(section: SectionNode) {
  const { name, label, tail, steps } = section;
  const sectionWith = (of: Ident | undefined) => (of ? `${name.name}.${of.name}` : name.name);
  return [
    { section: sectionWith(label), callee: headOf(section).callee?.text, rows: tail.rows },
    ...steps.map((s) => ({ section: sectionWith(s.label), callee: s.callee.text, rows: s.tail.rows })),
  ].filter(({ rows }) => rows !== undefined);
}

/** The tables that a model writes, by name or in place. */
export function tablesIn(model: ModelNode): RowsNode[] {
  return model.members.flatMap((m) => {
    if (m.kind === 'table') return [m.rows];
    if (m.kind !== 'section') return [];
    return [m.tail.rows, ...m.steps.map((s) => s.tail.rows)].flatMap((r) => (r?.kind === 'rows' ? [r] : []));
  });
}

/** A row's name in paths: from its column `name`, else its number from 0. */
export function nameOfRow({ header, rows }: RowsNode, row: RowNode): string {
  const column = header.findIndex((h) => h.name === 'name');
  return rowName(row, column, rows.indexOf(row));
}

/** The column that contains an offset, by the bars of the row's text; -1 before the first bar. */
export function columnAt(row: RowNode, offset: number): number {
  const { source, start, end } = row.span;
  const text = source.text.slice(start, Math.min(end, offset));
  let column = -1;
  for (const c of text) if (c === '|') column++;
  return column;
}

/** The row that contains an offset, by the tree's path to it. */
export function rowAt(path: readonly TreeNode[], offset: number): { rows: RowsNode; row: RowNode } | undefined {
  const rows = path.findLast((node): node is RowsNode => node.kind === 'rows');
  const row = rows?.rows.find(({ span }) => span.start <= offset && offset <= span.end);
  return rows && row && { rows, row };
}

/**
 * Where a stage of a network is written in its model: the row of its table, else its section; for a stage of an inner
 * model the section that uses that model. Undefined outside of sections.
 */
export function placeOfStage(
  model: ModelNode,
  point: ScalingPoint,
  section: string,
  row: string | undefined,
): Span | undefined {
  const own = model.members.find((m) => m.kind === 'section' && m.name.name === section);
  if (row === undefined) {
    if (own) return own.span;
    const outer = section.slice(0, section.lastIndexOf('.'));
    return section.includes('.') ? placeOfStage(model, point, outer, undefined) : undefined;
  }
  for (const rows of tablesIn(model)) {
    if (!placesOfTable(model, rows, point).some((place) => place.section === section)) continue;
    const found = rows.rows.find((r) => nameOfRow(rows, r) === row);
    if (found) return found.span;
  }
  return placeOfStage(model, point, section, undefined);
}
