import { backendRequests } from '../backends/backend.ts';
import { commandLineWords } from '../diagnostics/words.ts';
import { type Setting, settingTable } from '../train/settings.ts';
import { parallelNames } from '../train/torch/parallel-names.ts';
import type { Option } from './option.ts';
import { json, quiet, runOption, scalingOptions, weightOptions } from './options.ts';
import { labelsOption, preprocessingOptions } from './preprocessing-options.ts';

export const backendOption: Option = {
  name: 'backend',
  value: 'NAME',
  choices: backendRequests,
  description: 'what computes; by default auto, the best that works here',
};
export const dataOption: Option = {
  name: 'data',
  value: 'PATH',
  description: 'a folder with one folder per class, a CSV file, or the files of MNIST or CIFAR',
  completes: 'file',
};
export const workersOption: Option = {
  name: 'workers',
  value: 'N',
  kind: 'positive',
  most: 1024,
  description: "threads that decode images; one fewer than the machine's cores by default",
};

/** What may be given with `--resume`, in addition to `--epochs`: nothing else that changes what the run computes. */
export const resumeOptions: readonly Option[] = [
  {
    name: 'resume',
    value: 'RUN',
    description: 'continue the run in a folder, as it was configured',
    completes: 'file',
  },
  dataOption,
  backendOption,
  workersOption,
  {
    name: 'python',
    value: 'FILE',
    description: 'with --engine pytorch: a Python that has PyTorch; found by default',
    completes: 'file',
  },
  json,
  quiet,
];

const engineOptions: readonly Option[] = [
  {
    name: 'engine',
    value: 'NAME',
    choices: ['pytorch'],
    description: 'train in PyTorch, in one or several Python processes, instead of on a backend',
  },
  {
    name: 'nproc',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'with --engine pytorch: processes on this machine, one per GPU; 1 by default',
  },
  {
    name: 'parallel',
    value: 'NAME',
    choices: parallelNames,
    description:
      'with --engine pytorch: how processes share the work: copies of the network (ddp, the default), shards (fsdp) or stages (pipeline)',
  },
  {
    name: 'pipeline-schedule',
    value: 'NAME',
    choices: ['1f1b', 'gpipe'],
    description: 'with --parallel pipeline: the order of micro-batches; 1f1b by default',
  },
  { name: 'sync-batch-norm', description: 'with --parallel ddp or fsdp: batch statistics over all processes' },
];

export const trainOptions: readonly Option[] = [
  dataOption,
  { name: 'out', value: 'DIR', description: "the run's folder; runs/SPEC-VARIANT-N by default", completes: 'file' },
  ...resumeOptions.filter((option) => option !== dataOption && option !== json && option !== quiet),
  ...engineOptions,
  ...scalingOptions,
  {
    name: 'classes',
    value: 'N',
    kind: 'positive',
    most: 2 ** 20,
    description: "set the spec's parameter 'classes'; by default the number in the data",
  },
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
  {
    name: 'split',
    value: 'NAME',
    choices: ['train', 'validation', 'test', 'all'],
    description: 'which images; by default test, else validation, else all',
  },
  ...preprocessingOptions,
  settingOption('crop', settingTable.crop),
  labelsOption,
  { name: 'batch', value: 'N', kind: 'positive', most: 65_536, description: 'images per batch; 32 by default' },
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
