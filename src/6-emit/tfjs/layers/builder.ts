import { type GraphNode, ownerPath, type TensorSpec } from '../../../5-graph/graph.ts';
import { storedShape, weightLayout } from '../../../weights/tfjs-layout.ts';
import { createNames } from '../../names.ts';
import type { StoredWeight } from '../weight-shards.ts';

/** Where a value comes from, as Keras writes it: the layer's name, its call, its output, further arguments. */
export type InboundRef = readonly [layer: string, call: number, output: 0, arguments: Record<string, never>];

/** A layer in model.json. */
export interface LayerJson {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Of each call of the layer: a shared step's layer has several. */
  readonly inbound_nodes: (readonly InboundRef[])[];
}

/** A model's layers and the weights they have. */
export interface LayersPlan {
  readonly layers: readonly LayerJson[];
  readonly weights: readonly StoredWeight[];
  readonly inputs: readonly string[];
  readonly outputs: readonly (readonly [layer: string, call: number, output: 0])[];
}

/**
 * Collects the layers. A value is named after the layer that gives it; the result of a shared layer's later call has a
 * separate name.
 */
export interface LayersBuilder {
  /** Adds a layer under `name`, or `name_1`, `name_2` ... where that is taken; the name it has. */
  layer(className: string, name: string, config: Readonly<Record<string, unknown>>, inputs: readonly string[]): string;
  /**
   * Adds the layer of a node that owns tensors, under its path; or, for a further use of a shared step, a call of the
   * layer that the first use added. @param members Keras' names of the node's tensors, in their order: `kernel`, `bias`.
   */
  owner(
    node: GraphNode,
    className: string,
    config: Readonly<Record<string, unknown>>,
    inputs: readonly string[],
    members: readonly string[],
  ): string;
  input(name: string, shape: readonly number[]): string;
  /** The input added first. */
  firstInput(): string;
  finish(outputs: readonly string[]): LayersPlan;
}

/** One call of a layer. */
interface Call {
  /** The number of its layer. */
  readonly layer: number;
  readonly from: readonly Call[];
  /** In which of its passes over the layers TensorFlow.js makes it when it loads the model. */
  readonly pass: number;
}

/** @param ownerPaths the paths of nodes that own tensors: no other layer may have such a name. */
export function createLayersBuilder(ownerPaths: readonly string[]): LayersBuilder {
  const names = createNames();
  for (const path of ownerPaths) names.unique(path);
  const layers: Omit<LayerJson, 'inbound_nodes'>[] = [];
  /** By layer, in the order of the graph. */
  const calls: Call[][] = [];
  /** By the names of the values that they give. */
  const callOf = new Map<string, Call>();
  const weights: StoredWeight[] = [];
  const inputs: string[] = [];
  const owners = new Map<string, { readonly layer: number; readonly config: string }>();

  const call = (layer: number, value: string, inputs: readonly string[]) => {
    const from = inputs.map((name) => callOf.get(name) as Call);
    const made = { layer, from, pass: Math.max(0, ...from.map((c) => c.pass + (c.layer > layer ? 1 : 0))) };
    callOf.set(value, made);
    calls[layer]?.push(made);
    return value;
  };
  const add: LayersBuilder['layer'] = (className, name, config, from) => {
    layers.push({ class_name: className, name, config: { name, trainable: true, ...config } });
    calls.push([]);
    return call(layers.length - 1, name, from);
  };
  return {
    layer: (className, name, config, from) => add(className, names.unique(name), config, from),
    owner(node, className, config, from, members) {
      const path = ownerPath(node);
      const known = owners.get(path);
      const text = JSON.stringify([className, config]);
      if (known?.config === text) return call(known.layer, names.unique(node.path), from);
      // one whose padding is another at its size of image has a copy of the weights
      const name = known ? names.unique(node.path) : path;
      const groups = node.op.kind === 'conv' ? node.op.groups : 1;
      for (const [i, tensor] of node.tensors.entries()) {
        const member = members[i] as string;
        weights.push(storedWeight(`${name}/${member}`, node, tensor, groups));
      }
      add(className, name, config, from);
      if (!known) owners.set(path, { layer: layers.length - 1, config: text });
      return name;
    },
    input(name, shape) {
      const config = { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false };
      inputs.push(add('InputLayer', names.unique(name), config, []));
      return inputs.at(-1) as string;
    },
    firstInput: () => inputs[0] as string,
    finish(outputs) {
      // a reference to a call is its number in the order in which the loader makes calls, pass by pass
      const ordered = calls.map((of) => [...of].sort((a, b) => a.pass - b.pass));
      const numbers = new Map(ordered.flatMap((of) => of.map((made, i) => [made, i] as const)));
      const refTo = (made: Call) => [layers[made.layer]?.name as string, numbers.get(made) as number, 0] as const;
      return {
        layers: layers.map((layer, i) => ({
          ...layer,
          inbound_nodes: (ordered[i] as Call[]).flatMap(({ from }) =>
            from.length > 0 ? [from.map((made): InboundRef => [...refTo(made), {}])] : [],
          ),
        })),
        weights,
        inputs,
        outputs: outputs.map((value) => refTo(callOf.get(value) as Call)),
      };
    },
  };
}

function storedWeight(name: string, node: GraphNode, tensor: TensorSpec, groups: number): StoredWeight {
  const layout = weightLayout(node, tensor);
  const shape = storedShape(layout, tensor.shape, groups);
  return { name, shape, dtype: 'float32', source: { tensor, layout } };
}
