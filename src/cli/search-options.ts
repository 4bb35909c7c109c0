import { studyCosts } from '../study/study-config.ts';
import { fitOptions } from './fit-options.ts';
import type { Option } from './option.ts';
import { force, json, quiet, scalingOptions } from './options.ts';
import { algorithmOptions, comparisonOptions, proxyOptions } from './study-options.ts';

const budgets: ReadonlySet<string> = new Set(['macs', 'params', 'activations', 'memory']);

export const searchOptions: readonly Option[] = [
  { name: 'count', description: 'say how large the space is, and what its decisions are' },
  {
    name: 'sample',
    value: 'N',
    kind: 'positive',
    most: 10_000_000,
    description: 'draw N different networks, all equally likely, build and count them; all there are where N is enough',
  },
  {
    name: 'seed',
    value: 'N',
    kind: 'integer',
    least: 0,
    description: 'seed of the sample, of the search and of its trainings; 0 by default',
  },
  ...fitOptions.filter(({ name }) => budgets.has(name)),
  { name: 'latency', value: 'TIME', kind: 'time', description: 'at most this latency by the table: 20ms' },
  {
    name: 'table',
    value: 'FILE',
    description: "latencies of the space's blocks, from 'enetc bench --table': a cost like the others",
    completes: 'file',
  },
  {
    name: 'pick',
    value: 'N',
    kind: 'positive',
    description: 'the network of the sample that --output writes, by its number; the first by default',
  },
  {
    name: 'output',
    short: 'o',
    value: 'FILE',
    description: 'write the spec with the choices of one network settled',
    completes: 'file',
  },
  ...comparisonOptions.map((option) =>
    option.name === 'cost'
      ? {
          ...option,
          choices: studyCosts,
          description: 'what accuracy is weighed against; macs by default, with a table latency',
        }
      : option,
  ),
  ...algorithmOptions,
  ...proxyOptions,
  { ...force, description: 'overwrite a file' },
  ...scalingOptions,
  json,
  quiet,
];
