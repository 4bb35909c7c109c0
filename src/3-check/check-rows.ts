import type { Arg, CellNode, Expr, Ident, NameNode, RowsNode } from '../1-parse/ast.ts';
import { replaceFix } from '../diagnostics/diagnostic.ts';
import { didYouMean, nearestNames } from '../diagnostics/nearest.ts';
import { checkExpr, expectType } from './check-expr.ts';
import { calleeSignature } from './check-step.ts';
import { type Checker, lookup, report, type Scope } from './scope.ts';
import type { Signature, SignatureParam } from './signature.ts';
import { describeType, type Type } from './types.ts';

/** Columns of a stage table that are not parameters of its blocks. */
const ownColumns = new Set(['name', 'block', 'repeat', 'stride']);

/** Checks rows written in place, or the use of a table by name. The table itself is checked where it is declared. */
export function checkStageTable(
  c: Checker,
  scope: Scope,
  rows: RowsNode | NameNode,
  base: Signature | undefined,
  args: readonly Arg[],
): void {
  if (rows.kind === 'name') {
    expectType(c, checkExpr(c, scope, rows), 'table', rows.span);
    checkBaseArguments(c, scope, base, args);
    return;
  }
  checkBaseArguments(c, scope, base, args);
  checkStageRows(c, scope, rows, base, args);
}

/** The scope of cells and of the arguments before a table: all blocks of the table are counted. */
export function tableScope(scope: Scope, rows: { span: RowsNode['span'] }): Scope {
  const counter = { kind: 'index' as const, type: 'number' as Type, span: rows.span, used: true };
  const locals = new Map([
    ['index', { ...counter }],
    ['count', { ...counter }],
  ]);
  return { locals, parent: scope, inModel: scope.inModel };
}

function checkBaseArguments(c: Checker, scope: Scope, base: Signature | undefined, args: readonly Arg[]): void {
  for (const arg of args) {
    const type = checkExpr(c, tableScope(scope, arg), arg.value);
    const param = base?.params.find((p) => p.name === arg.name?.name);
    if (param) expectType(c, type, param.type, arg.value.span, `'${param.name}' of '${base?.name}'`);
  }
}

/** Checks a stage table's rows against the blocks that they build. */
export function checkStageRows(
  c: Checker,
  outer: Scope,
  rows: RowsNode,
  base: Signature | undefined,
  args: readonly Arg[],
): void {
  const scope = tableScope(outer, rows);
  const { header } = rows;
  checkHeader(c, header);
  if (rows.rows.length === 0) report(c, 'empty-table', rows.span, {});
  checkRowNames(c, rows);
  const blockColumn = header.findIndex((h) => h.name === 'block');
  const signatures = rows.rows.map((row) => {
    const cell = blockColumn < 0 ? undefined : row.cells[blockColumn];
    return cell ? blocksOf(c, scope, cell) : [base];
  });
  const all = signatures.flat();
  const allKnown = all.every((s) => s !== undefined);
  const everyParam = new Set(all.flatMap((s) => s?.params.filter((p) => !p.tensor).map((p) => p.name) ?? []));
  const unknown = new Set<number>();
  header.forEach((h, i) => {
    if (h.name === '' || ownColumns.has(h.name) || !allKnown || all.length === 0 || everyParam.has(h.name)) return;
    unknown.add(i);
    const candidates = [...everyParam, ...ownColumns];
    const fixes = nearestNames(h.name, candidates).map((n) => replaceFix(`Rename to '${n}'`, h.span, n));
    const data = { name: h.name, where: 'block of this table has a parameter', hint: didYouMean(h.name, candidates) };
    report(c, 'unknown-column', h.span, data, { fixes });
  });
  for (const arg of args) {
    const name = arg.name?.name;
    if (name && allKnown && all.length > 0 && !everyParam.has(name))
      report(c, 'argument-not-taken', arg.span, { name });
  }
  const missing = new Set<string>();
  rows.rows.forEach((row, r) => {
    if (row.cells.length !== header.length) {
      report(c, 'cell-count', row.span, { cells: row.cells.length, columns: header.length });
    }
    const built = signatures[r] as (Signature | undefined)[];
    header.forEach((h, i) => {
      const cell = row.cells[i];
      if (cell && !unknown.has(i) && h.name !== 'block' && h.name !== 'name')
        checkCell(c, scope, h, cell, built, choosesBlock(row.cells[blockColumn]));
    });
    for (const signature of built) {
      if (signature) missingColumns(c, rows, row, signature, args, missing);
    }
  });
}

function checkHeader(c: Checker, header: readonly Ident[]): void {
  const seen = new Set<string>();
  for (const h of header) {
    if (h.name !== '' && seen.has(h.name)) report(c, 'duplicate-column', h.span, { name: h.name });
    seen.add(h.name);
  }
}

/** Row names make paths, so they are names (or numbers) and unique. */
export function checkRowNames(c: Checker, rows: RowsNode): void {
  const column = rows.header.findIndex((h) => h.name === 'name');
  if (column < 0) return;
  const seen = new Map<string, Expr>();
  for (const row of rows.rows) {
    const value = row.cells[column]?.values[0];
    if (!value || row.cells[column]?.values.length !== 1 || value.kind !== 'name') {
      const span = value?.span ?? row.span;
      report(c, 'wrong-type', span, {
        what: "the cell of 'name'",
        expected: 'one name',
        found: value ? 'something else' : 'empty',
      });
      continue;
    }
    const other = seen.get(value.text);
    if (other) {
      const related = [{ span: other.span, message: 'the first of that name' }];
      report(c, 'duplicate-row', value.span, { name: value.text }, { related });
    }
    seen.set(value.text, value);
  }
}

/** The blocks that a cell of the column `block` names; undefined where only the build knows. */
function blocksOf(c: Checker, scope: Scope, cell: CellNode): (Signature | undefined)[] {
  return cell.values.flatMap((value) => {
    if (value.kind === 'choice') return value.options.map((option) => blockOf(c, scope, option));
    return [blockOf(c, scope, value)];
  });
}

function blockOf(c: Checker, scope: Scope, value: Expr): Signature | undefined {
  if (value.kind === 'name') return calleeSignature(c, scope, value.text, value.span, []);
  expectType(c, checkExpr(c, scope, value), 'block', value.span);
  return undefined;
}

function choosesBlock(cell: CellNode | undefined): boolean {
  return cell?.values.some((v) => v.kind === 'choice') ?? false;
}

function checkCell(
  c: Checker,
  scope: Scope,
  header: Ident,
  cell: CellNode,
  built: readonly (Signature | undefined)[],
  choosing: boolean,
): void {
  const param = built.map((s) => s?.params.find((p) => p.name === header.name && !p.tensor)).find((p) => p);
  const own = header.name === 'repeat' || header.name === 'stride';
  if (!own && !param && built.every((s) => s) && !choosing) {
    const [first] = built;
    report(c, 'cell-not-taken', cell.span, { name: header.name, block: first?.name ?? '' });
    return;
  }
  if (header.name === 'repeat' && cell.values.length > 1) report(c, 'cell-values', cell.span, { column: 'repeat' });
  for (const value of cell.values) {
    const type = checkExpr(c, scope, value, { cell: true });
    const expected: Type = own ? 'number' : (param?.type ?? 'unknown');
    expectType(c, type, expected, value.span, `the cell of '${header.name}'`);
    const whole = header.name === 'repeat' || param?.whole;
    if (whole && value.kind === 'number' && !Number.isInteger(value.value)) {
      report(c, 'not-whole', value.span, { what: `the cell of '${header.name}'`, value: value.value });
    }
  }
}

function missingColumns(
  c: Checker,
  rows: RowsNode,
  row: RowsNode['rows'][number],
  signature: Signature,
  args: readonly Arg[],
  said: Set<string>,
): void {
  for (const p of signature.params) {
    if (p.tensor || !p.required || isGiven(args, signature, p)) continue;
    const column = rows.header.findIndex((h) => h.name === p.name);
    const key = `${p.name} ${signature.name}`;
    if (column < 0 && !said.has(key)) {
      said.add(key);
      const [first] = rows.header;
      report(c, 'missing-column', first?.span ?? rows.span, { name: p.name, block: signature.name });
    }
    if (column >= 0 && row.cells.length === rows.header.length && !row.cells[column]) {
      report(c, 'missing-cell', row.span, { name: p.name, block: signature.name });
    }
  }
}

function isGiven(args: readonly Arg[], signature: Signature, param: SignatureParam): boolean {
  if (args.some((a) => a.name?.name === param.name)) return true;
  const open = signature.params.filter((p) => !p.tensor);
  return open.indexOf(param) < args.filter((a) => !a.name).length;
}

/** Checks the rows of `variants`: a column is a parameter of the model, a factor, `name` or `phi`. */
export function checkVariantRows(c: Checker, scope: Scope, rows: RowsNode, params: ReadonlyMap<string, Type>): void {
  checkHeader(c, rows.header);
  checkRowNames(c, rows);
  if (!rows.header.some((h) => h.name === 'name')) {
    report(c, 'variant-without-name', rows.header[0]?.span ?? rows.span, {});
  }
  const known = ['name', 'phi', 'd', 'w', 'r', ...params.keys()];
  for (const h of rows.header) {
    if (h.name === '' || known.includes(h.name)) continue;
    const fixes = nearestNames(h.name, known).map((n) => replaceFix(`Rename to '${n}'`, h.span, n));
    report(
      c,
      'unknown-column',
      h.span,
      { name: h.name, where: 'parameter of the model is called', hint: didYouMean(h.name, known) },
      { fixes },
    );
  }
  const phis = new Set<number>();
  for (const row of rows.rows) {
    if (row.cells.length !== rows.header.length) {
      report(c, 'cell-count', row.span, { cells: row.cells.length, columns: rows.header.length });
    }
    rows.header.forEach((h, i) => {
      const cell = row.cells[i];
      if (!cell || h.name === 'name' || !known.includes(h.name)) return;
      if (cell.values.length > 1) report(c, 'cell-values', cell.span, { column: h.name });
      const [value] = cell.values;
      if (!value) return;
      const type = checkExpr(c, scope, value);
      expectType(c, type, params.get(h.name) ?? 'number', value.span, `the cell of '${h.name}'`);
      if (h.name === 'phi' && value.kind === 'number') {
        if (phis.has(value.value)) report(c, 'duplicate-phi', value.span, { phi: value.value });
        phis.add(value.value);
      }
    });
  }
}

/** Whether a name is a parameter of type `table` in a scope. */
export function isTableParam(c: Checker, scope: Scope, name: string): boolean {
  const meaning = lookup(c, scope, name);
  return (
    meaning?.kind === 'local' && meaning.local.kind === 'parameter' && describeType(meaning.local.type) === 'a table'
  );
}
