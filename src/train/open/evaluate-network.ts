import { resolve } from 'node:path';
import { withoutAuxiliary } from '../../5-graph/passes/remove-unreached.ts';
import type { BackendRequest } from '../../backends/backend.ts';
import { openBackend } from '../../backends/open.ts';
import type { Network } from '../../compile-spec.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import { openCheckpoint } from '../../node/open-checkpoint.ts';
import { openSpecByName, type Spec } from '../../node/open-spec.ts';
import { statedLabels } from '../../weights/preprocessing-facts.ts';
import { joinSplits } from '../data/join-splits.ts';
import { openDataset } from '../data/open-dataset.ts';
import { type Dataset, type Split, type SplitName, splitNames } from '../data/types.ts';
import { warning } from '../events.ts';
import type { Evaluation } from '../loop/evaluate.ts';
import type { NetworkRequest, StartWeights } from '../run/run-config.ts';
import { bestWeights } from '../run/run-network.ts';
import { RunError } from '../run-error.ts';
import { requireSetting } from '../settings.ts';
import { checkClasses, hasClasses, imageOf } from './classified-network.ts';
import { type Close, closeAll } from './close-all.ts';
import { type CommonOptions, placeOf, type RunControl, requireOptions } from './common-options.ts';
import { compileNetwork, type TellDiagnostics, tellOnce } from './compile-network.ts';
import { evaluateSplit } from './evaluate-split.ts';
import { followStartWeights, openStartWeights, startWeights, type WeightsOptions } from './start-weights.ts';
import { openRunData, openStoredNetwork } from './stored-network.ts';

/** What is evaluated: a run's network with its best weights and data, or a spec's with given ones. */
export type EvaluateOptions = (EvaluateRun | EvaluateSpec) & CommonOptions & EvaluateHow;

export interface EvaluateHow {
  /** Which images: `test` by default, else `validation`, else `all`. */
  readonly split?: SplitName | 'all' | undefined;
  /** The share of an image's shorter side that is kept; that of the network or its weights by default. */
  readonly crop?: number | undefined;
  /** The names of the network's classes, in its order; those of the run or the weights by default. */
  readonly labels?: readonly string[] | undefined;
  /** Images in a batch; 32 by default. */
  readonly batch?: number | undefined;
}

export interface EvaluateRun {
  /** The run's folder. */
  readonly run: string;
  /** The run's best weights by default, or the last if the run is not validated. */
  readonly weights?: string | WeightsOptions | undefined;
  /** The run's own by default. */
  readonly data?: string | undefined;
}

export interface EvaluateSpec {
  readonly run?: undefined;
  /** As in `RunOptions`. */
  readonly spec: string | Spec;
  readonly network?: NetworkRequest;
  readonly weights: string | WeightsOptions;
  readonly data: string;
}

/** How a network does, and on what. */
export interface EvaluationResult extends Evaluation {
  readonly network: Network;
  /** Absolute paths. */
  readonly weights: string;
  readonly data: string;
  readonly split: SplitName | 'all';
  /** In the order of `confusion`. */
  readonly classes: readonly string[];
  readonly backend: string;
  /** Whether weights and values are rounded as in int8 files: for training with `quantize`. */
  readonly rounded: boolean;
}

/** What is evaluated, opened except for its weights. */
interface Subject {
  readonly network: Network;
  readonly weights: StartWeights;
  readonly convention: NetworkRequest['convention'];
  readonly dataset: Dataset;
  readonly backend: BackendRequest;
  /** What to do where data and network have different numbers of classes. */
  advice(classes: number, found: number): Words;
}

/**
 * Runs a network over labelled images.
 * @throws RunError, DataError, FileError, BackendUnavailable; the signal's reason where it is aborted.
 */
export async function evaluateNetwork(
  options: EvaluateOptions,
  { signal, onEvent: report }: RunControl,
): Promise<EvaluationResult> {
  const { batch = 32, workers } = options;
  const { cwd, env } = placeOf(options);
  if (options.crop !== undefined) requireSetting('crop', options.crop);
  const tell = tellOnce(report);
  const subject = await (options.run === undefined ? ofSpec(options, cwd, tell) : ofRun(options, cwd, tell));
  const { weights, dataset } = subject;
  const trained = subject.network.graph;
  const network: Network = { ...subject.network, graph: withoutAuxiliary(trained) };
  const closing: Close[] = [dataset.close];
  try {
    checkClasses(network.graph, dataset, subject.advice);
    const [split, images] = chooseSplit(dataset, options.split);
    for (const text of dataset.warnings) report?.(warning(text));
    const opened = await openStartWeights(network, weights, 0, subject.convention, tell, trained);
    closing.push(opened.close);
    const backend = await openBackend(options.backend ?? subject.backend, { cwd, env });
    closing.push(backend.close);
    const { crop } = options;
    const evaluation = await evaluateSplit({
      network,
      source: opened.source,
      ...(opened.ranges && { ranges: opened.ranges }),
      dataset,
      split: images,
      ...(crop !== undefined && { crop }),
      backend,
      batch,
      ...(workers !== undefined && { workers }),
      progress: (done, batches) => report?.({ kind: 'evaluating', done, batches }),
      skipped: (image) => report?.({ kind: 'skipped', ...image }),
      stopped: () => signal?.aborted ?? false,
    });
    signal?.throwIfAborted();
    if (!evaluation) throw new Error('an evaluation that nothing stops has stopped');
    const { classes, path: data } = dataset;
    return {
      ...evaluation,
      network,
      weights: weights.file,
      data,
      split,
      classes,
      backend: backend.name,
      rounded: opened.ranges !== undefined,
    };
  } finally {
    await closeAll(closing);
  }
}

async function ofRun(options: EvaluateRun & EvaluateOptions, cwd: string, tell: TellDiagnostics): Promise<Subject> {
  const { run: shown, data } = options;
  const run = openStoredNetwork({ path: resolve(cwd, shown), shown }, tell);
  const { network, config } = run;
  const { classes, backend } = config;
  const weights = startWeights(options.weights, cwd) ?? { file: bestWeights(run.folder), allowMissing: [] };
  // Data other than the run's may have any number of images.
  const dataset =
    data === undefined
      ? await openRunData(run, undefined, cwd)
      : await openDataFor(network, resolve(cwd, data), options.labels ?? classes);
  return {
    network,
    weights,
    convention: config.network.convention,
    dataset,
    backend,
    advice: (count) => words`${option('data')} takes images of the ${count} classes that the run was trained on`,
  };
}

async function ofSpec(options: EvaluateSpec & EvaluateHow, cwd: string, tell: TellDiagnostics): Promise<Subject> {
  requireOptions(options, ['spec', 'weights', 'data']);
  const weights = startWeights(options.weights, cwd) as StartWeights;
  const spec = typeof options.spec === 'string' ? openSpecByName(options.spec, cwd) : options.spec;
  const request = options.network ?? {};
  const first = compileNetwork(spec, request, tell);
  const dataset = await openDataFor(first, resolve(cwd, options.data), options.labels ?? (await namedClasses(weights)));
  try {
    const set = request.set?.classes !== undefined;
    const given = set || !hasClasses(first);
    const asked = given ? request : { ...request, set: { ...request.set, classes: String(dataset.classes.length) } };
    const built = given ? first : compileNetwork(spec, asked, tell);
    const { network } = await followStartWeights(spec, built, asked, weights, tell);
    const advice = (classes: number, found: number) =>
      set
        ? words`${option('set', `classes=${found}`)} if the weights are for ${found} classes, or ${option('data')} with images of ${classes} classes`
        : words`${option('data')} takes images of the ${classes} classes that the network distinguishes`;
    return { network, weights, convention: request.convention, dataset, backend: 'auto', advice };
  } catch (e) {
    dataset.close();
    throw e;
  }
}

/** Opens whole data sets for evaluation. @param classes those that the network was trained on, where that is known. */
function openDataFor({ graph }: Network, path: string, classes: readonly string[] | undefined): Promise<Dataset> {
  const { channels } = imageOf(graph);
  return openDataset(path, { channels, validation: 0, ...(classes && { classes }) });
}

/** The classes that weights name. */
async function namedClasses({ file, key }: StartWeights): Promise<readonly string[] | undefined> {
  const { checkpoint, close } = await openCheckpoint(file, '/', key);
  close();
  return checkpoint && statedLabels(checkpoint.metadata);
}

/** The images to evaluate, and the name of their split. */
function chooseSplit(
  { splits, path }: Dataset,
  asked: SplitName | 'all' | undefined,
): readonly [SplitName | 'all', Split] {
  const there = splitNames.filter((name) => splits[name]);
  const name = asked ?? (['test', 'validation'] as const).find((split) => splits[split]) ?? 'all';
  if (name === 'all' && there.length > 0) return [name, joinSplits(there.map((split) => splits[split] as Split))];
  const split = name === 'all' ? undefined : splits[name];
  if (split) return [name, split];
  throw new RunError(`'${path}' has no images for ${asked}; it has ${there.join(', ') || 'none at all'}`, {
    setting: 'split',
  });
}
