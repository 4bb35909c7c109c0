import type { Arg, CellNode, Expr, NameNode, RowNode, RowsNode } from '../1-parse/ast.ts';
import { checkScalar } from '../4-scale/check-value.ts';
import { type Env, joinPath } from '../4-scale/env.ts';
import { evaluate } from '../4-scale/evaluate.ts';
import { type Evaluation, fail, traced } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import {
  type ActivationValue,
  type Binding,
  type BlockValue,
  describeValue,
  isList,
  type SectionValue,
  type TableValue,
  type TensorValue,
  type Value,
} from '../4-scale/values.ts';
import type { Builder } from './builder.ts';
import { applyActivation, callSignature, counterEnv, type Flow, type Site } from './lower-chain.ts';

/** A table with the block and the arguments before it. */
export interface TableStep {
  readonly callee: BlockValue | ActivationValue;
  readonly args: readonly Arg[];
  readonly rows: RowsNode | NameNode;
  readonly env: Env;
  readonly site: Site;
}

interface PlannedRow {
  readonly row: RowNode;
  readonly name: string;
  readonly repeat: number;
}

/** Builds a stage table: row after row, each block of a row after the other. */
export function lowerTable(b: Builder, step: TableStep, tensors: readonly TensorValue[]): Flow {
  const table = tableOf(b, step);
  const columns = new Map(table.rows.header.map((h, i) => [h.name, i]));
  const planned = planRows(b, table, columns, step.site);
  const count = planned.reduce((sum, p) => sum + p.repeat, 0);
  if (count > buildLimits.blocks) fail('too-many-blocks', table.rows.span, { count, limit: buildLimits.blocks });
  const outer = b.place;
  const parts = new Map<string, SectionValue>();
  let flow = tensors;
  let index = 0;
  for (const { row, name, repeat } of planned) {
    const blocks = new Map<string, SectionValue>();
    const rowPath = joinPath(step.site.path, name);
    for (let block = 0; block < repeat; block++, index++) {
      const cells = counterEnv(table.env, index, count);
      const args = counterEnv(step.env, index, count);
      const read = (column: string) => readCell(b.ev, row, columns, column, block, cells, rowPath);
      const callee = blockOf(read('block')?.value, step, row);
      const path = columns.has('repeat') ? joinPath(rowPath, String(block)) : rowPath;
      const operator = callee.kind === 'block' ? callee.signature.name : callee.name;
      // inside a block's own table the stage is the outer one
      if (outer.row === undefined) {
        b.place = { section: outer.section, row: name, operator, ...(columns.has('repeat') && { block }) };
      }
      const site: Site = { span: row.span, path, labelled: true };
      flow = buildRow(b, callee, { row, columns, read, first: block === 0 }, step, args, flow, site);
      blocks.set(String(block), { kind: 'section', tensors: flow, parts: new Map() });
    }
    parts.set(name, { kind: 'section', tensors: flow, parts: columns.has('repeat') ? blocks : new Map() });
  }
  b.place = outer;
  return { tensors: flow, parts };
}

function tableOf(b: Builder, { rows, env }: TableStep): TableValue {
  if (rows.kind === 'rows') return { kind: 'table', name: 'rows', rows, env };
  const value = evaluate(b.ev, env, rows);
  if (typeof value === 'object' && !isList(value) && value.kind === 'table') return value;
  return fail('wrong-type', rows.span, { what: `'${rows.text}'`, expected: 'a table', found: describeValue(value) });
}

function planRows(b: Builder, table: TableValue, columns: ReadonlyMap<string, number>, site: Site): PlannedRow[] {
  const nameColumn = columns.get('name');
  return table.rows.rows.map((row, i) => {
    const named = nameColumn === undefined ? undefined : row.cells[nameColumn]?.values[0];
    const name = named?.kind === 'name' ? named.text : String(i);
    const cell = readCell(b.ev, row, columns, 'repeat', 0, table.env, joinPath(site.path, name));
    if (!cell) return { row, name, repeat: 1 };
    const span = cellAt(row, columns, 'repeat')?.span ?? row.span;
    checkScalar("'repeat'", 'int', cell.value, span);
    const repeat = cell.value as number;
    if (repeat < 0) fail('bad-size', span, { what: "'repeat'", value: repeat, limit: 'at least 0' });
    if (repeat > buildLimits.blocks) fail('too-many-blocks', span, { count: repeat, limit: buildLimits.blocks });
    return { row, name, repeat };
  });
}

function cellAt(row: RowNode, columns: ReadonlyMap<string, number>, column: string): CellNode | undefined {
  const i = columns.get(column);
  return i === undefined ? undefined : row.cells[i];
}

/** A cell's value for a row's n-th block: its n-th value, the last goes on. A value given with `--set` replaces it. */
function readCell(
  ev: Evaluation,
  row: RowNode,
  columns: ReadonlyMap<string, number>,
  column: string,
  block: number,
  env: Env,
  rowPath: string,
): Binding | undefined {
  const cell = cellAt(row, columns, column);
  const { choices } = ev;
  if (choices.given.size === 0 && !cell) return undefined;
  const key = `${rowPath}.${column}`;
  const written: Expr | undefined = cell?.values[Math.min(block, cell.values.length - 1)];
  if (choices.given.size > 0 && columns.has(column)) choices.seen.add(key);
  const given = choices.given.get(key);
  if (given && !(written && hasChoice(written))) {
    choices.used.add(key);
    return traced(ev, () => evaluate(ev, env, given));
  }
  if (!written) return undefined;
  ev.cell = { key, next: 0 };
  try {
    return traced(ev, () => evaluate(ev, env, written));
  } finally {
    ev.cell = undefined;
  }
}

function hasChoice(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasChoice);
  if (typeof node !== 'object' || node === null) return false;
  if ((node as Expr).kind === 'choice') return true;
  return Object.entries(node).some(([key, value]) => key !== 'span' && hasChoice(value));
}

function blockOf(value: Value | undefined, step: TableStep, row: RowNode): BlockValue | ActivationValue {
  if (value === undefined) return step.callee;
  if (typeof value === 'object' && !isList(value) && (value.kind === 'block' || value.kind === 'activation'))
    return value;
  return fail('wrong-type', row.span, {
    what: "the cell of 'block'",
    expected: 'a block',
    found: describeValue(value),
  });
}

/** One block of a row: its cells as they read for it. */
interface RowBlock {
  readonly row: RowNode;
  readonly columns: ReadonlyMap<string, number>;
  readonly read: (column: string) => Binding | undefined;
  readonly first: boolean;
}

function buildRow(
  b: Builder,
  callee: BlockValue | ActivationValue,
  { row, columns, read, first }: RowBlock,
  step: TableStep,
  argEnv: Env,
  tensors: readonly TensorValue[],
  site: Site,
): readonly TensorValue[] {
  if (callee.kind === 'activation') return applyActivation(b, callee, tensors, site).tensors;
  const { signature } = callee;
  const bindings = new Map<string, Binding>();
  let next = 0;
  const open = signature.params.filter((p) => !p.tensor);
  for (const arg of step.args) {
    const param = arg.name ? open.find((p) => p.name === arg.name?.name) : open[next++];
    if (param)
      bindings.set(
        param.name,
        traced(b.ev, () => evaluate(b.ev, argEnv, arg.value)),
      );
  }
  for (const param of open) {
    const binding = columns.has(param.name) ? read(param.name) : undefined;
    if (binding) bindings.set(param.name, binding);
  }
  // a single stride is for a row's first block, as every paper's table means it
  const strideCell = cellAt(row, columns, 'stride');
  if (strideCell?.values.length === 1 && !first && open.some((p) => p.name === 'stride'))
    bindings.set('stride', { value: 1 });
  for (const param of open) {
    if (param.required && !bindings.has(param.name))
      fail('missing-cell', row.span, { name: param.name, block: signature.name });
  }
  return callSignature(b, signature, bindings, tensors, step.env, site).tensors;
}
