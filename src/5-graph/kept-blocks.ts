import type { Declared } from '../2-resolve/program.ts';
import { addTraces } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import type { ConventionPoint } from '../4-scale/scaling.ts';
import type { Trace } from '../4-scale/trace.ts';
import { type Binding, isList, type TensorValue, type Value } from '../4-scale/values.ts';
import type { Builder } from './builder.ts';
import type { GraphNode, Place, Shape, TensorSpec, ValueRef } from './graph.ts';

/** What a block was built from. */
export interface BlockCall {
  readonly declared: Declared;
  readonly convention: ConventionPoint;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly tensors: readonly TensorValue[];
  readonly path: string;
}

/** What a block became, without what differs from one place to another: paths, numbers of nodes, traces of its arguments. */
interface KeptBlock {
  readonly nodes: readonly KeptNode[];
  readonly results: readonly { readonly ref: ValueRef; readonly shape: Shape }[];
  /** Traces that reach what called the block. */
  readonly traces: readonly KeptTrace[];
  readonly parameters: number;
  readonly steps: number;
  /** The length of the longest path, without that of the block. */
  readonly longest: number;
  /** Where it was built last: after an edit elsewhere it is built there again, and its nodes are the same. */
  last: BuiltBlock;
}

/** A call as it was built at one place. */
interface BuiltBlock {
  readonly first: number;
  readonly path: string;
  readonly place: Place;
  readonly tensors: readonly TensorValue[];
  readonly nodes: readonly GraphNode[];
  /** The block's own traces as this place has them. */
  readonly own: Map<Trace, Trace>;
}

interface KeptNode extends Pick<GraphNode, 'op' | 'shapes' | 'span'> {
  /** A node of the block by its number in it; a tensor that the block was given by -1 less its number. */
  readonly inputs: readonly ValueRef[];
  /** What follows the block's own path. */
  readonly suffix: string;
  readonly tensors: readonly Omit<TensorSpec, 'name'>[];
  readonly traces: readonly KeptTrace[];
}

/** One that an argument brought along, by its number; or one of the block's own. */
type KeptTrace = number | Trace;

/** So many nodes are kept of one block's calls; the first calls go first. */
const mostNodes = 40_000;

interface KeptCalls {
  readonly calls: Map<string, KeptBlock>;
  nodes: number;
}

const kept = new WeakMap<Declared, KeptCalls>();

/**
 * Builds a call of a block with `build`, or repeats what a call with the same arguments built before, be it in this
 * network, in another member of the family or in the text before an edit. The graph is the same in every case.
 */
export function keepBlock(b: Builder, call: BlockCall, build: () => readonly TensorValue[]): readonly TensorValue[] {
  // what is within a block is kept with it; cells given by hand go by paths
  if (!b.keepsBlocks || b.insideKept || b.ev.choices.given.size > 0 || call.path === '') return build();
  const key = keyOf(b, call);
  if (key === undefined) return build();
  let of = kept.get(call.declared);
  if (!of) {
    of = { calls: new Map(), nodes: 0 };
    kept.set(call.declared, of);
  }
  const known = of.calls.get(key);
  if (known) return repeat(b, known, call) ?? build();
  const { built, result } = record(b, call, build);
  if (built) keep(of, key, built);
  return result;
}

function keep(of: KeptCalls, key: string, built: KeptBlock): void {
  if (built.nodes.length > mostNodes / 4) return;
  of.calls.set(key, built);
  of.nodes += sizeOf(built);
  for (const [first, call] of of.calls) {
    if (of.nodes <= mostNodes) return;
    of.calls.delete(first);
    of.nodes -= sizeOf(call);
  }
}

/** A call without nodes takes room too. */
function sizeOf({ nodes }: KeptBlock): number {
  return Math.max(1, nodes.length);
}

/** All that a block's nodes depend on, as text; undefined where a value cannot be told so. */
function keyOf(b: Builder, { convention, bindings, tensors }: BlockCall): string | undefined {
  // how deep it stands decides whether it can be built
  let key = `${conventionKey(convention)} ${b.calls.length} ${b.ev.depth}`;
  tensors.forEach((t, i) => {
    const same = tensors.findIndex((other) => other.node === t.node && other.output === t.output);
    key += same === i ? `;${t.shape.join('x')}` : `;#${same}`;
  });
  const traces: Trace[] = [];
  for (const [name, binding] of bindings) {
    const value = valueKey(binding.value);
    if (value === undefined) return undefined;
    key += `|${name}=${value}`;
    for (const trace of binding.traces ?? []) {
      const before = traces.indexOf(trace);
      key += before < 0 ? '@' : `@${before}`;
      if (before < 0) traces.push(trace);
    }
  }
  return key;
}

function valueKey(value: Value): string | undefined {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) {
    const items = value.map(valueKey);
    return items.includes(undefined) ? undefined : `[${items.join()}]`;
  }
  if (value.kind === 'activation' || value.kind === 'padding') return `${value.kind} ${value.name}`;
  return value.kind === 'block' ? `block ${numberOf(value.signature)}` : undefined;
}

const conventionKeys = new WeakMap<ConventionPoint, string>();

function conventionKey(convention: ConventionPoint): string {
  let key = conventionKeys.get(convention);
  if (key === undefined) {
    key = JSON.stringify(convention);
    conventionKeys.set(convention, key);
  }
  return key;
}

const numbers = new WeakMap<object, number>();
let objects = 0;

/** A number that stands for an object. */
function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) {
    number = ++objects;
    numbers.set(object, number);
  }
  return number;
}

function tracesOf(bindings: ReadonlyMap<string, Binding>): Trace[] {
  const traces: Trace[] = [];
  for (const { traces: own } of bindings.values()) {
    if (own) for (const trace of own) if (!traces.includes(trace)) traces.push(trace);
  }
  return traces;
}

/** Builds a call and looks at what came of it. Not to be kept: what said something, or hangs on more than its arguments. */
function record(
  b: Builder,
  { bindings, tensors, path }: BlockCall,
  build: () => readonly TensorValue[],
): { built?: KeptBlock; result: readonly TensorValue[] } {
  const { ev } = b;
  const first = b.nodes.length;
  const before = { steps: ev.steps, parameters: b.parameters, said: ev.warnings + b.unkept };
  const outer = ev.traces;
  ev.traces = [];
  b.insideKept = true;
  const result = build();
  b.insideKept = false;
  const own = ev.traces;
  ev.traces = outer;
  addTraces(ev, own);
  if (b.warnedOfKernel || ev.warnings + b.unkept !== before.said) return { result };
  const given = tracesOf(bindings);
  const keptTrace = (trace: Trace): KeptTrace => {
    const i = given.indexOf(trace);
    return i < 0 ? trace : i;
  };
  const keptRef = ({ node, output }: ValueRef): ValueRef => {
    if (node >= first) return { node: node - first, output };
    return { node: -1 - tensors.findIndex((t) => t.node === node && t.output === output), output };
  };
  let longest = 0;
  const nodes = b.nodes.slice(first).map(({ op, shapes, span, inputs, path: at, tensors: owned, traces }): KeptNode => {
    const suffix = at.slice(path.length);
    longest = Math.max(longest, suffix.length);
    return {
      op,
      shapes,
      span,
      inputs: inputs.map(keptRef),
      suffix,
      tensors: owned.map(({ shape, role, trainable }) => ({ shape, role, trainable })),
      traces: traces.map(keptTrace),
    };
  });
  const results = result.map((t) => ({ ref: keptRef(t), shape: t.shape }));
  const built: KeptBlock = {
    nodes,
    results,
    traces: own.map(keptTrace),
    parameters: b.parameters - before.parameters,
    steps: before.steps - ev.steps,
    longest,
    last: { first, path, place: b.place, tensors, nodes: b.nodes.slice(first), own: new Map() },
  };
  return { built, result };
}

/** Whether a call can be repeated at a path; where building it there would end with an error, it is to be built. */
function fits(b: Builder, { nodes, parameters, steps, longest }: KeptBlock, paths: readonly string[], path: string) {
  return (
    b.nodes.length + nodes.length <= buildLimits.nodes &&
    b.parameters + parameters <= buildLimits.parameters &&
    b.ev.steps >= steps &&
    path.length + longest <= buildLimits.path &&
    !nodes.some(({ tensors }, i) => tensors.length > 0 && b.paths.has(paths[i] as string))
  );
}

/** Adds the nodes of a call that was built before; undefined where they do not fit. */
function repeat(b: Builder, block: KeptBlock, { bindings, tensors, path }: BlockCall) {
  const { nodes, results, last } = block;
  const { place } = b;
  const first = b.nodes.length;
  // a call that adds no node leaves the next one its place: they are two
  const isAgain =
    nodes.length > 0 &&
    last.first === first &&
    last.path === path &&
    samePlace(last.place, place) &&
    last.tensors.every((t, i) => t.node === tensors[i]?.node && t.output === tensors[i]?.output);
  const paths = last.path === path ? last.nodes.map((n) => n.path) : nodes.map(({ suffix }) => path + suffix);
  if (!fits(b, block, paths, path)) return undefined;
  const refOf = ({ node, output }: ValueRef): ValueRef => {
    if (node >= 0) return { node: first + node, output };
    const given = tensors[-1 - node] as TensorValue;
    return { node: given.node, output: given.output };
  };
  const given = tracesOf(bindings);
  const own = isAgain ? last.own : new Map<Trace, Trace>();
  const traceOf = (trace: KeptTrace): Trace => {
    if (typeof trace === 'number') return given[trace] as Trace;
    // another call's own trace is another one, though it says the same
    let copy = own.get(trace);
    if (!copy) {
      copy = { ...trace };
      own.set(trace, copy);
    }
    return copy;
  };
  const built = nodes.map(({ op, shapes, span, inputs, tensors: owned, traces: told }, i): GraphNode => {
    const again = isAgain ? last.nodes[i] : undefined;
    if (again && told.every((t) => typeof t !== 'number')) return again;
    const traces = told.length > 0 ? told.map(traceOf) : noTraces;
    if (again) return { ...again, traces };
    const at = paths[i] as string;
    const specs = owned.map(({ shape, role, trainable }) => ({ name: `${at}.${role}`, shape, role, trainable }));
    return { id: first + i, op, inputs: inputs.map(refOf), shapes, path: at, tensors: specs, span, place, traces };
  });
  for (const node of built) {
    if (node.tensors.length > 0) b.paths.add(node.path);
    b.nodes.push(node);
  }
  b.parameters += block.parameters;
  b.ev.steps -= block.steps;
  addTraces(b.ev, block.traces.map(traceOf));
  block.last = { first, path, place, tensors, nodes: built, own };
  return results.map(({ ref, shape }): TensorValue => ({ kind: 'tensor', ...refOf(ref), shape }));
}

function samePlace(a: Place, b: Place): boolean {
  return a === b || (a.section === b.section && a.row === b.row && a.block === b.block && a.operator === b.operator);
}

const noTraces: readonly Trace[] = [];
