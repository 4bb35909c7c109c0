import { setImmediate } from 'node:timers/promises';
import { elements } from '../../5-graph/graph.ts';
import type { StepFunction, StepProgram, Variable } from '../../5-graph/training/program.ts';
import { emitTrainingModel, type TrainingModelOptions } from '../../6-emit/tfjs/saved-model/emit-training-model.ts';
import type { GraphSignature, TensorInfo } from '../../6-emit/tfjs/saved-model/encode.ts';
import type { HostTensor, StepRunner } from '../runner.ts';
import type { TfjsNode } from '../tensorflow/load.ts';
import { inOurWords } from './errors.ts';
import { openSession } from './session.ts';

/**
 * How many bytes of variables are transferred at once: otherwise weights, slots and averages of a large network would
 * be in memory three times, here, in tfjs-node and in TensorFlow.
 */
const portion = 8 * 2 ** 20;

export interface SessionRunnerOptions extends Pick<TrainingModelOptions, 'fuse'> {
  /** Whether programs that are to save memory run one node at a time: on CPUs, see `SessionOptions`. */
  readonly runsInOrder?: boolean;
}

/**
 * Runs step programs through TensorFlow, a whole step in one call: the program is a SavedModel in a session that holds
 * the variables. The same variables should be read or written together each time, since TensorFlow prepares a graph for each selection.
 */
export async function createSessionRunner(
  tf: TfjsNode,
  program: StepProgram,
  { runsInOrder = false, ...options }: SessionRunnerOptions,
): Promise<StepRunner> {
  const often = program.functions.filter(({ isRare }) => !isRare);
  const { pb, signatures } = emitTrainingModel({ ...program, functions: often }, { ...options, initialises: false });
  const { read, write } = signatures as { read: GraphSignature; write: GraphSignature };
  const session = await openSession(tf, pb, 'read', { inOrder: runsInOrder && program.savesMemory === true });
  const variables = new Map(program.variables.map((variable) => [variable.name, variable]));
  const functions = new Map(program.functions.map((fn) => [fn.name, fn]));

  const variableOf = (name: string): Variable => {
    const variable = variables.get(name);
    if (!variable) throw new Error(`'${name}' is not a variable of the program '${program.name}'`);
    return variable;
  };

  /** Functions that are run rarely have a session for the run, with the values as they are. */
  const runAside = async (fn: StepFunction, inputs: Readonly<Record<string, HostTensor>>) => {
    const names = new Set(fn.nodes.flatMap(({ op }) => (op.kind === 'variable' ? [op.name] : [])));
    const part = { ...program, variables: program.variables.filter(({ name }) => names.has(name)) };
    const aside = await createSessionRunner(
      tf,
      { ...part, functions: [{ ...fn, isRare: false }] },
      { ...options, runsInOrder },
    );
    try {
      await aside.write(await runner.read([...names]));
      return await aside.run(fn.name, inputs);
    } finally {
      aside.close();
    }
  };

  const runner: StepRunner = {
    async run(name, inputs) {
      // A step is one synchronous call: timers, signals and image loading get their turn before it.
      await setImmediate();
      const fn = functions.get(name);
      if (fn?.isRare) return runAside(fn, inputs);
      const signature = signatures[name];
      if (!fn || !signature) throw new Error(`the program '${program.name}' has no function '${name}'`);
      const feeds = fn.inputs.map(
        ({ name: input }) => [signature.inputs[input] as TensorInfo, fed(input, inputs)] as const,
      );
      const names = Object.keys(signature.outputs);
      const outputs = inOurWords(() => session.run(feeds, Object.values(signature.outputs)));
      const results = names.map((output, i) => [output, outputs[i] as HostTensor]);
      return Object.fromEntries(fn.outputs.length > 0 ? results : []);
    },
    async read(names = [...variables.keys()]) {
      const values = new Map<string, Float32Array>();
      for (const list of portions(names.map(variableOf), ({ shape }) => elements(shape))) {
        const infos = list.map(({ name }) => read.outputs[name] as TensorInfo);
        const tensors = inOurWords(() => session.run([], infos));
        list.forEach(({ name }, i) => {
          values.set(name, (tensors[i] as HostTensor).data);
        });
        await setImmediate();
      }
      return values;
    },
    async write(values) {
      for (const list of portions(values, ([, data]) => data.length)) {
        const feeds = list.map(([name, data]) => {
          const { shape } = variableOf(name);
          const size = elements(shape);
          if (data.length !== size) throw new Error(`'${name}' has ${size} numbers, and ${data.length} were written`);
          return [write.inputs[name] as TensorInfo, { shape, data }] as const;
        });
        const done = list.map(([name]) => write.outputs[name] as TensorInfo);
        inOurWords(() => session.run(feeds, done));
        await setImmediate();
      }
    },
    // tfjs-node does not pass on the statistics of TensorFlow's allocators.
    memory: () => undefined,
    close: () => session.close(),
  };
  return runner;
}

function fed(name: string, inputs: Readonly<Record<string, HostTensor>>): HostTensor {
  const tensor = inputs[name];
  if (!tensor) throw new Error(`the input '${name}' is not fed`);
  return tensor;
}

/** Items in groups of about `portion` bytes. */
function* portions<T>(items: Iterable<T>, countOf: (item: T) => number): Iterable<T[]> {
  let run: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = countOf(item) * 4;
    if (run.length > 0 && bytes + size > portion) {
      yield run;
      [run, bytes] = [[], 0];
    }
    run.push(item);
    bytes += size;
  }
  if (run.length > 0) yield run;
}
