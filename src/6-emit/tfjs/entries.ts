import { defaultTrainingOptions, type TrainingOptions } from '../../5-graph/training/options.ts';
import type { FolderOutput, TargetEntry } from '../target-entry.ts';
import { lackedForms } from './lacked-forms.ts';

/** For a form without options. */
export type NoOptions = Readonly<Record<never, never>>;

/** What all forms share. */
const common = {
  name: 'tfjs',
  layout: 'NHWC',
  types: ['float32'],
  lacks: lackedForms.map(({ what }) => what),
} as const;

/** What TensorFlow.js loads: a model.json, and the weights in shards. */
const modelFolder = {
  kind: 'folder',
  files: /^(model\.json|weights\.bin|group\d+-shard\d+of\d+\.bin)$/,
  mark: { file: 'model.json', begins: /^\{"format":"(?:layers|graph)-model","generatedBy":"enetc\b/ },
} as const satisfies Omit<FolderOutput, 'ending'>;

/** TensorFlow.js's layers model. */
export const layersEntry: TargetEntry<NoOptions> = {
  ...common,
  form: 'layers model',
  description: 'a TensorFlow.js layers model, which is a folder',
  purpose: 'training',
  output: { ...modelFolder, ending: '' },
  options: {},
  runtime: 'tfjs-layers',
  load: async () => (await import('./layers/target.ts')).layersTarget,
};

/** TensorFlow.js's graph model. */
export const graphModelEntry: TargetEntry<NoOptions> = {
  ...common,
  flag: 'graph',
  form: 'graph model',
  description: 'a frozen graph model for inference instead of a layers model that trains',
  output: { ...modelFolder, ending: '-graph' },
  options: {},
  runtime: 'tfjs-graph',
  load: async () => (await import('./graph-model/target.ts')).graphModelTarget,
};

/** TensorFlow's SavedModel of training steps. */
export const trainingEntry: TargetEntry<TrainingOptions> = {
  ...common,
  flag: 'train',
  form: 'training model',
  description: 'a TensorFlow SavedModel of whole training steps, as enetc train runs them',
  purpose: 'training',
  auxiliary: true,
  output: {
    kind: 'folder',
    ending: '-train',
    files: /^(saved_model\.pb|weights\.safetensors|training\.json)$/,
    mark: { file: 'training.json', begins: /^\{\s*"format":\s*"enetc-training"/ },
  },
  options: {
    optimiser: {
      kind: 'choice',
      value: 'NAME',
      choices: ['rmsprop', 'sgd', 'adamw'],
      default: defaultTrainingOptions.optimiser,
      description: 'what the steps train with',
    },
  },
  load: async () => (await import('./saved-model/training-target.ts')).trainingTarget,
};
