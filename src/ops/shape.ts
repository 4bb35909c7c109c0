import type { Pair } from './pair.ts';

/** `[C, H, W]`, or `[C]` after a linear layer; the batch is left out. */
export type Shape = readonly number[];

/** How many elements a shape has. */
export function elements(shape: Shape): number {
  let product = 1;
  for (const n of shape) product *= n;
  return product;
}

/** What an op cannot do with its inputs; the caller reports it at the source. */
export type ShapeError =
  | { readonly error: 'needs-space'; readonly shape: Shape }
  | { readonly error: 'shape-mismatch'; readonly shapes: readonly Shape[] }
  | { readonly error: 'output-vanishes'; readonly shape: Shape; readonly kernel?: Pair }
  | { readonly error: 'group-count'; readonly groups: number; readonly input: number; readonly output: number }
  | { readonly error: 'counted-and-added' }
  | { readonly error: 'output-padding'; readonly most: Pair }
  | { readonly error: 'channel-split'; readonly parts: number; readonly channels: number };

/** The shapes of an op's outputs, or why it has none. */
export type Inferred = readonly Shape[] | ShapeError;

export function isShapeError(result: Inferred): result is ShapeError {
  return 'error' in result;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** The shape of an op that works element by element: each axis of each input has the output's size, or is 1 and repeated. */
export function elementwise(_op: unknown, inputs: readonly Shape[]): Inferred {
  const [first = [], ...others] = inputs;
  const shape = others.reduce(joinedShape, first);
  const fits = inputs.every((s) => s.length === shape.length && s.every((n, axis) => n === 1 || n === shape[axis]));
  return fits ? [shape] : { error: 'shape-mismatch', shapes: inputs };
}

/** The shape of two that fit each other: the sizes where the other has ones. */
export function joinedShape(a: Shape, b: Shape): Shape {
  return a.map((n, axis) => Math.max(n, b[axis] ?? 1));
}

/** The shape of an op whose output is like its one input. */
export function sameAsInput(_op: unknown, [x = []]: readonly Shape[]): Inferred {
  return [x];
}

/** What an op over space does with its one input, if that is a map. */
export function overSpace(x: Shape | undefined, infer: (map: readonly [number, number, number]) => Inferred): Inferred {
  const [channels, height, width] = x ?? [];
  if (channels === undefined || height === undefined || width === undefined) {
    return { error: 'needs-space', shape: x ?? [] };
  }
  return infer([channels, height, width]);
}
