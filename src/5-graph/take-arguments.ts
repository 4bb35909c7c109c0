import type { Arg } from '../1-parse/ast.ts';
import { type BoundArguments, bindArguments, givesTensors, missingArguments } from '../3-check/bind-arguments.ts';
import type { Signature, SignatureParam } from '../3-check/signature.ts';
import { isListType } from '../3-check/types.ts';
import { evaluate } from '../4-scale/evaluate.ts';
import { addTraces, Failure, fail, spend, traced } from '../4-scale/evaluation.ts';
import {
  type Binding,
  describeValue,
  type Env,
  isList,
  isTensorList,
  type TensorValue,
  tensorsOf,
  type Value,
} from '../4-scale/values.ts';
import { excerpt, type Span } from '../source.ts';
import type { Builder } from './builder.ts';

/** Whether arguments give tensors, and the values that this took. */
export function readTensors(b: Builder, signature: Signature, args: readonly Arg[], env: Env) {
  // whether an argument is a tensor shows in its value, which is then not made a second time
  const values = new Map<Arg, Binding>();
  const given = givesTensors(signature, args, (arg) => {
    const binding = traced(b.ev, () => evaluate(b.ev, env, arg.value));
    values.set(arg, binding);
    return tensorsOf(binding.value) !== undefined;
  });
  return { given, values };
}

/** The tensors that arguments give, in the order of the callee's parameters, and the values of its others. */
export function takeArguments(
  b: Builder,
  signature: Signature,
  args: readonly Arg[],
  chained: number,
  env: Env,
  call: Span,
  values: ReadonlyMap<Arg, Binding>,
) {
  const bound = boundArguments(b, signature, chained, args, call);
  const given: TensorValue[] = [];
  const operands: (number | undefined)[] = [];
  let list = false;
  const take = (arg: Arg, param?: SignatureParam) => {
    const known = values.get(arg);
    if (known?.traces) addTraces(b.ev, known.traces);
    const value = known ? known.value : evaluate(b.ev, env, arg.value);
    if (typeof value === 'number' && signature.op?.numbers) {
      operands.push(value);
      return;
    }
    if (isTensorList(value)) list = true;
    const taken = isEmptyList(value) && isListOfTensors(param) ? [] : tensorsFrom(b, value, arg.value.span);
    // extra values for one parameter must not go to the list after it
    if (signature.takesList && param && !isListOfTensors(param) && taken.length !== 1) {
      failTensors(param.name, 1, taken.length, arg.value.span);
    }
    for (const tensor of taken) {
      given.push(tensor);
      operands.push(undefined);
    }
  };
  const bindings = new Map<string, Binding>();
  for (const arg of bound.rest) take(arg);
  for (const param of signature.params) {
    const { name, tensor } = param;
    const arg = bound.byParam.get(name);
    if (!arg) continue;
    const { value } = arg;
    if (tensor) take(arg, param);
    else bindings.set(name, values.get(arg) ?? traced(b.ev, () => evaluate(b.ev, env, value)));
  }
  return { given, operands, list, bindings };
}

/**
 * Binds arguments to parameters; ends the build where that fails. A block's steps are bound once, however often it is
 * built.
 */
function boundArguments(
  b: Builder,
  signature: Signature,
  chained: number,
  args: readonly Arg[],
  span: Span,
): BoundArguments {
  const known = b.bound.get(args);
  if (known?.signature === signature && known.chained === chained) return known.bound;
  const bound = bindArguments(signature, chained, args, span);
  const problem = bound.diagnostics[0] ?? missingArguments(signature, chained, bound, span)[0];
  if (problem) throw new Failure(problem);
  b.bound.set(args, { signature, chained, bound });
  return bound;
}

function isListOfTensors(param: SignatureParam | undefined): boolean {
  return param?.tensor === true && isListType(param.type);
}

function isEmptyList(value: Value): boolean {
  return isList(value) && value.length === 0;
}

/** The tensors in a value; ends the build where it is something else. */
export function tensorsFrom(b: Builder, value: Value, span: Span): readonly TensorValue[] {
  const tensors = tensorsOf(value);
  if (!tensors) {
    const data = { what: `'${excerpt(span)}'`, expected: 'a tensor', found: describeValue(value) };
    return fail('wrong-type', span, data);
  }
  spend(b.ev, tensors.length, span);
  return tensors;
}

/** Ends the build where a callee is not given the tensors that it takes. */
export function failTensors(callee: string, takes: number, given: number, span: Span): never {
  if (given > takes) return fail('too-many-tensors', span, { callee, takes, given });
  return fail('missing-tensor', span, { callee, name: 'x' });
}
