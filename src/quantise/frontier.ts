import { elements, type Graph, type GraphNode, type GraphOutput, shapeOf } from '../5-graph/graph.ts';
import { type QuantisationPlan, quantise } from '../5-graph/passes/quantise.ts';
import { removeUnreached } from '../5-graph/passes/remove-unreached.ts';
import { float32 } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Engine, imageInput } from './engine.ts';
import { batchSize, nameOfValue, withValues } from './observe.ts';
import { batchesOf, createStore, type Pictures } from './pictures.ts';

/**
 * How far a network has been run over all pictures: the values of one node, the only ones that the rest of the network depends
 * on. The rest runs from there, not from the pictures.
 */
export interface Frontier {
  /** The number of the node; undefined for the pictures. */
  readonly node?: number;
  /** In float32. */
  readonly float: Pictures;
  /** As computed by the quantised part before it: what the integers represent. */
  readonly rounded: Pictures;
}

/** The two sides of a network between which a layer is fitted. */
export interface TwoSides {
  readonly graph: Graph;
  /** In float32. */
  readonly reference: WeightSource;
  /** As fitted so far. */
  readonly adjusted: WeightSource;
}

/**
 * The nodes within a network at which it can be cut: everything after them depends on what came before only through them. Those with more
 * numbers than the image are left out, so that storing them takes no more space than the pictures.
 */
export function cutsOf(graph: Graph): number[] {
  const lastReader = graph.nodes.map(() => -1);
  for (const { id, inputs } of graph.nodes) for (const { node } of inputs) lastReader[node] = id;
  for (const { value } of graph.outputs) lastReader[value.node] = graph.nodes.length;
  const most = elements(imageInput(graph).shape);
  let reach = -1;
  const cuts: number[] = [];
  for (const { id, shapes, op } of graph.nodes) {
    const isAlone = reach <= id && shapes.length === 1 && op.kind !== 'input';
    const isGiven = lastReader[id] === graph.nodes.length;
    if (isAlone && !isGiven && elements(shapeOf(graph, { node: id, output: 0 })) <= most) cuts.push(id);
    reach = Math.max(reach, lastReader[id] as number);
  }
  return cuts;
}

/** The part of a network that follows a frontier, whose values are its input; nodes keep their numbers. */
export function fromFrontier(graph: Graph, { node: at }: Pick<Frontier, 'node'>): Graph {
  if (at === undefined) return graph;
  const nodes = graph.nodes.map((node): GraphNode => {
    if (node.id !== at) return node;
    const { foldedNorm: _, mergedBranches: __, ...rest } = node;
    return { ...rest, op: { kind: 'input', name: nameOfValue(at) }, inputs: [], tensors: [], type: float32 };
  });
  return { ...graph, nodes };
}

/** A plan for the part after a frontier: the stored values are float32, and are rounded where they are read. */
export function planFrom({ node }: Pick<Frontier, 'node'>, plan: QuantisationPlan): QuantisationPlan {
  if (node === undefined || !plan.integer.has(node)) return plan;
  return { ...plan, integer: new Set([...plan.integer].filter((id) => id !== node)) };
}

/**
 * Runs from one frontier to another, whose values are stored; the first is closed, unless it was the pictures. @param
 * plan of everything before the new one
 */
export async function advance(
  from: Frontier,
  to: number,
  { graph, reference, adjusted }: TwoSides,
  plan: QuantisationPlan,
  engine: Engine,
  folder: string,
): Promise<Frontier> {
  const part = withValues(fromFrontier(graph, from), [to]);
  const typed = quantise(part, planFrom(from, plan));
  const size = elements(shapeOf(graph, { node: to, output: 0 }));
  const batch = batchSize(graph, [to]);
  const next: Frontier = {
    node: to,
    float: await runInto(part, reference, from.float, batch, engine, createStore(folder, size)),
    rounded: await runInto(typed, adjusted, from.rounded, batch, engine, createStore(folder, size)),
  };
  closeFrontier(from);
  return next;
}

/** Removes the stored values of a frontier. */
export function closeFrontier({ node, float, rounded }: Frontier): void {
  if (node === undefined) return;
  float.close();
  rounded.close();
}

async function runInto(
  part: Graph,
  weights: WeightSource,
  pictures: Pictures,
  batch: number,
  engine: Engine,
  store: ReturnType<typeof createStore>,
): Promise<Pictures> {
  const [{ name }] = part.outputs as [GraphOutput];
  const network = await engine.open(removeUnreached(part), weights);
  try {
    for (const { images, count } of batchesOf(pictures, batch)) {
      const values = (await network.run(images, count))[name] as Float32Array;
      const size = values.length / count;
      for (let i = 0; i < count; i++) store.add(values.subarray(i * size, (i + 1) * size));
    }
  } catch (e) {
    store.pictures().close();
    throw e;
  } finally {
    await network.close();
  }
  return store.pictures();
}
