import { extname } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Graph, inputShapeOf } from '../5-graph/graph.ts';
import type { RandomFile } from '../node/atomic-file.ts';
import { copiedHdf5, newHdf5 } from '../node/new-hdf5.ts';
import type { OpenedCheckpoint } from '../node/open-checkpoint.ts';
import type { ExportedTensor } from '../weights/export-names.ts';
import { fillKeras, fillProblem, isNumbered } from '../weights/fill-keras.ts';
import type { MetadataFact } from '../weights/preprocessing-facts.ts';
import type { StoredHdf5 } from '../weights/readers/format.ts';
import { kerasProblem, writeKeras } from '../weights/write-keras.ts';
import { safetensorsSteps, type TensorToWrite } from '../weights/write-safetensors.ts';
import { torchSteps } from '../weights/write-torch.ts';
import { inTurns } from './in-turns.ts';
import { failure, usageError } from './io.ts';
import type { OutputFile } from './output-files.ts';
import { kerasFile, type OwnFile, safetensorsFile, torchFile } from './own-outputs.ts';

/** A tensor on its way to a file. */
export interface WrittenTensor extends TensorToWrite {
  /** Its values, row-major; valid until the next call. */
  read(): Float32Array;
  /** Which of a network's it is, where a network is known. */
  readonly exported?: ExportedTensor;
}

/** A format that `enetc weights` writes. */
export interface WeightsFormat {
  readonly file: OwnFile;
  /**
   * @param facts what goes with the tensors, in a format that has a place for it
   * @returns how many bytes were written
   */
  write(files: OutputFile, tensors: readonly WrittenTensor[], facts: readonly MetadataFact[]): Promise<number>;
}

const safetensors: WeightsFormat = {
  file: safetensorsFile,
  write: async (files, tensors, facts) =>
    inTurns(
      safetensorsSteps(files.open('').sink, tensors, (tensor) => tensor.read(), {
        metadata: { format: 'pt', producer: 'enetc', ...Object.fromEntries(facts) },
      }),
    ),
};

const torch: WeightsFormat = {
  file: torchFile,
  async write(files, tensors) {
    try {
      return await inTurns(torchSteps(files.open('').sink, tensors, (tensor) => tensor.read(), crc32));
    } catch (e) {
      throw e instanceof RangeError ? failure(e.message) : e;
    }
  },
};

/**
 * The format that an output's name asks for: that of its ending, safetensors where it has no other's.
 * @param graph the network, where one is known
 * @param like the file whose names the tensors have, where there is one
 */
export function weightsFormat(name: string, graph: Graph | undefined, like?: OpenedCheckpoint): WeightsFormat {
  const ending = extname(name).toLowerCase();
  if (['.pt', '.pth', '.bin'].includes(ending)) return torch;
  if (ending !== '.h5' && ending !== '.hdf5') return safetensors;
  if (!graph) throw usageError(`'${name}' needs a spec: only the network shows which kernels are depthwise`, 'weights');
  if (!/\.weights\.h5$/i.test(name)) return kerasFormat(graph, ({ openRandom }) => layersByName(openRandom()));
  if (!like?.hdf5 || !isNumbered(like.hdf5)) {
    throw usageError(
      `'${name}': in a .weights.h5, Keras numbers the layers of one model: --like FILE takes a file of that model (.weights.h5 or .keras); a name that ends only with .h5 writes a file with the layers' names`,
      'weights',
    );
  }
  const { hdf5 } = like;
  return kerasFormat(graph, ({ openRandom }) => asStored(hdf5, like.checkpoint?.name ?? '', openRandom()));
}

/** Writes the tensors of a network as weights of layers. */
type WriteLayers = (tensors: readonly ExportedTensor[], read: (tensor: ExportedTensor) => Float32Array) => number;

function kerasFormat(graph: Graph, open: (files: OutputFile) => Promise<WriteLayers>): WeightsFormat {
  return {
    file: kerasFile,
    async write(files, tensors) {
      const readers = new Map(tensors.flatMap(({ exported, read }) => (exported ? [[exported, read] as const] : [])));
      for (const tensor of readers.keys()) {
        const problem = kerasProblem(tensor, inputShapeOf(graph, tensor.node));
        if (problem !== undefined) throw failure(`a Keras file cannot hold it: ${problem}`);
      }
      const write = await open(files);
      return write([...readers.keys()], (tensor) => (readers.get(tensor) as () => Float32Array)());
    },
  };
}

/** The older form of Keras's files, which goes by the names of layers. */
async function layersByName(file: RandomFile): Promise<WriteLayers> {
  const hdf5 = await newHdf5(file);
  return (tensors, read) => writeKeras(hdf5, tensors, read);
}

/** A copy of a file of Keras with other weights. */
async function asStored(stored: StoredHdf5, name: string, file: RandomFile): Promise<WriteLayers> {
  const hdf5 = await copiedHdf5(stored.file, file);
  return (tensors, read) => {
    const problem = fillProblem(hdf5, stored, tensors);
    if (problem !== undefined) throw failure(`'${name}' cannot be filled: ${problem}`);
    return fillKeras(hdf5, stored, tensors, read);
  };
}
