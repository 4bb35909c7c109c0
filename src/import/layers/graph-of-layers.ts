import { type Checkpoint, isFloat } from '../../weights/checkpoint.ts';
import type { Topology, TopologyLayer } from '../../weights/readers/layers-model/topology.ts';
import type { Numbers } from '../numbers.ts';
import type { DeclaredValue, FileNode, OnnxGraph } from '../onnx/read-graph.ts';
import { Unsayable, UnsayableNode } from '../unsayable.ts';
import type { LayerContext, LayerValue } from './layer-context.ts';
import { layers } from './layers.ts';

/** Numbers of layers that are not weights, by name: `normalization.mean`. */
export type Constants = ReadonlyMap<string, Float32Array>;

/** The most nodes: nested models that are called many times may unfold to more. */
const mostNodes = 100_000;

/**
 * The layers of a model as a graph of ONNX's operators, maps with their channels first, so that one reader serves all forms.
 * @throws UnsayableNode
 */
export function graphOfLayers(topology: Topology, checkpoint: Checkpoint, constants: Constants): OnnxGraph {
  const nodes: FileNode[] = [];
  const tensors = new Map<string, Numbers>();
  const inputs: DeclaredValue[] = [];
  let count = 0;
  const unique = (name: string) => `${name}:${count++}`;

  /** The tensor of a layer; names in nested models may or may not include their paths. */
  const tensorOf = (
    path: string,
    name: string,
    member: string,
  ): { readonly name: string; readonly numbers: Numbers } | undefined => {
    for (const own of [`${path}.${member}`, `${name}.${member}`]) {
      const known = tensors.get(own);
      if (known) return { name: own, numbers: known };
      const tensor = checkpoint.tensors.get(own);
      if (!tensor || !isFloat(tensor.dtype)) continue;
      const numbers = { shape: tensor.shape, isReal: true, read: () => checkpoint.read(own).slice() };
      tensors.set(own, numbers);
      return { name: own, numbers };
    }
    return undefined;
  };

  const contextOf = (layer: TopologyLayer, path: string, given: readonly LayerValue[]): LayerContext => ({
    config: layer.config,
    inputs: given,
    weight(member, shape) {
      const found = tensorOf(path, layer.name, member);
      if (!found || !shape) return found?.name;
      const own = shape(found.numbers.shape);
      if (String(own) === String(found.numbers.shape)) return found.name;
      const seen = `${found.name}:${own.length}`;
      tensors.set(seen, tensors.get(seen) ?? { ...found.numbers, shape: own });
      return seen;
    },
    constant(member) {
      const values = constants.get(`${path}.${member}`) ?? constants.get(`${layer.name}.${member}`);
      return values && { shape: [values.length], isReal: true, read: () => values };
    },
    numbers(numbers) {
      const name = unique('numbers');
      tensors.set(name, numbers);
      return name;
    },
    node(type, read, attributes = {}) {
      if (nodes.length >= mostNodes) throw new UnsayableNode(path, `the model has more than ${mostNodes} steps`);
      const output = unique(path);
      const names = read.map((name) => name ?? '');
      while (names.at(-1) === '') names.pop();
      const own = new Map(Object.entries(attributes));
      nodes.push({ type, domain: '', name: path, inputs: names, outputs: [output], attributes: own });
      return output;
    },
  });

  /** The values of a model's outputs, given those of its inputs. */
  const run = (
    { layers: own, inputs: takes, outputs }: Topology,
    path: string,
    given: readonly LayerValue[],
  ): LayerValue[] => {
    const values = new Map<string, LayerValue>();
    const key = (layer: string, call: number, output: number) => JSON.stringify([layer, call, output]);
    const resultOf = ({ layer, call, output }: { layer: string; call: number; output: number }) =>
      values.get(key(layer, call, output));
    for (const [i, { layer, call, output }] of takes.entries()) {
      if (given[i]) values.set(key(layer, call, output), given[i]);
    }
    // Layers are listed in whatever order; each call runs when all that it reads is there.
    const open = own.flatMap((layer) => layer.calls.map((reads, call) => ({ layer, reads, call })));
    for (let left = open; left.length > 0; ) {
      const next: typeof open = [];
      for (const one of left) {
        const read = one.reads.map(resultOf);
        if (read.some((value) => value === undefined)) next.push(one);
        else {
          const full = path === '' ? one.layer.name : `${path}.${one.layer.name}`;
          const found = runLayer(one.layer, full, read as LayerValue[]);
          for (const [output, value] of found.entries()) values.set(key(one.layer.id, one.call, output), value);
        }
      }
      if (next.length === left.length) break;
      left = next;
    }
    return outputs.map((ref) => {
      const value = resultOf(ref);
      if (!value) throw new UnsayableNode(ref.layer, 'no layer gives what it reads');
      return value;
    });
  };

  const runLayer = (layer: TopologyLayer, path: string, given: readonly LayerValue[]): readonly LayerValue[] => {
    if (layer.inner) return run(layer.inner, path, given);
    const { className } = layer;
    const read = Object.hasOwn(layers, className) ? layers[className] : undefined;
    try {
      if (!read) throw new Unsayable('the language has no such operator');
      return [read(contextOf(layer, path, given))];
    } catch (e) {
      if (!(e instanceof Unsayable)) throw e;
      // It stays as it is, so that the graph can be cut before it.
      const output = unique(path);
      const inputs = given.map(({ name }) => name);
      nodes.push({
        ...{ type: className, domain: '', name: path, inputs, outputs: [output], attributes: new Map() },
        refused: e.message,
      });
      return [{ name: output, rank: given[0]?.rank ?? 4 }];
    }
  };

  const given = topology.inputs.map(({ layer }, i): LayerValue => {
    const { config = {}, name = '' } = topology.layers.find(({ id }) => id === layer) ?? {};
    const shape = shapeOf(config, name || layer);
    const [height, width, channels] = shape;
    const own = `image${i === 0 ? '' : i + 1}`;
    inputs.push({ name: own, shape: [undefined, ...(shape.length === 3 ? [channels, height, width] : shape)] });
    return { name: own, rank: shape.length + 1 };
  });
  const outputs = run(topology, '', given).map((value) => {
    return { name: value.name, ...(value.isFlat && { isFlat: true }) };
  });
  const named = renamed(nodes, outputs);
  return {
    name: 'model',
    opset: 20,
    nodes: named.nodes,
    inputs,
    outputs: named.outputs,
    tensors,
    metadata: checkpoint.metadata,
    ...(scalesBytes(topology) && { pixels: 'bytes' as const }),
  };
}

/** Whether the first layer, also within a model that is the first layer, rescales values of 0 to 255: by 1 / 255 or 1 / 127.5. */
function scalesBytes({ layers: own, inputs }: Topology): boolean {
  const [input, ...others] = inputs;
  if (!input || others.length > 0) return false;
  const readers = own.filter(({ calls }) => calls.some((read) => read.some(({ layer }) => layer === input.layer)));
  const [first, ...more] = readers;
  if (!first || more.length > 0) return false;
  if (first.inner) return scalesBytes(first.inner);
  const { scale } = first.config;
  return first.className === 'Rescaling' && typeof scale === 'number' && scale > 1 / 256 && scale < 1 / 127;
}

/** The size that the input layer states, without the batch. */
function shapeOf(config: Readonly<Record<string, unknown>>, layer: string): readonly (number | undefined)[] {
  const stated = config.batch_shape ?? config.batch_input_shape ?? config.batchInputShape;
  const [, ...shape] = Array.isArray(stated) ? stated : [];
  if (shape.length === 0) throw new UnsayableNode(layer, 'the file does not say which size it has');
  return shape.map((n) => (typeof n === 'number' ? n : undefined));
}

/** Outputs under separate names: names of layers have numbers appended here. */
function renamed(nodes: readonly FileNode[], outputs: readonly DeclaredValue[]) {
  const names = new Map(outputs.map(({ name }) => [name, name.replace(/:\d+$/, '')]));
  const isClear = new Set(names.values()).size === names.size;
  const of = (name: string) => (isClear ? (names.get(name) ?? name) : name);
  return {
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(of), outputs: node.outputs.map(of) })),
    outputs: outputs.map((output) => ({ ...output, name: of(output.name) })),
  };
}
