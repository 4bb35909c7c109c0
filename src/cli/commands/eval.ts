import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { openBackend } from '../../backends/open.ts';
import { formatBytes } from '../../report/format-number.ts';
import { openDataset } from '../../train/data/open-dataset.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { type Dataset, type SplitName, splitNames } from '../../train/data/types.ts';
import type { StartWeights } from '../../train/run/run-config.ts';
import type { RunFolder } from '../../train/run/run-folder.ts';
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
import { openRun, openRunData } from '../training/open-run.ts';
import { backendRequest } from '../training/run-training.ts';
import { openStartWeights } from '../training/start-weights.ts';
import { compileNetwork } from '../training/trained-network.ts';
import { requireWeights } from '../weights-request.ts';

/** What is evaluated. */
interface Subject {
  readonly network: Network;
  readonly weights: StartWeights;
  readonly dataset: Dataset;
  readonly backend: string;
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
      backend: configured,
    } = await (flag(args, 'run') ? ofRun(args, io) : ofSpec(args, io));
    const closing = [dataset.close];
    try {
      checkClasses(network.graph, dataset);
      const split = chooseSplit(dataset, text(args, 'split') as SplitName | undefined);
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
        split,
        backend,
        batch: number(args, 'batch') ?? 32,
        ...(workers !== undefined && { workers }),
        progress: progress.update,
        skipped: ({ name, reason }) => io.stderr.write(`warning: '${name}' cannot be read and is skipped: ${reason}\n`),
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
  const dataset = data === undefined ? await openRunData(run, args, io) : await openDataFor(run.network, data, io);
  return { network: run.network, weights, dataset, backend: run.config.backend };
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
  const dataset = await openDataFor(first, data, io);
  if (request.set?.classes !== undefined || !hasClasses(first))
    return { network: first, weights, dataset, backend: 'auto' };
  const set = { ...request.set, classes: String(dataset.classes.length) };
  return { network: compileNetwork(spec, { ...request, set }, args, io), weights, dataset, backend: 'auto' };
}

function openDataFor({ graph }: Network, path: string, io: Io): Promise<Dataset> {
  return openDataset(resolve(io.cwd, path), { channels: imageOf(graph).channels });
}

function startWeights(args: Arguments, io: Io): StartWeights | undefined {
  const file = text(args, 'weights');
  const map = text(args, 'weights-map');
  return file === undefined
    ? undefined
    : { file: resolve(io.cwd, file), ...(map !== undefined && { map }), allowMissing: [] };
}

function chooseSplit({ splits, path }: Dataset, asked: SplitName | undefined): SplitName {
  const there = splitNames.filter((name) => splits[name]);
  const split = asked ?? [...there].reverse()[0];
  if (split !== undefined && there.includes(split)) return split;
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
