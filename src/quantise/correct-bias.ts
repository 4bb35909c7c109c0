import type { Graph, GraphOutput } from '../5-graph/graph.ts';
import { quantise } from '../5-graph/passes/quantise.ts';
import { type IntegerParts, layOut } from '../5-graph/quantise/layout.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Adjustments, adjustedWeights } from './adjusted-weights.ts';
import { makePlan } from './make-plan.ts';
import { channelMeans, type ObserveOptions, withValues } from './observe.ts';
import { nodeOf, tensorOf } from './weight-types.ts';

export interface BiasCorrection {
  readonly parts: IntegerParts;
  readonly floats: ReadonlySet<number>;
  typeOf(id: number): QuantisedType;
  /** Means of the results of convolutions and linear layers, before the activation, in float32: by their nodes. */
  readonly means: ReadonlyMap<number, Float64Array>;
}

/**
 * Sequential bias correction: the mean shift of each channel of a layer's result by rounding is subtracted from its bias, layer by layer, each on the results of the corrected layers before it (Nagel et al., "Data-Free Quantization Through Weight Equalization and
 * Bias Correction", 2019, section 4.2, the empirical form).
 * @param adjustments where the corrections are added.
 */
export async function correctBias(
  graph: Graph,
  source: WeightSource,
  adjustments: Adjustments,
  { parts, floats, typeOf, means }: BiasCorrection,
  options: ObserveOptions,
): Promise<void> {
  const adjusted = adjustedWeights(source, adjustments);
  const corrected = layOut(graph, parts, floats).weighted;
  for (const [done, unit] of corrected.entries()) {
    const bias = tensorOf(nodeOf(graph, unit), 'bias');
    const expected = means.get(unit.node);
    if (!bias || !expected) continue;
    const plain = { ...options, progress: () => {} };
    const layout = layOut(graph, parts, floats, new Set([unit.node]));
    const plan = makePlan(graph, layout, typeOf, source, adjustments);
    const typed = quantise(withValues(graph, [unit.node]), plan);
    const [{ value }] = typed.outputs as [GraphOutput];
    const found = await channelMeans(typed, adjusted, [value.node], plain);
    const mean = found.get(value.node) as Float64Array;
    const adjustment = adjustments.get(bias.name) ?? {};
    const offset = adjustment.offset ?? new Float64Array(expected.length);
    adjustments.set(bias.name, {
      ...adjustment,
      offset: offset.map((x, i) => x + (expected[i] as number) - (mean[i] as number)),
    });
    options.progress(done + 1, corrected.length);
  }
}
