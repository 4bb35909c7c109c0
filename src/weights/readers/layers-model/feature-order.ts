import type { ResultRef, Topology, TopologyLayer } from './topology.ts';
import { type FlatMap, orderAfter, type ValueOrder } from './value-order.ts';

/** How many calls of layers are followed: a model may call models, each several times. */
const mostCalls = 200_000;

/** The order in which a dense layer reads its features. */
export type FeatureOrder =
  /** As a linear layer of ours does: channel by channel. */
  | { readonly kind: 'ours' }
  /** Each of the maps pixel by pixel, all channels of a pixel together; the maps one after the other. */
  | { readonly kind: 'pixels'; readonly maps: readonly FlatMap[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** The order in which each dense layer of a topology reads, by the layer's name; nothing for others. */
export type FeatureOrders = ReadonlyMap<string, FeatureOrder | undefined>;

/** Key and value in the metadata of a layers model in which every dense layer reads like our linear layers. */
export const statedOrder = ['enet.features', 'channel by channel'] as const;

/**
 * Finds in which order each dense layer of a model reads its features: TensorFlow flattens a map pixel by pixel, a linear
 * layer of ours channel by channel, unless the model transposes the map first. What cannot be determined is reported as unknown.
 * @param metadata of the model, which may state it.
 */
export function featureOrders(topology: Topology, metadata: ReadonlyMap<string, unknown> = new Map()): FeatureOrders {
  const orders = new Map<string, FeatureOrder | undefined>();
  const isStated = metadata.get(statedOrder[0]) === statedOrder[1];
  nameAll(topology, orders, isStated ? { kind: 'ours' } : notReached);
  if (isStated) return orders;
  let left = mostCalls;
  evaluate(topology, undefined);
  return orders;

  /** @param given what a nested model reads; undefined for the outermost. */
  function evaluate(model: Topology, given: readonly ValueOrder[] | undefined): readonly ValueOrder[] {
    const isFirst = model.layers.some(({ config }) => config.data_format === 'channels_first');
    const results = new Map<string, readonly ValueOrder[]>();
    const { calls, keyOfRef } = inOrder(model);
    const read = (refs: readonly ResultRef[]) => refs.map((ref) => results.get(keyOfRef(ref))?.[ref.output] ?? lost);
    for (const { layer, call } of calls) {
      if (left-- <= 0) break;
      const place = layer.calls.length === 0 ? model.inputs.findIndex((ref) => ref.layer === layer.id) : -1;
      const inputs = read(layer.calls[call] ?? []);
      results.set(keyOf(layer.id, call), valuesOf(layer, inputs, given?.[place], isFirst));
    }
    return read(model.outputs);
  }

  function valuesOf(
    layer: TopologyLayer,
    inputs: readonly ValueOrder[],
    given: ValueOrder | undefined,
    isFirst: boolean,
  ) {
    if (given) return [given];
    if (layer.inner) return evaluate(layer.inner, inputs);
    if (layer.className === 'Dense') note(layer.name, readBy(inputs[0]));
    return [orderAfter(layer, inputs, isFirst)];
  }

  /** A layer that is called twice has one kernel, which has one order. */
  function note(name: string, order: FeatureOrder): void {
    const before = orders.get(name);
    const isFirst = before === undefined || before === notReached;
    orders.set(name, isFirst || JSON.stringify(before) === JSON.stringify(order) ? order : called);
  }
}

const notReached: FeatureOrder = {
  kind: 'unknown',
  why: 'its layers refer to each other in a cycle, or to layers that do not exist',
};
const called: FeatureOrder = { kind: 'unknown', why: 'it is read in two ways' };
const lost: ValueOrder = { order: 'unknown', behind: 'a layer that does not exist' };

/** Initialises the order of all dense layers. */
function nameAll({ layers }: Topology, orders: Map<string, FeatureOrder | undefined>, order: FeatureOrder): void {
  for (const { name, className, inner } of layers) {
    orders.set(name, className === 'Dense' ? order : undefined);
    if (inner) nameAll(inner, orders, order);
  }
}

function readBy(x: ValueOrder | undefined): FeatureOrder {
  if (x?.order === 'ours') return { kind: 'ours' };
  if (x?.order === 'last' && x.channels !== undefined) {
    // for a single map the kernel's features determine the size
    return { kind: 'pixels', maps: x.maps ?? [{ channels: x.channels }] };
  }
  return {
    kind: 'unknown',
    why: x?.behind === undefined ? 'the number of channels is not known' : `it comes after '${x.behind}'`,
  };
}

interface Call {
  readonly layer: TopologyLayer;
  readonly call: number;
}

interface CallOrder {
  /** Each after those that it reads from; those in cycles are left out. */
  readonly calls: readonly Call[];
  keyOfRef(ref: ResultRef): string;
}

function inOrder({ layers, outputs }: Topology): CallOrder {
  const calls = new Map<string, Call & { waits: number }>();
  for (const layer of layers) {
    // A layer that reads nothing is called once: an input.
    const count = Math.max(layer.calls.length, 1);
    for (let call = 0; call < count; call++) calls.set(keyOf(layer.id, call), { layer, call, waits: 0 });
  }
  const keyOfRef = numberedFromFirst(layers, outputs);
  const readers = new Map<string, string[]>();
  for (const [key, entry] of calls) {
    for (const ref of entry.layer.calls[entry.call] ?? []) {
      const source = keyOfRef(ref);
      if (!calls.has(source)) continue;
      entry.waits++;
      const list = readers.get(source);
      if (list) list.push(key);
      else readers.set(source, [key]);
    }
  }
  const ready = [...calls.values()].filter(({ waits }) => waits === 0);
  for (const { layer, call } of ready) {
    for (const reader of readers.get(keyOf(layer.id, call)) ?? []) {
      const entry = calls.get(reader);
      if (entry && --entry.waits === 0) ready.push(entry);
    }
  }
  return { calls: ready, keyOfRef };
}

/** Keras counts the construction of a nested model as its call 0, which does not appear in files. */
function numberedFromFirst(
  layers: readonly TopologyLayer[],
  outputs: readonly ResultRef[],
): (ref: ResultRef) => string {
  const most = new Map<string, number>();
  const count = ({ layer, call }: ResultRef) => most.set(layer, Math.max(most.get(layer) ?? 0, call));
  outputs.forEach(count);
  for (const { calls } of layers) for (const refs of calls) refs.forEach(count);
  const unwritten = new Map(
    layers.map(({ id, calls }) => [id, Math.max((most.get(id) ?? 0) + 1 - Math.max(calls.length, 1), 0)]),
  );
  return ({ layer, call }) => keyOf(layer, call - (unwritten.get(layer) ?? 0));
}

function keyOf(layer: string, call: number): string {
  return `${call} ${layer}`;
}
