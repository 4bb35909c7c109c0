import { elements, type Graph, type GraphNode, type GraphOutput, shapeOf, type ValueRef } from '../5-graph/graph.ts';
import { type QuantisationPlan, quantise } from '../5-graph/passes/quantise.ts';
import { removeUnreached } from '../5-graph/passes/remove-unreached.ts';
import { type IntegerParts, layOut } from '../5-graph/quantise/layout.ts';
import type { Unit } from '../5-graph/quantise/units.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Adjustment, type Adjustments, adjustedWeights } from './adjusted-weights.ts';
import { chooseDamping, plainDamping } from './damping.ts';
import type { Engine } from './engine.ts';
import { advance, closeFrontier, cutsOf, type Frontier, fromFrontier, planFrom, type TwoSides } from './frontier.ts';
import { type Fitted, fewReads, fitFilters, roundFilters } from './least-squares.ts';
import { makePlan } from './make-plan.ts';
import { addSamples, emptySums, type MomentSums, meansOf, momentsOf, together } from './moments.ts';
import { batchSize, nameOfValue, type ObserveOptions, withValues } from './observe.ts';
import { gatherInputs, gatherOutputs, positionsOf, readsOf } from './samples.ts';
import { leastScales, mostWeight, nodeOf, tensorOf } from './weight-types.ts';

/**
 * The number of positions, over all pictures, that a layer is fitted on: the more numbers a filter reads, the more positions, against
 * overfitting; at most as many as can be summed in some seconds.
 */
function samplesFor(reads: number, filters: number, groups: number): number {
  const wanted = Math.min(Math.max(40 * reads, 2048), 20_000);
  return Math.min(wanted, Math.floor(3e9 / (groups * reads * (reads / 2 + filters))));
}

/** A filter that reads more numbers than this, or than there are samples, is only rounded: the fit is cubic in their number. */
const mostReads = 1536;

export interface Reconstruction {
  readonly parts: IntegerParts;
  readonly floats: ReadonlySet<number>;
  typeOf(id: number): QuantisedType;
  /** Where values are stored while it runs. */
  readonly folder: string;
  /** A fit of the same network with other layers in float32. It holds for the layers before the first difference. */
  readonly known?: KnownFit;
}

export interface KnownFit {
  readonly floats: ReadonlySet<number>;
  readonly adjustments: Adjustments;
}

/**
 * Layer-wise reconstruction: layer by layer, each on the results of the fitted layers before it, the whole numbers of a weight
 * and its bias are chosen so that the layer's result is closest to the one in float32, by least squares (see `fitFilters`). A
 * layer thus makes up for earlier rounding as far as it can. @param adjustments where the numbers are written; existing ones must
 * not change the network's results in float32.
 */
export async function reconstruct(
  graph: Graph,
  source: WeightSource,
  adjustments: Adjustments,
  { parts, floats, typeOf, folder, known }: Reconstruction,
  { engine, pictures, progress }: ObserveOptions,
): Promise<void> {
  const adjusted = adjustedWeights(source, adjustments);
  const sides = { graph, reference: adjustedWeights(source, new Map(adjustments)), adjusted };
  const whole = layOut(graph, parts, floats);
  const cuts = cutsOf(graph);
  const changed = known ? firstDifference(known.floats, floats) : -1;
  let frontier: Frontier = { float: pictures, rounded: pictures };
  try {
    for (const [done, unit] of whole.weighted.entries()) {
      const node = nodeOf(graph, unit);
      const [weight, bias] = [tensorOf(node, 'weight'), tensorOf(node, 'bias')];
      if (!weight || !bias) continue;
      const [input] = node.inputs as [ValueRef];
      const cut = cuts.findLast((id) => id <= input.node);
      if (cut !== undefined && cut !== frontier.node) {
        const before = makePlan(graph, whole, typeOf, source, adjustments);
        frontier = await advance(frontier, cut, sides, before, engine, folder);
      }
      if (known && unit.node < changed) {
        for (const { name } of [weight, bias]) adjustments.set(name, known.adjustments.get(name) as Adjustment);
        continue;
      }
      const layout = layOut(graph, parts, floats, new Set([unit.node]));
      const plan = makePlan(graph, layout, typeOf, source, adjustments);
      const bounds = boundsOf(unit);
      const samples = await samplesOf(node, plan, frontier, sides, engine, bounds);
      const least = leastScales(node, adjusted, plan.values.get(input.node)?.scales[0] ?? 1);
      const { scales: rounding } = plan.weights.get(unit.node) as QuantisedType;
      const fitted = fitLayer(adjusted.read(weight), rounding, least as Float64Array, samples);
      const { integers, scales, bias: values } = fitted;
      adjustments.set(weight.name, { rounded: { integers, scales } });
      adjustments.set(bias.name, { values });
      progress(done + 1, whole.weighted.length);
    }
  } finally {
    closeFrontier(frontier);
  }
}

/** The least number that is in only one of two sets. */
export function firstDifference(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const only = [...a].filter((x) => !b.has(x)).concat([...b].filter((x) => !a.has(x)));
  return Math.min(...only);
}

/** Sums over what each group of a layer's filters reads and gives, at the same positions. */
interface Samples {
  readonly count: number;
  /** For each group: of most pictures, and of every fourth, by which the damping is chosen. */
  readonly sums: readonly TwoSums[];
}

type TwoSums = readonly [most: MomentSums, others: MomentSums];

const others = 4;

/** Runs the part of the network from a frontier to a layer in few bits, and the layer in float32. */
async function samplesOf(
  node: GraphNode,
  plan: QuantisationPlan,
  frontier: Frontier,
  { graph, reference, adjusted }: TwoSides,
  engine: Engine,
  bounds: Bounds | undefined,
): Promise<Samples> {
  const [input] = node.inputs as [ValueRef];
  const part = withValues(fromFrontier(graph, frontier), [node.id]);
  const typed = quantise(part, planFrom(frontier, plan));
  const [{ value }] = typed.outputs as [GraphOutput];
  // what the layer reads: what the integers represent
  const [{ node: read }] = (typed.nodes[value.node] as GraphNode).inputs as [ValueRef];
  const output = { node: node.id, output: 0 };
  const reads = readsOf(graph, node);
  const groups = node.op.kind === 'conv' ? node.op.groups : 1;
  const filters = (shapeOf(graph, output)[0] ?? 1) / groups;
  const most = samplesFor(reads, filters, groups);
  const perPicture = positionsOf(node, 0, Math.max(1, Math.floor(most / frontier.float.count))).length;
  const count = perPicture * frontier.float.count;
  const asked = isRounded(reads, count) ? 'means' : 'moments';
  const empty = () => emptySums(reads, filters, asked);
  const sums = Array.from({ length: groups }, (): TwoSums => [empty(), empty()]);
  const xs = new Float32Array(perPicture * reads);
  const ys = new Float32Array(perPicture * filters);
  const weigh = filters === 1 && bounds && asked === 'moments' ? sums.map(() => weigher(bounds)) : undefined;
  const [inputSize, outputSize] = [elements(shapeOf(graph, input)), elements(shapeOf(graph, output))];

  const float = await engine.open(removeUnreached(part), reference);
  try {
    const rounded = await engine.open(removeUnreached(withValues(typed, [read])), adjusted);
    try {
      const batch = batchSize(graph, [input.node, node.id]);
      for (let picture = 0; picture < frontier.float.count; ) {
        const size = Math.min(batch, frontier.float.count - picture);
        const [x0, y0] = [frontier.rounded.read(picture, size), frontier.float.read(picture, size)];
        const given = (await rounded.run(x0, size))[nameOfValue(read)] as Float32Array;
        const wanted = (await float.run(y0, size))[nameOfValue(node.id)] as Float32Array;
        for (let i = 0; i < size; i++, picture++) {
          const positions = positionsOf(node, picture, perPicture);
          const x = given.subarray(i * inputSize, (i + 1) * inputSize);
          const y = wanted.subarray(i * outputSize, (i + 1) * outputSize);
          const fold = picture % others === others - 1 ? 1 : 0;
          for (const [group, two] of sums.entries()) {
            gatherInputs(graph, node, group, x, positions, xs);
            gatherOutputs(node, group * filters, filters, y, positions, ys);
            addSamples(two[fold], xs, ys, perPicture, weigh?.[group]?.(ys));
          }
        }
      }
    } finally {
      await rounded.close();
    }
  } finally {
    await float.close();
  }
  return { count, sums };
}

/** The interval in which an activation preserves differences. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

function boundsOf({ activation }: Unit): Bounds | undefined {
  if (activation !== 'relu' && activation !== 'relu6') return undefined;
  return { least: 0, most: activation === 'relu6' ? 6 : Number.POSITIVE_INFINITY };
}

/** The weight of a sample that the activation clips, far from the bound. */
const boundedWeight = 0.02;

/**
 * The weights of samples: small for those that the activation clips, if the effect of rounding on them is far smaller. The size of
 * outputs is that of all samples so far.
 */
function weigher({ least, most }: Bounds): (outputs: Float32Array) => Float32Array {
  let [squares, seen] = [0, 0];
  return (outputs) => {
    for (const y of outputs) squares += y * y;
    seen += outputs.length;
    const margin = 0.1 * Math.sqrt(squares / seen);
    return outputs.map((y) => (y > least - margin && y < most + margin ? 1 : boundedWeight));
  };
}

/** Scales of filters that read few numbers: these are fitted at each, and the best is kept. */
const manyShares = [1, 0.93, 0.86, 0.8, 0.7];

/** Whether filters are only rounded to the nearest. */
const isRounded = (reads: number, samples: number) => reads > Math.min(mostReads, samples);

function fitLayer(
  weights: Float32Array,
  rounding: readonly number[],
  least: Float64Array,
  { count, sums }: Samples,
): Fitted {
  const own = weights.slice();
  const integers = new Int8Array(own.length);
  const bias = new Float64Array(rounding.length);
  const scales: number[] = [];
  const reads = own.length / rounding.length;
  const filters = rounding.length / sums.length;
  for (const [group, [some, held]] of sums.entries()) {
    const sum = together(some, held);
    const first = group * filters;
    const part = own.subarray(first * reads, (first + filters) * reads);
    const fitted = isRounded(reads, count)
      ? roundFilters(part, rounding.slice(first, first + filters), meansOf(sum), mostWeight)
      : fitFilters(
          part,
          { shares: reads <= fewReads ? manyShares : [1], least: least.subarray(first, first + filters) },
          momentsOf(sum),
          held.weight > 0 ? chooseDamping(part, momentsOf(some), momentsOf(held)) : plainDamping,
          mostWeight,
        );
    integers.set(fitted.integers, first * reads);
    scales.push(...fitted.scales);
    bias.set(fitted.bias, first);
  }
  return { integers, scales, bias };
}
