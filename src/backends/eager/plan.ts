import type { StepFunction, StepRef } from '../../5-graph/training/program.ts';
import { refsOf } from './updates.ts';

/** When the values of a function can be freed. */
export interface Plan {
  /** The values that nothing reads after a node has run, one list per node. */
  readonly afterNode: readonly (readonly StepRef[])[];
  /** The values that nothing reads after an update, one list per update. */
  readonly afterUpdate: readonly (readonly StepRef[])[];
}

/** Finds each value's last reader. Outputs and guards are read between the last node and the first update. */
export function planFunction(fn: StepFunction): Plan {
  const nodes = fn.nodes.length;
  const last = fn.nodes.map((node) => node.shapes.map(() => node.id));
  const read = ({ node, output }: StepRef, time: number) => {
    const times = last[node] as number[];
    times[output] = Math.max(times[output] ?? 0, time);
  };
  for (const node of fn.nodes) for (const ref of node.inputs) read(ref, node.id);
  for (const { value } of fn.outputs) read(value, nodes);
  for (const ref of fn.guards) read(ref, nodes);
  fn.updates.forEach((update, i) => {
    for (const ref of refsOf(update)) read(ref, nodes + 1 + i);
  });

  const free: StepRef[][] = Array.from({ length: nodes + 1 + fn.updates.length }, () => []);
  last.forEach((times, node) => {
    times.forEach((time, output) => {
      free[time]?.push({ node, output });
    });
  });
  return { afterNode: free.slice(0, nodes), afterUpdate: free.slice(nodes + 1) };
}
