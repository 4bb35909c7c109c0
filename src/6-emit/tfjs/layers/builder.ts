import type { GraphNode, TensorSpec } from '../../../5-graph/graph.ts';
import { storedShape, weightLayout } from '../../../weights/tfjs-layout.ts';
import { createNames } from '../../names.ts';
import type { StoredWeight } from '../weight-shards.ts';

/** Where a value comes from, as Keras writes it: the layer's name, its call, its output, further arguments. */
export type InboundRef = readonly [layer: string, call: 0, output: 0, arguments: Record<string, never>];

/** A layer as model.json has it. */
export interface LayerJson {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: readonly (readonly InboundRef[])[];
}

/** A model's layers and the weights they have; a value is the name of the layer that gives it. */
export interface LayersPlan {
  readonly layers: readonly LayerJson[];
  readonly weights: readonly StoredWeight[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface LayersBuilder {
  /** Adds a layer under `name`, or `name_1`, `name_2` ... where that is taken; the name it has. */
  layer(className: string, name: string, config: Readonly<Record<string, unknown>>, inputs: readonly string[]): string;
  /**
   * Adds the layer of a node that owns tensors, under its path.
   * @param members what Keras calls the node's tensors, in their order: `kernel`, `bias`.
   */
  owner(
    node: GraphNode,
    className: string,
    config: Readonly<Record<string, unknown>>,
    inputs: readonly string[],
    members: readonly string[],
  ): string;
  input(name: string, shape: readonly number[]): string;
  finish(outputs: readonly string[]): LayersPlan;
}

/** @param ownerPaths the paths of nodes that own tensors: no other layer may have such a name. */
export function createLayersBuilder(ownerPaths: readonly string[]): LayersBuilder {
  const names = createNames();
  for (const path of ownerPaths) names.unique(path);
  const layers: LayerJson[] = [];
  const weights: StoredWeight[] = [];
  const inputs: string[] = [];

  const add: LayersBuilder['layer'] = (className, name, config, from) => {
    const inbound = from.map((layer): InboundRef => [layer, 0, 0, {}]);
    layers.push({
      class_name: className,
      name,
      config: { name, trainable: true, ...config },
      inbound_nodes: inbound.length > 0 ? [inbound] : [],
    });
    return name;
  };
  return {
    layer: (className, name, config, from) => add(className, names.unique(name), config, from),
    owner(node, className, config, from, members) {
      const groups = node.op.kind === 'conv' ? node.op.groups : 1;
      for (const [i, tensor] of node.tensors.entries()) {
        const member = members[i] as string;
        weights.push(storedWeight(`${node.path}/${member}`, node, tensor, groups));
      }
      return add(className, node.path, config, from);
    },
    input(name, shape) {
      const config = { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false };
      inputs.push(add('InputLayer', names.unique(name), config, []));
      return inputs.at(-1) as string;
    },
    finish: (outputs) => ({ layers, weights, inputs, outputs }),
  };
}

function storedWeight(name: string, node: GraphNode, tensor: TensorSpec, groups: number): StoredWeight {
  const layout = weightLayout(node, tensor);
  const shape = storedShape(layout, tensor.shape, groups);
  return { name, shape, dtype: 'float32', source: { tensor, layout } };
}
