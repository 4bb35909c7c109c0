import type { Arg, CallNode, StepNode } from '../1-parse/ast.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { listNames } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source.ts';
import { type BoundArguments, bindArguments, missingArguments } from './bind-arguments.ts';
import { checkExpr, countOf, expectType } from './check-expr.ts';
import { reportUnknownName } from './check-name.ts';
import { checkStageTable } from './check-rows.ts';
import { ownsTensors } from './owns-tensors.ts';
import { addDiagnostic, type Checker, lookup, type Meaning, report, type Scope, suggest } from './scope.ts';
import { activationSignature, type Signature, signatureOf } from './signature.ts';
import { describeType, isTensors, type Type } from './types.ts';
import { variantNames } from './variants.ts';

/** Checks a step of a chain and gives how many tensors come out of it, where that can be known. */
export function checkStep(c: Checker, scope: Scope, step: StepNode, chained: number | undefined): number | undefined {
  const { tail, callee, args = [] } = step;
  if (tail.condition) expectType(c, checkExpr(c, scope, tail.condition), 'bool', tail.condition.span);
  const signature = calleeSignature(c, scope, callee.text, callee.span);
  if (!step.label && signature) requireLabel(c, signature, callee.span);
  if (tail.rows) {
    checkStageTable(c, scope, tail.rows, signature, args);
    return undefined;
  }
  const count = checkArguments(c, scope, signature, args, { span: callee.span, chained });
  return tail.condition ? undefined : count;
}

/** What comes before a call in a chain: how many tensors, where that can be known. */
export interface Chained {
  readonly tensors: number | undefined;
}

/** Checks a call in an expression, `Add(x, y)`, or the first element of a section, where tensors may come before. */
export function callSignature(
  c: Checker,
  scope: Scope,
  call: CallNode,
  before: Chained | undefined,
): number | undefined {
  const { callee, args } = call;
  const signature = calleeSignature(c, scope, callee.text, callee.span);
  if (!before && signature) requireLabel(c, signature, callee.span);
  return checkArguments(c, scope, signature, args, { span: callee.span, chained: before ? before.tensors : 0 });
}

/** The signature behind a callee's name; undefined where only the build knows it: a parameter of type `block`. */
export function calleeSignature(c: Checker, scope: Scope, name: string, span: Span): Signature | undefined {
  const [head = '', ...rest] = name.split('.');
  if (head === '') return undefined;
  const meaning = lookup(c, scope, head);
  if (!meaning) {
    reportUnknownName(c, scope, head, span);
    return undefined;
  }
  const type = meaning.kind === 'local' ? meaning.local.type : undefined;
  if (meaning.kind === 'local') meaning.local.used = true;
  if (rest.length > 0) {
    report(c, 'not-callable', span, { name, what: 'a part of a value' });
    return undefined;
  }
  if (meaning.kind === 'op') return signatureOf(meaning.op);
  if (meaning.kind === 'declared') return signatureOf(meaning.declared);
  if (meaning.kind === 'activation' || type === 'activation') return activationSignature(name);
  if (type !== 'block' && type !== 'unknown') report(c, 'not-callable', span, { name, what: wordFor(meaning) });
  return undefined;
}

function wordFor(meaning: Meaning): string {
  if (meaning.kind === 'local') return describeType(meaning.local.type);
  return meaning.kind === 'padding' ? 'a kind of padding' : 'a function over numbers';
}

/** Says so where a step without a label has tensors of its own. */
function requireLabel(c: Checker, { name, word: label, op, declared }: Signature, span: Span): void {
  if (!(op ? op.ownsTensors : declared && ownsTensors(declared))) return;
  const at = { ...span, end: span.start };
  const fix: Fix = { title: `Label it '${label}'`, edits: [{ span: at, newText: `${label}: ` }], safe: false };
  report(c, 'missing-label', span, { callee: name, label }, { fixes: [fix] });
}

/** A call as far as its arguments do not say it: where, and how many tensors the chain brings, where that can be known. */
interface CallSite {
  readonly span: Span;
  readonly chained: number | undefined;
}

function checkArguments(
  c: Checker,
  scope: Scope,
  signature: Signature | undefined,
  args: readonly Arg[],
  { span, chained }: CallSite,
): number | undefined {
  const isModel = signature?.declared?.kind === 'model';
  const isVariant = (arg: Arg) => isModel && arg.name?.name === 'variant';
  const types = new Map(args.map((arg) => [arg, isVariant(arg) ? 'unknown' : checkExpr(c, scope, arg.value)]));
  if (!signature) return undefined;
  const before = chained ?? expectedTensors(signature, args, types);
  const bound = bindArguments(signature, before, args, span);
  for (const d of bound.diagnostics) addDiagnostic(c, d);
  if (bound.diagnostics.length === 0) {
    for (const d of missingArguments(signature, before, bound, span)) addDiagnostic(c, d);
    if (chained !== undefined) checkEnough(c, signature, chained, bound, types, span);
  }
  for (const [name, arg] of bound.byParam) {
    const param = signature.byName.get(name);
    if (!param) continue;
    const what = `'${name}' of '${signature.name}'`;
    expectType(c, types.get(arg) as Type, param.type, arg.value.span, what);
    if (param.whole && arg.value.kind === 'number' && !Number.isInteger(arg.value.value)) {
      report(c, 'not-whole', arg.value.span, { what, value: arg.value.value });
    }
    if (isVariant(arg)) checkVariantArgument(c, signature, arg);
  }
  for (const arg of bound.rest) expectType(c, types.get(arg) as Type, { tensors: undefined }, arg.value.span);
  return outputCount(signature, bound);
}

/** How many tensors the chain has to bring, where how many it brings cannot be known. */
function expectedTensors(signature: Signature, args: readonly Arg[], types: ReadonlyMap<Arg, Type>): number {
  if (signature.tensors === 'many') return 1;
  const given = args.filter((a) =>
    a.name ? signature.byName.get(a.name.name)?.tensor : isTensors(types.get(a) as Type),
  );
  return Math.max(0, signature.tensors - given.length);
}

/** An op over many tensors takes two at least; a list among them may hold any number. */
function checkEnough(
  c: Checker,
  signature: Signature,
  chained: number,
  { rest }: BoundArguments,
  types: ReadonlyMap<Arg, Type>,
  span: Span,
): void {
  if (signature.tensors !== 'many') return;
  const counts = [chained, ...rest.map((arg) => countOf(types.get(arg) as Type) ?? 2)];
  const count = counts.reduce((sum, n) => sum + n, 0);
  if (count >= 2) return;
  report(c, 'missing-tensor', span, { callee: signature.name, name: count === 0 ? 'x' : 'y' });
}

function checkVariantArgument(c: Checker, { name, declared }: Signature, { value }: Arg): void {
  const names = declared ? variantNames(declared) : [];
  const given = value.kind === 'name' ? value.text : undefined;
  if (given !== undefined && names.includes(given)) return;
  const { hint, fixes } = suggest(c, given ?? '', () => names, value.span);
  const data = { name: given ?? value.kind, model: name, names: listNames(names), hint };
  report(c, 'unknown-variant', value.span, data, { fixes });
}

function outputCount(signature: Signature, { byParam }: BoundArguments): number | undefined {
  if (signature.declared) return undefined;
  if (signature.name !== 'Split') return 1;
  const parts = byParam.get('parts')?.value;
  return parts?.kind === 'number' ? parts.value : undefined;
}
