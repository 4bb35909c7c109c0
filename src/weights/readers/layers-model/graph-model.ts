import { isObject } from '../../is-object.ts';
import type { WeightLayout } from '../../tfjs-layout.ts';

/** A node of a graph model (tensorflow/core/framework/graph.proto, as JSON). */
export interface TopologyNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes whose values it reads. */
  readonly inputs: readonly string[];
  /** By input: which of the node's values. */
  readonly places: readonly number[];
  /** As the file has them: numbers also as texts, texts in base64. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** For a product: whether its second factor is `[units, features]`. */
  readonly isTransposed: boolean;
}

/** A graph model, next to the checkpoint that has its floating-point constants under their names. */
export interface GraphModel {
  readonly nodes: readonly TopologyNode[];
  /** The names of the nodes that are its outputs, where the file states them. */
  readonly outputs: readonly string[];
  /** Of the floating-point constants, in TensorFlow's order. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Constants of few whole numbers. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
  /** Matrices of products that read a flattened map with an unknown number of channels. */
  readonly unordered: ReadonlySet<string>;
}

/** How the graph uses a constant as a kernel. */
export interface KernelUse {
  /** `vector` for constants that are already in our order. */
  readonly layout: WeightLayout;
  /** For a product that reads a map pixel by pixel: the map's channels. */
  readonly channels?: number;
  /** For a product that reads a map with an unknown number of channels. */
  readonly isOpen?: boolean;
}

const mostNodes = 100_000;
const mostSteps = 2_000_000;

/** The nodes of a model.json's `modelTopology`; undefined if it is not a graph. */
export function readGraph(topology: unknown): readonly TopologyNode[] | undefined {
  if (!isObject(topology) || !Array.isArray(topology.node) || topology.node.length > mostNodes) return undefined;
  return topology.node.flatMap((node: unknown) => {
    if (!isObject(node) || typeof node.name !== 'string' || typeof node.op !== 'string') return [];
    const listed: readonly unknown[] = Array.isArray(node.input) ? node.input : [];
    const read = listed.filter((input): input is string => typeof input === 'string' && !input.startsWith('^'));
    const attributes = isObject(node.attr) ? node.attr : {};
    const { transpose_b: turned } = attributes;
    return [
      {
        name: node.name,
        op: node.op,
        inputs: read.map((input) => input.replace(/:\d+$/, '')),
        places: read.map((input) => Number(/:(\d+)$/.exec(input)?.[1] ?? 0)),
        attributes,
        isTransposed: isObject(turned) && turned.b === true,
      },
    ];
  });
}

/** The nodes that a model.json's signature names as outputs, as TensorFlow.js takes them; none where it has no signature. */
export function statedOutputs(json: Readonly<Record<string, unknown>>): readonly string[] {
  const { userDefinedMetadata: own } = json;
  const signature = isObject(own) && isObject(own.signature) ? own.signature : json.signature;
  if (!isObject(signature) || !isObject(signature.outputs)) return [];
  const names = Object.values(signature.outputs).flatMap((output) =>
    isObject(output) && typeof output.name === 'string' ? [output.name.replace(/:\d+$/, '')] : [],
  );
  return [...new Set(names)];
}

const layouts: Readonly<Record<string, WeightLayout>> = {
  Conv2D: 'conv',
  _FusedConv2D: 'conv',
  FusedConv2D: 'conv',
  DepthwiseConv2dNative: 'depthwise',
  FusedDepthwiseConv2dNative: 'depthwise',
  _FusedDepthwiseConv2dNative: 'depthwise',
  MatMul: 'linear',
  _FusedMatMul: 'linear',
};
/** Ops that keep the channels of the map that they read. */
const sameChannels =
  /^(Identity|StopGradient|BiasAdd|Add|AddV2|Sub|Mul|RealDiv|Maximum|Minimum|Relu|Relu6|Elu|Selu|LeakyRelu|Prelu|Sigmoid|Tanh|Softplus|MaxPool|AvgPool|FusedBatchNorm(V2|V3)?|Pad|PadV2|MirrorPad|ResizeBilinear|ResizeNearestNeighbor)$/;
const reshapes = /^(Reshape|Squeeze|Flatten)$/;

/** Which constants of a graph are kernels of convolutions and products. @param shapes of the constants, in TensorFlow's order */
export function kernelUses(
  nodes: readonly TopologyNode[],
  shapes: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, KernelUse> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  let left = mostSteps;
  const uses = new Map<string, KernelUse>();
  for (const { op, inputs, isTransposed } of nodes) {
    const layout = Object.hasOwn(layouts, op) ? layouts[op] : undefined;
    const kernel = constantAt(inputs[1]);
    const shape = shapes.get(kernel);
    if (!layout || shape?.length !== (layout === 'linear' ? 2 : 4)) continue;
    if (layout !== 'linear') uses.set(kernel, { layout });
    else if (isTransposed) uses.set(kernel, { layout: 'vector', ...orderRead(inputs[0], shape[1] as number) });
    else uses.set(kernel, { layout, ...orderRead(inputs[0], shape[0] as number) });
  }
  return uses;

  /** The name of the original of copies. */
  function constantAt(name = ''): string {
    for (let at = name, steps = 0; steps < 32; steps++) {
      const node = byName.get(at);
      if (node?.op !== 'Identity' || node.inputs[0] === undefined) return at;
      at = node.inputs[0];
    }
    return name;
  }

  /** The order in which a product reads its features: an input that is not flattened has one pixel. */
  function orderRead(name: string | undefined, features: number): Omit<KernelUse, 'layout'> {
    let node = byName.get(constantAt(name));
    while (node && reshapes.test(node.op) && left-- > 0) {
      const next = byName.get(constantAt(node.inputs[0]));
      if (next && !reshapes.test(next.op)) {
        // the result of a mean or a product is no longer a map
        if (/^(Mean|Max|Sum|MatMul|_FusedMatMul|Placeholder)$/.test(next.op)) return {};
        const channels = channelsOf(next.name, 0);
        if (channels === undefined || features % channels !== 0) return { isOpen: true };
        return channels === features ? {} : { channels };
      }
      node = next;
    }
    return {};
  }

  function channelsOf(name: string, depth: number): number | undefined {
    const node = byName.get(name);
    if (!node || depth > 500 || left-- <= 0) return undefined;
    const layout = Object.hasOwn(layouts, node.op) ? layouts[node.op] : undefined;
    if (layout === 'conv' || layout === 'depthwise') {
      const [, , c = 0, d = 0] = shapes.get(constantAt(node.inputs[1])) ?? [];
      return (layout === 'conv' ? d : c * d) || undefined;
    }
    if (node.op === 'ConcatV2') {
      const parts = node.inputs.slice(0, -1).map((input) => channelsOf(input, depth + 1));
      return parts.reduce<number | undefined>(
        (sum, n) => (sum === undefined || n === undefined ? undefined : sum + n),
        0,
      );
    }
    if (!sameChannels.test(node.op)) return undefined;
    // one side of a sum or a product may be a constant
    for (const input of node.inputs.slice(0, /^(Add|AddV2|Sub|Mul|RealDiv|Maximum|Minimum)$/.test(node.op) ? 2 : 1)) {
      const channels = channelsOf(input, depth + 1);
      if (channels !== undefined) return channels;
    }
    return undefined;
  }
}
