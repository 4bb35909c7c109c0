import type { DeclaredModel } from '../2-resolve/program.ts';
import { option, words } from '../diagnostics/words.ts';
import { absReward, hardReward, softReward } from '../search/algorithms/rewards.ts';
import type { SpaceCosts } from '../search/costs.ts';
import { objectiveOf } from '../search/objective.ts';
import { RunError } from '../train/run-error.ts';
import { costOf, type Reward, type StudyConfig, type StudyCost } from './study-config.ts';
import type { TrialRecord } from './trial-log.ts';

/** What a study maximises. */
export interface Scorer {
  /** For people: `accuracy * (macs / 4e6) ^ -0.07`; undefined where the aim is a front of accuracy and cost. */
  readonly text?: string;
  /** The value to maximise; the accuracy where there is no other objective. */
  value(record: Pick<TrialRecord, 'accuracy' | keyof SpaceCosts>): number;
}

/** The default of `abs`: in TuNAS's paper from -0.02 to -0.1 suit ImageNet. */
export const defaultBeta = -0.07;

/** The objective of a study: a requested reward, else the spec's `maximize`, else accuracy against cost. @throws RunError */
export function createScorer(
  model: DeclaredModel,
  { network, search, cost, table }: Pick<StudyConfig, 'network' | 'search' | 'cost' | 'table'>,
): Scorer {
  if (search?.reward) return rewardScorer(search.reward, cost);
  const objective = objectiveOf(model, network);
  if (!objective) return { value: ({ accuracy }) => accuracy };
  if ('severity' in objective) throw new RunError(objective.message, { diagnostics: [objective] });
  if (objective.names.has('latency_ms') && !table) {
    throw new RunError(
      words`the spec maximises '${objective.text}', and no latency is known here: give ${option('table')}, latencies of its blocks, or ${option('reward', 'soft')} and ${option('target')}, which weigh another cost`,
      { setting: 'table' },
    );
  }
  return {
    text: objective.text,
    value({ accuracy, params, macs, latency }) {
      const value = objective.value({
        accuracy,
        parameters: params,
        macs,
        ...(latency !== undefined && { latency_ms: latency }),
      });
      return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;
    },
  };
}

function rewardScorer({ name, target, beta = defaultBeta }: Reward, cost: StudyCost): Scorer {
  switch (name) {
    case 'soft':
      return {
        text: `accuracy * (${cost} / ${target}) ^ -0.07`,
        value: (record) => softReward(record.accuracy, costOf(record, cost), target),
      };
    case 'hard':
      return {
        text: `accuracy * (${cost} / ${target}) ^ (0 if ${cost} <= ${target} else -1)`,
        value: (record) => hardReward(record.accuracy, costOf(record, cost), target),
      };
    case 'abs':
      return {
        text: `accuracy + ${beta} * |${cost} / ${target} - 1|`,
        value: (record) => absReward(record.accuracy, costOf(record, cost), target, beta),
      };
  }
}
