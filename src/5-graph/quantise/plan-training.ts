import { isTrainingOnly } from '../../ops/ops.ts';
import { type Graph, type GraphNode, readerCounts } from '../graph.ts';
import { foldBatchNorm, removeTrainingOps } from '../passes/for-inference.ts';
import type { IntegerOps } from './integer-ops.ts';
import { type Layout, layOut, rangeSource } from './layout.ts';
import { unitsOf } from './units.ts';

/**
 * What is rounded while a network trains, by the numbers of the nodes of the training graph: the weights and values that int8 files quantise, decided by the same layout.
 *
 * A norm stays a separate step in training: it multiplies a filter by one number, and a filter's scale is that of its largest number, so that rounding before folding the norm or after gives the same. Unlike in Jacob et al. 2018, section 3.2, where a weight has one scale for all filters, a batch's statistics therefore do not need a second convolution.
 */
export interface TrainedQuantisation {
  /** Nodes whose weight is rounded. */
  readonly weights: ReadonlySet<number>;
  /** Nodes whose values are rounded, with the variables that hold their ranges. */
  readonly ranges: ReadonlyMap<number, string>;
  /** Nodes whose ranges are kept and whose values are not rounded: what files of other targets hold in few bits. */
  readonly observed: ReadonlyMap<number, string>;
  /** Nodes that read rounded what is rounded. */
  readonly reads: ReadonlySet<number>;
  /** Nodes that give rounded values to all that read them. */
  readonly gives: ReadonlySet<number>;
}

/**
 * Plans what is rounded in training. @param graph as built, or the one that evaluates it @param integers what the files
 * that it is trained for compute on integers @param others the same for files of other targets, whose ranges are kept
 */
export function planTraining(graph: Graph, integers: IntegerOps, others: readonly IntegerOps[]): TrainedQuantisation {
  const tagged: Graph = { ...graph, nodes: graph.nodes.map((node): Tagged => ({ ...node, built: node.id })) };
  const folded = foldBatchNorm(removeTrainingOps(tagged));
  const units = unitsOf(folded);
  const layout = layOut(folded, { units, integers }, new Set());
  const builtAs = (id: number) => (folded.nodes[id] as Tagged).built;
  const normOf = new Map<number, number>();
  for (const { id, op, inputs } of graph.nodes) {
    if (op.kind === 'batchNorm' && inputs[0]) normOf.set(inputs[0].node, id);
  }
  /** The node of the graph with the result of a node of the folded one. */
  const givenBy = (id: number) => {
    const built = builtAs(id);
    return (folded.nodes[id] as GraphNode).foldedNorm ? (normOf.get(built) as number) : built;
  };
  const names = rangeNames(folded, layout);
  const weights = new Set(layout.weighted.map(({ node }) => builtAs(node)));
  const reads = new Set([...weights, ...[...layout.integer].map(builtAs)]);
  const observed = others.flatMap((other) => {
    const all = rangeNames(folded, layOut(folded, { units, integers: other }, new Set()));
    return [...all].filter(([id]) => !names.has(id));
  });
  return {
    weights,
    ranges: new Map([...names].map(([id, name]) => [givenBy(id), name])),
    observed: new Map(observed.map(([id, name]) => [givenBy(id), name])),
    reads: withTrainingOps(graph, reads),
    gives: new Set([...names.keys()].filter((id) => layout.integer.has(id)).map(givenBy)),
  };
}

/** A node with its number in the graph as built. */
interface Tagged extends GraphNode {
  readonly built: number;
}

/** The names of the ranges that a layout needs, by the nodes of its graph whose values have them: `stem.act/range`. */
export function rangeNames(graph: Graph, layout: Layout): ReadonlyMap<number, string> {
  const sources = [...new Set(layout.held.map((id) => rangeSource(layout, id)))]
    .filter((id) => !layout.fixed.has(id))
    .sort((a, b) => a - b);
  // numbered among all nodes of a path, so that a name is the same for every target
  const uses = new Map<string, number>();
  const names = graph.nodes.map(({ op, path }) => {
    const base = `${op.kind === 'input' ? op.name : path}/range`;
    const use = uses.get(base) ?? 0;
    uses.set(base, use + 1);
    return use === 0 ? base : `${base}${use}`;
  });
  return new Map(sources.map((id) => [id, names[id] as string]));
}

/** Dropout and its kin read rounded values where all that reads them would. */
function withTrainingOps(graph: Graph, reads: Set<number>): ReadonlySet<number> {
  const readers = graph.nodes.map((): number[] => []);
  for (const { id, inputs } of graph.nodes) for (const { node } of inputs) readers[node]?.push(id);
  const counts = readerCounts(graph);
  for (const { id, op } of [...graph.nodes].reverse()) {
    const own = readers[id] ?? [];
    if (isTrainingOnly(op) && own.length === counts[id] && own.every((reader) => reads.has(reader))) reads.add(id);
  }
  return reads;
}
