/** Options as data: parsing, help and completion are all made from these. */

import { targets } from '../6-emit/targets.ts';
import type { Option } from './option.ts';
import { cropOption, labelsOption, preprocessingOptions } from './preprocessing-options.ts';
import { quantisationOptions } from './quantisation-options.ts';
import { choiceOptions, targetOptions } from './target-options.ts';

export const help: Option = { name: 'help', short: 'h', description: 'show this help' };
export const color: Option = { name: 'color', description: 'use colours even without a terminal' };
export const noColor: Option = {
  name: 'no-color',
  description: 'do not use colours (like NO_COLOR in the environment)',
};

/** Options that earlier versions had, and what to do now. */
export const retiredOptions: Readonly<Record<string, string>> = {
  '--portable':
    "plain operators are the default now, so leave it out; '--tuned ort-x86' writes what was the default before",
};

/** What the help of commands that take a spec begins with. */
export const specDetails =
  'A spec is a path, - for standard input, or the name of a library model (enetc list). By default it is the only .enet file in the current folder.';

/** The operands of a command that works on one spec. */
export const takesSpec = { operands: '[spec]', maxOperands: 1, completes: 'spec' } as const;

/** Taken by every command. */
export const globalOptions: readonly Option[] = [help, color, noColor];

/** All options of a command. */
export function optionsOf(command: { readonly options: readonly Option[] }): readonly Option[] {
  return [...command.options, ...globalOptions];
}

export const json: Option = { name: 'json', description: 'print JSON on standard output' };
export const quiet: Option = { name: 'quiet', short: 'q', description: 'print only errors' };

export const force: Option = {
  name: 'force',
  description: 'overwrite files that enetc did not write, and write more than 4 GB or than the disk has free',
};

export const phi: Option = {
  name: 'phi',
  value: 'N',
  kind: 'number',
  description: 'the compound coefficient; a published row with this phi takes precedence over the formula',
};
export const variant: Option = {
  name: 'variant',
  value: 'NAME',
  description: "a row of the model's variants",
  completes: 'variant',
};

/** How a network is chosen from its family. */
export const scalingOptions: readonly Option[] = [
  phi,
  variant,
  { name: 'formula', description: 'use the formula even if a published row has this phi' },
  { name: 'published', description: 'use only a published row' },
  { name: 'd', value: 'N', kind: 'number', description: 'depth factor' },
  { name: 'w', value: 'N', kind: 'number', description: 'width factor' },
  { name: 'r', value: 'N', kind: 'number', description: 'resolution factor' },
  { name: 'resolution', value: 'N', kind: 'size', description: 'height and width of the input: 224, or 224x320' },
  {
    name: 'set',
    value: 'NAME=VALUE',
    kind: 'assignment',
    repeatable: true,
    description: 'set a parameter (classes=10), the shape of an input (image=[1,96,128]) or a cell (stages.2.kernel=5)',
  },
  {
    name: 'convention',
    value: 'NAME',
    kind: 'convention',
    choices: ['tf', 'torch'],
    description: "override the model's convention; with settings: 'torch(epsilon: 1e-3)'",
  },
  { name: 'model', value: 'NAME', description: 'which model of the file' },
];

/** The number of classes: `--set classes=N`, to which weights of other classes are fitted. */
export const classes: Option = {
  name: 'classes',
  value: 'N',
  kind: 'integer',
  least: 0,
  most: 2 ** 20,
  description:
    "set the model's parameter 'classes', 0 for features without a classifier; from weights for another number, the tensors that depend on it are initialised",
};

/** A network's outputs, for a backbone. */
export const outputs: Option = {
  name: 'outputs',
  value: 'NAMES',
  description:
    'outputs instead of its own, separated by commas: paths of steps (stages.2), or c1 to c5, the last feature map of stride 2 to 32; what only the head needs is left out, its weights too',
};

export const map: Option = {
  name: 'map',
  value: 'FILE',
  description: "your own weight map: an .enet file that imports the spec's model and has a 'weights' block for it",
  completes: 'file',
};

/** Where the numbers of a network come from. */
export const weightOptions: readonly Option[] = [
  {
    name: 'weights',
    value: 'PATH',
    description:
      'read weights from a file: safetensors, PyTorch, ONNX, Keras, TensorFlow (.index), TensorFlow Lite, or a TensorFlow.js model (its folder or model.json); or use those published under a name: timm/resnet18.a1_in1k, hf://owner/repo',
    completes: 'file',
  },
  {
    name: 'weights-key',
    value: 'KEY',
    description: 'which dictionary of tensors in the file: state_dict, state_dict_ema; averages by default',
  },
  {
    name: 'weights-map',
    value: 'COLUMN',
    description: "whose names the file uses: a column of the model's weight map; detected by default",
  },
  map,
  {
    name: 'allow-missing',
    value: 'PATTERN',
    repeatable: true,
    description: "initialise matching tensors that the file lacks or has in another shape: 'classifier.*'",
  },
  {
    name: 'allow-unsound',
    description: 'accept weights that are not finite, and variances below 0, with a warning instead of an error',
  },
  { name: 'seed', value: 'N', kind: 'integer', description: 'seed for the initialisation; 0 by default' },
];

export const runOption: Option = {
  name: 'run',
  value: 'RUN',
  description: "the network, best weights and class names of a training run's folder",
  completes: 'file',
};

/** How a network is written to a file. What the targets take comes from their list. */
export const emitOptions: readonly Option[] = [
  ...choiceOptions(targets),
  {
    name: 'output',
    short: 'o',
    value: 'PATH',
    description: 'where to write; by default SPEC-VARIANT.onnx or the folder SPEC-VARIANT in the current folder',
    completes: 'file',
  },
  force,
  ...weightOptions,
  ...preprocessingOptions,
  cropOption,
  labelsOption,
  ...targetOptions(targets),
  ...quantisationOptions,
];
