import type { Graph } from '../5-graph/graph.ts';
import { type Activation, type ActivationName, slopeOf } from '../ops/activations.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const clamp = (x: number, least: number, most: number) => Math.min(Math.max(x, least), most);

/** Activations that level off, so that values far out in the level part can be clipped at no cost. */
const curves: { readonly [A in ActivationName]?: (x: number, slope: number) => number } = {
  silu: (x) => x * sigmoid(x),
  hardswish: (x) => (x * clamp(x + 3, 0, 6)) / 6,
  sigmoid,
  hardsigmoid: (x, slope) => clamp(slope * x + 0.5, 0, 1),
  tanh: Math.tanh,
};

/**
 * What becomes of a value, as a function, where only an activation that levels off reads it; otherwise undefined.
 * @param id the number of the value's node
 */
export function curveAfter(graph: Graph, id: number): ((x: number) => number) | undefined {
  const readers = graph.nodes.filter(({ inputs }) => inputs.some(({ node }) => node === id));
  const [reader] = readers;
  if (reader?.op.kind !== 'activation' || readers.length > 1) return undefined;
  if (graph.outputs.some(({ value }) => value.node === id)) return undefined;
  const activation: Activation = reader.op;
  const curve = curves[activation.fn];
  return curve && ((x) => curve(x, slopeOf(activation)));
}
