import type { CstNode, IToken } from 'chevrotain';
import type * as c from '../../grammar/cst.generated.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source.ts';
import type * as a from './ast.ts';
import {
  argumentList,
  chainExpr,
  expression,
  ident,
  parameter,
  rows,
  spanOf,
  step,
  stringNode,
  tail,
} from './build-expr.ts';
import { type Docs, docBefore, docsOf, trailingDoc } from './docs.ts';

/** What building a tree needs besides the tree it comes from. */
export interface Build {
  readonly source: Source;
  readonly docs: Docs;
  readonly diagnostics: Diagnostic[];
  /** Where the declaration in hand begins: the place of what recovery left without a token. */
  within: number;
}

/** Makes the AST of a file's concrete tree. Parts that recovery left incomplete become `error` nodes or are left out. */
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
  return expression(
    { source, docs: docsOf(source, []), diagnostics, within: 0 },
    cst as c.ExpressionCstNode,
    undefined,
  );
}

function inOrder<T extends { readonly span: { readonly start: number } }>(nodes: T[]): T[] {
  return nodes.sort((x, y) => x.span.start - y.span.start);
}

function buildImport(b: Build, n: c.ImportDeclarationCstNode): a.ImportNode {
  const names = (n.children.Name ?? []).map((t) => ident(b, t, n));
  return { kind: 'import', span: spanOf(b, n), names, from: stringNode(b, n.children.String?.[0], n) };
}

function buildBlock(b: Build, n: c.BlockCstNode): a.BlockNode {
  return {
    kind: 'block',
    span: spanOf(b, n),
    doc: docBefore(b.docs, spanOf(b, n).start),
    name: ident(b, n.children.Name?.[0], n),
    params: (n.children.parameter ?? []).map((p) => parameter(b, p)),
    body: (n.children.statement ?? []).flatMap((s) => statement(b, s)),
  };
}

function buildWeights(b: Build, n: c.WeightsCstNode): a.WeightsNode {
  return {
    kind: 'weights',
    span: spanOf(b, n),
    doc: docBefore(b.docs, spanOf(b, n).start),
    name: ident(b, n.children.Name?.[0], n),
    conventions: (n.children.mapRows?.[0]?.children.sourceConvention ?? []).map((s) => sourceConvention(b, s)),
    rows: rows(b, n.children.mapRows?.[0], n),
  };
}

function sourceConvention(b: Build, n: c.SourceConventionCstNode): a.SourceConventionNode {
  const [column, name, ...variants] = n.children.Name ?? [];
  return {
    kind: 'source-convention',
    span: spanOf(b, n),
    column: ident(b, column, n),
    name: ident(b, name, n),
    args: argumentList(b, n.children.args?.[0]),
    variants: variants.map((v) => ident(b, v, n)),
  };
}

function statement(b: Build, n: c.StatementCstNode): a.Statement[] {
  const { returnStatement, requireStatement, assignment } = n.children;
  if (returnStatement?.[0]) {
    const node = returnStatement[0];
    const outputs = (node.children.output ?? []).map((o) => ({
      ...(o.children.Name?.[0] && { label: ident(b, o.children.Name[0], o) }),
      value: chainExpr(b, o.children.chain?.[0], o),
    }));
    return [{ kind: 'return', span: spanOf(b, node), outputs }];
  }
  if (requireStatement?.[0]) {
    const node = requireStatement[0];
    return [{ kind: 'require', span: spanOf(b, node), condition: expression(b, node.children.expression?.[0], node) }];
  }
  const node = assignment?.[0];
  if (!node) return [];
  return [
    {
      kind: 'assign',
      span: spanOf(b, node),
      targets: (node.children.Name ?? []).map((t) => ident(b, t, node)),
      value: chainExpr(b, node.children.chain?.[0], node),
    },
  ];
}

function buildModel(b: Build, n: c.ModelCstNode): a.ModelNode {
  const m = n.children;
  const members: a.Member[] = [
    ...(m.modelParameter ?? []).flatMap((p): a.Member[] => {
      const inner = p.children.parameter?.[0];
      if (!inner) return [];
      const node = parameter(b, inner);
      return [
        {
          ...node,
          span: spanOf(b, p),
          doc: docBefore(b.docs, spanOf(b, p).start) || trailingDoc(b.docs, node.span.end),
        },
      ];
    }),
    ...(m.convention ?? []).map(
      (v): a.Member => ({
        kind: 'convention',
        span: spanOf(b, v),
        name: ident(b, v.children.Name?.[0], v),
        args: argumentList(b, v.children.args?.[0]),
      }),
    ),
    ...(m.inputDeclaration ?? []).map(
      (v): a.Member => ({
        kind: 'input',
        span: spanOf(b, v),
        name: ident(b, v.children.Name?.[0], v),
        shape: expression(b, v.children.expression?.[0], v),
        args: argumentList(b, v.children.args?.[0]),
      }),
    ),
    ...(m.maximize ?? []).map(
      (v): a.Member => ({
        kind: 'maximize',
        span: spanOf(b, v),
        objective: expression(b, v.children.expression?.[0], v),
      }),
    ),
    ...(m.scaling ?? []).map((v) => scaling(b, v)),
    ...(m.variants ?? []).map(
      (v): a.Member => ({
        kind: 'variants',
        span: spanOf(b, v),
        doc: docBefore(b.docs, spanOf(b, v).start),
        rows: rows(b, v.children.rows?.[0], v),
      }),
    ),
    ...(m.table ?? []).map(
      (v): a.Member => ({
        kind: 'table',
        span: spanOf(b, v),
        doc: docBefore(b.docs, spanOf(b, v).start),
        name: ident(b, v.children.Name?.[0], v),
        rows: rows(b, v.children.rows?.[0], v),
      }),
    ),
    ...(m.section ?? []).map((v) => section(b, v)),
    ...(m.statement ?? []).flatMap((v) => statement(b, v)),
  ];
  return {
    kind: 'model',
    span: spanOf(b, n),
    doc: docBefore(b.docs, spanOf(b, n).start),
    name: ident(b, m.Name?.[0], n),
    members: inOrder(members),
  };
}

function scaling(b: Build, n: c.ScalingCstNode): a.ScalingNode {
  const variable = n.children.Name?.[0];
  return {
    kind: 'scaling',
    span: spanOf(b, n),
    ...(variable && { variable: ident(b, variable, n) }),
    entries: (n.children.scalingEntry ?? []).map((e) => ({
      span: spanOf(b, e),
      name: ident(b, e.children.Name?.[0], e),
      ...(e.children.Name?.[1] && { parameter: ident(b, e.children.Name[1], e) }),
      value: expression(b, e.children.expression?.[0], e),
    })),
  };
}

function section(b: Build, n: c.SectionCstNode): a.SectionNode {
  const [name, label] = n.children.Name ?? [];
  return {
    kind: 'section',
    span: spanOf(b, n),
    doc: docBefore(b.docs, spanOf(b, n).start),
    name: ident(b, name, n),
    ...(label && { label: ident(b, label, n) }),
    first: expression(b, n.children.expression?.[0], n),
    tail: tail(b, n.children.tail?.[0]),
    steps: (n.children.step ?? []).map((s) => step(b, s)),
  };
}
