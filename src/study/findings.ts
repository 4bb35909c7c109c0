import { bestByFronts, paretoFront } from '../search/algorithms/nsga2.ts';
import { isWithinBudgets } from '../search/costs.ts';
import { rankCorrelation } from './rank-correlation.ts';
import type { Scorer } from './scorer.ts';
import { costOf, type StudyConfig } from './study-config.ts';
import type { TrialRecord } from './trial-log.ts';

/** How well the shorter of two rungs ranks the networks that were trained at both. */
export interface RungCorrelation {
  readonly from: number;
  readonly to: number;
  readonly networks: number;
  /** Spearman's. */
  readonly correlation: number;
}

/** What a study has found so far. */
export interface Findings {
  /** The longest training of any network. */
  readonly rung: number;
  /** At that rung and within the budgets: none is both more accurate and cheaper. The cheapest first. */
  readonly front: readonly TrialRecord[];
  /** At that rung, within the budgets. */
  readonly best: TrialRecord | undefined;
  /** The starting point, after its longest training. */
  readonly start: TrialRecord | undefined;
  /** Every network, after its longest training. */
  readonly networks: readonly TrialRecord[];
  readonly correlations: readonly RungCorrelation[];
}

export function findingsOf(config: StudyConfig, scorer: Scorer, records: readonly TrialRecord[]): Findings {
  const inOrder = [...records].sort((a, b) => a.rung - b.rung || a.trial - b.trial);
  const networks = [...new Map(inOrder.map((record) => [record.network, record])).values()];
  const rung = inOrder.filter(({ point }) => point.line === undefined).at(-1)?.rung ?? 0;
  const comparable = inOrder.filter((record) => record.rung === rung && isWithin(config, record));
  const front = [...frontOf(config, comparable)].sort((a, b) => costOf(a, config.cost) - costOf(b, config.cost));
  const best = comparable.reduce<TrialRecord | undefined>(
    (most, record) => (!most || scorer.value(record) > scorer.value(most) ? record : most),
    undefined,
  );
  const start = networks.find(({ trial }) => trial === 0);
  return { rung, front, best, start, networks, correlations: correlationsOf(inOrder) };
}

/**
 * Trained to the end, and within the budgets; in a study of scaling only candidates: neither the base nor what candidates are
 * compared with.
 */
export function isWithin({ budgets, scale }: StudyConfig, record: TrialRecord): boolean {
  if (scale && (record.trial === 0 || record.point.line !== undefined)) return false;
  return record.state !== 'failed' && record.state !== 'stopped' && isWithinBudgets(record, budgets);
}

function scored(cost: StudyConfig['cost'], record: TrialRecord) {
  return { record, candidate: [], scores: [record.accuracy, -costOf(record, cost)] };
}

/** The networks that were trained the longest, the most accurate first; the cheaper first where equal. */
export function ranked(config: StudyConfig, { networks, rung }: Findings): TrialRecord[] {
  const { cost } = config;
  return networks
    .filter((record) => record.rung === rung && isWithin(config, record))
    .sort((a, b) => b.accuracy - a.accuracy || costOf(a, cost) - costOf(b, cost));
}

export function frontOf({ cost }: StudyConfig, records: readonly TrialRecord[]): TrialRecord[] {
  return paretoFront(records.map((record) => scored(cost, record))).map(({ record }) => record);
}

/**
 * The networks of a rung that go on to the next: one in `keep`, those with the highest objective, or without an objective those of the
 * first fronts of accuracy and cost.
 */
export function promoted(config: StudyConfig, scorer: Scorer, records: readonly TrialRecord[]): TrialRecord[] {
  const able = records.filter((record) => isWithin(config, record)).sort((a, b) => a.trial - b.trial);
  const count = Math.ceil(able.length / config.keep);
  if (scorer.text === undefined) {
    const best = bestByFronts(
      able.map((record) => scored(config.cost, record)),
      count,
    );
    return best.map(({ record }) => record);
  }
  return able.sort((a, b) => scorer.value(b) - scorer.value(a)).slice(0, count);
}

function correlationsOf(records: readonly TrialRecord[]): RungCorrelation[] {
  const rungs = [...new Set(records.map(({ rung }) => rung))];
  return rungs.flatMap((to) =>
    rungs
      .filter((from) => from < to)
      .flatMap((from) => {
        const longer = new Map(records.filter(({ rung }) => rung === to).map((r) => [r.network, r.accuracy]));
        const both = records.filter(({ rung, network }) => rung === from && longer.has(network));
        if (both.length < 3) return [];
        const correlation = rankCorrelation(
          both.map(({ accuracy }) => accuracy),
          both.map(({ network }) => longer.get(network) as number),
        );
        return [{ from, to, networks: both.length, correlation }];
      }),
  );
}
