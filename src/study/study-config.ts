import { type BackendRequest, backendRequests } from '../backends/backend.ts';
import type { Costs, SpaceBudgets, SpaceCosts } from '../search/costs.ts';
import type { NetworkRequest, RunConfig } from '../train/run/run-config.ts';
import { aCount, aNumber, anObject, anyOf, aText, type JsonShape, listOf, mapOf, oneOf } from '../train/run/shape.ts';
import { RunError } from '../train/run-error.ts';
import type { Settings } from '../train/settings.ts';

export const algorithmNames = ['random', 'evolution', 'nsga2', 'controller', 'additive'] as const;
export type AlgorithmName = (typeof algorithmNames)[number];

export const rewardNames = ['soft', 'hard', 'abs'] as const;
export type RewardName = (typeof rewardNames)[number];

/** What a study weighs accuracy against: a counted cost, or the latency from a table. */
export type StudyCost = keyof SpaceCosts;
export const countedCosts = ['params', 'macs', 'activations', 'memory'] as const satisfies readonly (keyof Costs)[];
export const studyCosts: readonly StudyCost[] = [...countedCosts, 'latency'];

/** The costs of a study's networks. In a study with a table each has a latency. */
export function costsOfStudy({ table }: Pick<StudyConfig, 'table'>): readonly StudyCost[] {
  return table ? studyCosts : countedCosts;
}

/** A cost of a network; infinite where it is not known. */
export function costOf(costs: SpaceCosts, cost: StudyCost): number {
  return costs[cost] ?? Number.POSITIVE_INFINITY;
}

/** The table of latencies in a study's folder. */
export interface StudyTable {
  /** SHA-256 of the file. */
  readonly digest: string;
  /** What it was measured in, for people. */
  readonly engine: string;
}

/** A reward of accuracy and cost (`search/algorithms/rewards.ts`). */
export interface Reward {
  readonly name: RewardName;
  readonly target: number;
  /** For `abs`: the cost of being off by the whole target; below 0. */
  readonly beta?: number;
}

/** How a space is searched. */
export interface SearchSettings {
  readonly algorithm: AlgorithmName;
  /** For evolution and NSGA-II. */
  readonly population: number;
  /** For evolution: the size of the sample whose best becomes a parent. */
  readonly sample: number;
  /** Choices that are fixed from the start, as given with `--set`. */
  readonly given: Readonly<Record<string, string>>;
  readonly reward?: Reward;
}

/** How coefficients of compound scaling are searched for. */
export interface ScaleSettings {
  /** By what factor `by` may grow in the larger network, and how far it may be off. */
  readonly budget: number;
  readonly tolerance: number;
  /** `product`: alpha * beta^2 * gamma^2, as in the paper; else a cost of the built networks. */
  readonly by: 'product' | keyof Costs;
  readonly step: number;
  /**
   * Single factors, compound and published rules are trained in addition to the candidates, at these multiples of the base's multiply-accumulates.
   */
  readonly compare: readonly number[];
}

/** Everything that decides what a study finds, as `config.json` in its folder. */
export interface StudyConfig {
  readonly format: 1;
  /** Of the compiler. */
  readonly version: string;
  /** The spec's entry file within the folder's `spec/`, and its name. */
  readonly spec: string;
  readonly name: string;
  readonly network: NetworkRequest;
  /** Absolute. */
  readonly data: string;
  readonly images: RunConfig['images'];
  readonly backend: BackendRequest;
  /** Cores per trial: how a backend splits sums can change the last digits. */
  readonly threads: number;
  /** Training settings, without the number of epochs. */
  readonly settings: Partial<Settings>;
  /** Epochs of the proxy and of each longer training after it. */
  readonly rungs: readonly number[];
  /** One in this many networks goes on to the next rung. */
  readonly keep: number;
  readonly seed: number;
  /** How many networks are trained at most, in addition to the starting point. */
  readonly trials: number;
  /** How many proposals are made before the first result is learned from. */
  readonly ahead: number;
  readonly cost: StudyCost;
  readonly budgets: SpaceBudgets;
  /** For a search with latencies. */
  readonly table?: StudyTable;
  /** Whether a training ends early if it is below the median of those before it at the same epoch. */
  readonly stopsEarly: boolean;
  /** The study ends after this many networks without an improvement. */
  readonly patience?: number;
  readonly search?: SearchSettings;
  readonly scale?: ScaleSettings;
}

export function formatStudy(config: StudyConfig): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

const aPositive = aNumber(Number.MIN_VALUE);
const aFlag = oneOf(true, false);
const anything: JsonShape = () => undefined;

const searchShape = anObject(
  { algorithm: oneOf(...algorithmNames), population: aCount, sample: aCount, given: mapOf(aText) },
  { reward: anObject({ name: oneOf(...rewardNames), target: aPositive }, { beta: aNumber() }) },
);

const scaleShape = anObject({
  budget: aPositive,
  tolerance: aPositive,
  by: oneOf('product', ...countedCosts),
  step: aPositive,
  compare: listOf(aPositive),
});

const shape = anObject(
  {
    format: oneOf(1),
    version: aText,
    spec: aText,
    name: aText,
    network: anything,
    data: aText,
    images: anObject({ train: aCount, validation: aCount, digest: aText }),
    backend: oneOf(...backendRequests),
    threads: aCount,
    settings: mapOf(anyOf(aText, aNumber(), aFlag)),
    rungs: listOf(aCount),
    keep: aNumber(1),
    seed: aCount,
    trials: aCount,
    ahead: aCount,
    cost: oneOf(...studyCosts),
    budgets: mapOf(aNumber()),
    stopsEarly: aFlag,
  },
  { patience: aCount, table: anObject({ digest: aText, engine: aText }), search: searchShape, scale: scaleShape },
);

/** Reads `config.json`. @throws RunError for anything else, or for another version of the format. */
export function parseStudy(text: string, shown: string): StudyConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    throw new RunError(`'${shown}' is damaged: it is not JSON (${(e as Error).message})`);
  }
  const problem = shape(value, '');
  if (problem !== undefined)
    throw new RunError(`'${shown}' is not a study configuration that this version of enetc reads: ${problem}`);
  return value as StudyConfig;
}
