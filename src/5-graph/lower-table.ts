import type { Arg, CellNode, Expr, NameNode, RowNode, RowsNode } from '../1-parse/ast.ts';
import { isTensorArgument } from '../3-check/bind-arguments.ts';
import { hasChoice } from '../3-check/check-rows.ts';
import { ownColumns } from '../3-check/meanings/walk-expr.ts';
import { rowName } from '../3-check/row-names.ts';
import type { Signature } from '../3-check/signature.ts';
import { checkScalar } from '../4-scale/check-value.ts';
import { joinPath } from '../4-scale/env.ts';
import { evaluate, evaluateGiven } from '../4-scale/evaluate.ts';
import { fail, traced } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import type { Trace } from '../4-scale/trace.ts';
import {
  type ActivationValue,
  type Binding,
  type BlockValue,
  describeValue,
  type Env,
  type Flow,
  isList,
  type TableValue,
  type TensorValue,
  tensorsOf,
  type Value,
} from '../4-scale/values.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { type Builder, ownerOf } from './builder.ts';
import type { StagePosition } from './graph.ts';
import { applyActivation, callSignature, counterEnv, type Site, signatureOfValue } from './lower-chain.ts';

/** A table with the block and the arguments before it. */
export interface TableStep {
  readonly callee: BlockValue | ActivationValue;
  readonly args: readonly Arg[];
  readonly rows: RowsNode | NameNode;
  readonly env: Env;
  readonly site: Site;
}

/** What building one table carries along. */
interface TableBuild {
  readonly b: Builder;
  readonly step: TableStep;
  readonly table: TableValue;
  /** The place of each column, by its name. */
  readonly columns: ReadonlyMap<string, number>;
  /** The blocks of the whole table. */
  readonly count: number;
  /** The position of the table. */
  readonly place: StagePosition;
  /** Names of arguments before the table that no block has taken so far. */
  readonly untaken: Set<string>;
}

/** A row with what is fixed for all of its blocks. */
interface PlannedRow {
  readonly row: RowNode;
  readonly name: string;
  readonly repeat: number;
  /** How the number of its blocks came about. */
  readonly traces: readonly Trace[];
}

/**
 * Builds a stage table: row after row, each block of a row after the other. Tensors among the arguments before it are for
 * its first block.
 * @param implied whether the preceding value is taken only where the arguments give no tensors, as at the start of a section
 */
export function lowerTable(b: Builder, called: TableStep, before: readonly TensorValue[], implied = false): Flow {
  b.unkept++;
  const table = tableOf(b, called);
  const columns = new Map(table.rows.header.map((h, i) => [h.name, i]));
  const planned = planRows(b, table, columns, called.site);
  const count = planned.reduce((sum, p) => sum + p.repeat, 0);
  if (count > buildLimits.blocks) fail('too-many-blocks', table.rows.span, { count, limit: buildLimits.blocks });
  const { given, values } = tensorArguments(b, called, count);
  const tensors = implied && given.length > 0 ? given : [...before, ...given];
  const step = given.length > 0 ? { ...called, args: values } : called;
  const untaken = new Set(step.args.flatMap((a) => (a.name ? [a.name.name] : [])));
  const t: TableBuild = { b, step, table, columns, count, place: b.place, untaken };
  let flow = tensors;
  let index = 0;
  for (const row of planned) {
    flow = lowerRow(t, row, index, flow);
    index += row.repeat;
    b.ev.results.set(joinPath(called.site.path, row.name), { tensors: flow });
  }
  b.place = t.place;
  if (count > 0) checkUntaken(t);
  return { tensors: flow };
}

/** Divides the arguments before a table into the tensors that they give, and those that are values of its blocks. */
function tensorArguments(
  b: Builder,
  { callee, args, env }: TableStep,
  count: number,
): { given: readonly TensorValue[]; values: readonly Arg[] } {
  const signature = callee.kind === 'block' ? callee.signature : undefined;
  const given: TensorValue[] = [];
  const values = args.filter((arg) => {
    let tensors: readonly TensorValue[] | undefined;
    const isTensor = () => {
      // whether it is one does not hang on the block's number
      tensors = tensorsOf(traced(b.ev, () => evaluate(b.ev, counterEnv(env, 0, count), arg.value)).value);
      return tensors !== undefined;
    };
    if (isArithmetic(arg.value) || !isTensorArgument(signature, arg, isTensor)) return true;
    if (!tensors && !isTensor()) return true;
    given.push(...(tensors ?? []));
    return false;
  });
  return { given, values };
}

/** Arithmetic gives no tensors, and need not be evaluated to know it. */
function isArithmetic({ kind }: Expr): boolean {
  return kind === 'number' || kind === 'bool' || kind === 'binary' || kind === 'unary' || kind === 'choice';
}

function tableOf(b: Builder, { rows, env }: TableStep): TableValue {
  if (rows.kind === 'rows') return { kind: 'table', name: 'rows', rows, env };
  const value = evaluate(b.ev, env, rows);
  if (typeof value === 'object' && !isList(value) && value.kind === 'table') return value;
  return fail('wrong-type', rows.span, { what: `'${rows.text}'`, expected: 'a table', found: describeValue(value) });
}

function planRows(b: Builder, table: TableValue, columns: ReadonlyMap<string, number>, site: Site): PlannedRow[] {
  const nameColumn = columns.get('name') ?? -1;
  return table.rows.rows.map((row, i) => {
    const name = rowName(row, nameColumn, i);
    const cell = readCell(b, row, columns, 'repeat', 0, table.env, ownerOf(b, joinPath(site.path, name)));
    if (!cell) return { row, name, repeat: 1, traces: [] };
    const span = cellAt(row, columns, 'repeat')?.span ?? row.span;
    checkScalar("'repeat'", 'int', cell.value, span);
    const repeat = cell.value as number;
    if (repeat < 0) fail('bad-size', span, { what: "'repeat'", value: repeat, limit: 'at least 0' });
    if (repeat > buildLimits.blocks) fail('too-many-blocks', span, { count: repeat, limit: buildLimits.blocks });
    return { row, name, repeat, traces: cell.traces ?? [] };
  });
}

/** Builds the blocks of a row, and gives the tensors after the last. */
function lowerRow(
  t: TableBuild,
  planned: PlannedRow,
  index: number,
  tensors: readonly TensorValue[],
): readonly TensorValue[] {
  const { b, step, table, columns, count } = t;
  const { row, name, repeat, traces } = planned;
  const rowPath = joinPath(step.site.path, name);
  // a shared step's cells are set for all of its uses
  const key = ownerOf(b, rowPath);
  const { row: outerRow } = t.place;
  // a table's label distinguishes it from others in its section
  const section = step.site.path;
  if (b.ev.choices.given.size > 0) {
    const { seen } = b.ev.choices;
    for (const column of columns.keys()) if (column !== 'name') seen.set(`${key}.${column}`, 'cell');
    const owner = choiceOwner(b, table.env);
    for (const choice of table.env.meanings.choices.keys()) seen.set(joinPath(owner, choice), 'name');
  }
  const built = new Set<Signature>();
  const start = b.nodes.length;
  let flow = tensors;
  for (let block = 0; block < repeat; block++) {
    const cells = counterEnv(table.env, index + block, count);
    const args = step.env === table.env ? cells : counterEnv(step.env, index + block, count);
    const read = (column: string) => readCell(b, row, columns, column, block, cells, key);
    const callee = blockOf(read('block')?.value, step, row);
    const operator = callee.kind === 'block' ? callee.signature.name : callee.name;
    // inside a block's own table the stage is the outer one
    if (outerRow === undefined) {
      const tensors = callee.kind === 'block' ? tensorNames(callee.signature) : [];
      b.place = {
        section,
        row: name,
        operator,
        ...(columns.has('repeat') && { block }),
        ...(tensors.length > 1 && { tensors }),
      };
    }
    const path = columns.has('repeat') ? joinPath(rowPath, String(block)) : rowPath;
    const site: Site = { span: row.span, path, labelled: true };
    built.add(signatureOfValue(callee));
    flow = lowerBlockOfRow(t, callee, { row, path: key, block, args, read }, flow, site);
    b.ev.results.set(path, { tensors: flow });
  }
  if (repeat > 0) checkTaken(t, row, built);
  // the number of blocks is not an attribute of any op: the row's first node records it
  const first = b.nodes[start];
  if (first && traces.length > 0) b.nodes[start] = { ...first, traces: [...traces, ...first.traces] };
  return flow;
}

function tensorNames({ params }: Signature): readonly string[] {
  return params.flatMap(({ name, tensor }) => (tensor ? [name] : []));
}

function cellAt(row: RowNode, columns: ReadonlyMap<string, number>, column: string): CellNode | undefined {
  const i = columns.get(column);
  return i === undefined ? undefined : row.cells[i];
}

/**
 * A cell's value for a row's n-th block: its n-th value, the last one repeats. A value given with `--set` replaces it.
 */
function readCell(
  b: Builder,
  row: RowNode,
  columns: ReadonlyMap<string, number>,
  column: string,
  block: number,
  env: Env,
  rowPath: string,
): Binding | undefined {
  const { ev } = b;
  const cell = cellAt(row, columns, column);
  const { choices } = ev;
  if (choices.given.size === 0 && !cell) return undefined;
  const key = `${rowPath}.${column}`;
  const written: Expr | undefined = cell?.values[Math.min(block, cell.values.length - 1)];
  const given = choices.given.get(key);
  if (given && !(written && hasChoice(written))) {
    choices.used.add(key);
    return traced(ev, () => evaluateGiven(ev, env, given));
  }
  if (!written) return undefined;
  ev.cell = { key, owner: choiceOwner(b, env), next: 0 };
  try {
    return traced(ev, () => evaluate(ev, env, written));
  } finally {
    ev.cell = undefined;
  }
}

/** The path below which the names of a declaration's choices are, the same for all uses of a shared step. */
function choiceOwner(b: Builder, { sharedBelow, path }: Env): string {
  return ownerOf(b, sharedBelow ?? path);
}

function blockOf(value: Value | undefined, step: TableStep, row: RowNode): BlockValue | ActivationValue {
  if (value === undefined) return step.callee;
  if (typeof value === 'object' && !isList(value) && (value.kind === 'block' || value.kind === 'activation')) {
    return value;
  }
  return fail('wrong-type', row.span, {
    what: "the cell of 'block'",
    expected: 'a block',
    found: describeValue(value),
  });
}

/** One block of a row, and how its cells read for it. */
interface RowBlock {
  readonly row: RowNode;
  /** The row's path: `stages.2`. */
  readonly path: string;
  /** Its number in the row. */
  readonly block: number;
  /** What the arguments before the table see. */
  readonly args: Env;
  readonly read: (column: string) => Binding | undefined;
}

function lowerBlockOfRow(
  t: TableBuild,
  callee: BlockValue | ActivationValue,
  { row, path, block, args, read }: RowBlock,
  tensors: readonly TensorValue[],
  site: Site,
): readonly TensorValue[] {
  const { b, step, columns } = t;
  const signature = signatureOfValue(callee);
  const bindings = new Map<string, Binding>();
  let next = 0;
  for (const arg of step.args) {
    const param = arg.name ? signature.byName.get(arg.name.name) : signature.values[next++];
    if (!param || param.tensor) continue;
    t.untaken.delete(param.name);
    bindings.set(
      param.name,
      traced(b.ev, () => evaluate(b.ev, args, arg.value)),
    );
  }
  for (const { name } of signature.values) {
    const binding = columns.has(name) ? read(name) : undefined;
    if (binding) bindings.set(name, binding);
  }
  // a single stride is for a row's first block, as every paper's table means it
  const given = b.ev.choices.given.has(`${path}.stride`);
  const strides = given ? 1 : cellAt(row, columns, 'stride')?.values.length;
  if (strides === 1 && block > 0 && signature.byName.has('stride')) bindings.set('stride', { value: 1 });
  for (const { name, required } of signature.values) {
    if (required && !bindings.has(name)) fail('missing-cell', row.span, { name, block: signature.name });
  }
  if (callee.kind === 'activation') return applyActivation(b, callee, bindings, tensors, site).tensors;
  return callSignature(b, signature, bindings, { tensors }, step.env, site).tensors;
}

/** A cell for a parameter that none of the row's blocks has is a mistake, unless the block is a choice. */
function checkTaken({ columns }: TableBuild, row: RowNode, built: ReadonlySet<Signature>): void {
  const block = cellAt(row, columns, 'block');
  if (block?.values.some(hasChoice)) return;
  for (const [name, i] of columns) {
    const cell = row.cells[i];
    if (!cell || ownColumns.has(name) || [...built].some((s) => s.byName.has(name))) continue;
    const [first] = built;
    fail('cell-not-taken', cell.span, { name, block: first?.name ?? '' });
  }
}

/** An argument before the table that no row's block takes is a mistake. */
function checkUntaken({ step, untaken }: TableBuild): void {
  const arg = step.args.find((a) => a.name && untaken.has(a.name.name));
  if (!arg?.name) return;
  const params = step.callee.kind === 'block' ? step.callee.signature.byName.keys() : [];
  const { name, span } = arg.name;
  fail('argument-not-taken', span, { name, hint: didYouMean(name, params) });
}
