import { guardName } from '../../../5-graph/training/guard-name.ts';
import type { ProgramNode, StepFunction, StepRef, StepShape, Update } from '../../../5-graph/training/program.ts';
import type { StepOpKind } from '../../../ops/step-ops.ts';
import type { GraphBuilder } from '../node-def/builder.ts';
import { float, int32, type TensorName } from '../node-def/node-def.ts';
import type { FunctionContext, StepContext, WriteStep } from './context.ts';
import type { GraphSignature, TensorInfo } from './encode.ts';
import { compiledTogether, planFusion } from './fusion.ts';
import { guardMessage } from './guard-message.ts';
import { heldDims, heldShape, signatureShape } from './layout.ts';
import { opTable } from './op-table.ts';
import { touchedBy, type UpdateContext, updateTable } from './updates.ts';
import { readVariable, sign, turned, type Variables } from './variables.ts';

/**
 * Adds a function's nodes and its updates. Requesting any of its outputs also runs the updates: the outputs wait for
 * them. A function without outputs gives `done`.
 */
export function emitFunction(b: GraphBuilder, variables: Variables, fn: StepFunction, fuse: boolean): GraphSignature {
  const placeholders = new Map<string, { readonly node: TensorName; readonly info: TensorInfo }>();
  for (const { name, shape } of fn.inputs) {
    const attr = { dtype: float, shape: { shape: signatureShape(shape) } };
    const node = b.node({ op: 'Placeholder', name: `${fn.name}/${name}`, attr });
    placeholders.set(name, { node, info: { name: `${node}:0`, shape: signatureShape(shape) } });
  }
  const reads = new Map<string, TensorName>();
  const context = createFunctionContext(b, variables, fn, (name) => placeholders.get(name)?.node, reads);

  const values: (readonly TensorName[])[] = [];
  const value = ({ node, output }: StepRef) => values[node]?.[output] as TensorName;
  const biased = new Set(fn.nodes.flatMap(({ op, inputs }) => (op.kind === 'addBias' ? [inputs[0]?.node] : [])));
  const groups = fuse ? planFusion(fn) : undefined;
  for (const node of fn.nodes) {
    const group = groups?.get(node.id);
    const within = group === undefined ? context : { ...context, b: compiledTogether(b, group) };
    values.push(emitNode(within, fn, node, value, biased.has(node.id)));
  }

  const guards = fn.guards.map((ref, i) => {
    const attr = { T: float, message: { text: guardMessage(guardName(fn, ref)) } };
    return b.node({ op: 'CheckNumerics', name: `${fn.name}/guards/${i}`, inputs: [value(ref)], attr });
  });
  const done = emitUpdates(b, variables, fn, { guards, reads, value, before: context.variable });
  const after = done.length > 0 ? [b.node({ op: 'NoOp', name: `${fn.name}/updates/done`, after: done })] : guards;

  const outputs = fn.outputs.map(({ name, value: ref }): [string, TensorInfo] => {
    const shape = fn.nodes[ref.node]?.shapes[ref.output] ?? { batch: false, dims: [] };
    const scope = `${fn.name}/outputs/${name}`;
    const inputs = [asLogical(b, scope, value(ref), shape)];
    const node = b.node({ op: 'Identity', name: scope, inputs, attr: { T: float }, after });
    return [name, { name: `${node}:0`, shape: signatureShape(shape) }];
  });
  if (outputs.length === 0) outputs.push(['done', sign(b, `${fn.name}/outputs/done`, after)]);
  return {
    inputs: Object.fromEntries([...placeholders].map(([name, { info }]) => [name, info])),
    outputs: Object.fromEntries(outputs),
  };
}

/** A weight or its gradient, transposed to its logical shape; anything else unchanged. */
function asLogical(b: GraphBuilder, scope: string, value: TensorName, { batch, dims }: StepShape): TensorName {
  if (batch || dims.length < 2) return value;
  const layout = dims.length === 2 ? 'linear' : dims.length === 3 ? 'map' : 'conv';
  // A depthwise weight has the same numbers in the same order as a convolution's of one input channel.
  const attr = { T: float, Tshape: int32 };
  const inputs = [value, b.integers(heldShape({ shape: dims, layout }))];
  const held = b.node({ op: 'Reshape', name: `${scope}/held`, inputs, attr });
  return turned(b, scope, held, layout, 'toLogical');
}

function createFunctionContext(
  b: GraphBuilder,
  variables: Variables,
  fn: StepFunction,
  placeholder: (name: string) => TensorName | undefined,
  reads: Map<string, TensorName>,
): FunctionContext {
  const shapes = new Map<string, TensorName>();
  let batch: TensorName | undefined;
  const input = (name: string) => {
    const node = placeholder(name);
    if (node === undefined) throw new Error(`'${fn.name}' has no input '${name}'`);
    return node;
  };
  const context: FunctionContext = {
    b,
    input,
    variable(name) {
      let read = reads.get(name);
      if (read === undefined) {
        read = readVariable(b, `${fn.name}/read/${name}`, variables.handle(name));
        reads.set(name, read);
      }
      return read;
    },
    batch() {
      if (batch !== undefined) return batch;
      const first = fn.inputs.find(({ shape }) => shape.batch);
      if (!first) throw new Error(`'${fn.name}' has no input with a batch`);
      const attr = { T: float, out_type: int32 };
      const shape = b.node({ op: 'Shape', name: `${fn.name}/batch/shape`, inputs: [input(first.name)], attr });
      const inputs = [shape, b.integers([0]), b.integers([1])];
      batch = b.node({ op: 'Slice', name: `${fn.name}/batch`, inputs, attr: { T: int32, Index: int32 } });
      return batch;
    },
    batchShape(dims, times = 1) {
      const key = `${times === 1 ? '' : `${times}_`}${dims.join('x')}`;
      let shape = shapes.get(key);
      if (shape === undefined) {
        const name = `${fn.name}/batch/${key}`;
        const factors = [context.batch(), b.integer(times)];
        const samples =
          times === 1
            ? context.batch()
            : b.node({ op: 'Mul', name: `${name}/samples`, inputs: factors, attr: { T: int32 } });
        const inputs = [samples, b.integers(heldDims(dims)), b.integer(0)];
        const attr = { N: { int: 2 }, T: int32, Tidx: int32 };
        shape = b.node({ op: 'ConcatV2', name, inputs, attr });
        shapes.set(key, shape);
      }
      return shape;
    },
  };
  return context;
}

function emitNode(
  context: FunctionContext,
  fn: StepFunction,
  node: ProgramNode,
  value: (ref: StepRef) => TensorName,
  isBiased: boolean,
): readonly TensorName[] {
  const { op, inputs, shapes, path } = node;
  const place = path === '' ? fn.name : `${fn.name}/${path}`;
  const c: StepContext<StepOpKind> = {
    ...context,
    op,
    inputs: inputs.map(value),
    inputShapes: inputs.map((ref) => fn.nodes[ref.node]?.shapes[ref.output] ?? { batch: false, dims: [] }),
    shapes,
    isBiased,
    scope: `${place}/${op.kind}`,
  };
  return (opTable[op.kind] as WriteStep<StepOpKind>)(c);
}

/**
 * Adds the updates: each waits for all guards, for the reads of what it changes, and for the updates before that touch
 * the same variables.
 */
function emitUpdates(
  b: GraphBuilder,
  variables: Variables,
  fn: StepFunction,
  {
    guards,
    reads,
    value,
    before,
  }: {
    readonly guards: readonly string[];
    readonly reads: ReadonlyMap<string, TensorName>;
    value(ref: StepRef): TensorName;
    before(variable: string): TensorName;
  },
): readonly string[] {
  const gate = guards.length > 0 ? [b.node({ op: 'NoOp', name: `${fn.name}/guards/passed`, after: guards })] : [];
  // State that an update reads from before all updates is read now, so that all wait for it.
  for (const update of fn.updates) if (update.kind === 'adamw' && update.weightDecay) before(update.variable);
  const writers = new Map<string, string>();
  const readers = new Map<string, string[]>();
  return fn.updates.map((update: Update) => {
    const touched = touchedBy(update);
    const present = <T>(x: T | undefined): x is T => x !== undefined;
    const after = [
      ...gate,
      ...touched.writes.flatMap((name) => [reads.get(name), writers.get(name), ...(readers.get(name) ?? [])]),
      ...touched.reads.map((name) => writers.get(name)),
    ].filter(present);
    const scope = `${fn.name}/updates/${update.variable}/${update.kind}`;
    const c: UpdateContext<Update['kind']> = { b, update, variables, scope, after, value, before };
    const done = (updateTable[update.kind] as (context: UpdateContext<Update['kind']>) => string)(c);
    for (const name of touched.writes) {
      writers.set(name, done);
      readers.set(name, []);
    }
    for (const name of touched.reads) readers.set(name, [...(readers.get(name) ?? []), done]);
    return done;
  });
}
