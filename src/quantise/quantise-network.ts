import type { Graph } from '../5-graph/graph.ts';
import { quantise } from '../5-graph/passes/quantise.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Adjustments, adjustedWeights } from './adjusted-weights.ts';
import { correctBias } from './correct-bias.ts';
import type { Engine } from './engine.ts';
import { answersOf, compareAnswers } from './judge.ts';
import { noiseByValue } from './layer-noise.ts';
import { layOut, rangeSource } from './layout.ts';
import { makePlan } from './make-plan.ts';
import { channelMeans, histogramsOf } from './observe.ts';
import type { Pictures } from './pictures.ts';
import { chooseRange, type RangeMethod, typeOfRange } from './ranges.ts';
import { layersOf, type QuantisationReport } from './report.ts';
import { unitsOf } from './units.ts';

export interface QuantiseSettings {
  readonly ranges: RangeMethod;
  readonly activationBits: 8 | 16;
  readonly biasCorrection: boolean;
}

export interface QuantiseRequest {
  /** For inference, with norms folded. */
  readonly graph: Graph;
  readonly weights: WeightSource;
  readonly engine: Engine;
  readonly calibration: Pictures;
  readonly judging: Pictures;
  readonly settings: QuantiseSettings;
  progress(text: string): void;
}

export interface Quantised {
  readonly graph: Graph;
  weights(source: WeightSource): WeightSource;
  readonly report: QuantisationReport;
}

export async function quantiseNetwork(request: QuantiseRequest): Promise<Quantised> {
  const { graph, weights, engine, calibration, judging, settings, progress } = request;
  const units = unitsOf(graph);
  const floats = new Set<number>();
  const layout = layOut(graph, units, floats);
  const sources = [...new Set(layout.held.map((id) => rangeSource(layout, id)))];
  const observing = (what: string, pictures = calibration) => ({
    engine,
    pictures,
    progress: (done: number, total: number) => progress(`${what}: ${Math.floor((100 * done) / total)} %`),
  });
  const histograms = await histogramsOf(graph, weights, sources, observing('ranges'));
  const types = new Map<number, QuantisedType>();
  for (const [id, histogram] of histograms) {
    const range = chooseRange(histogram, settings.ranges, settings.activationBits);
    types.set(id, typeOfRange(range, settings.activationBits === 8 ? 'int8' : 'int16'));
  }
  const typeOf = (id: number) => types.get(id) as QuantisedType;
  const adjustments: Adjustments = new Map();
  if (settings.biasCorrection) {
    const means = await channelMeans(
      graph,
      weights,
      layout.weighted.map(({ node }) => node),
      observing('means'),
    );
    await correctBias(graph, weights, adjustments, { units, floats, typeOf, means }, observing('bias correction'));
  }
  const adjusted = adjustedWeights(weights, adjustments);
  const plan = makePlan(graph, layout, typeOf, adjusted);
  const typed = quantise(graph, plan);
  const expected = await answersOf(graph, weights, engine, judging);
  const found = await answersOf(typed, adjusted, engine, judging);
  const results = units.map(({ result }) => result);
  const noise = await noiseByValue({ graph, weights, plan, adjusted }, results, observing('layers', judging));
  return {
    graph: typed,
    weights: (source) => adjustedWeights(source, adjustments),
    report: {
      ...compareAnswers(graph, expected, found, judging.count),
      layers: layersOf(graph, units, plan, noise, new Map()),
      calibrated: calibration.count,
      judged: judging.count,
      engine: engine.name,
    },
  };
}
