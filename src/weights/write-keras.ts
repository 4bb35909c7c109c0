import { elements, type GraphNode, type TensorSpec } from '../5-graph/graph.ts';
import type { ExportedTensor } from './export-names.ts';
import { isDepthwise, storedShape, toStored, type WeightLayout } from './tfjs-layout.ts';

/** An HDF5 file that is being written. */
export interface Hdf5Writer {
  group(path: string): void;
  /** An attribute of a group: a list of texts of ASCII characters, or one text. */
  texts(path: string, attribute: string, value: string | readonly string[]): void;
  /** A dataset of float32. @param values row-major */
  floats(path: string, shape: readonly number[], values: Float32Array): void;
  /** @returns the file's length in bytes */
  finish(): number;
}

/** A copy of an HDF5 file whose datasets are filled with other numbers. */
export interface Hdf5Filler {
  /** Whether a dataset is of float32. */
  isFloat32(path: string): boolean;
  /** @param values row-major, as many as the dataset has */
  fill(path: string, shape: readonly number[], values: Float32Array): void;
  /** @returns the file's length in bytes */
  finish(): number;
}

/** A tensor as a weight of a layer. */
interface KerasWeight {
  /** `conv1`: one name for each layer. */
  readonly layer: string;
  /** `kernel` */
  readonly variable: string;
  readonly layout: WeightLayout;
  readonly tensor: ExportedTensor;
}

/** The variables of layers, in the order in which a layer has them. */
const variables = ['kernel', 'depthwise_kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance'];

/** HDF5 keeps an attribute with its object, which has room for this; Keras reads longer lists from several attributes. */
const mostAttributeBytes = 64_000;

/** The version that the older form of the file states, which any later one reads. */
const version = '2.15.0';

/** Why a tensor does not fit a file of Keras; undefined where it does. @param input the shape that its node reads */
export function kerasProblem({ name, node, tensor }: ExportedTensor, input: readonly number[]): string | undefined {
  if (tensor.role === 'value') return `'${name}' is a separate tensor, but in Keras weights belong to layers`;
  if (!name.endsWith(`.${tensor.role}`)) return `'${name}' does not end with '.${tensor.role}' after its layer`;
  const flattens = node.op.kind === 'linear' && input.length === 3 && elements(input.slice(1)) > 1;
  return flattens ? `'${name}' reads a flattened map, which Keras flattens in a different order` : undefined;
}

/**
 * Writes weights as `save_weights('NAME.h5')` of Keras does, one tensor at a time: one group per layer, named by what precedes `.weight`, and its variables in Keras's order. `load_weights` takes such a file, and with `by_name=True` the model may have other layers too.
 * @param read the values of a tensor; the array need only be valid until the next call.
 * @returns how many bytes were written.
 */
export function writeKeras(
  file: Hdf5Writer,
  tensors: readonly ExportedTensor[],
  read: (tensor: ExportedTensor) => Float32Array,
): number {
  const layers = new Map<string, KerasWeight[]>();
  for (const weight of tensors.map(weightOf)) layers.set(weight.layer, [...(layers.get(weight.layer) ?? []), weight]);
  const buffer = new Float32Array(tensors.reduce((most, { shape }) => Math.max(most, elements(shape)), 0));
  file.texts('/', 'backend', 'tensorflow');
  file.texts('/', 'keras_version', version);
  file.texts('/', 'producer', 'enetc');
  for (const [attribute, names] of attributeParts('layer_names', [...layers.keys()])) file.texts('/', attribute, names);
  for (const [layer, inAnyOrder] of layers) {
    const weights = inAnyOrder.sort((a, b) => variables.indexOf(a.variable) - variables.indexOf(b.variable));
    file.group(`/${layer}`);
    file.group(`/${layer}/${layer}`);
    const names = weights.map(({ variable }) => `${layer}/${variable}:0`);
    file.texts(`/${layer}`, 'weight_names', names);
    for (const { variable, layout, tensor } of weights) {
      const { shape, node } = tensor;
      const groups = node.op.kind === 'conv' ? node.op.groups : 1;
      const values = toStored(layout, shape, read(tensor), buffer.subarray(0, elements(shape)));
      file.floats(`/${layer}/${layer}/${variable}:0`, storedShape(layout, shape, groups), values);
    }
  }
  return file.finish();
}

function weightOf(tensor: ExportedTensor): KerasWeight {
  const { name, shape, node } = tensor;
  const { role } = tensor.tensor;
  const layout =
    shape.length === 4 ? (isDepthwise(node) ? 'depthwise' : 'conv') : shape.length === 2 ? 'linear' : 'vector';
  const layer = name.slice(0, -role.length - 1);
  return { layer, variable: variableOf(node, role, layout), layout, tensor };
}

function variableOf({ op }: GraphNode, role: TensorSpec['role'], layout: WeightLayout): string {
  if (role === 'running_mean') return 'moving_mean';
  if (role === 'running_var') return 'moving_variance';
  const isAffine = op.kind === 'conv' || op.kind === 'linear';
  if (role === 'bias') return isAffine ? 'bias' : 'beta';
  if (!isAffine) return 'gamma';
  return layout === 'depthwise' ? 'depthwise_kernel' : 'kernel';
}

/** A list as one attribute, or as several numbered ones where it is long (`save_attributes_to_hdf5_group` in Keras). */
function attributeParts(attribute: string, names: readonly string[]): [string, readonly string[]][] {
  const width = names.reduce((most, { length }) => Math.max(most, length), 1);
  const count = Math.floor(mostAttributeBytes / width);
  if (names.length <= count) return [[attribute, names]];
  return Array.from({ length: Math.ceil(names.length / count) }, (_, i) => [
    `${attribute}${i}`,
    names.slice(i * count, (i + 1) * count),
  ]);
}
