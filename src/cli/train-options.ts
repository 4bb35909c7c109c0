import { backendRequests } from '../backends/backend.ts';
import { commandLineWords } from '../diagnostics/words.ts';
import { type Setting, settingTable } from '../train/settings.ts';
import { parallelNames } from '../train/torch/parallel-names.ts';
import { file, type Option, oneOf, option, positive } from './option.ts';
import { json, quiet, runOption, scalingOptions, weightOptions } from './options.ts';
import { labelsOption, preprocessingOptions } from './preprocessing-options.ts';

export const backendOption: Option = option(
  'backend NAME',
  'what computes; by default auto, the best that works here',
  oneOf(backendRequests),
);
export const dataOption: Option = option(
  'data PATH',
  'a folder with one folder per class, a CSV file, or the files of MNIST or CIFAR',
  file,
);
export const workersOption: Option = option(
  'workers N',
  "threads that decode images; one fewer than the machine's cores by default",
  positive(1024),
);

/** What may be given with `--resume`, in addition to `--epochs`: nothing else that changes what the run computes. */
export const resumeOptions: readonly Option[] = [
  option('resume RUN', 'continue the run in a folder, as it was configured', file),
  dataOption,
  backendOption,
  workersOption,
  option('python FILE', 'with --engine pytorch: a Python that has PyTorch; found by default', file),
  json,
  quiet,
];

const engineOptions: readonly Option[] = [
  option(
    'engine NAME',
    'train in PyTorch, in one or several Python processes, instead of on a backend',
    oneOf(['pytorch']),
  ),
  option('nproc N', 'with --engine pytorch: processes on this machine, one per GPU; 1 by default', positive(1024)),
  option(
    'parallel NAME',
    'with --engine pytorch: how processes share the work: copies of the network (ddp, the default), shards (fsdp) or stages (pipeline)',
    oneOf(parallelNames),
  ),
  option(
    'pipeline-schedule NAME',
    'with --parallel pipeline: the order of micro-batches; 1f1b by default',
    oneOf(['1f1b', 'gpipe']),
  ),
  option('sync-batch-norm', 'with --parallel ddp or fsdp: batch statistics over all processes'),
];

export const trainOptions: readonly Option[] = [
  dataOption,
  option('out DIR', "the run's folder; runs/SPEC-VARIANT-N by default", file),
  ...resumeOptions.filter((option) => option !== dataOption && option !== json && option !== quiet),
  ...engineOptions,
  ...scalingOptions,
  option('classes N', "set the spec's parameter 'classes'; by default the number in the data", positive(2 ** 20)),
  ...weightOptions.filter(({ name }) => name !== 'seed' && name !== 'allow-unsound'),
  ...preprocessingOptions,
  ...Object.entries(settingTable).map(([name, setting]) => settingOption(name, setting)),
  json,
  quiet,
];

export const evalOptions: readonly Option[] = [
  dataOption,
  { ...runOption, description: "the network, best weights and data of a training run's folder" },
  ...weightOptions.filter(({ name }) => !['seed', 'allow-missing', 'allow-unsound'].includes(name)),
  option(
    'split NAME',
    'which images; by default test, else validation, else all',
    oneOf(['train', 'validation', 'test', 'all']),
  ),
  ...preprocessingOptions,
  settingOption('crop', settingTable.crop),
  labelsOption,
  option('batch N', 'images per batch; 32 by default', positive(65_536)),
  ...scalingOptions,
  backendOption,
  workersOption,
  json,
];

/** A setting of a training run as an option. */
export function settingOption(name: string, setting: Setting): Option {
  const description = commandLineWords(setting.description);
  if (setting.kind === 'flag') return { name, description };
  if (setting.kind === 'choice') return { name, description, value: 'NAME', choices: setting.choices };
  const { value } = setting;
  if (setting.kind === 'text') return { name, description, value };
  return { name, description, value, kind: 'number' };
}
