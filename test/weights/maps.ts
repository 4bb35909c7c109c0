import { weightColumns } from '../../src/weights/weight-columns.ts';
import type { WeightMapRow } from '../../src/weights/weight-map.ts';
import { compileLibrary } from '../library-points.ts';

/** The columns of a library model's map, by name. */
export function mapOf(library: string): ReadonlyMap<string, readonly WeightMapRow[]> {
  const { program, model } = compileLibrary(library);
  if (!model) throw new Error(`the library has no model '${library}'`);
  return new Map([...weightColumns(program, model)].map(([name, { rows }]) => [name, rows]));
}
