import { descriptorOf } from '../ops/ops.ts';
import { type Graph, type GraphNode, type TensorSpec, typeOf } from './graph.ts';
import { isQuantised, type QuantisedType, sameType, typeProblem, type ValueType } from './value-type.ts';

/** How far a bias's scale may be from the product that it should be, relatively: products are rounded somewhere. */
const scaleTolerance = 1e-6;

/**
 * Checks the types of a graph, after a pass that sets types:
 * - A type fits its value or tensor: see `QuantisedType`. Values have one scale; only tensors may have several, one per channel.
 * - Nothing is converted silently: an op's inputs have elements of its own kind, and only `cast` changes that.
 * - Tensors of a float op have its type, or float16 in a float32 op: the writer widens them. The weight of a convolution or linear layer may be int8 there, representing real numbers, and then the bias of a linear layer int32. Quantised ops that own tensors are convolutions and linear layers, whose weights are
 *   int8 around 0, per tensor or per filter, and whose biases are int32 with the input's scale times the weight's.
 * - Ops that only move elements keep their type. int32 is only for biases. @throws Error that names the node and the problem: a fault of the pass, or of the caller that set types.
 */
export function checkTypes(graph: Graph): void {
  for (const node of graph.nodes) {
    const problem = problemOf(graph, node);
    if (problem === undefined) continue;
    throw new Error(`'${node.path}' (${node.op.kind}) of '${graph.name}' has wrong types: ${problem}`);
  }
}

function problemOf(graph: Graph, node: GraphNode): string | undefined {
  const { op, type, inputs, tensors, shapes } = node;
  const inputTypes = inputs.map((ref) => typeOf(graph, ref));
  const unsound = typeProblem(type, shapes[0] ?? []);
  if (unsound !== undefined) return unsound;
  if (isQuantised(type) && (type.axis !== undefined || type.element === 'int32'))
    return 'a value is int8 or int16 with one scale';
  if (op.kind === 'cast') return inputTypes.some((t) => sameType(t, type)) ? 'the cast changes nothing' : undefined;
  const other = inputTypes.find((t) => t.element !== type.element);
  if (other) return `it reads ${other.element} and is ${type.element}`;
  if (descriptorOf(op).movesOnly && !inputTypes.every((t) => sameType(t, type)))
    return 'it only moves elements, and rescales them';
  for (const tensor of tensors) {
    const problem = typeProblem(tensor.type, tensor.shape) ?? tensorProblem(node, tensor, inputTypes[0]);
    if (problem !== undefined) return `'${tensor.name}': ${problem}`;
  }
  return undefined;
}

function tensorProblem({ op, type, tensors }: GraphNode, tensor: TensorSpec, input?: ValueType): string | undefined {
  const own = tensor.type;
  const isWeighted = op.kind === 'conv' || op.kind === 'linear';
  if (!isQuantised(type)) {
    const isWidened = own.element === 'float16' && type.element === 'float32';
    if (isWidened || sameType(own, type)) return undefined;
    const wrong = `${own.element} in an op of ${type.element}`;
    if (!isWeighted || !isQuantised(own)) return wrong;
    if (tensor.role === 'weight') return weightProblem(own);
    const weight = tensors.find(({ role }) => role === 'weight')?.type;
    return op.kind === 'linear' && own.element === 'int32' && weight && isQuantised(weight) ? undefined : wrong;
  }
  if (!isWeighted) return 'only convolutions and linear layers compute with int8 tensors';
  if (!isQuantised(own)) return `${own.element} in an op of ${type.element}`;
  if (tensor.role === 'weight') return weightProblem(own);
  if (own.axis !== undefined && own.axis !== 0) return scalesOfOthers;
  const weight = tensors.find(({ role }) => role === 'weight')?.type;
  if (own.element !== 'int32') return 'a bias is int32';
  return weight && input && isQuantised(weight) && isQuantised(input) && isProduct(own, input, weight)
    ? undefined
    : "a bias has the input's scale times the weight's";
}

const scalesOfOthers = 'scales that do not belong to filters';

function weightProblem({ element, zeroPoint, axis }: QuantisedType): string | undefined {
  if (axis !== undefined && axis !== 0) return scalesOfOthers;
  return element === 'int8' && zeroPoint === 0 ? undefined : 'a weight is int8 with a zero point of 0';
}

function isProduct(bias: QuantisedType, input: QuantisedType, weight: QuantisedType): boolean {
  const [scale = Number.NaN] = input.scales;
  return (
    bias.scales.length === weight.scales.length &&
    bias.scales.every((s, i) => {
      const product = scale * (weight.scales[i] as number);
      return Math.abs(s - product) <= scaleTolerance * product;
    })
  );
}
