import { formatPercent } from '../report/format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from '../report/text-table.ts';
import { hypervolume } from '../search/algorithms/nsga2.ts';
import { RunError } from '../train/run-error.ts';
import type { Findings } from './findings.ts';
import { costText, costTitles } from './point-text.ts';
import { costOf, type StudyConfig, type StudyCost } from './study-config.ts';
import type { StudyFolder } from './study-folder.ts';

/** Studies side by side. */
export interface ComparedStudies {
  readonly cost: StudyCost;
  readonly studies: readonly {
    readonly folder: string;
    readonly algorithm: string;
    readonly seed: number;
    readonly networks: number;
    readonly epochs: number;
    readonly front: number;
    readonly accuracy: number;
    /** The accuracy of the most accurate network. */
    readonly cost: number;
    /**
     * The area that the front dominates, over accuracy and the logarithm of cost: from accuracy 0 and the largest cost of any of the
     * fronts to accuracy 1 and the least cost, as a share of it.
     */
    readonly hypervolume: number;
  }[];
}

/** Compares what studies of one cost found. @throws RunError for studies that weigh different costs, or have no front yet */
export function compareStudies(
  studies: readonly { readonly folder: StudyFolder; readonly config: StudyConfig; readonly findings: Findings }[],
): ComparedStudies {
  const [first] = studies;
  const cost = first?.config.cost ?? 'macs';
  for (const { folder, config, findings } of studies) {
    if (config.cost !== cost) {
      throw new RunError(
        `'${folder.shown}' weighs ${config.cost}, and '${first?.folder.shown}' ${cost}: their fronts cannot be compared`,
      );
    }
    if (cost === 'latency' && config.table?.digest !== first?.config.table?.digest) {
      throw new RunError(
        `'${folder.shown}' and '${first?.folder.shown}' have their latencies from different tables: their fronts cannot be compared`,
      );
    }
    if (findings.front.length === 0) throw new RunError(`'${folder.shown}' has no front yet`);
  }
  const costs = studies.flatMap(({ findings }) => findings.front.map((record) => Math.log(costOf(record, cost))));
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const room = Math.max(most - least, 1e-9);
  return {
    cost,
    studies: studies.map(({ folder, config, findings: { front, networks, rung } }) => {
      const best = front.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
      const scored = front.map((record) => ({
        scores: [record.accuracy, 1 - (Math.log(costOf(record, cost)) - least) / room] as const,
      }));
      return {
        folder: folder.shown,
        algorithm: config.search?.algorithm ?? 'scale',
        seed: config.seed,
        networks: networks.length,
        epochs: config.rungs[rung] as number,
        front: front.length,
        accuracy: best.accuracy,
        cost: costOf(best, cost),
        hypervolume: hypervolume(scored, [0, 0]),
      };
    }),
  };
}

export function comparisonText({ cost, studies }: ComparedStudies, paint: Paint = plain): string {
  const rows = studies.map((study) => [
    study.folder,
    study.algorithm,
    String(study.seed),
    String(study.networks),
    String(study.epochs),
    String(study.front),
    formatPercent(study.accuracy),
    costText(cost, study.cost),
    study.hypervolume.toFixed(4),
  ]);
  const numbers = ['seed', 'networks', 'epochs', 'front', 'most accurate', costTitles[cost], 'hypervolume'];
  return renderTable(columnsOf(['study', 'algorithm'], numbers), rows, { paint });
}
