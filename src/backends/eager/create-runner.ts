import type { Tensor } from '@tensorflow/tfjs';
import { guardName } from '../../5-graph/training/guard-name.ts';
import type { ProgramNode, StepFunction, StepProgram, StepRef, Variable } from '../../5-graph/training/program.ts';
import type { StepOpKind } from '../../ops/step-ops.ts';
import type { Tfjs } from '../backend.ts';
import { type HostTensor, NotFiniteError, type StepRunner } from '../runner.ts';
import type { KernelContext, OpKernel } from './kernel.ts';
import { opTable } from './op-table.ts';
import { type Plan, planFunction } from './plan.ts';
import { newValues } from './updates.ts';
import { createValues, type Values } from './values.ts';
import { watched } from './watched.ts';
import { fromHeld, heldShape, toHeld } from './weight-layout.ts';

/**
 * Runs step programs op by op through tfjs-core, on the backend that `tf` has set. tfjs' own gradients are not used:
 * the program contains its backward half. A value is freed when its last reader has run.
 */
export async function createEagerRunner(tf: Tfjs, program: StepProgram): Promise<StepRunner> {
  const declared = new Map(program.variables.map((variable) => [variable.name, variable]));
  const functions = new Map(program.functions.map((fn) => [fn.name, { fn, plan: planFunction(fn) }]));
  const variables = new Map<string, Tensor>();

  const declaration = (name: string): Variable => {
    const variable = declared.get(name);
    if (!variable) throw new Error(`'${name}' is not a variable of the program '${program.name}'`);
    return variable;
  };
  const variable = (name: string): Tensor => {
    const tensor = variables.get(declaration(name).name);
    if (!tensor) throw new Error(`the variable '${name}' has not been written yet`);
    return tensor;
  };
  const assign = (name: string, tensor: Tensor) => {
    variables.get(name)?.dispose();
    variables.set(name, tensor);
  };

  async function run(fn: StepFunction, plan: Plan, inputs: Readonly<Record<string, HostTensor>>) {
    const values = createValues();
    const input = (name: string) => fed(tf, name, inputs[name]);
    try {
      const outputs = await watched(tf, async () => {
        for (const node of fn.nodes) {
          runNode({ tf, input, variable }, node, values);
          values.free(plan.afterNode[node.id] ?? []);
        }
        return readBack(fn, values);
      });
      await watched(tf, async () => {
        fn.updates.forEach((update, i) => {
          const next = tf.tidy(() => newValues({ tf, value: values.get, variable }, update));
          for (const [name, tensor] of Object.entries(next)) assign(name, tensor);
          values.free(plan.afterUpdate[i] ?? []);
        });
      });
      return outputs;
    } finally {
      values.freeAll();
    }
  }

  return {
    async run(name, inputs) {
      const found = functions.get(name);
      if (!found) throw new Error(`the program '${program.name}' has no function '${name}'`);
      return run(found.fn, found.plan, inputs);
    },
    async read(names = [...declared.keys()]) {
      const read = names.map(async (name) => {
        const held = (await variable(name).data()) as Float32Array;
        return [name, fromHeld(declaration(name).shape, held)] as const;
      });
      return new Map(await Promise.all(read));
    },
    async write(values) {
      for (const [name, data] of values) {
        const { shape } = declaration(name);
        const size = shape.reduce((product, n) => product * n, 1);
        if (data.length !== size) throw new Error(`'${name}' has ${size} numbers, and ${data.length} were written`);
        assign(name, tf.tensor(toHeld(shape, data), heldShape(shape), 'float32'));
      }
    },
    memory() {
      // A GPU backend also reports what it keeps for reuse.
      const { numBytes, numBytesAllocatedInGPU } = tf.memory() as { numBytes: number; numBytesAllocatedInGPU?: number };
      return numBytesAllocatedInGPU ?? numBytes;
    },
    close() {
      for (const tensor of variables.values()) tensor.dispose();
      variables.clear();
    },
  };
}

function fed(tf: Tfjs, name: string, given: HostTensor | undefined): Tensor {
  if (!given) throw new Error(`the input '${name}' is not fed`);
  return tf.tensor(given.data, [...given.shape], 'float32');
}

/** Runs a node; its outputs are separate handles, even where the op returned an input. */
function runNode(context: KernelContext, node: ProgramNode, values: Values): void {
  const inputs = node.inputs.map(values.get);
  const outputs = context.tf.tidy(() => {
    const result = (opTable[node.op.kind] as OpKernel<StepOpKind>)(context, node.op, inputs);
    const list = Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
    return list.map((tensor) => (inputs.includes(tensor) ? tensor.clone() : tensor));
  });
  values.set(node.id, outputs);
}

/** Fetches guards and outputs, in one go where the backend can. */
async function readBack(fn: StepFunction, values: Values): Promise<Readonly<Record<string, HostTensor>>> {
  const fetch = async (ref: StepRef): Promise<HostTensor> => {
    const tensor = values.get(ref);
    return { shape: tensor.shape, data: (await tensor.data()) as Float32Array };
  };
  const [guards, outputs] = await Promise.all([
    Promise.all(fn.guards.map(fetch)),
    Promise.all(fn.outputs.map(({ value }) => fetch(value))),
  ]);
  guards.forEach(({ data }, i) => {
    if (data.every(Number.isFinite)) return;
    throw new NotFiniteError(`${guardName(fn, fn.guards[i] as StepRef)} is not a finite number`);
  });
  return Object.fromEntries(
    fn.outputs.map(({ name, value }, i) => [name, logical(fn, value, outputs[i] as HostTensor)]),
  );
}

/** Outputs that have a weight's layout are returned in the logical order; the host owns them. */
function logical(fn: StepFunction, { node, output }: StepRef, { shape, data }: HostTensor): HostTensor {
  const declared = fn.nodes[node]?.shapes[output];
  if (!declared || declared.batch) return { shape, data: data.slice() };
  return { shape: declared.dims, data: fromHeld(declared.dims, data) };
}
