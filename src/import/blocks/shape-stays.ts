import type { Reading } from './reading.ts';
import type { Unit } from './units.ts';

/** Whether a unit gives a map of the shape that it reads. */
export function shapeStays({ nodes }: Reading, { input, last }: Unit): boolean {
  return String(nodes[input]?.shapes[0]) === String(nodes[last]?.shapes[0]);
}
