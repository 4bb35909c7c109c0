import type { Arg } from '../1-parse/ast.ts';
import type { Declared } from '../2-resolve/program.ts';
import type { BoundArguments } from '../3-check/bind-arguments.ts';
import type { Signature } from '../3-check/signature.ts';
import type { AskedConvention } from '../4-scale/convention.ts';
import type { Evaluator } from '../4-scale/evaluation.ts';
import { fail, spend } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import type { Overrides } from '../4-scale/overrides.ts';
import type { Preprocessing } from '../4-scale/preprocessing.ts';
import type { Trace } from '../4-scale/trace.ts';
import type { Binding, Env, TensorValue } from '../4-scale/values.ts';
import { createDiagnostic, type Diagnostic, type Related } from '../diagnostics/diagnostic.ts';
import { descriptorOf, type Op } from '../ops/ops.ts';
import { isShapeError, type ShapeError } from '../ops/shape.ts';
import { extentOf } from '../ops/window.ts';
import type { Span } from '../source.ts';
import type { Budget } from './budgets.ts';
import { type Call, CallNames } from './calls.ts';
import { elements, type GraphNode, type ModelUse, type Shape, type StagePosition, type TensorSpec } from './graph.ts';
import { tensorsOf } from './tensors.ts';
import { float32 } from './value-type.ts';

/** A graph under construction. */
export interface Builder {
  readonly ev: Evaluator;
  readonly nodes: GraphNode[];
  /** By path: the first node that owns tensors there. */
  readonly owners: Map<string, GraphNode>;
  /** The uses of shared steps that are being built at this moment, the outermost first. */
  readonly sharing: SharedUse[];
  /** How often each shared step was used so far, by its path; in a section too. */
  readonly uses: Map<string, number>;
  /** By the input: what the model states of its pictures. */
  readonly pictures: Map<string, Preprocessing>;
  /** The stage that is being built. */
  place: StagePosition;
  /** Whether the current code is outside of sections, where each step with a label is a stage. */
  loose: boolean;
  /** The convention from the command line, also for inner models, and those of the weights. */
  readonly asked: AskedConvention;
  /** The models in the network so far, itself first. */
  readonly models: ModelUse[];
  /** What the command line states about the inputs' shapes. */
  readonly overrides: Pick<Overrides, 'inputs' | 'size'>;
  /** The calls of blocks that are being built at this moment, the outermost first. */
  readonly calls: { readonly span: Span; readonly path: string }[];
  /** All calls of blocks and models so far, the network's own model first. */
  readonly record: Call[];
  /** By the arguments as written: how they were bound last. */
  readonly bound: Map<readonly Arg[], BoundCall>;
  /** What models require of the built network. */
  readonly budgets: Budget[];
  parameters: number;
  /** Windows in which some weights see only padding, with the warning given where this is unavoidable. */
  readonly wideWindows: { readonly node: number; readonly warning: Diagnostic }[];
  /** Whether calls of blocks are kept for the builds to come: see `keepBlock`. */
  readonly keepsBlocks: boolean;
  /** Whether the current code belongs to a call that is to be kept. */
  insideKept: boolean;
  /** How often something was built that hangs on more than the arguments of its call. */
  unkept: number;
}

/** The arguments of a call by parameter, as one callee takes them after `chained` tensors of the chain. */
export interface BoundCall {
  readonly signature: Signature;
  readonly chained: number;
  readonly bound: BoundArguments;
}

/** One use of a shared step. */
export interface SharedUse {
  /** `heads.1`, with the number of the use. */
  readonly path: string;
  /** `heads`, which its tensors are named after. */
  readonly owner: string;
  /** Whether its batch norms are its own. */
  readonly ownNorms: boolean;
}

/** The path that tensors are named after: without the numbers of the uses of shared steps. */
export function ownerOf({ sharing }: Builder, path: string, isNorm = false): string {
  return sharing.reduceRight((at, use) => {
    if (isNorm && use.ownNorms) return at;
    return at === use.path || at.startsWith(`${use.path}.`) ? use.owner + at.slice(use.path.length) : at;
  }, path);
}

export function createBuilder(
  ev: Evaluator,
  { convention, conventionSettings, sources }: AskedConvention,
  overrides: Builder['overrides'],
  keepsBlocks: boolean,
): Builder {
  return {
    ev,
    nodes: [],
    owners: new Map(),
    sharing: [],
    uses: new Map(),
    pictures: new Map(),
    place: { section: '' },
    loose: false,
    asked: {
      ...(convention && { convention }),
      ...(conventionSettings && { conventionSettings }),
      ...(sources && { sources }),
    },
    models: [],
    overrides,
    calls: [],
    record: [],
    bound: new Map(),
    budgets: [],
    parameters: 0,
    wideWindows: [],
    keepsBlocks,
    insideKept: false,
    unkept: 0,
  };
}

/** Begins the record of a call before its nodes; the caller sets `end` after them. */
export function beginCall(
  b: Builder,
  declared: Declared,
  { path, span }: Pick<NodeOrigin, 'path' | 'span'>,
  vars: Env['vars'],
  given: ReadonlyMap<string, Binding>,
): { end: number } {
  const owner = b.sharing.length > 0 ? ownerOf(b, path) : path;
  const first = b.nodes.length;
  const call = { declared, path, owner, span, names: new CallNames(vars, given), first, end: first };
  b.record.push(call);
  return call;
}

/** The origin of a node, and the names of its tensors. */
export interface NodeOrigin {
  readonly path: string;
  readonly span: Span;
  readonly traces: readonly Trace[];
}

/** Adds a node, or ends the build where the op cannot take its inputs. */
export function addNode(
  b: Builder,
  op: Op,
  inputs: readonly TensorValue[],
  { path, span, traces }: NodeOrigin,
  shape?: Shape,
): TensorValue[] {
  if (b.nodes.length >= buildLimits.nodes) {
    fail('network-too-large', span, { what: 'operations', limit: buildLimits.nodes });
  }
  if (path.length > buildLimits.path) {
    fail('bad-size', span, { what: 'the length of a path', value: path.length, limit: `at most ${buildLimits.path}` });
  }
  const result = shape
    ? [shape]
    : descriptorOf(op).shapes(
        op,
        inputs.map((t) => t.shape),
      );
  if (isShapeError(result)) return failShape(describeOp(op), result, span);
  spend(b.ev, buildLimits.nodeSteps + inputs.length + result.length, span);
  for (const s of result) checkShape(op, s, span);
  noteWideWindow(b, op, inputs, span);
  const owner = b.sharing.length > 0 ? ownerOf(b, path, op.kind === 'batchNorm') : path;
  const tensors = tensorsOf(op, inputs[0]?.shape ?? [], owner);
  const id = b.nodes.length;
  const refs = inputs.map((t) => ({ node: t.node, output: t.output }));
  const isShared = owner !== path && tensors.length > 0;
  const node: GraphNode = {
    id,
    op,
    inputs: refs,
    shapes: result,
    type: float32,
    path,
    tensors,
    span,
    place: b.place,
    traces,
    ...(isShared && { owner }),
  };
  if (tensors.length > 0) takeOwner(b, node, owner);
  b.nodes.push(node);
  return result.map((s, output) => ({ kind: 'tensor', node: id, output, shape: s }));
}

/** Records a node that owns tensors: the first at its path, or one more use of a shared step. */
function takeOwner(b: Builder, node: GraphNode, owner: string): void {
  const first = b.owners.get(owner);
  if (!first) {
    b.owners.set(owner, node);
    countParameters(b, node.tensors, node.span);
    return;
  }
  if (first.owner === undefined || node.owner === undefined) fail('duplicate-path', node.span, { path: owner });
  const shapes = (n: GraphNode) => JSON.stringify([n.op, n.tensors.map(({ shape }) => shape)]);
  if (shapes(first) === shapes(node)) return;
  const text = (n: GraphNode) => `[${n.tensors[0]?.shape.join(', ')}]`;
  const data = { path: owner, first: text(first), other: text(node) };
  fail('shared-step-differs', node.span, data, { related: callsBefore(b, node.span) });
}

function countParameters(b: Builder, tensors: readonly TensorSpec[], span: Span): void {
  for (const { name, shape, trainable } of tensors) {
    const value = elements(shape);
    if (value > buildLimits.elements) {
      const limit = `at most ${buildLimits.elements}`;
      fail('bad-size', span, { what: `the number of elements of '${name}'`, value, limit });
    }
    if (trainable) b.parameters += value;
  }
  if (b.parameters > buildLimits.parameters) {
    fail('network-too-large', span, { what: 'parameters', limit: buildLimits.parameters });
  }
}

function checkShape(op: Op, shape: Shape, span: Span): void {
  const [channels = 0, height = 1, width = 1] = shape;
  if (channels < 1 || channels > buildLimits.channels) {
    const what = `the number of channels of ${describeOp(op)}`;
    fail('bad-size', span, { what, value: channels, limit: `from 1 to ${buildLimits.channels}` });
  }
  for (const value of [height, width]) {
    if (value >= 1 && value <= buildLimits.pixels) continue;
    fail('bad-size', span, {
      what: 'the size of the image in pixels',
      value,
      limit: `from 1 to ${buildLimits.pixels}`,
    });
  }
}

/** An op as messages name it: `'Conv'`, `the input 'image'`. */
function describeOp(op: Op): string {
  if (op.kind === 'input') return `the input '${op.name}'`;
  return `'${op.kind === 'activation' ? op.fn : descriptorOf(op).signature?.name}'`;
}

/** Ends the build with what an op cannot do. @param name of the op, as messages state it */
export function failShape(name: string, e: ShapeError, span: Span): never {
  const text = (s: Shape) => `[${s.join(', ')}]`;
  switch (e.error) {
    case 'needs-space':
      return fail('needs-space', span, { op: name, shape: text(e.shape) });
    case 'shape-mismatch':
      return fail('shape-mismatch', span, { op: name, shapes: [...new Set(e.shapes.map(text))].join(' and ') });
    case 'output-vanishes': {
      const by = e.kernel === undefined ? name : `${name} with a ${e.kernel.join('x')} window`;
      return fail('output-vanishes', span, { op: by, height: e.shape[1] ?? 0, width: e.shape[2] ?? 0 });
    }
    case 'group-count':
      return fail('group-count', span, { groups: e.groups, input: e.input, output: e.output });
    case 'counted-and-added':
      return fail('counted-and-added', span, {});
    case 'output-padding':
      return fail('output-padding', span, { op: name, most: e.most.join(' and ') });
    case 'channel-split':
      return fail('channel-split', span, { parts: e.parts, channels: e.channels });
  }
}

/** Where the model asked for what is being built at `span`: the calls that led there, unless they are at the same place. */
export function callsBefore({ calls }: Builder, span: Span): Related[] {
  const paths = new Set<string>();
  const outer = calls.filter((call) => {
    const isNew = !paths.has(call.path) && (call.span.start !== span.start || call.span.source !== span.source);
    paths.add(call.path);
    return isNew;
  });
  return outer.slice(0, 3).map((call) => ({ span: call.span, message: `while building '${call.path}'` }));
}

/** More of them are not noted: one is reported, others are most often its consequence. */
const mostWide = 100;

/** Records the next node if its window is so large that the outer weights see only padding, wherever it is placed. */
function noteWideWindow(b: Builder, op: Op, [input]: readonly TensorValue[], span: Span): void {
  // a transposed convolution moves over its output
  if (!('window' in op) || op.kind === 'convTranspose' || b.wideWindows.length >= mostWide) return;
  const [, height = 0, width = 0] = input?.shape ?? [];
  const extent = extentOf(op.window);
  const fits = [height, width].some((size, axis) => (extent[axis] ?? 1) > 1 && (extent[axis] ?? 1) < 2 * size);
  if (fits || Math.max(...extent) === 1) return;
  b.unkept++;
  const data = { kernel: extent.join('x'), height, width };
  const warning = createDiagnostic('kernel-exceeds-input', span, data, { related: callsBefore(b, span) });
  b.wideWindows.push({ node: b.nodes.length, warning });
}
