import type { Onnx } from './proto.ts';

/**
 * Makes every Pad that a pool reads pad with -0 instead of 0: an equal number, with which runtimes leave the Pad alone. Up to 1.31, ONNX Runtime moves zeros into the pool's own padding, where a maximum ignores them and a pad of the window's
 * size or more makes the file unloadable.
 * @param negativeZero names the constant, of the type of a value.
 */
export function keepPadsOutOfPools(nodes: readonly Onnx.INodeProto[], negativeZero: (like: string) => string): void {
  const pooled = new Set(nodes.flatMap(({ opType, input }) => (pools.has(opType ?? '') ? (input?.[0] ?? []) : [])));
  for (const node of nodes) {
    if (node.opType !== 'Pad' || !pooled.has(node.output?.[0] ?? '')) continue;
    node.input = [...(node.input ?? []).slice(0, 2), negativeZero(node.input?.[0] as string)];
  }
}

const pools: ReadonlySet<string> = new Set(['MaxPool', 'AveragePool']);
