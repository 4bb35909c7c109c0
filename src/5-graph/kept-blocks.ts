import type { Declared } from '../2-resolve/program.ts';
import { addTraces } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import type { ConventionPoint } from '../4-scale/scaling.ts';
import type { Trace } from '../4-scale/trace.ts';
import { type Binding, type Flow, isList, type TensorValue, type Value, valueText } from '../4-scale/values.ts';
import type { Span } from '../source.ts';
import type { Builder } from './builder.ts';
import type { Call } from './calls.ts';
import type { GraphNode, StagePosition, ValueRef } from './graph.ts';
import { tensorName } from './tensors.ts';

/** What a block was built from. */
export interface BlockCall {
  readonly declared: Declared;
  readonly convention: ConventionPoint;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly tensors: readonly TensorValue[];
  readonly path: string;
  readonly span: Span;
}

/** The result of a block's call where it was built last. */
interface KeptBlock {
  readonly path: string;
  readonly place: StagePosition;
  readonly tensors: readonly TensorValue[];
  /** The traces that its arguments brought along, each once. */
  readonly given: readonly Trace[];
  /** The number of its first node. */
  readonly first: number;
  readonly nodes: readonly GraphNode[];
  /** The record of the call and of those in it. */
  readonly calls: readonly Call[];
  readonly results: readonly TensorValue[];
  /** Whether the results are a list: see `Flow`. */
  readonly list: true | undefined;
  /** The results of its steps with labels, by their paths. */
  readonly inner: ReadonlyMap<string, Flow>;
  /** Traces that reach what called the block. */
  readonly traces: readonly Trace[];
  readonly parameters: number;
  readonly steps: number;
  /** The length of the longest path of its nodes, without that of the block. */
  readonly longest: number;
}

/**
 * The most nodes and records that are kept of one block's calls, about 1 KiB each; what was not called for longest is dropped
 * first. The most in the library, of EfficientNet's MBConv in all variants, are 8,700.
 */
const mostKept = 15_000;

interface KeptCalls {
  /** By arguments; what was called last is last. */
  readonly calls: Map<string, KeptBlock>;
  size: number;
}

/** A block that an edit replaces is gone with all that is kept of it. */
const kept = new WeakMap<Declared, KeptCalls>();

/**
 * Builds a call of a block with `build`, or repeats what an earlier call with the same arguments built, in this
 * network, in another member of the family or in the text before an edit. The graph is the same in every case.
 */
export function keepBlock(b: Builder, call: BlockCall, build: () => Flow): Flow {
  // inner blocks are kept with the outer one; a block with a table, whose cells can be set by path, is never kept
  if (!b.keepsBlocks || b.insideKept || b.sharing.length > 0 || call.path === '') return build();
  const key = keyOf(b, call);
  if (key === undefined) return build();
  let of = kept.get(call.declared);
  if (!of) {
    of = { calls: new Map(), size: 0 };
    kept.set(call.declared, of);
  }
  const known = of.calls.get(key);
  if (known) {
    const block = repeat(b, known, call);
    if (!block) return build();
    keep(of, key, block);
    return flowOf(block);
  }
  const { built, flow } = record(b, call, build);
  if (built) keep(of, key, built);
  return flow;
}

function flowOf({ results: tensors, list }: KeptBlock): Flow {
  return { tensors, ...(list && { list }) };
}

function keep(of: KeptCalls, key: string, built: KeptBlock): void {
  if (sizeOf(built) > mostKept / 4) return;
  const before = of.calls.get(key);
  if (before) {
    of.calls.delete(key);
    of.size -= sizeOf(before);
  }
  of.calls.set(key, built);
  of.size += sizeOf(built);
  for (const [first, call] of of.calls) {
    if (of.size <= mostKept) return;
    of.calls.delete(first);
    of.size -= sizeOf(call);
  }
}

/** What holds a call takes about as much as a node. */
function sizeOf({ nodes, calls }: KeptBlock): number {
  return 1 + nodes.length + calls.length;
}

/** All that a block's nodes depend on, as text; undefined if a value has no such text. */
function keyOf(b: Builder, { convention, bindings, tensors }: BlockCall): string | undefined {
  // its depth decides whether it can be built
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
  if (value.kind === 'activation' || value.kind === 'padding' || value.kind === 'interpolation')
    return `${value.kind} ${valueText(value)}`;
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

/** A number that identifies an object. */
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

/** Builds a call and looks at what came of it. Not kept: what gave a diagnostic, or depends on more than its arguments. */
function record(
  b: Builder,
  { bindings, tensors, path }: BlockCall,
  build: () => Flow,
): { built?: KeptBlock; flow: Flow } {
  const { ev, place } = b;
  const first = b.nodes.length;
  const recorded = b.record.length;
  const start = { steps: ev.steps, parameters: b.parameters, reported: ev.warnings + b.unkept };
  const outer = ev.traces;
  const before = ev.results;
  ev.traces = [];
  ev.results = new Map();
  b.insideKept = true;
  const flow = build();
  const { tensors: results, list } = flow;
  b.insideKept = false;
  const { traces, results: inner } = ev;
  ev.traces = outer;
  ev.results = before;
  addTraces(ev, traces);
  addResults(ev, inner);
  if (ev.warnings + b.unkept !== start.reported) return { flow };
  const nodes = b.nodes.slice(first);
  const calls = b.record.slice(recorded);
  const longest = nodes.reduce((most, node) => Math.max(most, node.path.length - path.length), 0);
  const parameters = b.parameters - start.parameters;
  const steps = start.steps - ev.steps;
  const given = tracesOf(bindings);
  const built = {
    path,
    place,
    tensors,
    given,
    first,
    nodes,
    calls,
    results,
    list,
    inner,
    traces,
    parameters,
    steps,
    longest,
  };
  return { built, flow };
}

/** Adds the nodes of a call that was built before; undefined if building it would end with an error. */
function repeat(b: Builder, before: KeptBlock, call: BlockCall): KeptBlock | undefined {
  const roomy =
    b.nodes.length + before.nodes.length <= buildLimits.nodes &&
    b.parameters + before.parameters <= buildLimits.parameters &&
    b.ev.steps >= before.steps &&
    call.path.length + before.longest <= buildLimits.path;
  if (!roomy) return undefined;
  const block = isAgain(b, before, call) ? builtAgain(before, call) : builtElsewhere(b, before, call);
  if (block.nodes.some((node) => node.tensors.length > 0 && b.owners.has(node.path))) return undefined;
  for (const node of block.nodes) {
    if (node.tensors.length > 0) b.owners.set(node.path, node);
    b.nodes.push(node);
  }
  // an edit before the call moves it
  block.calls.forEach((record, i) => {
    b.record.push(i === 0 && record.span !== call.span ? { ...record, span: call.span } : record);
  });
  b.parameters += block.parameters;
  b.ev.steps -= block.steps;
  addTraces(b.ev, block.traces);
  addResults(b.ev, block.inner);
  return block;
}

function addResults({ results }: Builder['ev'], inner: KeptBlock['inner']): void {
  for (const [path, flow] of inner) results.set(path, flow);
}

/** Whether a call is where it was built last: after an edit elsewhere, in the same member of the family. */
function isAgain({ nodes, place }: Builder, before: KeptBlock, { path, tensors }: BlockCall): boolean {
  return (
    // a call that adds no node leaves the next one its place: they are two
    before.nodes.length > 0 &&
    before.first === nodes.length &&
    before.path === path &&
    samePlace(before.place, place) &&
    before.tensors.every((t, i) => t.node === tensors[i]?.node && t.output === tensors[i]?.output)
  );
}

function samePlace(a: StagePosition, b: StagePosition): boolean {
  return a === b || (a.section === b.section && a.row === b.row && a.block === b.block && a.operator === b.operator);
}

/** The same nodes, except those that refer to an argument, whose position has changed. */
function builtAgain(before: KeptBlock, { bindings }: BlockCall): KeptBlock {
  if (before.given.length === 0) return before;
  const given = tracesOf(bindings);
  const renew = (traces: readonly Trace[]) => {
    if (!traces.some((trace) => before.given.includes(trace))) return traces;
    return traces.map((trace) => given[before.given.indexOf(trace)] ?? trace);
  };
  const nodes = before.nodes.map((node) => {
    const traces = renew(node.traces);
    return traces === node.traces ? node : { ...node, traces };
  });
  return { ...before, given, nodes, traces: renew(before.traces) };
}

/** The same nodes with other paths and numbers. */
function builtElsewhere(b: Builder, before: KeptBlock, { bindings, tensors, path }: BlockCall): KeptBlock {
  const { place } = b;
  const first = b.nodes.length;
  const given = tracesOf(bindings);
  const own = new Map<Trace, Trace>();
  const traceOf = (trace: Trace): Trace => {
    const renewed = given[before.given.indexOf(trace)] ?? own.get(trace);
    if (renewed) return renewed;
    // another call's own trace differs, though it has the same content
    const copy = { ...trace };
    own.set(trace, copy);
    return copy;
  };
  const refOf = ({ node, output }: ValueRef): ValueRef => {
    if (node >= before.first) return { node: node - before.first + first, output };
    const given = tensors[before.tensors.findIndex((t) => t.node === node && t.output === output)] as TensorValue;
    return { node: given.node, output: given.output };
  };
  const nodes = before.nodes.map(
    ({ op, shapes, type, span, inputs, path: at, tensors: owned, traces }, i): GraphNode => {
      const moved = path + at.slice(before.path.length);
      return {
        id: first + i,
        op,
        inputs: inputs.map(refOf),
        shapes,
        type,
        path: moved,
        tensors: owned.map((t) => ({ ...t, name: tensorName(moved, t.role) })),
        span,
        place,
        traces: traces.length > 0 ? traces.map(traceOf) : traces,
      };
    },
  );
  const movedPath = (at: string) => path + at.slice(before.path.length);
  const calls = before.calls.map((call) => ({
    ...call,
    path: movedPath(call.path),
    owner: movedPath(call.owner),
    first: call.first - before.first + first,
    end: call.end - before.first + first,
  }));
  const tensorOf = (t: TensorValue): TensorValue => ({ ...t, ...refOf(t) });
  const results = before.results.map(tensorOf);
  const inner = new Map<string, Flow>();
  for (const [at, flow] of before.inner) {
    inner.set(path + at.slice(before.path.length), { ...flow, tensors: flow.tensors.map(tensorOf) });
  }
  const traces = before.traces.map(traceOf);
  return { ...before, path, place, tensors, given, first, nodes, calls, results, inner, traces };
}
