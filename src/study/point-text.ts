import { formatBytes, formatCount, formatFactor, formatMilliseconds } from '../report/format-number.ts';
import type { StudyCost } from './study-config.ts';
import type { TrialRecord } from './trial-log.ts';

/** The names of costs in tables. */
export const costTitles: Readonly<Record<StudyCost, string>> = {
  params: 'params',
  macs: 'MACs',
  activations: 'activations',
  memory: 'memory',
  latency: 'latency',
};

export function costText(cost: StudyCost, value: number): string {
  if (cost === 'latency') return formatMilliseconds(value);
  return cost === 'memory' ? formatBytes(value) : formatCount(value);
}

/** What distinguishes a network, in one line: the values of its choices, or its factors. */
export function pointText({ point }: Pick<TrialRecord, 'point'>): string {
  return Object.entries(point)
    .map(([name, value]) => (typeof value === 'number' ? `${name} ${formatFactor(value)}` : value))
    .join(' ');
}
