import { formatPercent } from '../../report/format-number.ts';
import { costText, costTitles, pointText } from '../point-text.ts';
import { costOf } from '../study-config.ts';
import type { StudyFound } from '../study-kind.ts';
import type { TrialRecord } from '../trial-log.ts';
import type { Scatter } from './scatter.ts';

/**
 * Accuracy against cost: the front, the other networks at its rung, those of shorter trainings, and the starting point.
 */
export function frontScatter({ config, findings, compared }: StudyFound): Scatter {
  const { name, cost, rungs } = config;
  const { front, networks, rung, start } = findings;
  const inFront = new Set(front);
  const able = networks.filter(
    (record) =>
      record.state !== 'failed' && record !== start && !inFront.has(record) && record.point.line === undefined,
  );
  const pointOf = (record: TrialRecord) => ({
    x: costOf(record, cost),
    y: record.accuracy,
    title: `${record.trial}: ${formatPercent(record.accuracy)}, ${costText(cost, costOf(record, cost))}, ${pointText(record)}`,
  });
  const shorter = able.filter((record) => record.rung < rung);
  const others = able.filter((record) => record.rung === rung);
  return {
    title: `${name}: accuracy over ${costTitles[cost]}`,
    x: { name: costTitles[cost], format: (value) => costText(cost, value) },
    y: { name: 'accuracy', format: (value) => formatPercent(value, 1) },
    series: [
      ...(shorter.length > 0 ? [{ name: 'shorter training', points: shorter.map(pointOf) }] : []),
      ...(others.length > 0 ? [{ name: `${rungs[rung]} epochs`, color: 3 as const, points: others.map(pointOf) }] : []),
      { name: 'front', color: 1, joined: true, points: front.map(pointOf) },
      ...[...new Set(compared.map(({ line }) => line))].map((line) => ({
        name: line,
        joined: true,
        points: [...(start ? [start] : []), ...compared.filter((one) => one.line === line).map(({ record }) => record)]
          .sort((a, b) => costOf(a, cost) - costOf(b, cost))
          .map(pointOf),
      })),
      ...(start ? [{ name: 'starting point', color: 2 as const, points: [pointOf(start)] }] : []),
    ],
  };
}
