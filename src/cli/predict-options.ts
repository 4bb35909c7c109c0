import { scoreKinds } from '../predict/probabilities.ts';
import { file, type Option, oneOf, option, positive } from './option.ts';
import { force, json, quiet, scalingOptions, weightOptions } from './options.ts';
import { cropOption, labelsOption, preprocessingOptions } from './preprocessing-options.ts';
import { backendOption, workersOption } from './train-options.ts';

/** `[network] [picture | folder]...` */
export const predictOptions: readonly Option[] = [
  ...weightOptions.filter(({ name }) => name !== 'seed' && name !== 'allow-missing'),
  labelsOption,
  option('top N', 'how many classes to show for each picture; 5 by default', positive(1_000_000)),
  option(
    'scores NAME',
    'softmax if classes exclude each other, or sigmoid if each class is scored by itself; by default as the network ends',
    oneOf(scoreKinds),
  ),
  ...preprocessingOptions,
  cropOption,
  option('batch N', 'pictures per batch; 32 by default', positive(65_536)),
  ...scalingOptions,
  backendOption,
  workersOption,
  option('report FILE', 'write a page with the pictures, the most and the least certain', file),
  { ...force, description: 'overwrite a file that is not a report by enetc' },
  option('csv', 'print CSV: file, rank, label, index, probability'),
  json,
  quiet,
];
