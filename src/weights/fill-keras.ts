import { elements } from '../5-graph/graph.ts';
import type { ExportedTensor } from './export-names.ts';
import type { StoredHdf5 } from './readers/format.ts';
import { storedShape, toStored } from './tfjs-layout.ts';
import type { Hdf5Filler } from './write-keras.ts';

/** Whether a file has the form of Keras 3's `.weights.h5`, which numbers the variables of each layer. */
export function isNumbered({ datasets }: StoredHdf5): boolean {
  return [...datasets.values()].every(({ path }) => /\/vars\/\d+$/.test(path));
}

/** Why weights do not fit the datasets of a file; undefined where they do. */
export function fillProblem(
  file: Hdf5Filler,
  { datasets }: StoredHdf5,
  tensors: readonly ExportedTensor[],
): string | undefined {
  for (const { name } of tensors) {
    const stored = datasets.get(name);
    if (!stored) return `'${name}' has no place in it`;
    if (!file.isFloat32(stored.path)) return `'${name}' is not of float32 in it`;
  }
  return undefined;
}

/**
 * Fills the datasets of a copy of a file of Keras with weights under the names of that file, one tensor at a time.
 * @param read the values of a tensor; the array need only be valid until the next call.
 * @returns how many bytes the file has.
 */
export function fillKeras(
  file: Hdf5Filler,
  { datasets }: StoredHdf5,
  tensors: readonly ExportedTensor[],
  read: (tensor: ExportedTensor) => Float32Array,
): number {
  const buffer = new Float32Array(tensors.reduce((most, { shape }) => Math.max(most, elements(shape)), 0));
  for (const tensor of tensors) {
    const { name, shape, node } = tensor;
    const { path, layout } = datasets.get(name)!;
    const groups = node.op.kind === 'conv' ? node.op.groups : 1;
    const values = toStored(layout, shape, read(tensor), buffer.subarray(0, elements(shape)));
    file.fill(path, storedShape(layout, shape, groups), values);
  }
  return file.finish();
}
