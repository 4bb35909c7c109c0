import type { Arg, CallNode, Ident, NameNode, SharingNode, StepNode } from '../1-parse/ast.ts';
import { createDiagnostic, type Diagnostic, type Fix } from '../diagnostics/diagnostic.ts';
import type { ActivationName } from '../ops/activations.ts';
import { type Span, spanText } from '../source.ts';
import {
  type BoundArguments,
  bindArguments,
  givesTensors,
  isTensorArgument,
  missingArguments,
} from './bind-arguments.ts';
import { checkExpr, checkWritten, countOf, expectType } from './check-expr.ts';
import { reportUnknownName } from './check-name.ts';
import { checkStageTable } from './check-rows.ts';
import { addDiagnostic, type Checker, lookup, type Meaning, report } from './checker.ts';
import { ownsTensors } from './owns-tensors.ts';
import { activationSignature, pointwiseSignature, type Signature, signatureOf } from './signature.ts';
import { actsAsTensor, describeType, isTensors, type Type } from './types.ts';

/** Checks a step of a chain and returns the number of its output tensors, where that is known. */
export function checkStep(c: Checker, step: StepNode, chained: number | undefined): number | undefined {
  const { tail, callee, args = [] } = step;
  if (tail.condition) expectType(c, checkExpr(c, tail.condition), 'bool', tail.condition.span);
  const signature = calleeSignature(c, callee);
  if (step.share) checkSharing(c, step.share, step.label, callee.text);
  else if (!step.label && signature) requireLabel(c, signature, callee.span);
  if (tail.rows) {
    checkStageTable(c, tail.rows, signature, args);
    return undefined;
  }
  const count = checkArguments(c, signature, args, { span: callee.span, chained });
  return tail.condition ? undefined : count;
}

/** A shared step has a label, and may only state that its norms are separate. */
export function checkSharing(c: Checker, { args, span }: SharingNode, label: Ident | undefined, callee: string): void {
  if (!label) report(c, 'shared-without-label', span, { callee });
  const isKnown = args.every(
    ({ name, value }) => name?.name === 'norms' && value.kind === 'name' && value.text === 'separate',
  );
  if (!isKnown || args.length > 1) report(c, 'share-settings', span, {});
}

/** What the first step of a section takes where its arguments give no tensors: the section before it, or the inputs. */
export interface Before {
  /** As it would be written: `stem`, `left, right`. */
  readonly text: string;
  /** How many tensors that is, where it can be known. */
  readonly count: number | undefined;
  readonly span: Span;
}

/** Checks a call in an expression: `Add(x, y)`. */
export function callSignature(c: Checker, call: CallNode): number | undefined {
  const { callee, args } = call;
  const signature = calleeSignature(c, callee);
  const types = typesOf(c, args);
  const [first] = args;
  const takesFirst = first !== undefined && !first.name && isTensors(types.get(first) as Type);
  if (signature) requireLabel(c, signature, callee.span, { call, takesFirst });
  return checkArguments(c, signature, args, { span: callee.span, chained: 0 });
}

/** Checks a call of an activation in an expression: `relu(x)` gives tensors, and `leaky_relu(0.2)` an activation with that slope. */
export function checkActivationCall(c: Checker, { callee, args }: CallNode, name: ActivationName): Type {
  const signature = activationSignature(name);
  const types = typesOf(c, args);
  const given = givesTensors(signature, args, (arg) => actsAsTensor(types.get(arg) as Type));
  const isValue = !given && args.length > 0 && signature.values.length > 0;
  const tensors = checkArguments(c, signature, args, { span: callee.span, chained: isValue ? 1 : 0 });
  return isValue ? 'activation' : { tensors };
}

/** A call that begins a section; its span begins with its label, where it has one. */
export interface FirstCall extends Pick<CallNode, 'callee' | 'args' | 'span'> {
  /** Whether a condition follows: where it does not hold, the step's input is passed on. */
  readonly conditional: boolean;
}

/** Checks a call that begins a section. */
export function firstCallSignature(c: Checker, first: FirstCall, before: Before | undefined): number | undefined {
  const { callee, args } = first;
  const signature = calleeSignature(c, callee);
  return checkArguments(c, signature, args, { span: callee.span, chained: undefined, head: { first, before } });
}

/** The signature behind a callee's name; undefined if only the build knows it: a parameter of type `block`. */
export function calleeSignature(c: Checker, callee: NameNode): Signature | undefined {
  const { text: name, span } = callee;
  const [head = '', ...rest] = callee.parts;
  if (head === '') return undefined;
  const meaning = lookup(c, callee);
  if (!meaning) {
    reportUnknownName(c, callee);
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
  if (meaning.kind === 'activation') return activationSignature(name as ActivationName);
  if (type === 'activation') return pointwiseSignature(name);
  if (type !== 'block' && type !== 'unknown') report(c, 'not-callable', span, { name, what: wordFor(meaning) });
  return undefined;
}

function wordFor(meaning: Meaning): string {
  if (meaning.kind === 'local') return describeType(meaning.local.type);
  if (meaning.kind === 'padding') return 'a kind of padding';
  return meaning.kind === 'interpolation' ? 'a kind of interpolation' : 'a function';
}

/** Reports a step without a label that has tensors of its own. A call in an expression becomes a step: only steps have labels. */
function requireLabel(
  c: Checker,
  { name, word: label, op, declared }: Signature,
  span: Span,
  inside?: { readonly call: CallNode; readonly takesFirst: boolean },
): void {
  if (!(op ? op.ownsTensors : declared && ownsTensors(declared))) return;
  if (op?.tensors === 0 && c.isAssigned) return;
  const at = { ...span, end: span.start };
  const step = inside?.takesFirst ? stepEdits(inside.call, label) : undefined;
  const edits = inside ? step?.edits : [{ span: at, newText: `${label}: ` }];
  const fixes: Fix[] = edits ? [{ title: `Label it '${label}'`, edits, safe: false }] : [];
  const labelled = `${step ? `${step.first} -> ` : ''}${label}: ${name}`;
  report(c, 'missing-label', span, { callee: name, labelled }, { fixes });
}

/** `Conv(x, 8)` as `x -> conv: Conv(8)`, in parentheses where something else follows or goes before it in its expression. */
function stepEdits(
  { callee, args, span }: CallNode,
  label: string,
): { first: string; edits: Fix['edits'] } | undefined {
  const [given, next] = args as [Arg, Arg?];
  const first = spanText(given.value.span);
  if (/\s/.test(first)) return undefined;
  const { source, start, end } = span;
  const alone = /(?:[=([,:]|\breturn)\s*$/.test(source.text.slice(Math.max(0, start - 80), start));
  const ends = /^[ \t]*(?:$|[\r\n)\],}]|->)/.test(source.text.slice(end, end + 80));
  const [open, close] = alone && ends ? ['', ''] : ['(', ')'];
  const edits = [
    { span: { source, start, end: start }, newText: `${open}${first} -> ${label}: ` },
    next
      ? { span: { source, start: given.span.start, end: next.span.start }, newText: '' }
      : { span: { source, start: callee.span.end, end }, newText: '' },
    ...(close ? [{ span: { source, start: end, end }, newText: close }] : []),
  ];
  return { first, edits };
}

/** A call apart from its arguments: its position, and the number of tensors from the chain, where that is known. */
interface CallSite {
  readonly span: Span;
  readonly chained: number | undefined;
  /** Where the call begins a section: what it takes where its arguments give no tensors. */
  readonly head?: { readonly first: FirstCall; readonly before: Before | undefined };
}

/** Checks the values of arguments that are not checked yet. @returns the types of all arguments so far */
function typesOf(c: Checker, args: readonly Arg[]): ReadonlyMap<Arg, Type> {
  for (const arg of args) if (!c.argumentTypes.has(arg)) c.argumentTypes.set(arg, checkExpr(c, arg.value));
  return c.argumentTypes;
}

function checkArguments(
  c: Checker,
  signature: Signature | undefined,
  args: readonly Arg[],
  site: CallSite,
): number | undefined {
  const { span, head } = site;
  const types = typesOf(c, args);
  const isTensor = (arg: Arg) => {
    const type = types.get(arg) as Type;
    // among tensors, anything not known to be a number is a tensor
    return type === 'unknown' ? signature?.op?.numbers !== undefined : actsAsTensor(type);
  };
  const given = head !== undefined && givesTensors(signature, args, isTensor);
  const taken = given ? takenBefore(signature, head) : undefined;
  if (!signature) {
    if (taken) reportTaken(c, taken);
    return undefined;
  }
  // a step that takes no tensors ignores its input
  const chained = given || (head && signature.tensors === 0) ? 0 : site.chained;
  if (checkCount(c, signature, chained, args, isTensor, span)) return undefined;
  if (taken && checkMissing(c, signature, args, isTensor, taken)) return undefined;
  const implied = chained ?? expectedTensors(signature, args, types);
  const bound = bindArguments(signature, implied, args, span);
  for (const d of bound.diagnostics) addDiagnostic(c, d);
  if (bound.diagnostics.length === 0) {
    const missing = missingArguments(signature, implied, bound, span);
    if (chained !== undefined) missing.push(...wrongCount(signature, chained, bound, types, span));
    for (const d of missing)
      addDiagnostic(c, taken && d.code === 'missing-tensor' ? withBefore(d, taken, [taken.fix]) : d);
    // two tensors leave no room for the step's input, and earlier versions did not take numbers
    const hasRoom = signature.op?.most === undefined && !args.some((arg) => types.get(arg) === 'number');
    if (taken && signature.tensors === 'many' && hasRoom && missing.length === 0) {
      reportTaken(c, taken);
    }
  }
  for (const [name, arg] of bound.byParam) {
    const param = signature.byName.get(name);
    if (!param) continue;
    const what = `'${name}' of '${signature.name}'`;
    expectType(c, types.get(arg) as Type, param.type, arg.value.span, what);
    checkWritten(c, arg.value, param, what);
  }
  for (const arg of bound.rest) {
    const type = types.get(arg) as Type;
    if (type !== 'number' || !signature.op?.numbers) expectType(c, type, { tensors: undefined }, arg.value.span);
  }
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

/** Reports tensors among the arguments that a callee has no room for in addition to those of the chain. */
function checkCount(
  c: Checker,
  signature: Signature,
  chained: number | undefined,
  args: readonly Arg[],
  isTensor: (arg: Arg) => boolean,
  span: Span,
): boolean {
  const { name: callee, tensors: takes } = signature;
  const positional = args.filter((arg) => !arg.name && isTensor(arg)).length;
  if (
    takes === 'many' ||
    signature.takesList ||
    positional === 0 ||
    chained === undefined ||
    positional + chained <= takes
  )
    return false;
  report(c, 'too-many-tensors', span, { callee, takes, given: chained, arguments: positional });
  return true;
}

/** An op over many tensors takes two at least, some no more, or a list, which may hold any number. */
function wrongCount(
  signature: Signature,
  chained: number,
  { rest }: BoundArguments,
  types: ReadonlyMap<Arg, Type>,
  span: Span,
): Diagnostic[] {
  const { name: callee, tensors, op } = signature;
  if (tensors !== 'many') return [];
  const given = rest.map((arg) => types.get(arg) as Type);
  const countWith = (unknown: number) =>
    given.reduce((sum, type) => sum + (type === 'number' ? 1 : (countOf(type) ?? unknown)), chained);
  const least = countWith(1);
  if (op?.most !== undefined && least > op.most) {
    return [
      createDiagnostic('too-many-tensors', span, {
        callee,
        takes: op.most,
        given: chained,
        arguments: least - chained,
      }),
    ];
  }
  const hasTensor = chained > 0 || given.some((type) => type !== 'number');
  const count = hasTensor ? countWith(2) : 0;
  return count >= 2 ? [] : [createDiagnostic('missing-tensor', span, { callee, name: count === 0 ? 'x' : 'y' })];
}

/** What the first step of a section no longer takes, because its arguments give tensors; and the edit that restores it. */
interface Taken {
  readonly first: FirstCall;
  readonly before: Before;
  readonly fix: Fix;
}

function takenBefore(
  signature: Signature | undefined,
  { first, before }: NonNullable<CallSite['head']>,
): Taken | undefined {
  return before && { first, before, fix: takeBefore(signature, first, before) };
}

/**
 * Writes out what earlier versions meant. An op over many tensors takes what a chain brings besides its arguments, and a
 * block its tensors in order.
 */
function takeBefore(signature: Signature | undefined, call: FirstCall, { text }: Before): Fix {
  const many = signature?.tensors === 'many';
  if (!signature || many) {
    const head = text.includes(',') ? `[${text}]` : text;
    const start = isBracketed(call) ? call.callee.span.start : call.span.start;
    const edits = [{ span: { ...call.span, start, end: start }, newText: `${head} -> ` }];
    return { title: `Write '${head} -> ' before it, as earlier versions meant it`, edits, safe: many };
  }
  const at = call.args[0]?.span as Span;
  const first = signature.params.find((p) => p.tensor);
  const name = first === signature.params[0] ? '' : `${first?.name}: `;
  const edits = [{ span: { ...at, end: at.start }, newText: `${name}${text}, ` }];
  return { title: `Write '${text}' as the first argument, as earlier versions meant it`, edits, safe: true };
}

/** Whether the call is in its own parentheses, `sum: (Add(a, b))`: what is inserted before it goes inside of these. */
function isBracketed({ callee, span }: FirstCall): boolean {
  return span.source.text.slice(span.start, callee.span.start).includes('(');
}

/** A tensor is missing that earlier versions took from before. */
function withBefore(d: Diagnostic, { before }: Taken, fixes: readonly Fix[]): Diagnostic {
  const message = `'${before.text}' is not taken, because the arguments give tensors`;
  return { ...d, related: [...(d.related ?? []), { span: before.span, message }], fixes };
}

/** Reports a section that begins with a block that is given some of its tensors, but not all. */
function checkMissing(
  c: Checker,
  signature: Signature,
  args: readonly Arg[],
  isTensor: (arg: Arg) => boolean,
  taken: Taken,
): boolean {
  const { name: callee, params, tensors } = signature;
  const given = args.filter((arg) => isTensorArgument(signature, arg, isTensor));
  if (tensors === 'many' || given.length >= tensors) return false;
  const named = new Set(given.flatMap((arg) => arg.name?.name ?? []));
  const open = params.filter((p) => p.tensor && !named.has(p.name));
  const name = open[given.length - named.size]?.name ?? '';
  const missing = createDiagnostic('missing-tensor', taken.first.callee.span, { callee, name });
  // with too few or too many input tensors, earlier versions refused it as well
  const fits = given.length + (taken.before.count ?? 1) === tensors;
  addDiagnostic(c, withBefore(missing, taken, fits ? [taken.fix] : []));
  return true;
}

/** Reports what a section that begins with tensors no longer takes. */
function reportTaken(c: Checker, { first: call, before, fix }: Taken): void {
  const { callee, args, span, conditional } = call;
  const fixes = [fix];
  const [first, second] = args;
  if (first?.value.kind === 'name' && !conditional && !isBracketed(call)) {
    const step = callee.span.source.text.slice(span.start, callee.span.end);
    const head = `${first.value.text} -> ${step}`;
    const edits = [
      second ? { span: { ...span, end: second.span.start }, newText: `${head}(` } : { span, newText: head },
    ];
    fixes.push({ title: `Write '${head}': only the tensors given, in all versions`, edits, safe: false });
  }
  report(c, 'tensors-before', callee.span, { callee: callee.text, before: before.text }, { fixes });
}

/**
 * The number of tensors that a call gives, where that is known; unknown for a list of one, which is more than its
 * tensor.
 */
function outputCount({ declared, op }: Signature, { byParam }: BoundArguments): number | undefined {
  if (declared) return undefined;
  if (!op?.givesList) return 1;
  const parts = byParam.get('parts')?.value;
  return parts?.kind === 'number' && parts.value > 1 ? parts.value : undefined;
}
