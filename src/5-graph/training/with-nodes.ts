import type { ProgramNode, StepFunction, StepRef, Update } from './program.ts';

/** An update with each value that it reads changed. */
function mapRefs(update: Update, change: (ref: StepRef) => StepRef): Update {
  const isRef = (value: unknown): value is StepRef => typeof value === 'object' && value !== null && 'node' in value;
  const entries = Object.entries(update).map(([key, value]) => [key, isRef(value) ? change(value) : value]);
  return Object.fromEntries(entries) as unknown as Update;
}

/** A function with other nodes. @param change where a value that it gives, guards or updates with is among these */
export function withNodes(
  fn: StepFunction,
  nodes: readonly ProgramNode[],
  change: (ref: StepRef) => StepRef,
): StepFunction {
  return {
    ...fn,
    nodes,
    outputs: fn.outputs.map(({ name, value }) => ({ name, value: change(value) })),
    guards: fn.guards.map(change),
    updates: fn.updates.map((update) => mapRefs(update, change)),
  };
}
