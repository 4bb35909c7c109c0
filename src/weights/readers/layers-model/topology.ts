import { isObject } from '../../is-object.ts';

/** A value in a model's topology: the layer that gives it, the layer's call, and the call's result. */
export interface ResultRef {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** A layer of a topology. */
export interface TopologyLayer {
  /** Its name in references. */
  readonly id: string;
  /** The prefix of its weights' names. */
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** What each call of the layer reads; empty for an input. */
  readonly calls: readonly (readonly ResultRef[])[];
  /** The layers of a nested model. */
  readonly inner?: Topology;
}

/** The layers of a model and how they are joined. */
export interface Topology {
  readonly layers: readonly TopologyLayer[];
  readonly inputs: readonly ResultRef[];
  readonly outputs: readonly ResultRef[];
}

/** Models nested deeper than this are not read. */
const deepest = 32;

/**
 * The topology in a model.json, of TensorFlow.js or of Keras's converter, whatever the version: functional or sequential,
 * with nested models. Undefined if it is none of these.
 */
export function readTopology(json: unknown): Topology | undefined {
  if (!isObject(json)) return undefined;
  const model = isObject(json.model_config) ? json.model_config : json;
  return modelOf(model, 0);
}

const modelClasses = new Set(['Model', 'Functional', 'Sequential']);

function modelOf(model: Readonly<Record<string, unknown>>, depth: number): Topology | undefined {
  const { class_name: className, config } = model;
  if (typeof className !== 'string' || !modelClasses.has(className) || depth > deepest) return undefined;
  // Old versions of Keras write a sequential model's layers as the configuration itself.
  const list = isObject(config) ? config.layers : config;
  if (!Array.isArray(list)) return undefined;
  const read = list.map((layer) => layerOf(layer, depth));
  if (!read.every((layer) => layer !== undefined)) return undefined;
  if (className === 'Sequential') return sequence(read);
  if (!isObject(config)) return undefined;
  return { layers: read, inputs: refsOf(config.input_layers), outputs: refsOf(config.output_layers) };
}

function layerOf(json: unknown, depth: number): TopologyLayer | undefined {
  if (!isObject(json) || typeof json.class_name !== 'string') return undefined;
  const config = isObject(json.config) ? json.config : {};
  const name = typeof json.name === 'string' ? json.name : config.name;
  if (typeof name !== 'string') return undefined;
  const inner = modelClasses.has(json.class_name) ? modelOf(json, depth + 1) : undefined;
  const calls = Array.isArray(json.inbound_nodes) ? json.inbound_nodes.map(refsOf) : [];
  return { id: name, name, className: json.class_name, config, calls, ...(inner && { inner }) };
}

/** Layers one after the other, each called once. */
function sequence(layers: readonly TopologyLayer[]): Topology {
  const ref = (i: number): ResultRef => ({ layer: String(i), call: 0, output: 0 });
  const { config = {}, className } = layers[0] ?? {};
  const input: TopologyLayer = { id: '', name: '', className: 'InputLayer', config, calls: [] };
  const all = className === 'InputLayer' ? layers : [input, ...layers];
  return {
    layers: all.map((layer, i) => ({ ...layer, id: String(i), calls: i === 0 ? [] : [[ref(i - 1)]] })),
    inputs: [ref(0)],
    outputs: [ref(all.length - 1)],
  };
}

/**
 * The values that are named in a list: `[name, call, output, ...]`, one or many, or what Keras 3 writes, in which they appear
 * somewhere as `{keras_history: [name, call, output]}`.
 */
function refsOf(json: unknown): readonly ResultRef[] {
  const refs: ResultRef[] = [];
  const todo: unknown[] = [json];
  while (todo.length > 0) {
    const item = todo.pop();
    if (Array.isArray(item)) {
      const [layer, call, output] = item;
      if (typeof layer === 'string' && Number.isInteger(call) && Number.isInteger(output)) {
        refs.push({ layer, call, output });
      } else {
        for (let i = item.length - 1; i >= 0; i--) todo.push(item[i]);
      }
    } else if (isObject(item)) {
      if (item.keras_history !== undefined) todo.push(item.keras_history);
      else for (const value of Object.values(item).reverse()) if (typeof value === 'object') todo.push(value);
    }
  }
  return refs;
}
