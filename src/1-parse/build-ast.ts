import type { CstNode, IToken } from 'chevrotain';
import type * as c from '../../grammar/cst.generated.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source.ts';
import type * as a from './ast.ts';
import type { Build } from './build.ts';
import {
  argumentList,
  chainExpr,
  expression,
  ident,
  parameter,
  rows,
  sharingOf,
  spanOf,
  step,
  stringNode,
  tail,
  variantIdent,
} from './build-expr.ts';
import { docBefore, docsOf, trailingDoc } from './docs.ts';
import { numberName } from './number-name.ts';

/**
 * Makes the AST from a file's concrete tree. Parts that recovery left incomplete become `error` nodes or are left out.
 */
export function buildFile(
  source: Source,
  cst: CstNode,
  comments: readonly IToken[],
  diagnostics: Diagnostic[],
): a.FileNode {
  const b: Build = { source, docs: docsOf(source, comments), diagnostics, within: 0 };
  const { importDeclaration = [], block = [], model = [], weights = [] } = (cst as c.FileCstNode).children;
  const declarations: a.Declaration[] = [
    ...block.map((n) => buildBlock(begin(b, n), n)),
    ...model.map((n) => buildModel(begin(b, n), n)),
    ...weights.map((n) => buildWeights(begin(b, n), n)),
  ];
  return {
    span: { source, start: 0, end: source.text.length },
    imports: importDeclaration.map((n) => buildImport(begin(b, n), n)),
    declarations: inOrder(declarations),
    comments: b.docs.comments,
  };
}

function begin(b: Build, n: CstNode): Build {
  b.within = spanOf(b, n).start;
  return b;
}

/** Makes the AST of one expression. */
export function buildExpression(source: Source, cst: CstNode, diagnostics: Diagnostic[]): a.Expr {
  const b: Build = { source, docs: docsOf(source, []), diagnostics, within: 0 };
  return expression(b, cst as c.ExpressionCstNode, undefined);
}

function inOrder<T extends { readonly span: { readonly start: number } }>(nodes: T[]): T[] {
  return nodes.sort((x, y) => x.span.start - y.span.start);
}

// Nodes are written out with `kind` and `span` first: those that a spread begins are several times slower to read.

/** The comment right above a node. */
function docAbove(b: Build, n: CstNode): string {
  return docBefore(b.docs, spanOf(b, n).start);
}

/** The first name in a node: what it declares. */
function nameOf(b: Build, n: CstNode & { readonly children: { readonly Name?: IToken[] } }): a.Ident {
  return ident(b, n.children.Name?.[0], n);
}

/** The expression of a node that has one. */
function expressionOf(
  b: Build,
  n: CstNode & { readonly children: { readonly expression?: c.ExpressionCstNode[] } },
): a.Expr {
  return expression(b, n.children.expression?.[0], n);
}

/** The rows of a node that is a table. */
function rowsOf(b: Build, n: CstNode & { readonly children: { readonly rows?: c.RowsCstNode[] } }): a.RowsNode {
  return rows(b, n.children.rows?.[0], n);
}

function buildImport(b: Build, n: c.ImportDeclarationCstNode): a.ImportNode {
  const names = (n.children.Name ?? []).map((t) => ident(b, t, n));
  return { kind: 'import', span: spanOf(b, n), names, from: stringNode(b, n.children.String?.[0], n) };
}

function buildBlock(b: Build, n: c.BlockCstNode): a.BlockNode {
  const params = (n.children.parameter ?? []).map((p) => parameter(b, p));
  const body = (n.children.statement ?? []).flatMap((s) => statement(b, s));
  return { kind: 'block', span: spanOf(b, n), doc: docAbove(b, n), name: nameOf(b, n), params, body };
}

function buildWeights(b: Build, n: c.WeightsCstNode): a.WeightsNode {
  const map = n.children.mapRows?.[0];
  const conventions = (map?.children.sourceConvention ?? []).map((s) => sourceConvention(b, s));
  return {
    kind: 'weights',
    span: spanOf(b, n),
    doc: docAbove(b, n),
    name: nameOf(b, n),
    conventions,
    rows: rows(b, map, n),
  };
}

function sourceConvention(b: Build, n: c.SourceConventionCstNode): a.SourceConventionNode {
  const [column, name] = n.children.Name ?? [];
  return {
    kind: 'source-convention',
    span: spanOf(b, n),
    column: ident(b, column, n),
    name: ident(b, name, n),
    args: argumentList(b, n.children.args?.[0]),
    variants: (n.children.variantName ?? []).map((v) => variantIdent(b, v, n)),
  };
}

function statement(b: Build, n: c.StatementCstNode): a.Statement[] {
  const [returned] = n.children.returnStatement ?? [];
  const [required] = n.children.requireStatement ?? [];
  const [assigned] = n.children.assignment ?? [];
  if (returned) {
    const outputs = (returned.children.output ?? []).map((o) => ({
      ...(o.children.Name?.[0] && { label: nameOf(b, o) }),
      value: chainExpr(b, o.children.chain?.[0], o),
    }));
    return [{ kind: 'return', span: spanOf(b, returned), outputs }];
  }
  if (required) return [{ kind: 'require', span: spanOf(b, required), condition: expressionOf(b, required) }];
  if (!assigned) return [];
  const targets = (assigned.children.Name ?? []).map((t) => ident(b, t, assigned));
  return [
    { kind: 'assign', span: spanOf(b, assigned), targets, value: chainExpr(b, assigned.children.chain?.[0], assigned) },
  ];
}

/** The rows of `variants`, whose names may be numbers: `2012`. */
function namedRows(rows: a.RowsNode): a.RowsNode {
  const column = rows.header.findIndex((h) => h.name === 'name');
  const named = (cell: a.CellNode | undefined) => cell && { ...cell, values: cell.values.map(asName) };
  const withName = (cells: a.RowNode['cells']) => cells.map((cell, i) => (i === column ? named(cell) : cell));
  return { ...rows, rows: rows.rows.map((row) => ({ ...row, cells: withName(row.cells) })) };
}

function asName(value: a.Expr): a.Expr {
  const text = value.kind === 'number' ? numberName(value) : undefined;
  return text === undefined ? value : { kind: 'name', text, parts: [text], span: value.span };
}

function buildModel(b: Build, n: c.ModelCstNode): a.ModelNode {
  const { modelParameter, convention, inputDeclaration, auxiliary, maximize, scaling, variants, table, section } =
    n.children;
  const members: a.Member[] = [
    ...(modelParameter ?? []).flatMap((v) => modelParam(b, v)),
    ...(convention ?? []).map((v) => buildConvention(b, v)),
    ...(inputDeclaration ?? []).map((v) => buildInput(b, v)),
    ...(auxiliary ?? []).map((v) => buildAuxiliary(b, v)),
    ...(maximize ?? []).map((v): a.Member => ({ kind: 'maximize', span: spanOf(b, v), objective: expressionOf(b, v) })),
    ...(scaling ?? []).map((v) => buildScaling(b, v)),
    ...(variants ?? []).map(
      (v): a.Member => ({ kind: 'variants', span: spanOf(b, v), doc: docAbove(b, v), rows: namedRows(rowsOf(b, v)) }),
    ),
    ...(table ?? []).map(
      (v): a.Member => ({
        kind: 'table',
        span: spanOf(b, v),
        doc: docAbove(b, v),
        name: nameOf(b, v),
        rows: rowsOf(b, v),
      }),
    ),
    ...(section ?? []).map((v) => buildSection(b, v)),
    ...(n.children.statement ?? []).flatMap((v) => statement(b, v)),
  ];
  return { kind: 'model', span: spanOf(b, n), doc: docAbove(b, n), name: nameOf(b, n), members: inOrder(members) };
}

/** A parameter of a model; its documentation may also follow on its line. */
function modelParam(b: Build, n: c.ModelParameterCstNode): a.ParamNode[] {
  const inner = n.children.parameter?.[0];
  if (!inner) return [];
  const param = parameter(b, inner);
  return [{ ...param, span: spanOf(b, n), doc: docAbove(b, n) || trailingDoc(b.docs, param.span.end) }];
}

function buildConvention(b: Build, n: c.ConventionCstNode): a.ConventionNode {
  return { kind: 'convention', span: spanOf(b, n), name: nameOf(b, n), args: argumentList(b, n.children.args?.[0]) };
}

function buildInput(b: Build, n: c.InputDeclarationCstNode): a.InputNode {
  const args = argumentList(b, n.children.args?.[0]);
  return { kind: 'input', span: spanOf(b, n), name: nameOf(b, n), shape: expressionOf(b, n), args };
}

function buildAuxiliary(b: Build, n: c.AuxiliaryCstNode): a.AuxiliaryNode {
  const outputs = (n.children.chain ?? []).map((v) => chainExpr(b, v, n));
  return { kind: 'auxiliary', span: spanOf(b, n), weight: expressionOf(b, n), outputs };
}

function buildScaling(b: Build, n: c.ScalingCstNode): a.ScalingNode {
  return {
    kind: 'scaling',
    span: spanOf(b, n),
    ...(n.children.Name?.[0] && { variable: nameOf(b, n) }),
    entries: (n.children.scalingEntry ?? []).map((e) => ({
      span: spanOf(b, e),
      name: nameOf(b, e),
      ...(e.children.Name?.[1] && { parameter: ident(b, e.children.Name[1], e) }),
      value: expressionOf(b, e),
    })),
  };
}

function buildSection(b: Build, n: c.SectionCstNode): a.SectionNode {
  const label = n.children.Name?.[1];
  return {
    kind: 'section',
    span: spanOf(b, n),
    doc: docAbove(b, n),
    name: nameOf(b, n),
    ...sharingOf(b, n),
    ...(label && { label: ident(b, label, n) }),
    first: expressionOf(b, n),
    tail: tail(b, n.children.tail?.[0]),
    steps: (n.children.step ?? []).map((s) => step(b, s)),
  };
}
