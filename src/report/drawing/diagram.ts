import type { ScalingPoint } from '../../4-scale/scaling.ts';
import type { Call } from '../../5-graph/calls.ts';
import { type Graph, type GraphNode, readerCounts, type Shape } from '../../5-graph/graph.ts';
import { withoutAuxiliary } from '../../5-graph/passes/remove-unreached.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { memoise } from '../../memoise.ts';
import { writtenKernelLabel } from '../../ops/labels.ts';
import { dilationOf } from '../../ops/window.ts';
import { formatCount, formatFactor, formatShape } from '../format-number.ts';
import { groupBy } from '../group-by.ts';
import { isLoud, listed, opLabel } from '../op-label.ts';
import { inChannels } from '../read-block.ts';
import { inputsOf, type Stage, stagesOf } from '../stages.ts';
import { type NamedShape, type StageSummary, type Summary, summarize } from '../summary.ts';
import { pointParts } from '../summary-text.ts';
import { type BlockFigure, blockFigure } from './block-figure.ts';

/** The contents of a drawing: SVG, Mermaid and DOT are made from this. */
export interface Diagram {
  /** `EfficientNet b5` */
  readonly title: string;
  /** Point, size, parameters and multiply-accumulates, in parts. */
  readonly facts: readonly string[];
  readonly inputs: readonly NamedShape[];
  readonly stages: readonly DiagramStage[];
  readonly edges: readonly StageEdge[];
  readonly taps: readonly Tap[];
  readonly blocks: readonly BlockFigure[];
}

export interface DiagramStage {
  readonly id: string;
  readonly title: string;
  /** `3×3 · stride 2 · expand 6 · SE` */
  readonly details: string;
  readonly repeats: number;
  /** The names of its blocks; empty for a section without a table. */
  readonly operators: readonly string[];
  readonly params: number;
  readonly macs: number;
}

/** A tensor from one stage to another; from -1 it is the network's input. */
export interface StageEdge {
  readonly from: number;
  readonly to: number;
  readonly shape: Shape;
}

/** An output of the network and the stage that gives it. */
export interface Tap {
  readonly name: string;
  readonly from: number;
  readonly shape: Shape;
}

/** Collects everything to draw of a network, as outside of training. */
export function createDiagram(written: Graph, point?: ScalingPoint): Diagram {
  const graph = withoutAuxiliary(written);
  const summary = summarize(graph, point);
  const stages = stagesOf(graph);
  const stageOf = new Map<number, number>();
  stages.forEach((stage, i) => {
    for (const node of stage.nodes) stageOf.set(node.id, i);
  });
  const edges = stages.flatMap((stage, to) => {
    const bySource = new Map<number, StageEdge>();
    for (const { value, shape } of inputsOf(graph, stage.nodes)) {
      const from = stageOf.get(value.node) ?? -1;
      if (!bySource.has(from)) bySource.set(from, { from, to, shape });
    }
    return [...bySource.values()];
  });
  const operators = groupBy(
    stages.flatMap((stage) => stage.blocks),
    (block) => block.operator,
  );
  const uses = readerCounts(graph);
  return {
    title: `${summary.model} ${summary.point?.variant ?? ''}`.trim(),
    facts: factsOf(summary),
    inputs: summary.inputs,
    stages: stages.map((stage, i) => diagramStage(graph, summary.stages[i] as StageSummary, stage)),
    edges,
    taps: graph.outputs.map(({ name, value }) => ({
      name,
      from: stageOf.get(value.node) ?? -1,
      shape: graph.nodes[value.node]?.shapes[value.output] ?? [],
    })),
    blocks: [...operators].flatMap(([operator, blocks]) =>
      operator === undefined ? [] : [blockFigure(graph, operator, blocks, uses)],
    ),
  };
}

function factsOf(summary: Summary): string[] {
  return [
    ...(summary.point ? pointParts(summary.point) : []),
    ...summary.inputs.map(({ shape }) => formatShape(shape)),
    `${formatCount(summary.totals.params)} ${nounFor(summary.totals.params, 'parameter')}`,
    `${formatCount(summary.totals.macs)} ${nounFor(summary.totals.macs, 'MAC')}`,
  ];
}

/** `dilation 2`, of all windows that have one. */
function dilationText(nodes: readonly GraphNode[]): string {
  const windows = nodes.flatMap(({ op }) => ('window' in op ? [dilationOf(op.window)] : []));
  const texts = windows
    .filter((d) => d.some((n) => n > 1))
    .map(([high, wide]) => (high === wide ? `${high}` : `${high}×${wide}`));
  return texts.length === 0 ? '' : `dilation ${[...new Set(texts)].join(', ')}`;
}

/** `SE 8`: the channels squeezed to, where all blocks have the same. */
function squeezeText({ squeeze }: StageSummary): string {
  if (squeeze.length === 0) return '';
  return squeeze.length === 1 ? `SE ${squeeze[0]}` : 'SE';
}

/** The activations over maps, without those of gates, which do not characterise the stage. */
function activationText(nodes: readonly GraphNode[]): string {
  const overMaps = nodes.filter(
    ({ op, shapes: [shape] }) => op.kind === 'activation' && (shape?.[1] ?? 1) * (shape?.[2] ?? 1) > 1,
  );
  return [...new Set(overMaps.map(({ op }) => opLabel(op, 0)))].join(', ');
}

/** The calls that begin with each node, outer ones first. */
const callsFrom = memoise((graph: Graph) => groupBy(graph.calls, ({ first }) => first));

/** `AtrousPyramid, ConvBnAct, Conv 1×1`: the blocks that a section calls, and its ops outside of them. */
function calledText(graph: Graph, nodes: readonly GraphNode[]): string {
  const ids = new Set(nodes.map(({ id }) => id));
  const isWithin = ({ first, end }: Call) => {
    for (let id = first; id < end; id++) if (!ids.has(id)) return false;
    return end > first;
  };
  const names: string[] = [];
  let done = -1;
  for (const node of nodes) {
    if (node.id < done) continue;
    const call = callsFrom(graph).get(node.id)?.find(isWithin);
    if (call) {
      names.push(call.declared.node.name.name);
      done = call.end;
    } else if (isLoud(node)) names.push(opLabel(node.op, inChannels(graph, node)));
  }
  const starts = names.flatMap((name, i) => (name === names[i - 1] ? [] : [i]));
  return listed(
    starts.map((at, i) => {
      const count = (starts[i + 1] ?? names.length) - at;
      return count > 1 ? `${count} × ${names[at]}` : (names[at] as string);
    }),
  );
}

function diagramStage(graph: Graph, stage: StageSummary, { blocks, callee, nodes }: Stage): DiagramStage {
  const operators = [...new Set(blocks.flatMap((block) => block.operator ?? []))];
  // A block of a few ops is best described by these.
  const isLong = operators.length === 0 && stage.operator.endsWith('…');
  const named = isLong ? (callee ?? calledText(graph, nodes)) : undefined;
  const title = named ?? stage.operator;
  // A section without a table already states its kernels in its title.
  const kernels = operators.length > 0 || named !== undefined ? stage.kernels.map(writtenKernelLabel) : [];
  const [expand = 1] = stage.expand.length === 1 ? stage.expand : [];
  const details = [
    kernels.join(', '),
    stage.stride > 1 ? `stride ${stage.stride}` : '',
    dilationText(nodes),
    expand > 1 ? `expand ${formatFactor(expand, 2)}` : '',
    squeezeText(stage),
    activationText(nodes),
  ];
  return {
    id: stage.id,
    title,
    details: details.filter((d) => d !== '' && d !== title).join(' · '),
    repeats: stage.repeats,
    operators,
    params: stage.params,
    macs: stage.macs,
  };
}
