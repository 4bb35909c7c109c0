import { grouped } from '../../diagnostics/catalog/entry.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { classScores } from '../class-scores.ts';
import {
  type AuxiliaryOutput,
  elements,
  type Graph,
  type GraphNode,
  type GraphOutput,
  graphTensors,
  shapeOf,
  type TensorSpec,
} from '../graph.ts';
import { withoutAuxiliary } from '../passes/remove-unreached.ts';
import { planTraining, type TrainedQuantisation } from '../quantise/plan-training.ts';
import { addLogits, addLoss, type Scores } from './add-loss.ts';
import { type TooLarge, withCheckpoint } from './checkpoint.ts';
import { addForward, type Forward, type ForwardOptions, noiseCount } from './differentiate.ts';
import { keepPace } from './keep-pace.ts';
import { defaultTrainingOptions, type TrainingOptions, type TrainingResult } from './options.ts';
import type { StepFunction, StepRef, Variable } from './program.ts';
import { remakeNorms } from './remake-norms.ts';
import { rangeShape } from './roundings.ts';
import { createStepBuilder, type StepBuilder, scalar } from './step-builder.ts';
import { variableBytes } from './step-memory.ts';
import { addUpdates, keptVariables, type Trained } from './updates.ts';
import { layoutOf } from './variable-layout.ts';

/** What the functions of a program have in common. */
interface Setting {
  readonly graph: Graph;
  readonly options: TrainingOptions;
  /** The network's own output, and the auxiliary ones. */
  readonly scores: readonly [Scores, ...Scores[]];
  /** The network as it is outside of training, and its output. */
  readonly evaluated: Graph;
  readonly evaluatedScores: Scores;
  readonly trained: readonly Trained[];
  /** Names of the tensors that a step changes, by gradient or by statistics: averages of these are kept. */
  readonly averaged: ReadonlySet<string>;
  readonly noise: { readonly name: string; readonly count: number };
  readonly imageName: string;
  /** What is rounded in training, and in evaluation; absent where nothing is. */
  readonly quantised?: { readonly trained: TrainedQuantisation; readonly evaluated: TrainedQuantisation };
}

/**
 * The training of a network as a program of step ops: forward, reverse mode, loss, optimiser, averages. For its
 * functions' inputs and outputs see `TrainingProgram`. @param graph as built: with dropout, stochastic depth and batch
 * norms. @returns diagnostics where the network is not a classifier of one image, or nothing in it trains.
 */
export function buildTrainingProgram(graph: Graph, asked: Partial<TrainingOptions> = {}): TrainingResult {
  const options = { ...defaultTrainingOptions, ...asked };
  const found = readClassifier(graph);
  if ('diagnostics' in found) return found;
  const { image, scores } = found;
  const classes = elements(scores.shape);
  const auxiliary = auxiliaryScores(graph, classes);
  if ('diagnostics' in auxiliary) return auxiliary;
  const evaluated = withoutAuxiliary(graph);
  const evaluatedScores = { ...scores, value: (classScores(evaluated)[0] as GraphOutput).value };
  const trained = trainedTensors(graph, options);
  if (trained.length === 0) return { diagnostics: [createDiagnostic('nothing-trains', undefined, {})] };
  const count = noiseCount(graph);
  const imageName = image.op.kind === 'input' ? image.op.name : '';
  const averaged = options.ema ? movedTensors(graph, options) : new Set<string>();
  const { quantise } = options;
  const quantised = quantise && {
    trained: planTraining(graph, quantise.integers, quantise.others),
    evaluated: planTraining(evaluated, quantise.integers, quantise.others),
  };
  const setting: Setting = {
    graph,
    options,
    scores: [scores, ...auxiliary.scores],
    evaluated,
    evaluatedScores,
    trained,
    averaged,
    noise: { name: 'noise', count },
    imageName,
    ...(quantised && { quantised }),
  };
  const own = ownVariables(graph);
  const { ranges: rounded, observed } = quantised?.trained ?? {};
  const ranges = [...(rounded?.values() ?? []), ...(observed?.values() ?? [])];
  const variables = [...own, ...keptVariables(own, trained, averaged, options), ...ranges.map(rangeVariable)];
  const whole = remakeNorms(options.accumulate ? accumulate(setting) : train(setting));
  const step = withCheckpoint(whole, graph, options.checkpoint, variableBytes({ variables }));
  if ('least' in step) return { diagnostics: [tooLarge(step, options)] };
  return {
    training: {
      program: {
        name: graph.name,
        variables,
        functions: [
          keepPace(step),
          ...(options.accumulate ? [apply(setting)] : []),
          evaluate(setting, 'evaluate', ''),
          predict(setting, 'predict', ''),
          ...(options.ema ? [evaluate(setting, 'evaluate_ema', '/ema'), predict(setting, 'predict_ema', '/ema')] : []),
          diagnose(setting),
        ],
        ...(options.checkpoint !== 'none' && { savesMemory: true }),
      },
      input: { name: 'image', shape: image.shapes[0] ?? [] },
      classes,
      noise: count,
      trainable: trained.map(({ spec }) => spec.name),
      ranges,
    },
    diagnostics: softmaxOutputs(graph),
  };
}

function tooLarge({ least }: TooLarge, { checkpoint }: TrainingOptions): Diagnostic {
  const { bytes, batch } = typeof checkpoint === 'object' ? checkpoint : { bytes: 0, batch: 0 };
  const data = { limit: megabytes(bytes), batch, least: megabytes(least) };
  return createDiagnostic('checkpoint-memory', undefined, data);
}

/** Rounded up, so that a limit of that many is enough. */
function megabytes(bytes: number): string {
  return `${grouped(Math.ceil(bytes / 1e6))} MB`;
}

type Classifier = { readonly image: GraphNode; readonly scores: Scores };

function readClassifier(graph: Graph): Classifier | { diagnostics: readonly Diagnostic[] } {
  const [input, ...more] = graph.inputs;
  const image = graph.nodes[input ?? -1];
  const [output, ...others] = classScores(graph);
  if (!image || more.length > 0 || image.shapes[0]?.length !== 3 || !output || others.length > 0) {
    const data = { inputs: graph.inputs.length, outputs: classScores(graph).length };
    return { diagnostics: [createDiagnostic('no-classifier', undefined, data)] };
  }
  const { value } = output;
  return { image, scores: { value, shape: shapeOf(graph, value), weight: 1 } };
}

/** Warnings of outputs that the loss reads as scores and that are not. */
function softmaxOutputs(graph: Graph): readonly Diagnostic[] {
  return [...classScores(graph), ...graph.auxiliary].flatMap(({ name, value }) => {
    const { op, span } = graph.nodes[value.node] as GraphNode;
    const isSoftmax = op.kind === 'activation' && op.fn === 'softmax';
    return isSoftmax ? [createDiagnostic('softmax-trained', span, { name })] : [];
  });
}

/** The auxiliary outputs, which must have one number per class too. */
function auxiliaryScores(
  graph: Graph,
  classes: number,
): { readonly scores: readonly Scores[] } | { diagnostics: readonly Diagnostic[] } {
  const scores = graph.auxiliary.map(({ value, weight }) => ({ value, shape: shapeOf(graph, value), weight }));
  const wrong = scores.findIndex(({ shape }) => elements(shape) !== classes || shape[0] !== classes);
  if (wrong < 0) return { scores };
  const { name, value } = graph.auxiliary[wrong] as AuxiliaryOutput;
  const data = { name, shape: shapeOf(graph, value).join(', '), classes };
  return { diagnostics: [createDiagnostic('auxiliary-classes', graph.nodes[value.node]?.span, data)] };
}

function trainedTensors(graph: Graph, { frozen, head }: TrainingOptions): Trained[] {
  return [...graphTensors(graph)].flatMap(({ tensor: spec }) =>
    spec.trainable && !frozen.has(spec.name) ? [{ spec, head: head.has(spec.name) }] : [],
  );
}

/** What training moves: what trains, and the statistics of norms that use their batch. */
function movedTensors(graph: Graph, { frozen }: TrainingOptions): ReadonlySet<string> {
  const moves = ({ trainable, name }: TensorSpec) => trainable && !frozen.has(name);
  const names = [...graphTensors(graph)].flatMap(({ node, tensor }) =>
    moves(tensor) || (!tensor.trainable && !frozen.has(tensor.name) && node.tensors.some(moves)) ? [tensor.name] : [],
  );
  return new Set(names);
}

function ownVariables(graph: Graph): Variable[] {
  return [...graphTensors(graph)].map(({ node: { op }, tensor: { name, shape } }) => ({
    name,
    shape,
    layout: shape.length === 1 ? 'vector' : layoutOf(op, shape),
    start: 'weights',
  }));
}

/** A range that has seen nothing. */
function rangeVariable(name: string): Variable {
  return { name, shape: rangeShape, layout: 'vector', start: { constant: 0 } };
}

/** The network on its image while it trains. */
function addTraining(b: StepBuilder, { graph, trained, noise, imageName, quantised, options }: Setting): Forward {
  const names = new Set(trained.map(({ spec }) => spec.name));
  return addNetwork(b, graph, imageName, {
    training: true,
    keepStatistics: options.keepStatistics,
    trains: (spec) => names.has(spec.name),
    variable: (spec) => spec.name,
    noise,
    ...(quantised && { quantised: quantised.trained }),
  });
}

/** The image's name in programs is `image`, whatever the network's. */
function addNetwork(b: StepBuilder, graph: Graph, imageName: string, options: ForwardOptions): Forward {
  return addForward(
    { ...b, input: (name, shape) => b.input(name === imageName ? 'image' : name, shape) },
    graph,
    options,
  );
}

/** The gradients of all tensors that train, by name. */
function addGradients(b: StepBuilder, { scores, options }: Setting, forward: Forward): Map<string, StepRef> {
  const { loss, seeds } = addLoss(b, scores, forward, options);
  b.guard(loss);
  return new Map(forward.backward(seeds()));
}

function addStatistics(b: StepBuilder, { options }: Setting, { statistics }: Forward): void {
  for (const { name, value, momentum } of statistics) {
    if (options.frozen.has(name)) continue;
    b.update({ kind: 'average', variable: name, value, share: momentum });
  }
}

function train(setting: Setting): StepFunction {
  const b = createStepBuilder();
  const forward = addTraining(b, setting);
  const gradients = addGradients(b, setting, forward);
  addStatistics(b, setting, forward);
  addUpdates(b, setting.trained, gradients, setting.averaged, setting.options);
  return b.finish('train');
}

function accumulate(setting: Setting): StepFunction {
  const b = createStepBuilder();
  const forward = addTraining(b, setting);
  const gradients = addGradients(b, setting, forward);
  addStatistics(b, setting, forward);
  const share = b.input('share');
  for (const { spec } of setting.trained) {
    const gradient = gradients.get(spec.name);
    if (!gradient) continue;
    const value = b.one({ kind: 'scale' }, [gradient, share], { batch: false, dims: spec.shape });
    b.update({ kind: 'accumulate', variable: `${spec.name}/sum`, value });
  }
  return b.finish('accumulate');
}

function apply(setting: Setting): StepFunction {
  const b = createStepBuilder();
  const sums = setting.trained.map(({ spec }) => `${spec.name}/sum`);
  const gradients = new Map(
    setting.trained.map(({ spec }, i) => [spec.name, b.variable(sums[i] as string, spec.shape)]),
  );
  addUpdates(b, setting.trained, gradients, setting.averaged, setting.options);
  for (const variable of sums) b.update({ kind: 'clear', variable });
  return b.finish('apply');
}

/** By running statistics; `suffix` chooses the averages instead of the weights. */
function evaluate(setting: Setting, name: string, suffix: string): StepFunction {
  const b = createStepBuilder();
  addLoss(b, [setting.evaluatedScores], addEvaluation(b, setting, suffix), setting.options);
  return b.finish(name);
}

function predict(setting: Setting, name: string, suffix: string): StepFunction {
  const b = createStepBuilder();
  b.output('logits', addLogits(b, setting.evaluatedScores, addEvaluation(b, setting, suffix)));
  return b.finish(name);
}

function addEvaluation(b: StepBuilder, setting: Setting, suffix: string): Forward {
  const { evaluated, noise, imageName, averaged, quantised } = setting;
  return addNetwork(b, evaluated, imageName, {
    training: false,
    keepStatistics: true,
    trains: () => false,
    variable: ({ name }) => (averaged.has(name) ? name + suffix : name),
    noise,
    ...(quantised && { quantised: quantised.evaluated }),
  });
}

/** Where numbers stop being finite: the same step without its updates, each value asked. */
function diagnose(setting: Setting): StepFunction {
  const b = createStepBuilder();
  const ask = (what: string, value: StepRef) => {
    b.output(what, b.one({ kind: 'isFinite' }, [value], scalar));
  };
  for (const { tensor } of graphTensors(setting.graph)) {
    ask(`weight ${tensor.name}`, b.variable(tensor.name, tensor.shape));
  }
  const forward = addTraining(b, setting);
  for (const { id, path, shapes } of setting.graph.nodes) {
    for (let output = 0; output < shapes.length; output++) {
      ask(`activation ${path} #${id}${shapes.length > 1 ? `:${output}` : ''}`, forward.value({ node: id, output }));
    }
  }
  const inner: StepBuilder = { ...b, output: () => {}, guard: () => {} };
  const { loss, seeds } = addLoss(inner, setting.scores, forward, setting.options);
  ask('loss', loss);
  for (const [name, value] of forward.backward(seeds())) ask(`gradient ${name}`, value);
  return { ...b.finish('diagnose'), isRare: true };
}
