import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import { elements } from '../5-graph/graph.ts';
import { fillNormal } from './normal.ts';
import { fillUniform, randomState } from './random.ts';
import { requiredTensors } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

type Rule =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number };

/**
 * Initial weights as the EfficientNet reference code draws them (tensorflow/tpu, models/official/efficientnet,
 * `conv_kernel_initializer` and `dense_kernel_initializer`): convolutions normal with variance 2 / fan_out, fan_out =
 * kernel^2 * filters / groups; dense layers uniform in +-1 / sqrt(units); biases 0; batch norms the identity.
 *
 * Each tensor has a generator of its own, from the seed and the tensor's name: the order of reading does not matter,
 * and the same seed gives the same bytes.
 * @param graph before or after batch norms were folded.
 * @param seed a whole number.
 */
export function seededWeights(graph: Graph, seed: number): WeightSource {
  const rules = new Map<string, Rule>();
  let largest = 0;
  for (const { node, tensor } of requiredTensors(graph)) {
    rules.set(tensor.name, ruleOf(node, tensor));
    largest = Math.max(largest, elements(tensor.shape));
  }
  let buffer: Float32Array | undefined;

  return {
    read(tensor) {
      const length = elements(tensor.shape);
      if (!buffer || buffer.length < length) buffer = new Float32Array(Math.max(length, largest));
      const out = buffer.subarray(0, length);
      const rule = rules.get(tensor.name) ?? constantOf(tensor);
      if (rule.kind === 'constant') out.fill(rule.value);
      else if (rule.kind === 'normal') fillNormal(out, randomState(seed, tensor.name), rule.deviation);
      else fillUniform(out, randomState(seed, tensor.name), rule.bound);
      return out;
    },
  };
}

function ruleOf({ op, tensors }: GraphNode, tensor: TensorSpec): Rule {
  // A folded norm's tensors come with their convolution's node, but are none of its own.
  if (tensor.role !== 'weight' || !tensors.includes(tensor)) return constantOf(tensor);
  if (op.kind === 'conv') {
    const fanOut = (op.window.kernel * op.window.kernel * op.filters) / op.groups;
    return { kind: 'normal', deviation: Math.sqrt(2 / fanOut) };
  }
  if (op.kind === 'linear') return { kind: 'uniform', bound: 1 / Math.sqrt(op.units) };
  return constantOf(tensor);
}

function constantOf({ role }: TensorSpec): Rule {
  return { kind: 'constant', value: role === 'weight' || role === 'running_var' ? 1 : 0 };
}
