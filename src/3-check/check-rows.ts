import type { Arg, CellNode, Expr, Ident, NameNode, RowsNode } from '../1-parse/ast.ts';
import { walkNodes } from '../1-parse/walk.ts';
import { isTensorArgument } from './bind-arguments.ts';
import { checkExpr, checkWritten, expectType } from './check-expr.ts';
import { calleeSignature } from './check-step.ts';
import { checkCells, checkRowNames, isWhole } from './check-table.ts';
import { type Checker, report, suggest } from './checker.ts';
import { ownColumns } from './meanings/walk-expr.ts';
import type { Signature } from './signature.ts';
import { actsAsTensor, oneTensor } from './types.ts';

/**
 * Checks rows written in place, or the use of a table by name. The table itself is checked where it is declared.
 * @returns the arguments before the table that are values: those that are tensors are for its first block
 */
export function checkStageTable(
  c: Checker,
  rows: RowsNode | NameNode,
  base: Signature | undefined,
  args: readonly Arg[],
): readonly Arg[] {
  if (rows.kind === 'name') expectType(c, checkExpr(c, rows), 'table', rows.span);
  const values = checkBaseArguments(c, base, args);
  if (rows.kind === 'rows') checkStageRows(c, rows, base, values);
  return values;
}

/** Checks the arguments before a table, and gives those that are values. */
function checkBaseArguments(c: Checker, base: Signature | undefined, args: readonly Arg[]): readonly Arg[] {
  const named = new Set<string>();
  const values: Arg[] = [];
  let next = 0;
  for (const arg of args) {
    const type = checkExpr(c, arg.value);
    c.argumentTypes.set(arg, type);
    const name = arg.name?.name;
    if (name !== undefined && named.has(name)) report(c, 'duplicate-argument', arg.span, { name });
    if (name !== undefined) named.add(name);
    if (isTensorArgument(base, arg, () => type !== 'unknown' && actsAsTensor(type))) {
      expectType(c, type, oneTensor, arg.value.span);
      continue;
    }
    values.push(arg);
    const param = name === undefined ? base?.values[next++] : base?.byName.get(name);
    if (param) expectType(c, type, param.type, arg.value.span, `'${param.name}' of '${base?.name}'`);
  }
  return values;
}

/** The blocks that a table builds, as far as they are known. */
interface Built {
  /** A row's blocks; undefined if only the build knows one. */
  readonly byRow: readonly (readonly (Signature | undefined)[])[];
  /** The parameters of all blocks; undefined if a block is not known. */
  readonly params: ReadonlySet<string> | undefined;
}

/** Checks a stage table's rows against the blocks that they build. */
export function checkStageRows(c: Checker, rows: RowsNode, base: Signature | undefined, args: readonly Arg[]): void {
  const { header } = rows;
  checkCells(c, rows);
  checkRowNames(c, rows);
  if (rows.rows.length === 0) report(c, 'empty-table', rows.span, {});
  const blockColumn = header.findIndex((h) => h.name === 'block');
  const built = builtBlocks(c, rows, blockColumn, base);
  const unknown = checkColumns(c, header, built);
  checkTaken(c, args, built);
  const missing = missingParams(c, rows, built, args);
  rows.rows.forEach((row, r) => {
    const blocks = built.byRow[r] ?? [];
    const choosing = isChoice(row.cells[blockColumn]);
    header.forEach((h, i) => {
      const cell = row.cells[i];
      if (cell && !unknown.has(i) && h.name !== 'block' && h.name !== 'name') {
        checkCell(c, h, cell, choosing ? [...blocks, undefined] : blocks);
      }
    });
    for (const block of isWhole(row, header) ? blocks : []) {
      for (const [column, name] of (block && missing.get(block)) ?? []) {
        if (!row.cells[column]) report(c, 'missing-cell', row.span, { name, block: block?.name ?? '' });
      }
    }
  });
}

function builtBlocks(c: Checker, rows: RowsNode, column: number, base: Signature | undefined): Built {
  const byRow = rows.rows.map((row) => {
    const cell = row.cells[column];
    return cell ? blocksOf(c, cell) : [base];
  });
  const all = new Set(byRow.flat());
  if (all.has(undefined) || all.size === 0) return { byRow, params: undefined };
  const params = new Set<string>();
  for (const block of all) for (const p of block?.values ?? []) params.add(p.name);
  return { byRow, params };
}

/** The blocks that a cell of the column `block` names; undefined if only the build knows. */
function blocksOf(c: Checker, cell: CellNode): (Signature | undefined)[] {
  const options = cell.values.flatMap((value) => (value.kind === 'choice' ? value.options : [value]));
  return options.map((option) => {
    if (option.kind === 'name') return calleeSignature(c, option);
    expectType(c, checkExpr(c, option), 'block', option.span);
    return undefined;
  });
}

/** Reports columns that no block takes, and returns them. */
function checkColumns(c: Checker, header: readonly Ident[], { params }: Built): ReadonlySet<number> {
  const unknown = new Set<number>();
  header.forEach(({ name, span }, i) => {
    if (name === '' || ownColumns.has(name) || !params || params.has(name)) return;
    unknown.add(i);
    const { hint, fixes } = suggest(c, name, () => [...params, ...ownColumns], span);
    report(c, 'unknown-column', span, { name, where: 'block of this table has a parameter', hint }, { fixes });
  });
  return unknown;
}

/** Arguments before a table go to the rows whose block takes them; one that no row takes is a mistake. */
function checkTaken(c: Checker, args: readonly Arg[], { params, byRow }: Built): void {
  if (!params) return;
  const most = byRow.flat().reduce((n, block) => Math.max(n, block?.values.length ?? 0), 0);
  let positional = 0;
  for (const arg of args) {
    const name = arg.name?.name;
    if (name === undefined) {
      if (positional++ === most) {
        const given = args.filter((a) => !a.name).length;
        const callee = byRow[0]?.[0]?.name ?? '';
        report(c, 'too-many-arguments', arg.span, { callee, takes: most, names: '', given });
      }
    } else if (!params.has(name)) {
      const { hint, fixes } = suggest(c, name, () => params, arg.name?.span ?? arg.span);
      report(c, 'argument-not-taken', arg.name?.span ?? arg.span, { name, hint }, { fixes });
    }
  }
}

/**
 * Reports parameters without a default that have neither a column nor an argument. Returns, for each block, the columns
 * that must not be empty.
 */
function missingParams(
  c: Checker,
  { header, span }: RowsNode,
  { byRow }: Built,
  args: readonly Arg[],
): ReadonlyMap<Signature, readonly (readonly [column: number, name: string])[]> {
  const columns = new Map(header.map((h, i) => [h.name, i]));
  const named = new Set(args.flatMap((a) => (a.name ? [a.name.name] : [])));
  const positional = args.filter((a) => !a.name).length;
  const needed = new Map<Signature, [number, string][]>();
  for (const block of new Set(byRow.flat())) {
    if (!block) continue;
    const cells: [number, string][] = [];
    block.values.forEach(({ name, required }, i) => {
      if (!required || named.has(name) || i < positional) return;
      const column = columns.get(name);
      if (column !== undefined) cells.push([column, name]);
      else report(c, 'missing-column', header[0]?.span ?? span, { name, block: block.name });
    });
    needed.set(block, cells);
  }
  return needed;
}

/** Whether a cell leaves its value open. */
function isChoice(cell: CellNode | undefined): boolean {
  return cell?.values.some((v) => v.kind === 'choice') ?? false;
}

/** Whether an expression contains a choice. */
export function hasChoice(value: Expr): boolean {
  let found = false;
  walkNodes(value, (node) => {
    found ||= node.kind === 'choice';
    return !found;
  });
  return found;
}

/** @param blocks the row's blocks; one that is not known may take any cell */
function checkCell(c: Checker, { name }: Ident, cell: CellNode, blocks: readonly (Signature | undefined)[]): void {
  const param = blocks.map((b) => b?.byName.get(name)).find((p) => p && !p.tensor);
  const isRepeat = name === 'repeat';
  if (!isRepeat && !param && blocks.every((b) => b)) {
    report(c, 'cell-not-taken', cell.span, { name, block: blocks[0]?.name ?? '' });
    return;
  }
  if (isRepeat && cell.values.length > 1) report(c, 'cell-values', cell.span, { column: 'repeat' });
  for (const value of cell.values) {
    const type = checkExpr(c, value, { cell: true });
    const wanted = isRepeat ? ({ type: 'number', whole: true } as const) : (param ?? { type: 'unknown', whole: false });
    const what = `the cell of '${name}'`;
    expectType(c, type, wanted.type, value.span, what);
    checkWritten(c, value, wanted, what);
  }
}
