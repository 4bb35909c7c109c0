import { scoreKinds } from '../predict/probabilities.ts';
import type { Option } from './option.ts';
import { force, json, quiet, scalingOptions, weightOptions } from './options.ts';
import { cropOption, labelsOption, preprocessingOptions } from './preprocessing-options.ts';
import { backendOption, workersOption } from './train-options.ts';

/** `[network] [picture | folder]...` */
export const predictOptions: readonly Option[] = [
  ...weightOptions.filter(({ name }) => name !== 'seed' && name !== 'allow-missing'),
  labelsOption,
  {
    name: 'top',
    value: 'N',
    kind: 'positive',
    most: 1_000_000,
    description: 'how many classes to show for each picture; 5 by default',
  },
  {
    name: 'scores',
    value: 'NAME',
    choices: scoreKinds,
    description:
      'softmax if classes exclude each other, or sigmoid if each class is scored by itself; by default as the network ends',
  },
  ...preprocessingOptions,
  cropOption,
  { name: 'batch', value: 'N', kind: 'positive', most: 65_536, description: 'pictures per batch; 32 by default' },
  ...scalingOptions,
  backendOption,
  workersOption,
  {
    name: 'report',
    value: 'FILE',
    description: 'write a page with the pictures, the most and the least certain',
    completes: 'file',
  },
  { ...force, description: 'overwrite a file that is not a report by enetc' },
  { name: 'csv', description: 'print CSV: file, rank, label, index, probability' },
  json,
  quiet,
];
