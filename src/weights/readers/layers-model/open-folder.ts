import { elements } from '../../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../../diagnostics/diagnostic.ts';
import { setLittleEndian } from '../../bytes.ts';
import type { Checkpoint, CheckpointTensor } from '../../checkpoint.ts';
import type { OpenedTensors, RandomAccess } from '../format.ts';
import { mapsRead, ourValues, type ReadMap } from './feature-channels.ts';
import { featureOrders } from './feature-order.ts';
import { type GraphModel, type KernelUse, kernelUses } from './graph-model.ts';
import { type ManifestIntegers, type ManifestWeight, readManifest } from './manifest.ts';
import { bytesPerElement, decodeNumbers } from './stored-numbers.ts';
import { logicalShape, type NamedWeight, namedWeight, otherWeight, splitSeparable } from './weight-names.ts';

/** Where one of our tensors is stored. */
interface LocatedWeight {
  readonly named: NamedWeight;
  readonly weight: ManifestWeight;
  readonly group: RandomAccess;
  /** The maps that a dense layer reads pixel by pixel. */
  readonly maps?: readonly ReadMap[];
}

/**
 * Opens a folder with a layers model, from enetc, TensorFlow.js or Keras, as a checkpoint under our names, or with a graph model, under the names of its constants. One tensor is read at a time. Whatever the files hold, this gives a checkpoint or an error.
 * @param name the display name of the folder.
 * @param modelJson the text of its model.json.
 * @param openFile opens a file of the folder by its path in the manifest; throws if it cannot be read.
 */
export function openLayersFolder(
  name: string,
  modelJson: string,
  openFile: (file: string) => RandomAccess,
): OpenedTensors {
  const fail = (reason: string) => ({
    diagnostics: [createDiagnostic('model-folder', undefined, { folder: name, reason })],
  });
  const { manifest, problem } = readManifest(modelJson);
  if (!manifest) return fail(problem ?? '');
  const groups: RandomAccess[] = [];
  for (const { paths, bytes } of manifest.groups) {
    const group = joined(paths.map(openFile));
    if (group.size !== bytes) return fail(`its weights have ${group.size} bytes, but model.json states ${bytes}`);
    groups.push(group);
  }
  const orders = manifest.topology && featureOrders(manifest.topology, manifest.metadata);
  const shapes = new Map(manifest.weights.map(({ name: own, shape }) => [own, shape]));
  const uses = manifest.graph && kernelUses(manifest.graph, shapes);
  const split = splitSeparable(shapes.keys());
  const diagnostics: Diagnostic[] = [];
  const tensors = new Map<string, CheckpointTensor>();
  const located = new Map<string, LocatedWeight>();
  for (const weight of manifest.weights) {
    const use = uses?.get(weight.name);
    const own = split(weight.name);
    const named =
      uses || manifest.isList
        ? constantOf(weight, use)
        : (namedWeight(own, weight.shape) ?? otherWeight(own, weight.shape));
    if (!named) continue;
    if (tensors.has(named.name)) return fail(`it has two weights '${weight.name}'`);
    const found: ReturnType<typeof mapsRead> =
      uses || manifest.isList ? mapsOf(named, use) : mapsRead(weight.name, named, orders);
    if (use?.isOpen) {
      const data = { file: name, tensor: named.name, why: 'does not state the channels of every map that it flattens' };
      diagnostics.push(createDiagnostic('checkpoint-dense-order', undefined, data));
    }
    if (found.problem !== undefined) return fail(found.problem);
    const { maps } = found;
    tensors.set(named.name, { name: named.name, shape: named.shape, dtype: 'F32' });
    const group = groups[weight.group] as RandomAccess;
    located.set(named.name, { named, weight, group, ...(maps && { maps }) });
  }
  const checkpoint: Checkpoint = {
    name,
    tensors,
    metadata: manifest.metadata,
    read(tensor) {
      const weight = located.get(tensor);
      if (!weight) throw new Error(`${name} has no tensor '${tensor}'`);
      return readWeight(weight);
    },
  };
  const { topology, graph: nodes, outputs = [] } = manifest;
  const graph: GraphModel | undefined = nodes && {
    nodes,
    outputs,
    shapes,
    unordered: new Set([...(uses ?? [])].flatMap(([own, { isOpen }]) => (isOpen ? [own] : []))),
    integers: new Map(manifest.integers.map((one) => [one.name, readIntegers(one, groups[one.group] as RandomAccess)])),
  };
  return { checkpoint, diagnostics, ...(topology && { topology }), ...(graph && { graph }) };
}

/** A constant of a graph model under its own name, in our order where it is a kernel. */
function constantOf({ name, shape }: ManifestWeight, use: KernelUse | undefined): NamedWeight {
  const layout = use?.layout ?? 'vector';
  return { name, shape: layout === 'vector' ? shape : logicalShape(layout, shape), layout };
}

function mapsOf({ shape }: NamedWeight, use: KernelUse | undefined): { readonly maps?: readonly ReadMap[] } {
  return use?.channels === undefined ? {} : { maps: [{ channels: use.channels, features: shape[1] as number }] };
}

function readWeight({ named, weight: { format, begin }, group, maps }: LocatedWeight): Float32Array {
  const bytes = elements(named.shape) * (bytesPerElement[format.kind] as number);
  return ourValues(named, decodeNumbers(format, group.read(begin, bytes)), maps);
}

function readIntegers({ shape, begin }: ManifestIntegers, group: RandomAccess): readonly number[] {
  const values = new Int32Array(elements(shape));
  setLittleEndian(values, group.read(begin, 4 * values.length));
  return [...values];
}

/** Concatenates files. */
function joined(files: readonly RandomAccess[]): RandomAccess {
  return {
    size: files.reduce((sum, file) => sum + file.size, 0),
    read(offset, length) {
      const bytes = new Uint8Array(length);
      let start = 0;
      let done = 0;
      for (const file of files) {
        const from = Math.max(offset - start, 0);
        if (done < length && from < file.size) {
          const part = file.read(from, Math.min(file.size - from, length - done));
          bytes.set(part, done);
          done += part.length;
        }
        start += file.size;
      }
      if (done < length) throw new Error('the weights of the model ended while they were read');
      return bytes;
    },
  };
}
