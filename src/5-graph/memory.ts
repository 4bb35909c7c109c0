import { resultOf } from '../ops/ops.ts';
import { byteLength, type Graph, type GraphNode } from './graph.ts';

/** Activation memory of one image (batch 1) at inference, in bytes, without weights. */
export interface Memory {
  /** What is alive while each node runs: its inputs, its outputs, and what later nodes still need. */
  readonly live: readonly number[];
  /** The most that is alive at once. */
  readonly peak: number;
  /** The node during which it is. */
  readonly peakNode: number;
}

interface Buffer {
  readonly bytes: number;
  /** The last node that reads it. */
  end: number;
}

/** How much activation memory a run in the order of the nodes takes, with buffers freed after their last use. */
export function activationMemory(graph: Graph): Memory {
  const lastUse = lastUses(graph);
  const buffers: Buffer[][] = [];
  const live: number[] = [];
  let alive = 0;
  let peak = 0;
  let peakNode = 0;

  for (const node of graph.nodes) {
    const i = node.id;
    const reused = reusable(node, buffers);
    const outputs = node.shapes.map((shape, output) => {
      const end = lastUse[i]?.[output] ?? i;
      if (reused) {
        reused.end = Math.max(reused.end, end);
        return reused;
      }
      const buffer = { bytes: byteLength(shape, node.type), end };
      alive += buffer.bytes;
      return buffer;
    });
    buffers.push(outputs);
    live.push(alive);
    if (alive > peak) {
      peak = alive;
      peakNode = i;
    }
    const touched = new Set(outputs);
    for (const ref of node.inputs) {
      const buffer = buffers[ref.node]?.[ref.output];
      if (buffer) touched.add(buffer);
    }
    for (const buffer of touched) if (buffer.end <= i) alive -= buffer.bytes;
  }
  return { live, peak, peakNode };
}

/** The buffer of an input that the node's output may take over. */
function reusable(node: GraphNode, buffers: readonly Buffer[][]): Buffer | undefined {
  const result = resultOf(node.op);
  if (result !== 'passed' && result !== 'inPlace') return undefined;
  const bytes = byteLength(node.shapes[0] ?? [], node.type);
  for (const ref of node.inputs) {
    const buffer = buffers[ref.node]?.[ref.output];
    if (buffer && (result === 'passed' || (buffer.end === node.id && buffer.bytes === bytes))) return buffer;
  }
  return undefined;
}

/** For each output of each node the last node that reads it: itself if none does, never (infinity) for a graph's output. */
function lastUses(graph: Graph): number[][] {
  const last = graph.nodes.map((node) => node.shapes.map(() => node.id));
  for (const node of graph.nodes) for (const ref of node.inputs) note(last, ref.node, ref.output, node.id);
  for (const { value } of [...graph.outputs, ...graph.auxiliary])
    note(last, value.node, value.output, Number.POSITIVE_INFINITY);
  return last;
}

function note(last: number[][], node: number, output: number, use: number): void {
  const outputs = last[node];
  if (outputs) outputs[output] = Math.max(outputs[output] ?? 0, use);
}
