import type { Arg, CallNode, StepNode } from '../1-parse/ast.ts';
import type { Declared, Module } from '../2-resolve/program.ts';
import { bindArguments, missingArguments } from './bind-arguments.ts';
import { checkExpr, expectType, unknownName } from './check-expr.ts';
import { checkStageTable } from './check-rows.ts';
import { ownsTensors } from './owns-tensors.ts';
import { type Checker, lookup, type Meaning, report, type Scope } from './scope.ts';
import { type Signature, signatureOf } from './signature.ts';
import { describeType, isTensors, type Type } from './types.ts';

/** Checks a step of a chain and gives how many tensors come out of it, where that can be known. */
export function checkStep(c: Checker, scope: Scope, step: StepNode, chained: number | undefined): number | undefined {
  const { tail, callee } = step;
  if (tail.condition) expectType(c, checkExpr(c, scope, tail.condition), 'bool', tail.condition.span);
  const signature = calleeSignature(c, scope, callee.text, callee.span, step.args ?? []);
  if (!step.label && signature && ownsCallee(signature))
    report(c, 'missing-label', callee.span, { callee: callee.text });
  if (tail.rows) {
    checkStageTable(c, scope, tail.rows, signature, step.args ?? []);
    return undefined;
  }
  const count = checkArguments(c, scope, signature, step.args ?? [], chained, { chain: true, span: callee.span });
  return tail.condition ? undefined : count;
}

/** Checks a call in an expression, `Add(x, y)`, or the first element of a section, where tensors may come before. */
export function callSignature(
  c: Checker,
  scope: Scope,
  call: CallNode,
  chained: { tensors: number | undefined } | undefined,
): number | undefined {
  const signature = calleeSignature(c, scope, call.callee.text, call.callee.span, call.args);
  if (!chained && signature && ownsCallee(signature))
    report(c, 'missing-label', call.callee.span, { callee: call.callee.text });
  return checkArguments(c, scope, signature, call.args, chained?.tensors, { chain: !!chained, span: call.callee.span });
}

/**
 * The signature behind a callee's name; undefined where only the build knows it (a parameter of type `block`) or where
 * it is an activation, which takes no arguments.
 */
export function calleeSignature(
  c: Checker,
  scope: Scope,
  name: string,
  span: StepNode['span'],
  args: readonly Arg[],
): Signature | undefined {
  if (name === '') return undefined;
  const meaning = lookup(c, scope, name.split('.')[0] as string);
  if (!meaning) {
    unknownName(c, scope, name.split('.')[0] as string, span);
    return undefined;
  }
  if (meaning.kind === 'op') return signatureOf(meaning.op);
  if (meaning.kind === 'declared' && !name.includes('.')) return signatureOf(meaning.declared);
  if (meaning.kind === 'activation' || (meaning.kind === 'local' && meaning.local.type === 'activation')) {
    if (meaning.kind === 'local') meaning.local.used = true;
    if (args.length > 1) report(c, 'not-a-function', span, { name, what: 'an activation' });
    return undefined;
  }
  if (meaning.kind === 'local') {
    meaning.local.used = true;
    const { type } = meaning.local;
    if (name.includes('.') || (type !== 'block' && type !== 'unknown')) {
      report(c, 'not-callable', span, { name, what: name.includes('.') ? 'a part of a value' : describeType(type) });
    }
    return undefined;
  }
  report(c, 'not-callable', span, { name, what: wordFor(meaning) });
  return undefined;
}

function wordFor(meaning: Meaning): string {
  if (meaning.kind === 'function' || meaning.kind === 'scaling') return 'a function over numbers';
  return meaning.kind === 'padding' ? 'a kind of padding' : `a ${meaning.kind}`;
}

function ownsCallee(signature: Signature): boolean {
  if (signature.op) return signature.op.ownsTensors;
  return signature.declared ? ownsTensors(signature.declared) : false;
}

function checkArguments(
  c: Checker,
  scope: Scope,
  signature: Signature | undefined,
  args: readonly Arg[],
  chained: number | undefined,
  call: { chain: boolean; span: StepNode['span'] },
): number | undefined {
  const isVariant = (arg: Arg) => signature?.declared?.kind === 'model' && arg.name?.name === 'variant';
  const types = new Map<Arg, Type>(
    args.map((arg) => [arg, isVariant(arg) ? 'unknown' : checkExpr(c, scope, arg.value)]),
  );
  if (!signature) return undefined;
  const tensors = signature.tensors;
  const positional = args.filter((a) => !a.name && isTensors(types.get(a) as Type)).length;
  const named = args.filter((a) => a.name && signature.params.find((p) => p.name === a.name?.name)?.tensor).length;
  const given = !call.chain ? 0 : (chained ?? (tensors === 'many' ? 1 : Math.max(0, tensors - positional - named)));
  const bound = bindArguments(signature, given, args, call.span);
  c.diagnostics.push(...bound.diagnostics);
  if (bound.diagnostics.length === 0) c.diagnostics.push(...missingArguments(signature, given, bound, call.span));
  for (const [name, arg] of bound.byParam) {
    const param = signature.params.find((p) => p.name === name);
    if (!param) continue;
    const what = `'${name}' of '${signature.name}'`;
    expectType(c, types.get(arg) as Type, param.type, arg.value.span, what);
    if (param.whole && arg.value.kind === 'number' && !Number.isInteger(arg.value.value)) {
      report(c, 'not-whole', arg.value.span, { what, value: arg.value.value });
    }
  }
  for (const arg of bound.rest) expectType(c, types.get(arg) as Type, { tensors: undefined }, arg.value.span);
  checkVariantArgument(c, signature, args);
  return outputCount(signature, args);
}

function checkVariantArgument(c: Checker, signature: Signature, args: readonly Arg[]): void {
  const arg = args.find((a) => a.name?.name === 'variant');
  if (!arg || signature.declared?.kind !== 'model') return;
  if (arg.value.kind === 'name' && variantNames(signature.declared).includes(arg.value.text)) return;
  report(c, 'wrong-type', arg.value.span, {
    what: `'variant' of '${signature.name}'`,
    expected: `one of its variants (${variantNames(signature.declared).join(', ') || 'it has none'})`,
    found: `'${arg.value.kind === 'name' ? arg.value.text : arg.value.kind}'`,
  });
}

/** The names of a model's variants, in order. */
export function variantNames(declared: Declared & { module: Module }): string[] {
  if (declared.kind !== 'model') return [];
  return declared.node.members.flatMap((m) => {
    if (m.kind !== 'variants') return [];
    const column = m.rows.header.findIndex((h) => h.name === 'name');
    return m.rows.rows.flatMap((row) => {
      const value = row.cells[column]?.values[0];
      return value?.kind === 'name' ? [value.text] : [];
    });
  });
}

function outputCount(signature: Signature, args: readonly Arg[]): number | undefined {
  if (signature.declared) return undefined;
  if (signature.name !== 'Split') return 1;
  const value = args.find((a) => !a.name || a.name.name === 'parts')?.value;
  const parts = [value, args.at(-1)?.value].find((v) => v?.kind === 'number');
  return parts?.kind === 'number' ? parts.value : undefined;
}
