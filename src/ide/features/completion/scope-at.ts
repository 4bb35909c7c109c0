import type { Expr, Member, ParamNode, SectionNode, TableNode } from '../../../1-parse/ast.ts';
import type { DeclaredModel, Module } from '../../../2-resolve/program.ts';
import { checkExpr } from '../../../3-check/check-expr.ts';
import { type Checker, createChecker, type Local, type Scope } from '../../../3-check/scope.ts';
import { declaredType, isListType, oneTensor, type Type } from '../../../3-check/types.ts';
import type { Span } from '../../../source.ts';
import { authored } from '../../docs/authored.ts';
import type { Piece } from './piece.ts';

/** A name that can be seen at the cursor. */
export interface Visible {
  readonly name: string;
  readonly kind: Local['kind'] | 'input';
  readonly type: Type;
  readonly param?: ParamNode;
  readonly section?: SectionNode;
  /** The model that a section of one step uses. */
  readonly model?: DeclaredModel;
  readonly doc?: string;
}

export interface ScopeAt {
  /** The nearest last: what was bound just above is the likeliest. */
  readonly names: ReadonlyMap<string, Visible>;
  /** Where d, w and r can be called. */
  readonly inModel: boolean;
}

/** What collecting names carries along: the names, and the same as the checker wants them, for the types of values. */
export interface Names {
  readonly visible: Map<string, Visible>;
  readonly checker: Checker;
  readonly scope: Scope;
  readonly module: Module;
}

/** Sections and values that are offered: the nearest. A model of ten thousand sections has as many names. */
const mostValues = 300;

/** The names that the tree binds above the cursor. */
export function namesAbove(module: Module, { node, cursor, shift }: Piece): Names {
  const scope: Scope = { locals: new Map(), scaling: { ownWidths: true } };
  const names: Names = { visible: new Map(), checker: createChecker(module), scope, module };
  if (node?.kind !== 'block' && node?.kind !== 'model') return names;
  const isAbove = ({ span }: { readonly span: Span }) => span.end < cursor - shift;
  if (node.kind === 'block') for (const param of node.params) if (isAbove(param)) addParam(names, param);
  const parts: readonly Member[] = node.kind === 'block' ? node.body : node.members;
  const nearest = parts.findLastIndex(isAbove) - mostValues;
  parts.forEach((part, i) => {
    if (part.kind === 'table') addTable(names, part);
    else if (isAbove(part) && (i > nearest || part.kind === 'param')) addMember(names, part);
  });
  return names;
}

function addTable(names: Names, table: TableNode): void {
  addName(names, { name: table.name.name, kind: 'table', type: 'table', doc: authored(table.doc) }, table);
}

function addMember(names: Names, member: Member): void {
  if (member.kind === 'param') addParam(names, member);
  else if (member.kind === 'input') addName(names, { name: member.name.name, kind: 'input', type: oneTensor }, member);
  else if (member.kind === 'section') {
    const { name, doc, tail, steps } = member;
    const model = modelOf(names.module, member);
    const type = { tensors: steps.length === 0 && tail.rows ? 1 : undefined };
    addName(
      names,
      { name: name.name, kind: 'section', type, section: member, doc: authored(doc), ...(model && { model }) },
      member,
    );
  } else if (member.kind === 'assign') bindTargets(names, member.targets, member.value);
}

function addParam(names: Names, param: ParamNode): void {
  addName(
    names,
    { name: param.name.name, kind: 'parameter', type: declaredType(param), param, doc: authored(param.doc) },
    param,
  );
}

/** Takes up a name; of two the later one. */
export function addName({ visible, scope }: Names, name: Visible, { span }: Pick<Local, 'span'>): void {
  if (name.name === '' || name.name === '_') return;
  visible.set(name.name, name);
  const kind = name.kind === 'input' ? 'value' : name.kind;
  scope.locals.set(name.name, { kind, type: name.type, span, used: true });
}

/** The model that a section of one step uses. */
function modelOf(module: Module, { first, steps, tail }: SectionNode): DeclaredModel | undefined {
  const callee = first.kind === 'call' ? first.callee : first;
  if (steps.length > 0 || tail.rows || callee.kind !== 'name') return undefined;
  const declared = module.scope.get(callee.text);
  return declared?.kind === 'model' ? declared : undefined;
}

function bindTargets(names: Names, targets: readonly { readonly name: string }[], value: Expr): void {
  const type = typeOf(names, value);
  const item: Type = isListType(type) ? type.list : type === 'unknown' ? 'unknown' : oneTensor;
  for (const { name } of targets)
    addName(names, { name, kind: 'value', type: targets.length === 1 ? type : item }, value);
}

/** The type of an expression, as the checker sees it. */
export function typeOf({ checker, scope }: Names, value: Expr): Type {
  return checkExpr(checker, scope, value);
}
