import { studyCosts } from '../study/study-config.ts';
import { fitOptions } from './fit-options.ts';
import type { Option } from './option.ts';
import { force, json, quiet, scalingOptions } from './options.ts';
import { algorithmOptions, comparisonOptions, proxyOptions } from './study-options.ts';

const budgets: ReadonlySet<string> = new Set(['macs', 'params', 'activations', 'memory']);

export const searchOptions: readonly Option[] = [
  { name: 'count', description: 'show the size of the space and its decisions' },
  {
    name: 'sample',
    value: 'N',
    kind: 'positive',
    most: 10_000_000,
    description:
      'draw N different networks, all equally likely, and build and count them; all of them if N is large enough',
  },
  {
    name: 'seed',
    value: 'N',
    kind: 'integer',
    least: 0,
    description: 'seed for the sample, the search and its trainings; 0 by default',
  },
  ...fitOptions.filter(({ name }) => budgets.has(name)),
  { name: 'latency', value: 'TIME', kind: 'time', description: 'at most this latency by the table: 20ms' },
  {
    name: 'table',
    value: 'FILE',
    description: "latencies of the space's blocks, from 'enetc bench --table', as another cost",
    completes: 'file',
  },
  {
    name: 'pick',
    value: 'N',
    kind: 'positive',
    description: 'the number of the network in the sample that --output writes; the first by default',
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
          description: 'what accuracy is weighed against; macs by default, latency with --table',
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
