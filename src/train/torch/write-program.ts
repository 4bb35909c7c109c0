import { dirname, join } from 'node:path';
import type { Graph } from '../../5-graph/graph.ts';
import { applyPasses, emit } from '../../6-emit/emit.ts';
import type { StagePlan } from '../../6-emit/pytorch/stages/stage-plan.ts';
import { pytorchTarget } from '../../6-emit/pytorch/target.ts';
import { otherThanModule } from '../../6-emit/pytorch/write-model.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { option, words } from '../../diagnostics/words.ts';
import { type AtomicFile, openAtomically, writeFileAtomically } from '../../node/atomic-file.ts';
import { makeFolders } from '../../node/make-folders.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { Dataset, Split } from '../data/types.ts';
import { validationSplit } from '../open/loader-options.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { RunError } from '../run-error.ts';

/** In a run's folder: the network as a module, its training script, and the list of its pictures. */
export const torchFolder = 'pytorch';
const listFile = 'images.jsonl';

/** The path of the script that trains a run. */
export function scriptOf({ path }: RunFolder): string {
  return join(path, torchFolder, 'train.py');
}

/** The path of the list of a run's pictures. */
export function listOf({ path }: RunFolder): string {
  return join(path, torchFolder, listFile);
}

/**
 * @param others the network for the other sizes of a run's images
 * @throws RunError for a network that `train.py` cannot train
 */
export function requireTorchForm({ graph }: Network, others: readonly Graph[]): void {
  const written = applyPasses(graph, pytorchTarget, {});
  const diagnostics = pytorchTarget.check(written, { trainScript: true });
  if (hasErrors(diagnostics)) throw new RunError(`'${graph.name}' cannot be trained by PyTorch`, { diagnostics });
  const other = otherThanModule(written, passed(others));
  if (!other) return;
  const side = other.nodes[other.inputs[0] ?? -1]?.shapes[0]?.[1];
  throw new RunError(
    words`${option('progressive')}: for images of ${side ?? 0} pixels '${graph.name}' has other layers, and ${option('engine', 'pytorch')} has one module for all sizes`,
    { setting: 'progressive' },
  );
}

const passed = (graphs: readonly Graph[]) => graphs.map((graph) => applyPasses(graph, pytorchTarget, {}));

/**
 * Writes the files of the target `pytorch` with its `train.py`, and the weights that the run begins with.
 * @param pipeline how the network is cut, where each process has a stage
 * @param others the network for the other sizes of the run's images
 */
export function writeProgram(
  folder: RunFolder,
  network: Network,
  weights: WeightSource,
  pipeline: StagePlan | undefined,
  others: readonly Graph[],
): void {
  const graph = applyPasses(network.graph, pytorchTarget, {});
  const root = dirname(scriptOf(folder));
  makeFolders(root);
  const files: AtomicFile[] = [];
  try {
    const open = (name: string) => {
      const sink = openAtomically(join(root, name), { durable: true });
      files.push(sink);
      return { sink, name };
    };
    const prepared = { graph, weights, origin: 'the run', diagnostics: [] };
    const options = { trainScript: true, others: passed(others), ...(pipeline && { pipeline }) };
    const { diagnostics } = emit(network, pytorchTarget, options, open, { prepared });
    if (hasErrors(diagnostics)) throw new RunError(`'${graph.name}' cannot be written`, { diagnostics });
    for (const file of files) {
      file.finish();
      file.rename();
    }
  } finally {
    for (const file of files) file.discard();
  }
}

/** Writes where the pictures are, and their labels: Python need not know the kind of data. */
export function writeImageList(folder: RunFolder, dataset: Dataset): void {
  const root = dataset.kind === 'csv' ? dirname(dataset.path) : dataset.path;
  const held = validationSplit(dataset);
  writeFileAtomically(listOf(folder), (sink) => {
    const write = (value: unknown) => sink.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
    write({ root, classes: dataset.classes });
    const { train } = dataset.splits;
    if (train) for (const line of lines('train', train, root)) write(line);
    const validation = held && dataset.splits[held];
    if (validation) for (const line of lines('validation', validation, root)) write(line);
  });
}

/** The split, label and name of each picture, and where its bytes are. */
function* lines(split: string, { count, labels, nameOf, locate }: Split, root: string): Generator<readonly unknown[]> {
  for (let i = 0; i < count; i++) {
    const place = locate(i);
    const own = [split, labels[i], nameOf(i)];
    if (place.kind === 'file') yield place.path === join(root, nameOf(i)) ? own : [...own, place.path];
    else {
      const { path, offset, width, height, channels, planar } = place;
      yield [...own, path, offset, width, height, channels, planar];
    }
  }
}
