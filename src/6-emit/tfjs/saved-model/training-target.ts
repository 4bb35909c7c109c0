import { byteLength, graphTensors } from '../../../5-graph/graph.ts';
import { buildTrainingProgram } from '../../../5-graph/training/build-training-program.ts';
import {
  defaultTrainingOptions,
  type TrainingOptions,
  type TrainingProgram,
} from '../../../5-graph/training/options.ts';
import { hasErrors } from '../../../diagnostics/diagnostic.ts';
import { writeSafetensors } from '../../../weights/write-safetensors.ts';
import type { EmitRequest, EmitResult, Target } from '../../target.ts';
import { checkTfjs } from '../check.ts';
import { trainingEntry } from '../entries.ts';
import { emitTrainingModel } from './emit-training-model.ts';

/**
 * Whole training steps as a TensorFlow SavedModel: a folder with `saved_model.pb`, whose signatures initialise, train,
 * evaluate, predict, read and write (see `TrainingProgram` and `emitTrainingModel`); `weights.safetensors`, what
 * `initialise` takes; and `training.json`, which states what each signature takes and gives.
 */
export const trainingTarget: Target<TrainingOptions> = {
  ...trainingEntry,
  defaults: defaultTrainingOptions,
  check: (graph, options) => {
    const problems = checkTfjs(graph);
    return hasErrors(problems) ? problems : [...problems, ...buildTrainingProgram(graph, options).diagnostics];
  },
  emit(request) {
    const { training, diagnostics } = buildTrainingProgram(request.graph, request.options);
    return training ? writeTraining(training, request) : { diagnostics, bytes: 0 };
  },
};

function writeTraining(
  training: TrainingProgram,
  { graph, weights, metadata, options, open, progress }: EmitRequest<TrainingOptions>,
): EmitResult {
  const { pb, signatures } = emitTrainingModel(training.program);
  const description = {
    format: 'enetc-training',
    model: 'saved_model.pb',
    weights: 'weights.safetensors',
    optimiser: options.optimiser,
    loss: options.loss,
    classes: training.classes,
    noise: training.noise,
    trainable: training.trainable,
    signatures,
    metadata: Object.fromEntries(metadata),
  };
  const json = new TextEncoder().encode(`${JSON.stringify(description, undefined, 1)}\n`);
  const tensors = [...graphTensors(graph)].map(({ tensor }) => tensor);
  const total = tensors.reduce((sum, { shape, type }) => sum + byteLength(shape, type), 0) + pb.length + json.length;
  let done = 0;
  const read = (tensor: (typeof tensors)[number]) => {
    const values = weights.read(tensor);
    done += values.byteLength;
    progress?.(done, total);
    return values;
  };
  const bytes = writeSafetensors(open('weights.safetensors').sink, tensors, read, {
    metadata: Object.fromEntries(metadata),
  });
  open('training.json').sink.write(json);
  open('saved_model.pb').sink.write(pb);
  return { diagnostics: [], bytes: bytes + json.length + pb.length };
}
