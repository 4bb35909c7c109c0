import type { Arg, CallNode, ChainNode, Expr, Ident, NameNode, SharingNode, StepNode } from '../1-parse/ast.ts';
import type { Declared } from '../2-resolve/program.ts';
import { meaningsOf } from '../3-check/meanings/declaration-names.ts';
import { givenNames } from '../3-check/meanings/occurrence.ts';
import { ownsTensors } from '../3-check/owns-tensors.ts';
import { activationSignature, type Signature } from '../3-check/signature.ts';
import { takesTensors } from '../3-check/types.ts';
import { checkedBinding } from '../4-scale/check-value.ts';
import { bind, innerEnv, joinPath } from '../4-scale/env.ts';
import { evaluate, evaluateBool, valueOfName } from '../4-scale/evaluate.ts';
import { addTraces, fail, spend, traced } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import type { Trace } from '../4-scale/trace.ts';
import {
  type ActivationValue,
  type Binding,
  type BlockValue,
  describeValue,
  type Env,
  type Flow,
  isList,
  isTensorList,
  type TensorValue,
  type Value,
} from '../4-scale/values.ts';
import type { Span } from '../source.ts';
import { addNode, type Builder, beginCall } from './builder.ts';
import { keepBlock } from './kept-blocks.ts';
import { lowerModelStep } from './lower-model.ts';
import { lowerOp } from './lower-op.ts';
import { lowerStatement } from './lower-statement.ts';
import { lowerTable } from './lower-table.ts';
import { slopedActivation } from './sloped-activation.ts';
import { failTensors, readTensors, takeArguments, tensorsFrom } from './take-arguments.ts';

/** The position of a step: its span, its path, and whether a label (or a section's name) gave it that path. */
export interface Site {
  readonly span: Span;
  readonly path: string;
  readonly labelled: boolean;
}

/** Builds a chain of an expression and gives its tensors. */
export function lowerChain(b: Builder, chain: ChainNode, env: Env): Value {
  let flow = flowIn(b, env, chain.first);
  for (const step of chain.steps) flow = lowerStep(b, step, flow, env);
  return asValue(flow);
}

export function asValue({ tensors, list }: Flow): Value {
  return tensors.length === 1 && !list ? (tensors[0] as TensorValue) : tensors;
}

/** Evaluates an expression to the tensors that flow from it. */
export function flowIn(b: Builder, env: Env, expr: Expr): Flow {
  const value = evaluate(b.ev, env, expr);
  const tensors = tensorsFrom(b, value, expr.span);
  return isTensorList(value) ? { tensors, list: true } : { tensors };
}

/** Evaluates an expression to the tensors that it must be. */
export function tensorsIn(b: Builder, env: Env, expr: Expr): readonly TensorValue[] {
  return tensorsFrom(b, evaluate(b.ev, env, expr), expr.span);
}

/** Builds one step over the preceding value, and stores its result under its path if it has a label. */
export function lowerStep(b: Builder, step: StepNode, flow: Flow, env: Env): Flow {
  const { share, label: shared } = step;
  if (share && shared) {
    return lowerShared(b, { share, label: shared, span: step.callee.span }, env, (site) =>
      lowerStepAt(b, step, flow, env, site),
    );
  }
  const label = step.label ? step.label.name + env.numbers : '';
  const site: Site = { span: step.callee.span, path: joinPath(env.path, label), labelled: !!step.label };
  const outer = b.place;
  if (b.loose && step.label) b.place = { section: site.path };
  const result = lowerStepAt(b, step, flow, env, site);
  b.place = outer;
  if (step.label) b.ev.results.set(site.path, result);
  return result;
}

/**
 * Builds one more use of a shared step: its number is in the paths of its nodes, but not of its tensors. Its result is stored
 * under that path; in a section also under its label there, with the number of the use in the section, and without a number for
 * the last.
 */
export function lowerShared(
  b: Builder,
  { share, label, span }: { readonly share: SharingNode; readonly label: Ident; readonly span: Span },
  env: Env,
  build: (site: Site) => Flow,
): Flow {
  b.unkept++;
  const owner = joinPath(env.sharedBelow ?? env.path, label.name);
  const path = nextUse(b, owner);
  b.sharing.push({ path, owner, ownNorms: share.args.length === 1 });
  const result = build({ span, path, labelled: true });
  b.sharing.pop();
  b.ev.results.set(path, result);
  if (env.sharedBelow !== undefined) {
    const last = joinPath(env.path, label.name);
    for (const inSection of [nextUse(b, last), last]) {
      b.ev.uses.set(inSection, path);
      b.ev.results.set(inSection, result);
    }
  }
  return result;
}

function nextUse({ uses }: Builder, owner: string): string {
  const use = uses.get(owner) ?? 0;
  uses.set(owner, use + 1);
  return joinPath(owner, String(use));
}

/** A step whose condition does not hold passes its input on. */
function lowerStepAt(
  b: Builder,
  { tail, callee: name, args = noArgs }: StepNode,
  flow: Flow,
  env: Env,
  site: Site,
): Flow {
  if (tail.condition && !evaluateBool(b.ev, env, tail.condition)) return flow;
  const callee = calleeValue(env, name);
  if (tail.rows) return lowerTable(b, { callee, args, rows: tail.rows, env, site }, flow.tensors);
  return callValue(b, callee, args, flow, env, site);
}

/** The value of a step's name: a block or an activation. */
export function calleeValue(env: Env, name: NameNode): BlockValue | ActivationValue {
  const value = valueOfName(env, name);
  if (typeof value === 'object' && !isList(value) && (value.kind === 'block' || value.kind === 'activation'))
    return value;
  const what = value === undefined ? 'not a value that can be called' : describeValue(value);
  return fail('not-callable', name.span, { name: name.text, what });
}

/** The signature of a block or an activation. */
export function signatureOfValue(callee: BlockValue | ActivationValue): Signature {
  return callee.kind === 'activation' ? activationSignature(callee.name) : callee.signature;
}

/** Builds a call in an expression: `Add(x, y)`. */
export function lowerCall(b: Builder, call: CallNode, env: Env): Value {
  const callee = calleeValue(env, call.callee);
  const takesNone = callee.kind === 'block' && callee.signature.tensors === 0;
  const label = takesNone && env.assigned !== undefined ? env.assigned + env.numbers : '';
  const site: Site = { span: call.callee.span, path: joinPath(env.path, label), labelled: label !== '' };
  if (callee.kind === 'activation') return lowerActivationCall(b, callee, call.args, env, site);
  return asValue(callValue(b, callee, call.args, noFlow, env, site));
}

/** `relu(x)` is a tensor; `leaky_relu(0.2)`, which is given none, an activation with that slope. */
function lowerActivationCall(b: Builder, callee: ActivationValue, args: readonly Arg[], env: Env, site: Site): Value {
  const signature = activationSignature(callee.name);
  const { given, values } = readTensors(b, signature, args, env);
  const isValue = !given && args.length > 0 && signature.values.length > 0;
  if (!isValue) return asValue(callValue(b, callee, args, noFlow, env, site, values));
  const { bindings } = takeArguments(b, signature, args, 1, env, site.span, values);
  for (const { traces } of bindings.values()) if (traces) addTraces(b.ev, traces);
  return slopedActivation(callee, bindings, site.span);
}

/** Calls what begins a section: it takes what the section before gave only where its arguments give no tensors. */
export function callFirst(
  b: Builder,
  callee: BlockValue | ActivationValue,
  args: readonly Arg[],
  before: Flow,
  env: Env,
  site: Site,
): Flow {
  const signature = signatureOfValue(callee);
  const { given, values } = readTensors(b, signature, args, env);
  return callValue(b, callee, args, given || signature.tensors === 0 ? noFlow : before, env, site, values);
}

/**
 * Calls a block, op, model or activation with arguments as written.
 * @param values arguments that were evaluated already
 */
export function callValue(
  b: Builder,
  callee: BlockValue | ActivationValue,
  args: readonly Arg[],
  chained: Flow,
  env: Env,
  site: Site,
  values: ReadonlyMap<Arg, Binding> = noValues,
): Flow {
  const signature = signatureOfValue(callee);
  const taken = takeArguments(b, signature, args, chained.tensors.length, env, site.span, values);
  const { bindings } = taken;
  const tensors = [...chained.tensors, ...taken.given];
  if (callee.kind === 'activation') return applyActivation(b, callee, bindings, tensors, site);
  const list = chained.list || taken.list;
  const hasNumbers = taken.operands.length > taken.given.length;
  const numbers = hasNumbers && [...chained.tensors.map(() => undefined), ...taken.operands];
  const flow = { tensors, ...(list && { list }), ...(numbers && { numbers }) };
  return callSignature(b, signature, bindings, flow, env, site);
}

const noFlow: Flow = { tensors: [] };
const noArgs: readonly Arg[] = [];
const noValues: ReadonlyMap<Arg, Binding> = new Map();

/** Applies an activation with values for its parameters; `identity` adds no node. */
export function applyActivation(
  b: Builder,
  activation: ActivationValue,
  bindings: ReadonlyMap<string, Binding>,
  tensors: readonly TensorValue[],
  site: Site,
): Flow {
  const { name, slope } = slopedActivation(activation, bindings, site.span);
  if (tensors.length !== 1) failTensors(name, 1, tensors.length, site.span);
  if (name === 'identity') return { tensors };
  const path = site.labelled ? site.path : joinPath(site.path, name);
  const op = { kind: 'activation', fn: name, ...(slope !== undefined && { slope }) } as const;
  return { tensors: addNode(b, op, tensors, { path, span: site.span, traces: tracesOf(bindings) }) };
}

/** Calls the owner of a signature, with values. */
export function callSignature(
  b: Builder,
  signature: Signature,
  bindings: ReadonlyMap<string, Binding>,
  flow: Flow,
  env: Env,
  site: Site,
): Flow {
  const { op, declared } = signature;
  const { tensors } = flow;
  if (!site.labelled && (op?.ownsTensors || (declared && ownsTensors(declared)))) {
    fail('missing-label', site.span, { callee: signature.name, labelled: `${signature.word}: ${signature.name}` });
  }
  checkCount(signature, tensors.length, site.span);
  if (op) {
    const traces = tracesOf(bindings);
    const path = site.labelled ? site.path : joinPath(site.path, signature.word);
    return lowerOp(b, op, bindings, flow, env, { path, span: site.span, traces });
  }
  spend(b.ev, buildLimits.nodeSteps, site.span);
  if (b.calls.push(site) > buildLimits.depth) fail('blocks-too-deep', site.span, { limit: buildLimits.depth });
  const result = lowerDeclared();
  b.calls.pop();
  return result;

  function lowerDeclared(): Flow {
    if (!declared) return { tensors };
    const { loose } = b;
    b.loose = false;
    const flow = lowerCalled(declared);
    b.loose = loose;
    return flow;
  }

  function lowerCalled(declared: Declared): Flow {
    if (declared.kind === 'model') return lowerModelStep(b, declared, bindings, tensors, env, site);
    const call = { declared, convention: env.convention, bindings, tensors, path: site.path, span: site.span };
    return keepBlock(b, call, () => lowerBlock(b, signature, bindings, tensors, env, site));
  }
}

const noTraces: readonly Trace[] = [];

function tracesOf(bindings: ReadonlyMap<string, Binding>): readonly Trace[] {
  let traces = noTraces;
  for (const binding of bindings.values()) if (binding.traces) traces = [...traces, ...binding.traces];
  return traces;
}

/** Ends the build where a callee lacks tensors that it takes; a list among its parameters may be empty. */
function checkCount({ name, tensors: takes, takesList }: Signature, given: number, span: Span): void {
  if (takes === 'many' || (takesList ? given >= takes - 1 : given === takes)) return;
  failTensors(name, takes, given, span);
}

function lowerBlock(
  b: Builder,
  signature: Signature,
  bindings: ReadonlyMap<string, Binding>,
  tensors: readonly TensorValue[],
  outer: Env,
  site: Site,
): Flow {
  const { declared } = signature;
  if (declared?.kind !== 'block') return { tensors };
  const vars: Env['vars'] = new Map();
  const { node, module } = declared;
  const meanings = meaningsOf(node);
  const env: Env = {
    vars,
    meanings,
    module,
    convention: outer.convention,
    path: site.path,
    numbers: '',
    assigned: undefined,
  };
  const call = beginCall(b, declared, site, vars, bindings);
  let next = 0;
  for (const param of node.params) {
    const { name, default: value } = param;
    if (takesTensors(param)) {
      bind(env, vars, name, { value: param.type ? tensors.slice(next) : (tensors[next++] as TensorValue) });
      continue;
    }
    const given = bindings.get(name.name);
    if (given) bind(env, vars, name, checkedBinding(b.ev, param, given, site.span));
    else if (value) {
      const binding = traced(b.ev, () => evaluate(b.ev, env, value));
      bind(env, vars, name, checkedBinding(b.ev, param, binding, value.span));
    } else fail('missing-argument', site.span, { callee: signature.name, name: name.name });
  }
  for (const statement of node.body) {
    const returned = lowerStatement(b, statement, env);
    if (!returned) continue;
    call.end = b.nodes.length;
    const list = returned.length === 1 && returned[0]?.list;
    const [first] = returned;
    if (first && returned.length === 1) return list ? { tensors: first.tensors, list } : { tensors: first.tensors };
    return { tensors: returned.flatMap((r) => r.tensors) };
  }
  return fail('return-missing', node.name.span, { name: signature.name });
}

/** Arguments before a table see `index` and `count`. */
export function counterEnv(env: Env, index: number, count: number): Env {
  return innerEnv(env, [
    [givenNames.index, { value: index }],
    [givenNames.count, { value: count }],
  ]);
}
