import type { CstNode, IToken } from 'chevrotain';
import type * as c from '../../grammar/cst.generated.ts';
import { createDiagnostic, type Diagnostic, type Fix, replaceFix } from '../diagnostics/diagnostic.ts';
import { joinSpans, type Span } from '../source.ts';
import type * as a from './ast.ts';
import type { Build } from './build.ts';
import { parseLimits } from './limits.ts';

/** The span of a concrete node; for an empty or recovered one, an empty span at the position of its parent. */
export function spanOf(b: Build, n: CstNode, parent?: CstNode): Span {
  const start = n.location?.startOffset ?? Number.NaN;
  const end = n.location?.endOffset ?? Number.NaN;
  if (!Number.isNaN(start)) return { source: b.source, start, end: (Number.isNaN(end) ? start : end) + 1 };
  if (parent) return spanOf(b, parent);
  return { source: b.source, start: b.within, end: b.within };
}

function tokenSpan(b: Build, t: IToken, parent: CstNode): Span {
  if (Number.isNaN(t.startOffset)) {
    const { start } = spanOf(b, parent);
    return { source: b.source, start, end: start };
  }
  return { source: b.source, start: t.startOffset, end: (t.endOffset ?? t.startOffset) + 1 };
}

/** A name that is bound, or that names a parameter; empty where recovery found none, or where it begins with a digit. */
export function ident(b: Build, t: IToken | undefined, parent: CstNode): a.Ident {
  const { name, span } = word(b, t, parent);
  if (!/^\d/.test(name)) return { name, span };
  const hint = '; a name begins with a letter or an underscore';
  b.diagnostics.push(createDiagnostic('digit-word', span, { text: name, hint }));
  return { name: '', span };
}

function word(b: Build, t: IToken | undefined, parent: CstNode): a.Ident {
  if (!t) return { name: '', span: spanOf(b, parent) };
  return { name: t.isInsertedInRecovery ? '' : t.image, span: tokenSpan(b, t, parent) };
}

/** A word that begins with digits where only a number or a name is allowed: `5x5`, `2w`. */
export function digitWord(text: string, span: Span): Diagnostic {
  const [, height, width] = /^(\d+)\s*[x×]\s*(\d+)$/.exec(text) ?? [];
  const withHint = (hint: string, fixes: readonly Fix[] = []) =>
    createDiagnostic('digit-word', span, { text, hint }, { fixes });
  if (height === undefined) {
    const [, factor = '', name = ''] = /^(\d+)(\w+)/.exec(text) ?? [];
    return withHint(`; a product is written ${factor} * ${name}`);
  }
  const size = height === width ? height : `[${height}, ${width}]`;
  return withHint(`; a window of that size is written ${size}`, [replaceFix(`Write ${size}`, span, size, true)]);
}

/** What names a variant: it may begin with digits, or be a number. */
export function variantIdent(b: Build, n: c.VariantNameCstNode, parent: CstNode): a.Ident {
  return word(b, n.children.Name?.[0] ?? n.children.Number?.[0], parent);
}

export function stringNode(b: Build, t: IToken | undefined, parent: CstNode): a.StringNode {
  if (!t) return { kind: 'string', value: '', span: spanOf(b, parent) };
  return { kind: 'string', value: t.image.slice(1, -1), span: tokenSpan(b, t, parent) };
}

function nameNode(b: Build, t: IToken | undefined, parent: CstNode): a.NameNode {
  const { name, span } = word(b, t, parent);
  // blanks or a cross: not the name of a row
  const isWord = name === '' || /^[\w.*]+$/.test(name);
  if (!isWord) b.diagnostics.push(digitWord(name, span));
  const text = isWord ? name : '';
  return { kind: 'name', text, parts: text.split('.'), span };
}

export function parameter(b: Build, n: c.ParameterCstNode): a.ParamNode {
  const { Name, type, chain } = n.children;
  const typeNode = type?.[0];
  const word = typeNode?.children.Name?.[0] ?? typeNode?.children.Block?.[0] ?? typeNode?.children.Table?.[0];
  return {
    kind: 'param',
    span: spanOf(b, n),
    doc: '',
    name: ident(b, Name?.[0], n),
    ...(typeNode &&
      word && { type: { name: word.image, list: !!typeNode.children.LBracket, span: spanOf(b, typeNode, n) } }),
    ...(chain?.[0] && { default: chainExpr(b, chain[0], n) }),
  };
}

/** A chain; just its first element where it has no steps. */
export function chainExpr(b: Build, n: c.ChainCstNode | undefined, parent: CstNode): a.Expr {
  if (!n) return { kind: 'error', span: spanOf(b, parent) };
  const first = conditional(b, n);
  const steps = n.children.step;
  if (!steps) return first;
  return { kind: 'chain', span: spanOf(b, n, parent), first, steps: steps.map((s) => step(b, s)) };
}

/** What a chain begins with: a value, or one of several by conditions, `a if first else b if second else c`. */
function conditional(b: Build, n: c.ChainCstNode): a.Expr {
  const { expression: parts = [], If } = n.children;
  if (!If) return expression(b, parts[0], n);
  if (If.length > parseLimits.operators) return tooLong(b, spanOf(b, n));
  const values = parts.map((part) => expression(b, part, n));
  const missing: a.ErrorNode = { kind: 'error', span: spanOf(b, n) };
  let otherwise = values[2 * If.length] ?? missing;
  for (let i = 2 * (If.length - 1); i >= 0; i -= 2) {
    const [value = missing, condition = missing] = values.slice(i);
    otherwise = { kind: 'conditional', span: joinSpans(value.span, otherwise.span), value, condition, otherwise };
  }
  return otherwise;
}

export function step(b: Build, n: c.StepCstNode): a.StepNode {
  const names = n.children.Name ?? [];
  const label = n.children.Colon ? names[0] : undefined;
  const callee = n.children.Colon ? names[1] : names[0];
  return {
    kind: 'step',
    span: spanOf(b, n),
    ...sharingOf(b, n),
    ...(label && { label: ident(b, label, n) }),
    callee: nameNode(b, callee, n),
    ...(n.children.args && { args: argumentList(b, n.children.args[0]) }),
    tail: tail(b, n.children.tail?.[0]),
  };
}

export function sharingOf(b: Build, n: c.StepCstNode | c.SectionCstNode): { readonly share?: a.SharingNode } {
  const sharing = n.children.sharing?.[0];
  if (!sharing) return {};
  return { share: { span: spanOf(b, sharing), args: argumentList(b, sharing.children.args?.[0]) } };
}

export function tail(b: Build, n: c.TailCstNode | undefined): a.Tail {
  if (!n) return {};
  const { rows: inline, Name, expression: condition } = n.children;
  return {
    ...(inline?.[0] && { rows: rows(b, inline[0], n) }),
    ...(Name?.[0] && { rows: nameNode(b, Name[0], n) }),
    ...(n.children.If && { condition: expression(b, condition?.[0], n) }),
  };
}

export function argumentList(b: Build, n: c.ArgsCstNode | undefined): a.Arg[] {
  return (n?.children.arg ?? []).map((arg) => ({
    span: spanOf(b, arg, n),
    ...(arg.children.Name?.[0] && { name: ident(b, arg.children.Name[0], arg) }),
    value: chainExpr(b, arg.children.chain?.[0], arg),
  }));
}

export function rows(b: Build, n: c.RowsCstNode | c.MapRowsCstNode | undefined, parent: CstNode): a.RowsNode {
  if (!n) return { kind: 'rows', span: spanOf(b, parent), header: [], rows: [] };
  const header = (n.children.header?.[0]?.children.word ?? []).map((w) => {
    return ident(b, Object.values(w.children)[0]?.[0] as IToken | undefined, w);
  });
  return { kind: 'rows', span: spanOf(b, n, parent), header, rows: (n.children.row ?? []).map((r) => row(b, r)) };
}

/** A row's cells by its bars: chevrotain's tree keeps cells and bars apart, so their offsets tell which cell is empty. */
function row(b: Build, n: c.RowCstNode): a.RowNode {
  const cells = n.children.cell ?? [];
  const ends = [...(n.children.Bar ?? []).map((bar) => bar.startOffset), Number.POSITIVE_INFINITY];
  let next = 0;
  const inColumns = ends.map((end) => {
    const candidate = cells[next];
    if (!candidate || spanOf(b, candidate, n).start >= end) return undefined;
    next++;
    return cell(b, candidate, n);
  });
  return { span: spanOf(b, n), cells: inColumns };
}

function cell(b: Build, n: c.CellCstNode, parent: CstNode): a.CellNode {
  return { span: spanOf(b, n, parent), values: (n.children.chain ?? []).map((chain) => chainExpr(b, chain, n)) };
}

/** How tightly the infix operators bind; all associate to the left but `^`. */
export const precedence: Record<string, number> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 7,
};
/** A sign binds tighter than a product and looser than a power: `-2 ^ 2` is -4. `not` binds looser than a comparison. */
export const unaryPrecedence: Record<string, number> = { '-': 6, not: 2.5 };

/**
 * A flat chain of operands and operators, as a tree by precedence climbing. All associate to the left but `^`. The
 * length is bounded, and so the depth of the tree.
 */
export function expression(b: Build, n: c.ExpressionCstNode | undefined, parent: CstNode | undefined): a.Expr {
  if (!n) return { kind: 'error', span: parent ? spanOf(b, parent) : { source: b.source, start: 0, end: 0 } };
  const operands = n.children.operand ?? [];
  const operators = n.children.Operator ?? [];
  const signs = operands.reduce((sum, o) => sum + (o.children.Minus?.length ?? 0) + (o.children.Not?.length ?? 0), 0);
  if (operators.length + signs > parseLimits.operators) return tooLong(b, spanOf(b, n, parent));
  if (operators.length === 0 && signs === 0) return operand(b, operands[0], n);
  let position = 0;
  const prefixes = operands.map((o) =>
    [...(o.children.Minus ?? []), ...(o.children.Not ?? [])].sort((x, y) => x.startOffset - y.startOffset),
  );

  const climb = (minimum: number): a.Expr => {
    const prefix = prefixes[position]?.shift();
    let left: a.Expr;
    if (prefix) {
      const operator = prefix.image as a.UnaryOperator;
      const inner = climb(unaryPrecedence[operator] as number);
      const span = joinSpans(tokenSpan(b, prefix, n), inner.span);
      left = { kind: 'unary', operator, operand: inner, span };
    } else left = operand(b, operands[position], n);
    for (;;) {
      const operator = operators[position]?.image as a.BinaryOperator | undefined;
      if (operator === undefined || operands[position + 1] === undefined) return left;
      const rank = precedence[operator] as number;
      if (rank < minimum) return left;
      position++;
      const right = climb(operator === '^' ? rank : rank + 0.5);
      left = { kind: 'binary', operator, left, right, span: joinSpans(left.span, right.span) };
    }
  };
  return climb(0);
}

function tooLong(b: Build, span: Span): a.ErrorNode {
  b.diagnostics.push(createDiagnostic('expression-too-long', span, { limit: parseLimits.operators }));
  return { kind: 'error', span };
}

function operand(b: Build, n: c.OperandCstNode | undefined, parent: CstNode): a.Expr {
  if (!n) return { kind: 'error', span: spanOf(b, parent) };
  const { atom: atoms, LBracket = [], RBracket = [], expression: indices = [], Property = [] } = n.children;
  const inner = atoms?.[0];
  let result: a.Expr = inner ? atom(b, inner, n) : { kind: 'error', span: spanOf(b, n, parent) };
  if (LBracket.length === 0 && Property.length === 0) return result;
  const postfixes = [
    ...LBracket.map((t, i) => ({ at: t.startOffset, index: indices[i], close: RBracket[i] })),
    ...Property.map((t) => ({ at: t.startOffset, property: t })),
  ].sort((x, y) => x.at - y.at);
  if (postfixes.length > parseLimits.operators) return tooLong(b, spanOf(b, n, parent));
  for (const postfix of postfixes) {
    if ('property' in postfix) {
      const token = postfix.property;
      const span = tokenSpan(b, token, n);
      const name = { name: token.image.slice(1), span: { ...span, start: span.start + 1 } };
      result = { kind: 'property', object: result, name, span: joinSpans(result.span, span) };
    } else {
      const index = expression(b, postfix.index, n);
      const inside = joinSpans(result.span, index.span);
      const close = postfix.close && !Number.isNaN(postfix.close.startOffset) ? tokenSpan(b, postfix.close, n) : inside;
      result = { kind: 'index', object: result, index, span: joinSpans(inside, close) };
    }
  }
  return result;
}

function atom(b: Build, n: c.AtomCstNode, parent: CstNode): a.Expr {
  const span = spanOf(b, n, parent);
  const { Number: number, String: text, True, False, reference, parenthesised, list, choice } = n.children;
  if (number?.[0]) return { kind: 'number', value: Number(number[0].image), span };
  if (text?.[0]) return stringNode(b, text[0], n);
  if (True) return { kind: 'bool', value: true, span };
  if (False) return { kind: 'bool', value: false, span };
  if (reference?.[0]) {
    const { Name, args } = reference[0].children;
    const callee = nameNode(b, Name?.[0], n);
    return args ? { kind: 'call', callee, args: argumentList(b, args[0]), span } : callee;
  }
  if (parenthesised?.[0]) return chainExpr(b, parenthesised[0].children.chain?.[0], n);
  if (list?.[0]) return listExpr(b, list[0], span);
  if (choice?.[0]) {
    const { Name, expression: options = [] } = choice[0].children;
    return {
      kind: 'choice',
      ...(Name?.[0] && { name: ident(b, Name[0], n) }),
      options: options.map((e) => expression(b, e, n)),
      span,
    };
  }
  return { kind: 'error', span };
}

function listExpr(b: Build, n: c.ListCstNode, span: Span): a.Expr {
  const { chain = [], For, Name = [], expression: sources = [] } = n.children;
  if (!For) return { kind: 'list', items: chain.map((item) => chainExpr(b, item, n)), span };
  return {
    kind: 'comprehension',
    item: chainExpr(b, chain[0], n),
    names: Name.map((t) => ident(b, t, n)),
    sources: sources.map((e) => expression(b, e, n)),
    span,
  };
}
