/** Options as data: parsing, help and completion are all made from these. */

import { targets } from '../6-emit/targets.ts';
import { file, type Option, option } from './option.ts';
import { cropOption, labelsOption, preprocessingOptions } from './preprocessing-options.ts';
import { quantisationOptions } from './quantisation-options.ts';
import { choiceOptions, targetOptions } from './target-options.ts';

export const help: Option = option('help', 'show this help', { short: 'h' });
export const color: Option = option('color', 'use colours even without a terminal');
export const noColor: Option = option('no-color', 'do not use colours (like NO_COLOR in the environment)');

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

export const json: Option = option('json', 'print JSON on standard output');
export const quiet: Option = option('quiet', 'print only errors', { short: 'q' });

export const force: Option = option(
  'force',
  'overwrite files that enetc did not write, and write more than 4 GB or than the disk has free',
);

export const phi: Option = option(
  'phi N',
  'the compound coefficient; a published row with this phi takes precedence over the formula',
  { kind: 'number' },
);
export const variant: Option = option('variant NAME', "a row of the model's variants", { completes: 'variant' });

/** How a network is chosen from its family. */
export const scalingOptions: readonly Option[] = [
  phi,
  variant,
  option('formula', 'use the formula even if a published row has this phi'),
  option('published', 'use only a published row'),
  option('d N', 'depth factor', { kind: 'number' }),
  option('w N', 'width factor', { kind: 'number' }),
  option('r N', 'resolution factor', { kind: 'number' }),
  option('resolution N', 'height and width of the input: 224, or 224x320', { kind: 'size' }),
  option(
    'set NAME=VALUE',
    'set a parameter (classes=10), the shape of an input (image=[1,96,128]) or a cell (stages.2.kernel=5)',
    { kind: 'assignment', repeatable: true },
  ),
  option('convention NAME', "override the model's convention; with settings: 'torch(epsilon: 1e-3)'", {
    kind: 'convention',
    choices: ['tf', 'torch'],
  }),
  option('model NAME', 'which model of the file'),
];

/** The number of classes: `--set classes=N`, to which weights of other classes are fitted. */
export const classes: Option = option(
  'classes N',
  "set the model's parameter 'classes', 0 for features without a classifier; from weights for another number, the tensors that depend on it are initialised",
  { kind: 'integer', least: 0, most: 2 ** 20 },
);

/** A network's outputs, for a backbone. */
export const outputs: Option = option(
  'outputs NAMES',
  'outputs instead of its own, separated by commas: paths of steps (stages.2), or c1 to c5, the last feature map of stride 2 to 32; what only the head needs is left out, its weights too',
);

export const map: Option = option(
  'map FILE',
  "your own weight map: an .enet file that imports the spec's model and has a 'weights' block for it",
  file,
);

/** Where the numbers of a network come from. */
export const weightOptions: readonly Option[] = [
  option(
    'weights PATH',
    'read weights from a file: safetensors, PyTorch, ONNX, Keras, TensorFlow (.index), TensorFlow Lite, or a TensorFlow.js model (its folder or model.json); or use those published under a name: timm/resnet18.a1_in1k, hf://owner/repo',
    file,
  ),
  option('weights-key KEY', 'which dictionary of tensors in the file: state_dict, state_dict_ema; averages by default'),
  option('weights-map COLUMN', "whose names the file uses: a column of the model's weight map; detected by default"),
  map,
  option(
    'allow-missing PATTERN',
    "initialise matching tensors that the file lacks or has in another shape: 'classifier.*'",
    { repeatable: true },
  ),
  option(
    'allow-unsound',
    'accept weights that are not finite, and variances below 0, with a warning instead of an error',
  ),
  option('seed N', 'seed for the initialisation; 0 by default', { kind: 'integer' }),
];

export const runOption: Option = option(
  'run RUN',
  "the network, best weights and class names of a training run's folder",
  file,
);

/** How a network is written to a file. What the targets take comes from their list. */
export const emitOptions: readonly Option[] = [
  ...choiceOptions(targets),
  option(
    'output PATH',
    'where to write; by default SPEC-VARIANT.onnx or the folder SPEC-VARIANT in the current folder',
    { short: 'o', completes: 'file' },
  ),
  force,
  ...weightOptions,
  ...preprocessingOptions,
  cropOption,
  labelsOption,
  ...targetOptions(targets),
  ...quantisationOptions,
];
