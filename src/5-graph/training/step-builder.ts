import type { StepNodes } from '../../ops/steps.ts';
import type { ProgramNode, StepFunction, StepInput, StepPart, StepRef, StepShape, Update } from './program.ts';

export const scalar: StepShape = { batch: false, dims: [] };
/** One number per sample. */
export const perSample: StepShape = { batch: true, dims: [] };

/** Collects the nodes of one function of a step program. */
export interface StepBuilder extends StepNodes {
  /** The value of a variable before the updates; likewise. */
  variable(name: string, shape: readonly number[]): StepRef;
  shapeOf(ref: StepRef): StepShape;
  output(name: string, value: StepRef): void;
  /** See `StepFunction.guards`. */
  guard(value: StepRef): void;
  update(update: Update): void;
  /** What the next nodes are made for; undefined for nothing in the network. */
  enter(part: StepPart | undefined): void;
  finish(name: string): StepFunction;
}

export function createStepBuilder(): StepBuilder {
  const nodes: ProgramNode[] = [];
  const inputs: StepInput[] = [];
  const named = new Map<string, StepRef>();
  const outputs: { name: string; value: StepRef }[] = [];
  const guards: StepRef[] = [];
  const updates: Update[] = [];
  let part: StepPart | undefined;

  const add: StepBuilder['add'] = (op, from, shapes, path = '') => {
    const id = nodes.length;
    nodes.push({ id, op, inputs: from, shapes, path, ...(part && { part }) });
    return shapes.map((_, output) => ({ node: id, output }));
  };
  const one: StepBuilder['one'] = (op, from, shape, path) => add(op, from, [shape], path)[0] as StepRef;
  const once = (key: string, make: () => StepRef) => {
    const known = named.get(key) ?? make();
    named.set(key, known);
    return known;
  };
  return {
    add,
    one,
    input: (name, shape = scalar) =>
      once(`input ${name}`, () => {
        inputs.push({ name, shape });
        return one({ kind: 'input', name }, [], shape);
      }),
    variable: (name, shape) =>
      once(`variable ${name}`, () => one({ kind: 'variable', name }, [], { batch: false, dims: shape })),
    shapeOf: (ref) => nodes[ref.node]?.shapes[ref.output] ?? scalar,
    output: (name, value) => void outputs.push({ name, value }),
    guard: (value) => void guards.push(value),
    update: (update) => void updates.push(update),
    enter: (entered) => {
      part = entered;
    },
    finish: (name) => ({ name, inputs, nodes, outputs, guards, updates }),
  };
}
