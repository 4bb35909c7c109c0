import type { ScalingPoint } from '../4-scale/scaling.ts';
import { type Cost, totalCost } from '../5-graph/cost.ts';
import { type Graph, type Shape, shapeOf, typeOf, type ValueRef } from '../5-graph/graph.ts';
import { activationMemory, type Memory } from '../5-graph/memory.ts';
import { withoutAuxiliary } from '../5-graph/passes/remove-unreached.ts';
import { fieldSize, type ReceptiveField, receptiveFields } from '../5-graph/receptive-field.ts';
import { type MapStrides, mapStrides, whole } from '../5-graph/stride.ts';
import type { ElementType } from '../5-graph/value-type.ts';
import type { Pair } from '../ops/pair.ts';

import { describeNodes } from './op-label.ts';
import { inChannels, readExpansion, readSqueeze, readWindows, windowedNodes } from './read-block.ts';
import { allStageNumbers, type StageNumbers } from './stage-numbers.ts';
import { type Stage, stagesOf } from './stages.ts';
import { type TypeCount, typeCounts } from './type-counts.ts';

/** A network in numbers, for one image (batch 1) at inference. Plain data: `--json` prints it unchanged. */
export interface Summary {
  readonly model: string;
  readonly point?: PointSummary;
  readonly inputs: readonly NamedShape[];
  readonly outputs: readonly OutputShape[];
  readonly stages: readonly StageSummary[];
  readonly totals: Totals;
  /** The types of values and tensors, if not everything is float32. */
  readonly types?: readonly TypeCount[];
}

export interface PointSummary {
  readonly variant?: string;
  readonly phi?: number;
  readonly d: number;
  readonly w: number;
  readonly r: number;
  readonly convention: 'tf' | 'torch';
  /** Parameters of the model by name, as they would be written. */
  readonly params: Readonly<Record<string, string>>;
}

export interface NamedShape {
  readonly name: string;
  readonly shape: Shape;
  /** Where it is not float32. */
  readonly type?: ElementType;
}

export interface OutputShape extends NamedShape {
  /** For a map: pixels of the input between two neighbouring positions. */
  readonly stride?: number;
}

/** A row of a model's table, or a section without one. */
export interface StageSummary {
  /** `stem`, `stages.4`. */
  readonly id: string;
  /** The block's name as the source writes it (several with ` + `), or what the section does, in words. */
  readonly operator: string;
  readonly repeats: number;
  /** Sizes of the windows that move over space; `[high, wide]` where a window is not square. */
  readonly kernels: readonly (number | Pair)[];
  /** By how much height and width become smaller. */
  readonly stride: number;
  readonly input: Shape;
  readonly output: Shape;
  /** Its activation functions, each once, in the order in which they come. */
  readonly activations: readonly string[];
  /** Inner channels over those of the block's input, where a block has such a middle; distinct values. */
  readonly expand: readonly number[];
  /** Channels that squeeze-and-excitation squeezes to; distinct values. */
  readonly squeeze: readonly number[];
  readonly params: number;
  readonly buffers: number;
  readonly macs: number;
  /** What all its nodes write, in bytes. */
  readonly activationBytes: number;
  /** The most activation memory alive while it runs, in bytes. */
  readonly peakBytes: number;
  /** Pixels of the input that one position of the output sees along the axis where it sees more; more than the input has where it sees all. */
  readonly receptiveField: number;
}

export interface Totals {
  readonly params: number;
  /** With those of auxiliary outputs, which only training has; absent if there are none. */
  readonly trainingParams?: number;
  readonly buffers: number;
  readonly macs: number;
  /** Convolutions and linear layers. */
  readonly layers: number;
  readonly activationBytes: number;
  readonly peakBytes: number;
  /** The path of the node at which the peak is. */
  readonly peakAt: string;
  /** Before any global pool, along the axis where it is more. */
  readonly receptiveField: number;
  /** Pixels of the input between two neighbouring positions of the last feature map, along that axis. */
  readonly stride: number;
}

/**
 * Sums a graph up, stage by stage, as it is outside of training. Give it the network as written: folding batch norm changes
 * the parameters.
 */
export function summarize(written: Graph, point?: ScalingPoint): Summary {
  const graph = withoutAuxiliary(written);
  const facts: Facts = {
    graph,
    memory: activationMemory(graph),
    fields: largerFields(graph),
    strides: mapStrides(graph),
  };
  const numbers = allStageNumbers(graph);
  const types = typeCounts(graph);
  return {
    model: graph.name,
    ...(point && { point: summarizePoint(point) }),
    inputs: graph.inputs.flatMap((id) => {
      const node = graph.nodes[id];
      return node?.op.kind === 'input' ? [namedShape(graph, node.op.name, { node: id, output: 0 })] : [];
    }),
    outputs: outputShapes(graph, facts.strides),
    stages: stagesOf(graph).map((stage) => summarizeStage(facts, stage, numbers.stages.get(stage.id) as StageNumbers)),
    totals: {
      ...summarizeTotals(facts, numbers),
      ...trainingTotals(written, numbers),
    },
    ...(types.length > 0 && { types }),
  };
}

/** The receptive field of every node along the axis where it is larger. */
function largerFields(graph: Graph): ReceptiveField[] {
  const wide = receptiveFields(graph, 1);
  return receptiveFields(graph, 0).map((high, i) => {
    const other = wide[i] ?? high;
    return fieldSize(other) > fieldSize(high) ? other : high;
  });
}

function namedShape(graph: Graph, name: string, value: ValueRef): NamedShape {
  const { element } = typeOf(graph, value);
  return { name, shape: shapeOf(graph, value), ...(element !== 'float32' && { type: element }) };
}

/** The kind of a network's outputs. */
export function outputShapes(graph: Graph, strides = mapStrides(graph)): readonly OutputShape[] {
  return graph.outputs.map(({ name, value }) => {
    const stride = strides[value.node] ?? whole;
    const output = namedShape(graph, name, value);
    return output.shape.length === 3 && stride !== whole ? { ...output, stride } : output;
  });
}

/** The part of a scaling point that a report shows. */
export function summarizePoint(point: ScalingPoint): PointSummary {
  return {
    ...(point.variant !== undefined && { variant: point.variant }),
    ...(point.phi !== undefined && { phi: point.phi }),
    d: point.d.value,
    w: point.w.value,
    r: point.r.value,
    convention: point.convention.name,
    params: Object.fromEntries(point.params.map((p) => [p.name, p.text])),
  };
}

/** What a position of the input sees: itself. */
const ownField: ReceptiveField = { first: 0, last: 0, stride: 1 };

/** The data that stages are measured with: one entry per node. */
interface Facts {
  readonly graph: Graph;
  readonly memory: Memory;
  readonly fields: readonly ReceptiveField[];
  readonly strides: MapStrides;
}

function summarizeStage({ graph, memory, fields, strides }: Facts, stage: Stage, numbers: StageNumbers): StageSummary {
  const { operators, repeats, input, output, outputNode, params, buffers, macs, activationBytes } = numbers;
  const blocks = stage.blocks.filter((block) => block.operator !== undefined);
  return {
    id: stage.id,
    operator:
      operators.length > 0 ? operators.join(' + ') : describeNodes(stage.nodes, (node) => inChannels(graph, node)),
    repeats,
    ...readWindows(graph, stage.nodes, strides),
    input,
    output,
    activations: [...new Set(stage.nodes.flatMap(({ op }) => (op.kind === 'activation' ? [op.fn] : [])))],
    expand: distinct(blocks.flatMap((block) => readExpansion(graph, block, strides) ?? [])),
    squeeze: distinct(blocks.flatMap((block) => readSqueeze(block, strides) ?? [])),
    params,
    buffers,
    macs,
    activationBytes,
    peakBytes: stage.nodes.reduce((most, node) => Math.max(most, memory.live[node.id] ?? 0), 0),
    receptiveField: fieldSize(fields[outputNode] ?? ownField),
  };
}

function summarizeTotals({ graph, memory, fields, strides }: Facts, cost: Cost): Totals {
  const last = windowedNodes(graph.nodes, strides).reduce((most, node) => {
    const field = fields[node.id] ?? most;
    return fieldSize(field) > fieldSize(most) ? field : most;
  }, ownField);
  return {
    params: cost.params,
    buffers: cost.buffers,
    macs: cost.macs,
    layers: graph.nodes.filter((n) => ['conv', 'convTranspose', 'linear'].includes(n.op.kind)).length,
    activationBytes: cost.activationBytes,
    peakBytes: memory.peak,
    peakAt: graph.nodes[memory.peakNode]?.path ?? '',
    receptiveField: fieldSize(last),
    stride: last.stride,
  };
}

function trainingTotals(written: Graph, { params }: Cost): Pick<Totals, 'trainingParams'> {
  const all = totalCost(written, written.nodes).params;
  return all === params ? {} : { trainingParams: all };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
