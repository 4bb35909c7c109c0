import type { Graph } from '../5-graph/graph.ts';
import { type Device, defaultDevice, type OpTimes, opTimes } from './device.ts';
import { createLine, type OpLine } from './line.ts';
import { calibrated, type MeasuredTimes } from './measured-times.ts';
import { inFlight, type ScheduleName, type StageMemory, stageMemory } from './memory.ts';
import {
  chosen,
  evenShare,
  fewestBytes,
  leastMemory,
  leastStageBytes,
  type Partition,
  type PartitionOptions,
  smallestLargest,
} from './partition.ts';
import { type StageTimes, simulate, type Timeline } from './schedule.ts';
import { segmentBetween } from './segment.ts';
import { type TrainingWork, trainingWork } from './work.ts';

export interface PlanOptions {
  /** The network's name in reports; by default the graph's. */
  readonly title?: string;
  /** Devices, one for each stage. */
  readonly stages: number;
  readonly schedule?: ScheduleName;
  /** Images per step. */
  readonly batch?: number;
  /** By default the fastest number that divides the batch. */
  readonly microBatches?: number;
  /** Bytes of each device; without it nothing is recomputed unless requested. */
  readonly memory?: number;
  readonly recompute?: PartitionOptions['recompute'];
  /** Paths at which the second and further stages begin, instead of a search for cuts. */
  readonly cuts?: readonly string[];
  /** Bytes per parameter with its gradient, the optimiser's slots and averages. */
  readonly parameterBytes?: number;
  readonly device?: Device;
  readonly times?: MeasuredTimes;
}

/** A tensor that a stage passes to the next. */
export interface HandedOver {
  readonly path: string;
  readonly shape: readonly number[];
  /** Of a micro-batch. */
  readonly bytes: number;
  /** Whether it was made by an earlier stage, and only passes through. */
  readonly passes: boolean;
}

export interface PlannedStage {
  /** Paths of its first and last op. */
  readonly from: string;
  readonly to: string;
  readonly ops: number;
  readonly params: number;
  readonly recompute: boolean;
  /** Seconds of a micro-batch. */
  readonly times: StageTimes;
  readonly memory: StageMemory;
  /** Micro-batches that have values in it at once. */
  readonly inFlight: number;
  readonly handsOver: readonly HandedOver[];
}

/** Where the time of a step goes, in seconds that add up to it. */
export interface TimeParts {
  /** All work without recomputation, spread evenly. */
  readonly work: number;
  /** What recomputation adds, spread evenly. */
  readonly recomputation: number;
  /** By how much the largest stage exceeds both. */
  readonly imbalance: number;
  /** Stages waiting for the first micro-batch, and after the last. */
  readonly bubble: number;
  /** What waiting for links adds. */
  readonly links: number;
}

export interface PipelinePlan {
  readonly model: string;
  readonly schedule: ScheduleName;
  readonly batch: number;
  readonly microBatches: number;
  readonly stages: readonly PlannedStage[];
  /** Of a step, without the optimiser's update. */
  readonly seconds: number;
  /** The share of the devices' time in which they wait. */
  readonly idle: number;
  /** The largest stage relative to an equal share of all work. */
  readonly balance: number;
  readonly parts: TimeParts;
  readonly memoryLimit?: number;
  readonly device: Device;
  /** The number of images that times were measured for; absent where all are calculated. */
  readonly measuredImages?: number;
  readonly timeline: Timeline;
}

/** Why there is no plan. */
export type NoPlan =
  | { readonly problem: 'memory'; readonly least: number; readonly microBatches: number }
  | { readonly problem: 'cuts'; readonly places: number }
  | { readonly problem: 'path'; readonly path: string };

/** Weight, gradient, two slots of the optimiser and the average, each in float32: what `enetc train` keeps by default. */
export const defaultParameterBytes = 20;
export const defaultBatch = 256;

/**
 * Plans how a network is trained over several devices, one after the other: where it is cut, how many micro-batches its batch has,
 * and which stages recompute. Everything is calculated; nothing is run. @param graph as built: with dropout, stochastic depth and
 * batch norms
 */
export function planPipeline(graph: Graph, options: PlanOptions): PipelinePlan | NoPlan {
  const work = trainingWork(graph);
  const { batch = defaultBatch, microBatches, stages } = options;
  const starts = options.cuts && fixedStarts(work, options.cuts);
  if (starts && 'problem' in starts) return starts;
  const places = work.mayCut.filter(Boolean).length;
  if (places < stages - 1) return { problem: 'cuts', places };
  const candidates = microBatches === undefined ? divisors(batch) : [microBatches];
  let best: PipelinePlan | undefined;
  for (const settled of byBound(work, options, batch, candidates)) {
    if (best && settled.bound >= best.seconds) break;
    const asked = { ...options, batch, microBatches: settled.microBatches };
    for (const plan of plansFor(graph, work, asked, starts, best?.seconds)) {
      if (!best || plan.seconds < best.seconds) best = plan;
    }
  }
  if (best) return best;
  const most = Math.max(...candidates);
  const line = lineFor(work, options, batch, most);
  const least = starts ? fixedMemory(line, starts, options, most) : leastMemory(line, partitionOptions(options, most));
  return { problem: 'memory', least: least ?? Number.POSITIVE_INFINITY, microBatches: most };
}

type Settled = PlanOptions & { readonly batch: number; readonly microBatches: number };

/** Numbers of micro-batches, with the time that a step takes at least: all work spread evenly, and the pipeline's filling. */
function byBound(work: TrainingWork, options: PlanOptions, batch: number, candidates: readonly number[]) {
  const bounds = candidates.map((microBatches) => {
    const { length, forward, backward } = lineFor(work, options, batch, microBatches);
    const again = options.recompute === 'all' ? 2 : 1;
    const one = (forward[length] as number) * again + (backward[length] as number);
    return { microBatches, bound: (one * (microBatches + options.stages - 1)) / options.stages };
  });
  return bounds.sort((a, b) => a.bound - b.bound);
}

/** How much longer than necessary the largest stage may take if fewer bytes are then passed on; not beyond 1.04 of an even share. */
const slacks = [1.005, 1.04];
const mostUneven = 1.04;

function plansFor(
  graph: Graph,
  work: TrainingWork,
  options: Settled,
  starts: readonly number[] | undefined,
  below = Number.POSITIVE_INFINITY,
): PipelinePlan[] {
  const { microBatches, batch } = options;
  const line = lineFor(work, options, batch, microBatches);
  const asked = partitionOptions(options, microBatches);
  const found = starts ? [chosen(line, starts, asked)] : partitions(line, asked, below / microBatches);
  return found.flatMap((partition) => (partition ? [planFor(graph, work, line, partition, options, asked)] : []));
}

/** @param below the time of the largest stage that is of use */
function partitions(line: OpLine, options: PartitionOptions, below: number): (Partition | undefined)[] {
  const least = smallestLargest(line, options);
  if (least === undefined || least >= below) return [];
  const most = Math.max(least, mostUneven * evenShare(line, options));
  return slacks.map((slack) => fewestBytes(line, options, Math.min(least * slack, most)));
}

function planFor(
  graph: Graph,
  work: TrainingWork,
  line: OpLine,
  found: Partition,
  options: Settled,
  asked: PartitionOptions,
): PipelinePlan {
  const { microBatches, batch, device = defaultDevice, memory } = options;
  const stages = found.starts.map((_from, stage) => planStage(work, line, found, stage, asked, options));
  const times = stages.map((stage) => stage.times);
  const timeline = simulate(times, microBatches, asked.schedule);
  const busy = times.reduce((sum, { forward, backward, again }) => sum + forward + backward + again, 0) * microBatches;
  const parts = timeParts(times, microBatches, asked.schedule, timeline.seconds);
  return {
    model: options.title ?? graph.name,
    schedule: asked.schedule,
    batch,
    microBatches,
    stages,
    seconds: timeline.seconds,
    idle: 1 - busy / (stages.length * timeline.seconds),
    balance: 1 + parts.imbalance / (parts.work + parts.recomputation),
    parts,
    ...(memory !== undefined && { memoryLimit: memory }),
    device,
    ...(options.times && { measuredImages: options.times.images }),
    timeline,
  };
}

function planStage(
  work: TrainingWork,
  line: OpLine,
  { starts, recompute }: Partition,
  stage: number,
  options: PartitionOptions,
  { device = defaultDevice, batch, microBatches }: Settled,
): PlannedStage {
  const images = batch / microBatches;
  const from = starts[stage] as number;
  const to = starts[stage + 1] ?? line.length;
  const segment = segmentBetween(line, from, to);
  const again = recompute[stage] === true;
  const ops = work.ops.slice(from, to);
  const isLast = stage === starts.length - 1;
  const sending = (bytes: number) => (isLast ? 0 : device.latency + bytes / device.link);
  const { forward, backward } = segment;
  return {
    from: ops[0]?.node.path ?? '',
    to: ops.at(-1)?.node.path ?? '',
    ops: ops.length,
    params: ops.reduce((sum, op) => sum + op.params, 0),
    recompute: again,
    times: {
      forward,
      backward,
      again: again ? forward : 0,
      handOver: sending(line.handed[to] as number),
      handBack: sending(line.returned[to] as number),
    },
    memory: stageMemory(segment, stage, options, again),
    inFlight: inFlight(stage, options),
    handsOver: isLast ? [] : crossing(work, from, to, images),
  };
}

function crossing({ values }: TrainingWork, from: number, position: number, images: number): HandedOver[] {
  return values
    .filter(({ producer, lastReader }) => producer < position && lastReader >= position)
    .map(({ path, shape, bytes, producer }) => ({ path, shape, bytes: bytes * images, passes: producer < from }));
}

/** The share of each cause: each is left out in turn. */
function timeParts(
  times: readonly StageTimes[],
  microBatches: number,
  schedule: ScheduleName,
  seconds: number,
): TimeParts {
  const own = times.map(({ forward, backward, again }) => forward + backward + again);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / times.length;
  const recomputation = mean(times.map(({ again }) => again)) * microBatches;
  const even = mean(own) * microBatches;
  const largest = Math.max(...own) * microBatches;
  const unlinked = times.map((t) => ({ ...t, handOver: 0, handBack: 0 }));
  const withoutLinks = simulate(unlinked, microBatches, schedule).seconds;
  return {
    work: even - recomputation,
    recomputation,
    imbalance: largest - even,
    bubble: withoutLinks - largest,
    links: seconds - withoutLinks,
  };
}

function lineFor(work: TrainingWork, options: PlanOptions, batch: number, microBatches: number): OpLine {
  const images = batch / microBatches;
  const { device = defaultDevice, times, parameterBytes = defaultParameterBytes } = options;
  const estimated: OpTimes = opTimes(work, device, images);
  const scaled = times ? calibrated(work, estimated, times, (n) => opTimes(work, device, n)) : estimated;
  return createLine(
    work,
    scaled,
    { images, accumulates: microBatches > 1 },
    { parameter: parameterBytes, statistic: 4 },
  );
}

function partitionOptions(options: PlanOptions, microBatches: number): PartitionOptions {
  const { stages, schedule = '1f1b', recompute = 'auto', memory, device = defaultDevice } = options;
  return {
    stages,
    microBatches,
    schedule,
    recompute,
    ...(memory !== undefined && { memory }),
    secondsPerByte: 1 / device.link,
  };
}

/** The positions at which stages begin that the paths of their first ops state. */
function fixedStarts(work: TrainingWork, cuts: readonly string[]): readonly number[] | NoPlan {
  const starts = [0];
  for (const path of cuts) {
    const at = work.ops.findIndex(({ node }) => node.path === path || node.path.startsWith(`${path}.`));
    if (at <= (starts.at(-1) as number) || !work.mayCut[at]) return { problem: 'path', path };
    starts.push(at);
  }
  return starts;
}

function fixedMemory(line: OpLine, starts: readonly number[], options: PlanOptions, microBatches: number): number {
  const asked = partitionOptions(options, microBatches);
  const needs = starts.map((from, stage) => {
    const segment = segmentBetween(line, from, starts[stage + 1] ?? line.length);
    return leastStageBytes(segment, stage, asked);
  });
  return Math.max(...needs);
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_none, i) => i + 1).filter((d) => n % d === 0);
}
