import { elements } from '../../../5-graph/graph.ts';
import { createDiagnostic } from '../../../diagnostics/diagnostic.ts';
import { type CheckpointTensor, isFloat } from '../../checkpoint.ts';
import { isObject } from '../../is-object.ts';
import { Unreadable } from '../byte-reader.ts';
import type { CheckpointSource, OpenedTensors, RandomAccess } from '../format.ts';
import { mapsRead, ourValues, type ReadMap } from '../layers-model/feature-channels.ts';
import { featureOrders } from '../layers-model/feature-order.ts';
import { readTopology, type Topology } from '../layers-model/topology.ts';
import {
  type NamedWeight,
  namedWeight,
  otherWeight,
  splitSeparable,
  withoutLayers,
} from '../layers-model/weight-names.ts';
import { findWeights } from './find-weights.ts';
import type { Hdf5File } from './hdf5.ts';

/** Where one of our tensors is stored. */
interface LocatedWeight {
  readonly path: string;
  readonly named: NamedWeight;
  /** The maps that a dense layer reads pixel by pixel. */
  readonly maps?: readonly ReadMap[];
}

const mostConfig = 16 << 20;
/** Statistics of a normalising layer are one number per channel. */
const mostConstants = 1 << 16;

/**
 * Opens the weights of a Keras model under our names, kernels in our order.
 * @param hdf5 the file or the part of it that is HDF5.
 * @param config the model's configuration as JSON, if it is not in the HDF5 file.
 * @throws Unreadable
 */
export function openKerasWeights(
  source: CheckpointSource,
  hdf5: RandomAccess,
  config?: string,
): OpenedTensors | undefined {
  if (!source.openHdf5) return undefined;
  const file = source.openHdf5(hdf5);
  try {
    const { located, ...opened } = readWeights(source, file, config);
    const datasets = new Map([...located].map(([name, { path, named }]) => [name, { path, layout: named.layout }]));
    return { ...opened, hdf5: { file: hdf5, datasets }, close: () => file.close() };
  } catch (e) {
    file.close();
    throw e;
  }
}

function readWeights(
  { name }: CheckpointSource,
  file: Hdf5File,
  config = file.text('/', 'model_config'),
): OpenedTensors & { readonly located: ReadonlyMap<string, LocatedWeight> } {
  const json = config === undefined ? undefined : jsonOf(config);
  const topology = readTopology(json);
  const orders = topology && featureOrders(topology);
  const classes = classNames(topology);
  const tensors = new Map<string, CheckpointTensor>();
  const located = new Map<string, LocatedWeight>();
  const unordered: string[] = [];
  const constants = new Map<string, Float32Array>();
  const found = findWeights(file, modelName(json));
  const split = splitSeparable(found.map(({ name: weight }) => weight));
  for (const { path, name: weight } of found) {
    const { dtype, shape } = file.dataset(path);
    const own = split(memberName(weight, classes));
    const constant = /^(.+)\/(mean|variance)$/.exec(weight);
    const length = elements(shape);
    if (constant && isFloat(dtype) && length <= mostConstants) {
      const values = new Float32Array(length);
      file.read(path, values);
      constants.set(`${constant[1]}.${constant[2]}`.replaceAll('/', '.'), values);
    }
    const known = namedWeight(own, shape) ?? (constant || !isFloat(dtype) ? undefined : otherWeight(own, shape));
    if (!known) continue;
    // layers of nested models have paths
    const named = { ...known, name: known.name.replaceAll('/', '.') };
    if (tensors.has(named.name)) throw new Unreadable(`it has two weights '${weight}'`);
    if (!Number.isSafeInteger(elements(shape))) throw new Unreadable(`'${weight}' has an impossible shape`);
    // a file of weights alone has no topology: see `checkpoint-dense-order`
    const read = orders ? mapsRead(weight, named, orders) : {};
    if (read.problem !== undefined) throw new Unreadable(read.problem);
    if (!orders && named.layout === 'linear') unordered.push(named.name);
    const { maps } = read;
    tensors.set(named.name, { name: named.name, dtype, shape: named.shape });
    located.set(named.name, { path, named, ...(maps && { maps }) });
  }
  if (tensors.size === 0) throw new Unreadable('it holds no weights of layers that are known here');
  const longest = [...tensors.values()].reduce(
    (most, { shape, dtype }) => (isFloat(dtype) ? Math.max(most, elements(shape)) : most),
    0,
  );
  let buffer = new Float32Array(0);
  let turned = new Float32Array(0);
  const read = (tensor: string): Float32Array => {
    const weight = located.get(tensor);
    if (!weight || !isFloat(tensors.get(tensor)?.dtype ?? '')) {
      throw new Error(`${name} has no floating-point tensor '${tensor}'`);
    }
    const { path, named, maps } = weight;
    const length = elements(named.shape);
    if (buffer.length < length) {
      // as long as the largest tensor from the start: a growing buffer would leave shorter ones behind
      buffer = new Float32Array(longest);
      turned = new Float32Array(longest);
    }
    const stored = buffer.subarray(0, length);
    file.read(path, stored);
    return ourValues(named, stored, maps, turned.subarray(0, length));
  };
  const [first] = unordered;
  const report = (tensor: string) =>
    createDiagnostic('checkpoint-dense-order', undefined, { file: name, tensor, why: withoutLayers });
  const diagnostics = first === undefined ? [] : [report(first)];
  const layers = { ...(topology && { topology }), constants };
  return { checkpoint: { name, tensors, metadata: new Map(), read }, diagnostics, ...layers, located };
}

function jsonOf(config: string): unknown {
  if (config.length > mostConfig) throw new Unreadable(`its configuration has ${config.length} characters; too many`);
  try {
    return JSON.parse(config);
  } catch {
    throw new Unreadable('its configuration is not JSON');
  }
}

function modelName(json: unknown): string | undefined {
  const config = isObject(json) ? json.config : undefined;
  return isObject(config) && typeof config.name === 'string' ? config.name : undefined;
}

/** Classes of layers by name, including those of nested models. */
function classNames(topology: Topology | undefined, names = new Map<string, string>()): ReadonlyMap<string, string> {
  for (const { name, className, inner } of topology?.layers ?? []) {
    names.set(name, className);
    if (inner) classNames(inner, names);
  }
  return names;
}

/** In some versions of Keras a depthwise layer's kernel is just called `kernel`. */
function memberName(weight: string, classes: ReadonlyMap<string, string>): string {
  const [member = '', layer = ''] = weight.split('/').reverse();
  const isDepthwise = member === 'kernel' && classes.get(layer) === 'DepthwiseConv2D';
  return isDepthwise ? `${weight.slice(0, -'kernel'.length)}depthwise_kernel` : weight;
}
