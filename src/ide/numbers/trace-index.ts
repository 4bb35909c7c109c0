import type { Trace } from '../../4-scale/trace.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { memoise } from '../../memoise.ts';
import type { Source, Span } from '../../source.ts';

/** The traces of a network by the place of the number in the text. */
type TraceIndex = ReadonlyMap<Source, ReadonlyMap<number, readonly Trace[]>>;

/**
 * How the numbers that a call such as `w(80)` gives came about in a network: one trace for each different sentence,
 * for a call in a block is evaluated wherever the block is used. Empty where nothing of the network came of it.
 * @param span of the whole call, in its own source
 */
export function tracesAt(graph: Graph, { source, start, end }: Span): readonly Trace[] {
  const traces = traceIndex(graph).get(source)?.get(start) ?? [];
  return traces.filter((trace) => trace.span.end === end);
}

const traceIndex = memoise((graph: Graph): TraceIndex => {
  const index = new Map<Source, Map<number, Trace[]>>();
  for (const node of graph.nodes) {
    for (const trace of node.traces) {
      const { source, start, end } = trace.span;
      let places = index.get(source);
      if (!places) index.set(source, (places = new Map()));
      const here = places.get(start);
      if (!here) places.set(start, [trace]);
      else if (!here.some((other) => other.span.end === end && other.text === trace.text)) here.push(trace);
    }
  }
  return index;
});
