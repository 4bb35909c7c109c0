import type { Graph } from '../5-graph/graph.ts';
import { type QuantisationPlan, quantise } from '../5-graph/passes/quantise.ts';
import type { IntegerOps } from '../5-graph/quantise/integer-ops.ts';
import { layOut, rangesToFind } from '../5-graph/quantise/layout.ts';
import { type Unit, unitsOf } from '../5-graph/quantise/units.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import { nounFor } from '../diagnostics/noun-for.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { curveAfter } from './activation-curves.ts';
import { type Adjustments, adjustedWeights } from './adjusted-weights.ts';
import { correctBias } from './correct-bias.ts';
import { latenciesOf, sizesOf } from './costs.ts';
import { type Engine, imageInput } from './engine.ts';
import { equalise } from './equalise-network.ts';
import { expectedAgreement } from './expected-agreement.ts';
import { type Answers, answersOf, type Closeness, compareAnswers } from './judge.ts';
import { noiseByValue } from './layer-noise.ts';
import { makePlan } from './make-plan.ts';
import { channelMeans, histogramsOf } from './observe.ts';
import { inTwoParts, type Pictures, withMirrored } from './pictures.ts';
import { chooseRange, type RangeMethod, typeOfRange } from './ranges.ts';
import { firstDifference, type KnownFit, reconstruct } from './reconstruct.ts';
import { layersOf, type QuantisationReport } from './report.ts';
import { costsWithout, fewestFloats, type Goal, sought } from './return-to-float.ts';
import { nodeOf } from './weight-types.ts';

/** What is done about the noise of rounding: nothing, biases are corrected, or weights and biases are fitted layer by layer. */
export type Correction = 'none' | 'bias' | 'layers';

export interface QuantiseSettings {
  readonly ranges: RangeMethod;
  readonly activationBits: 8 | 16;
  readonly correct: Correction;
  readonly equalise: boolean;
  /** Without one, all layers that can be are quantised. */
  readonly goal?: Goal;
}

export interface QuantiseRequest {
  /** For inference, with norms folded. */
  readonly graph: Graph;
  readonly weights: WeightSource;
  /** What the target computes on integers. */
  readonly integers: IntegerOps;
  /** The engine that values are observed in. */
  readonly engine: Engine;
  /** The engine that runs the result. */
  readonly judge: Engine;
  /** The integer kernels of this machine's processor, if the judge does not use them: their results are reported too. */
  readonly kernels?: Engine;
  /**
   * Pictures that ranges are taken from; where a goal is sought, every fifth is left out of that and used for the goal.
   */
  readonly calibration: Pictures;
  /** Pictures on which the result is compared with float32. They decide nothing. */
  readonly judging: Pictures;
  /** Whether latencies are measured. */
  readonly timed: boolean;
  /** Where values are stored while it runs. */
  readonly folder: string;
  readonly settings: QuantiseSettings;
  progress(text: string): void;
}

export interface Quantised {
  readonly graph: Graph;
  /** The numbers of the graph's tensors, from those of the request. */
  weights(source: WeightSource): WeightSource;
  readonly report: QuantisationReport;
}

/** A network with some quantised layers. */
interface Mixture {
  readonly floats: ReadonlySet<number>;
  readonly plan: QuantisationPlan;
  readonly adjustments: Adjustments;
  readonly adjusted: WeightSource;
}

/**
 * Post-training quantisation: channels are equalised, ranges taken from the values of pictures, weights and biases fitted
 * to the results in float32, and the costliest layers returned to float32 until a goal holds. Equal requests give equal
 * results.
 */
export async function quantiseNetwork(request: QuantiseRequest): Promise<Quantised> {
  const { graph, weights, engine, judge, judging, settings, progress } = request;
  const { activationBits, ranges, correct, goal } = settings;
  const { fitted: calibration, seeking } = goal
    ? inTwoParts(request.calibration)
    : { fitted: request.calibration, seeking: request.calibration };
  const seen = (what: string) => (done: number, total: number) =>
    progress(`${what}: ${Math.floor((100 * done) / total)} %`);
  const observing = (what: string, pictures = calibration) => ({ engine, pictures, progress: seen(what) });
  const units = unitsOf(graph);
  const parts = { units, integers: request.integers };
  const all = layOut(graph, parts, new Set());
  const scales = settings.equalise ? await equalise(graph, weights, observing('equalising')) : new Map();
  const scaled = adjustedWeights(weights, scales);

  const types = new Map<number, QuantisedType>();
  for (const [id, histogram] of await histogramsOf(graph, scaled, rangesToFind(all), observing('ranges'))) {
    const range = chooseRange(histogram, ranges, activationBits, curveAfter(graph, id));
    types.set(id, typeOfRange(range, activationBits === 8 ? 'int8' : 'int16'));
  }
  const typeOf = (id: number) => types.get(id) as QuantisedType;

  const fittedFor = async (floats: ReadonlySet<number>, what: string, known?: KnownFit): Promise<Adjustments> => {
    const fitted: Adjustments = new Map(scales);
    const fit = { parts, floats, typeOf, folder: request.folder, ...(known && { known }) };
    if (correct === 'layers') await reconstruct(graph, weights, fitted, fit, observing(what));
    if (correct === 'bias') {
      const weighted = all.weighted.map(({ node }) => node);
      const means = await channelMeans(graph, scaled, weighted, observing('means'));
      await correctBias(graph, weights, fitted, { ...fit, means }, observing('correcting biases'));
    }
    return fitted;
  };
  const fitted = await fittedFor(new Set(), 'fitting');

  const mixed = (floats: ReadonlySet<number>, from: Adjustments): Mixture => {
    const adjustments = withoutFits(graph, units, floats, from, scales);
    const plan = makePlan(graph, layOut(graph, parts, floats), typeOf, weights, adjustments);
    return { floats, plan, adjustments, adjusted: adjustedWeights(weights, adjustments) };
  };
  const closenessOf = async (
    { plan, adjusted }: Mixture,
    expected: Answers,
    by: Engine,
    pictures: Pictures,
    { count = Math.min(pictures.count, mostJudged), known = expected } = {},
  ): Promise<Closeness> => {
    const found = await answersOf(quantise(graph, plan), adjusted, by, pictures, count);
    const closeness = compareAnswers(graph, expected, found, count);
    if (goal?.agreement === undefined) return closeness;
    const share = expectedAgreement(graph, { expected, found, known });
    return { ...closeness, ...(share !== undefined && { expected: share }) };
  };
  const whole = mixed(new Set(), fitted);
  let chosen: Mixture & { closeness?: Closeness } = whole;
  let costs = new Map<number, number>();
  if (goal) {
    const width = imageInput(graph).shape.at(-1) ?? 1;
    const sides = withMirrored(seeking, width);
    // float32 does not depend on which pictures a network is fitted to: all tell how close its first two answers are
    const known =
      goal.agreement !== undefined
        ? await answersOf(graph, weights, engine, withMirrored(request.calibration, width), mostJudged)
        : undefined;
    const attemptOn = async (pictures: number) => {
      const count = Math.min(sides.count, pictures);
      const expected = await answersOf(graph, weights, engine, sides, count);
      return async (mixture: Mixture) => ({
        ...mixture,
        closeness: await closenessOf(mixture, expected, judge, sides, { count, ...(known && { known }) }),
      });
    };
    const attempt = await attemptOn(mostJudged);
    const fits: KnownFit[] = [{ floats: new Set(), adjustments: fitted }];
    chosen = await fewestFloats(sought(goal), await attempt(whole), {
      async gains() {
        const quick = await attemptOn(mostForGains);
        costs = await costsWithout(
          units,
          (node) => quick(mixed(new Set([node]), fitted)),
          seen('each layer in float32'),
        );
        return costs;
      },
      returned: (floats) => attempt(mixed(floats, fitted)),
      ...(correct === 'layers' && {
        refitted: async (floats) => {
          const what = `fitting around ${floats.size} ${nounFor(floats.size, 'layer')} in float32`;
          const adjustments = await fittedFor(floats, what, nearestFit(fits, floats));
          fits.push({ floats, adjustments });
          return attempt(mixed(floats, adjustments));
        },
      }),
    });
  }

  const expected = await answersOf(graph, weights, engine, judging, mostJudged);
  const closeness = await closenessOf(chosen, expected, judge, judging);
  const kernels = request.kernels && (await closenessOf(chosen, expected, request.kernels, judging));
  const { plan, adjustments, adjusted } = chosen;
  const typed = quantise(graph, plan);
  const results = units.map(({ result }) => result);
  const noise = await noiseByValue({ graph, weights: scaled, plan, adjusted }, results, observing('layers', judging));
  const forms = { float32: { graph, weights }, int8: { graph: typed, weights: adjusted } };
  return {
    graph: typed,
    weights: (source) => adjustedWeights(source, adjustments),
    report: {
      ...closeness,
      layers: layersOf(graph, units, plan, noise, costs, { scales, adjustments }),
      ...(kernels && { kernels }),
      size: sizesOf(forms, judge),
      ...(request.timed && { latency: await latenciesOf(forms, request.kernels ?? judge, judging, progress) }),
      ...(goal && chosen.closeness && { goal: { ...goal, sought: chosen.closeness } }),
      calibrated: calibration.count,
      judged: Math.min(judging.count, mostJudged),
      engine: judge.name,
    },
  };
}

/** The maximum number of pictures on which a network is compared with float32. */
const mostJudged = 1024;

/** The number of pictures on which the gain of a layer in float32 is measured. */
const mostForGains = 16;

/** The known fit most of which applies to a network in which the layers of these nodes are float32. */
function nearestFit(fits: readonly KnownFit[], floats: ReadonlySet<number>): KnownFit | undefined {
  const reach = (fit: KnownFit) => firstDifference(fit.floats, floats);
  return [...fits].sort((a, b) => reach(b) - reach(a))[0];
}

/** Adjustments, in which layers in float32 have those from before the fit. */
function withoutFits(
  graph: Graph,
  units: readonly Unit[],
  floats: ReadonlySet<number>,
  fitted: Adjustments,
  scales: Adjustments,
): Adjustments {
  const adjustments: Adjustments = new Map(fitted);
  for (const unit of units) {
    if (!floats.has(unit.node)) continue;
    for (const { name } of nodeOf(graph, unit).tensors) {
      const before = scales.get(name);
      if (before) adjustments.set(name, before);
      else adjustments.delete(name);
    }
  }
  return adjustments;
}
