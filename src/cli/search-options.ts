import { studyCosts } from '../study/study-config.ts';
import { fitOptions } from './fit-options.ts';
import { file, type Option, option, positive } from './option.ts';
import { force, json, quiet, scalingOptions } from './options.ts';
import { algorithmOptions, comparisonOptions, proxyOptions } from './study-options.ts';

const budgets: ReadonlySet<string> = new Set(['macs', 'params', 'activations', 'memory']);

export const searchOptions: readonly Option[] = [
  option('count', 'show the size of the space and its decisions'),
  option(
    'sample N',
    'draw N different networks, all equally likely, and build and count them; all of them if N is large enough',
    positive(10_000_000),
  ),
  option('seed N', 'seed for the sample, the search and its trainings; 0 by default', { kind: 'integer', least: 0 }),
  ...fitOptions.filter(({ name }) => budgets.has(name)),
  option('latency TIME', 'at most this latency by the table: 20ms', { kind: 'time' }),
  option('table FILE', "latencies of the space's blocks, from 'enetc bench --table', as another cost", file),
  option('pick N', 'the number of the network in the sample that --output writes; the first by default', positive()),
  option('output FILE', 'write the spec with the choices of one network settled', { short: 'o', completes: 'file' }),
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
