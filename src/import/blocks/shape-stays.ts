import type { Reading } from './reading.ts';
import type { NodeRun } from './units.ts';

/** Whether a unit gives a map of the shape that it reads. */
export function shapeStays({ nodes }: Reading, { input, last }: NodeRun): boolean {
  return String(nodes[input]?.shapes[0]) === String(nodes[last]?.shapes[0]);
}
