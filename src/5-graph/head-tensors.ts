import type { Graph } from './graph.ts';

/** The tensors of a network's head: those of the section that contains the last linear layer; undefined without one. */
export function headTensors({ nodes }: Graph): ReadonlySet<string> | undefined {
  const last = nodes.findLast((node) => node.op.kind === 'linear');
  if (!last) return undefined;
  const { section } = last.place;
  const own = nodes.filter((node) => node.place.section === section);
  return new Set(own.flatMap((node) => node.tensors.map((tensor) => tensor.name)));
}
