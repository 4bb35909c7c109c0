import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { openBackend } from '../../backends/open.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { openCheckpoint } from '../../node/open-checkpoint.ts';
import { formatBytes } from '../../report/format-number.ts';
import { joinSplits } from '../../train/data/join-splits.ts';
import { openDataset } from '../../train/data/open-dataset.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { type Dataset, type Split, type SplitName, splitNames } from '../../train/data/types.ts';
import type { StartWeights } from '../../train/run/run-config.ts';
import type { RunFolder } from '../../train/run/run-folder.ts';
import { settingProblem } from '../../train/settings.ts';
import { type Arguments, flag, number, text } from '../arguments.ts';
import type { Network } from '../build-network.ts';
import type { RunCommand } from '../commands.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { scalingOptions } from '../options.ts';
import { printJson } from '../print-diagnostics.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { paintFor } from '../style.ts';
import { checkClasses, hasClasses, imageOf } from '../training/classified-network.ts';
import { evalJson, evalText } from '../training/eval-text.ts';
import { evaluateSplit } from '../training/evaluate-split.ts';
import { explained } from '../training/explained.ts';
import { evaluationCropOf } from '../training/loader-options.ts';
import { openRun, openRunData } from '../training/open-run.ts';
import { backendRequest } from '../training/run-training.ts';
import { followStartWeights, openStartWeights } from '../training/start-weights.ts';
import { compileNetwork } from '../training/trained-network.ts';
import { requireWeights } from '../weights-request.ts';

/** What is evaluated. */
interface Subject {
  readonly network: Network;
  readonly weights: StartWeights;
  readonly dataset: Dataset;
  /** The run's own. */
  readonly crop?: number;
  readonly backend: string;
  /** What to do where the data have another number of classes than the network. */
  advice(classes: number, found: number): string;
}

/** `enetc eval [spec] --weights FILE --data DIR`, `enetc eval --run RUN` */
export const evalCommand: RunCommand = (args, io) =>
  explained(async () => {
    widenThreadPool(number(args, 'workers'));
    requireWeights(args);
    const {
      network,
      weights,
      dataset,
      crop: runCrop,
      backend: configured,
      advice,
    } = await (flag(args, 'run') ? ofRun(args, io) : ofSpec(args, io));
    const closing = [dataset.close];
    try {
      checkClasses(network.graph, dataset, advice);
      const [split, images] = chooseSplit(dataset, text(args, 'split') as SplitName | 'all' | undefined);
      const crop = cropShare(args) ?? runCrop;
      for (const message of dataset.warnings) io.stderr.write(`warning: ${safeText(message)}\n`);
      const opened = openStartWeights(network, weights, 0, args, io);
      closing.push(opened.close);
      const backend = await openBackend(backendRequest(args, configured), io);
      closing.push(backend.close);
      const workers = number(args, 'workers');
      const progress = createEvalProgress(io);
      const evaluation = await evaluateSplit({
        network,
        source: opened.source,
        dataset,
        split: images,
        ...(crop !== undefined && { crop }),
        backend,
        batch: number(args, 'batch') ?? 32,
        ...(workers !== undefined && { workers }),
        progress: progress.update,
        skipped: ({ name, reason }) => {
          progress.clear();
          io.stderr.write(`warning: ${safeText(`'${name}' cannot be read and is skipped: ${reason}`)}\n`);
        },
      });
      progress.clear();
      const facts = {
        weights: shownPath(weights.file, io),
        data: shownPath(dataset.path, io),
        split,
        backend: backend.name,
      };
      if (flag(args, 'json')) printJson({ ...facts, ...evalJson(evaluation, dataset.classes) }, io);
      else {
        const what = `${network.graph.name}, ${facts.weights}, ${split} of ${facts.data}, on ${backend.name}`;
        io.stdout.write(evalText(evaluation, dataset.classes, what, paintFor(args, io)));
      }
      return exitCodes.ok;
    } finally {
      for (const close of closing.reverse()) close();
    }
  });

async function ofRun(args: Arguments, io: Io): Promise<Subject> {
  if (args.operands.length > 0) throw usageError('--run takes no spec: a run has its own', 'eval');
  const other = scalingOptions.find(({ name }) => flag(args, name));
  if (other) throw usageError(`--${other.name} cannot stand beside --run: a run has its own network`, 'eval');
  const run = openRun(text(args, 'run') as string, args, io);
  const weights = startWeights(args, io) ?? { file: weightsOf(run.folder), allowMissing: [] };
  const data = text(args, 'data');
  // Other data than the run's may have any number of images.
  const { classes, settings, backend } = run.config;
  const own = data === undefined;
  const dataset = own ? await openRunData(run, args, io) : await openDataFor(run.network, data, classes, io);
  const advice = (count: number) => `--data takes images of the ${count} classes that the run was trained on`;
  return { network: run.network, weights, dataset, backend, advice, ...evaluationCropOf(settings) };
}

/** A run's best weights; its last ones where no images validate it. */
function weightsOf({ path, shown }: RunFolder): string {
  const names = ['best.safetensors', 'last.safetensors'];
  const file = names.map((name) => join(path, name)).find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  throw failure(`the run '${shown}' has no weights yet: they are written after its first epoch`);
}

async function ofSpec(args: Arguments, io: Io): Promise<Subject> {
  const data = text(args, 'data');
  if (data === undefined) throw usageError('--data is missing: the images to evaluate on', 'eval');
  const weights = startWeights(args, io);
  if (!weights) throw usageError('--weights is missing: what the network has learnt', 'eval');
  const spec = await openSpec(args.operands[0], io, 'eval');
  const request = scalingRequest(args, spec);
  const first = compileNetwork(spec, request, args, io);
  const dataset = await openDataFor(first, data, classesOfWeights(weights, io), io);
  const set = request.set?.classes !== undefined;
  const given = set || !hasClasses(first);
  const asked = given ? request : { ...request, set: { ...request.set, classes: String(dataset.classes.length) } };
  const built = given ? first : compileNetwork(spec, asked, args, io);
  const { network } = followStartWeights(spec, built, asked, weights, args, io);
  const advice = (classes: number, found: number) =>
    set
      ? `--set classes=${found} if the weights are for ${found} classes, or --data with images of ${classes} classes`
      : `--data takes images of the ${classes} classes that the network tells apart`;
  return { network, weights, dataset, backend: 'auto', advice };
}

/** Opens data that are there to be measured, whole. @param classes those that the network was trained on, where that is known. */
function openDataFor(
  { graph }: Network,
  path: string,
  classes: readonly string[] | undefined,
  io: Io,
): Promise<Dataset> {
  const { channels } = imageOf(graph);
  return openDataset(resolve(io.cwd, path), { channels, validation: 0, ...(classes && { classes }) });
}

/** The names of the classes that a training run has written beside its weights; undefined for other weights. */
function classesOfWeights({ file }: StartWeights, io: Io): readonly string[] | undefined {
  const { checkpoint, close } = openCheckpoint(file, io.cwd);
  close();
  try {
    const names: unknown = JSON.parse(checkpoint?.metadata.get('classes') ?? 'null');
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}

/** `--crop`. */
function cropShare(args: Arguments): number | undefined {
  if (!flag(args, 'crop')) return undefined;
  const written = text(args, 'crop') as string;
  const problem = settingProblem('crop', Number(written));
  if (problem) throw usageError(`--crop ${problem}, not '${written}'`, 'eval');
  return Number(written);
}

function startWeights(args: Arguments, io: Io): StartWeights | undefined {
  const file = text(args, 'weights');
  const map = text(args, 'weights-map');
  return file === undefined
    ? undefined
    : { file: resolve(io.cwd, file), ...(map !== undefined && { map }), allowMissing: [] };
}

/** The images to be measured, and what they are called. */
function chooseSplit(
  { splits, path }: Dataset,
  asked: SplitName | 'all' | undefined,
): readonly [SplitName | 'all', Split] {
  const there = splitNames.filter((name) => splits[name]);
  const name = asked ?? (['test', 'validation'] as const).find((split) => splits[split]) ?? 'all';
  if (name === 'all' && there.length > 0) return [name, joinSplits(there.map((split) => splits[split] as Split))];
  const split = name === 'all' ? undefined : splits[name];
  if (split) return [name, split];
  throw failure(`'${path}' has no images for ${asked}; it has ${there.join(', ') || 'none at all'}`);
}

/** As the user would type it, where it lies in the current folder. */
function shownPath(path: string, io: Io): string {
  const within = relative(io.cwd, path);
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within;
}

function createEvalProgress(io: Io) {
  let shown = false;
  return {
    update(done: number, batches: number) {
      if (!io.stderr.isTTY) return;
      shown = true;
      io.stderr.write(`\r\x1b[Kevaluating, batch ${done} of ${batches}, ${formatBytes(process.memoryUsage.rss())}`);
    },
    clear() {
      if (shown) io.stderr.write('\r\x1b[K');
    },
  };
}
