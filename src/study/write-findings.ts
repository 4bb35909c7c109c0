import { join } from 'node:path';
import { writeTextAtomically } from '../node/atomic-file.ts';
import { ranked } from './findings.ts';
import { frontScatter } from './report/front-scatter.ts';
import { scatterFile } from './report/scatter.ts';
import { studyReport } from './report/study-report.ts';
import { costsOfStudy } from './study-config.ts';
import { networkFile } from './study-folder.ts';
import type { StudyFound } from './study-kind.ts';
import type { TrialRecord } from './trial-log.ts';

/** Writes `front.json`, `front.svg` and `report.html`. Equal findings give equal bytes. */
export function writeFindings(found: StudyFound): void {
  const { folder, findings } = found;
  const write = (name: string, text: string) => writeTextAtomically(join(folder.path, name), text);
  write('front.json', `${JSON.stringify(findingsJson(found), undefined, 2)}\n`);
  if (findings.networks.length > 0) write('front.svg', scatterFile(frontScatter(found)));
  write('report.html', studyReport(found));
}

/** What a study found, for machines. */
export function findingsJson({ config, scorer, findings, compared }: StudyFound) {
  const { front, best, start, networks, rung, correlations } = findings;
  const point = (record: TrialRecord) => ({
    trial: record.trial,
    network: record.network,
    spec: networkFile(config, record.network),
    accuracy: record.accuracy,
    epochs: record.epochs,
    ...(scorer.text !== undefined && { objective: scorer.value(record) }),
    ...Object.fromEntries(costsOfStudy(config).map((cost) => [cost, record[cost]])),
    point: record.point,
  });
  return {
    name: config.name,
    cost: config.cost,
    ...(config.table && { table: config.table }),
    ...(scorer.text !== undefined && { maximize: scorer.text }),
    networks: networks.length,
    epochs: config.rungs[rung],
    front: front.map(point),
    ...(config.scale && { ranked: ranked(config, findings).map(point) }),
    ...(best && { best: point(best) }),
    ...(start && { start: point(start) }),
    ...(compared.length > 0 && {
      compared: compared.map(({ line, multiple, factors, record }) => ({
        line,
        multiple,
        ...factors,
        ...point(record),
      })),
    }),
    correlations: correlations.map(({ from, to, ...rest }) => ({
      from: config.rungs[from],
      to: config.rungs[to],
      ...rest,
    })),
  };
}
