import { elements } from '../5-graph/graph.ts';
import { fillNormal } from '../weights/normal.ts';
import { randomState } from '../weights/random.ts';

export interface SessionRequest {
  readonly batch: number;
  /** Of the inputs. */
  readonly seed: number;
}

/** A network in some engine, with inputs to run it on repeatedly. */
export interface ModelSession {
  /** By their names in the file, with the batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/** The shape of an input, beginning with the batch; or why it cannot be fed, as the rest of a sentence. */
export function inputSides(shape: readonly unknown[], batch: number, advice = ''): number[] | string {
  const isStated = (side: unknown): side is number => typeof side === 'number' && side > 0;
  const [first, ...others] = shape;
  if (!others.every(isStated)) return `has sizes that are not stated, [${shape.join(', ')}]${advice}`;
  if (isStated(first) && first !== batch)
    return `takes ${first} ${first === 1 ? 'sample' : 'samples'} at a time: --batch ${first}`;
  return [batch, ...others];
}

/** What an input is fed: normally distributed numbers, like normalised images. */
export function inputValues(name: string, sides: readonly number[], seed: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(elements(sides));
  fillNormal(data, randomState(seed, `bench/${name}`), 1);
  return data;
}
