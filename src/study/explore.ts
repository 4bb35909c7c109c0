import type { StudyConfig } from './study-config.ts';
import type { Subject, Trainer } from './trainer.ts';
import type { TrialRecord } from './trial-log.ts';

/** What a study tries: networks, one after the other, each of which may depend on the results of those before. */
export interface Proposer {
  /** The next network, which may be one that was proposed before; undefined where there is none. */
  propose(): Proposal | undefined;
  /** After every this many proposals, all their results are learned from before the next is made. */
  readonly batch?: number;
  /** The number of networks; undefined where it is not known. */
  readonly networks?: bigint;
}

export interface Proposal {
  readonly subject: Subject;
  learn(record: TrialRecord): void;
}

/** This many known proposals in a row end the search: what is left is too rare to find. */
const mostInVain = 2000;
/** How many trainings must be known before one may end early. */
const leastForMedian = 5;

/**
 * Trains what is proposed at the first rung. Proposals are learned from in their order, each a fixed number of proposals after it was
 * made: the search depends only on the results, not on how many run at a time or which ends first. A search that is
 * resumed proposes the same again and finds the results in the log.
 * @returns the networks in their order; undefined where it was stopped
 */
export async function explore(
  config: StudyConfig,
  proposer: Proposer,
  trainer: Trainer,
  improves: (record: TrialRecord) => boolean,
): Promise<readonly Subject[] | undefined> {
  const { trials, ahead, patience = Number.POSITIVE_INFINITY, stopsEarly } = config;
  const { batch, networks } = proposer;
  const found = new Map<string, Subject>();
  const open: { proposal: Proposal; isNew: boolean; training: Promise<TrialRecord | undefined> }[] = [];
  const learned: TrialRecord[] = [];
  let [inVain, proposed, sinceBetter] = [0, 0, 0];
  const learnFirst = async (): Promise<boolean> => {
    const first = open.shift();
    const record = await first?.training;
    if (!first || !record) return false;
    first.proposal.learn(record);
    if (!first.isNew) return true;
    learned.push(record);
    sinceBetter = improves(record) ? 0 : sinceBetter + 1;
    return true;
  };
  while (found.size < trials && inVain < mostInVain && sinceBetter < patience) {
    if (networks !== undefined && BigInt(found.size) >= networks) break;
    const isFull = batch === undefined ? open.length >= ahead : proposed > 0 && proposed % batch === 0;
    for (const least = batch === undefined ? ahead : 1; isFull && open.length >= least; ) {
      if (!(await learnFirst())) return undefined;
    }
    if (sinceBetter >= patience) break;
    const proposal = proposer.propose();
    if (!proposal) break;
    proposed++;
    const { subject } = proposal;
    const isNew = !found.has(subject.network);
    inVain = isNew ? 0 : inVain + 1;
    found.set(subject.network, subject);
    const training = trainer.train(subject, 0, stopsEarly ? mediansOf(learned) : []);
    // its caller gets the error; one that is not awaited yet must not end the process
    training.catch(() => {});
    open.push({ proposal, isNew, training });
  }
  while (open.length > 0) if (!(await learnFirst())) return undefined;
  return [...found.values()];
}

/**
 * For each epoch the median of the best accuracies so far (the rule of Golovin et al., KDD 2017): a training below it ends.
 */
function mediansOf(records: readonly TrialRecord[]): number[] {
  const trained = records.filter(({ accuracies }) => accuracies.length > 0);
  if (trained.length < leastForMedian) return [];
  const epochs = Math.max(...trained.map(({ accuracies }) => accuracies.length));
  return Array.from({ length: epochs }, (_, epoch) => {
    const best = trained
      .filter(({ accuracies }) => accuracies.length > epoch)
      .map(({ accuracies }) => Math.max(...accuracies.slice(0, epoch + 1)));
    return best.sort((a, b) => a - b)[best.length >> 1] as number;
  });
}
