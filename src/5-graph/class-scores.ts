import { elements, type Graph, type GraphOutput, shapeOf } from './graph.ts';

/**
 * The outputs of a network that have one number per class: the vectors, as `Linear` gives them. If there are none, those of the
 * shape `[C, 1, 1]`: a network may have a convolution as its classifier, and give the mean over its map (SqueezeNet).
 */
export function classScores(graph: Graph): readonly GraphOutput[] {
  const rank = (output: GraphOutput) => shapeOf(graph, output.value).length;
  const vectors = graph.outputs.filter((output) => rank(output) === 1);
  if (vectors.length > 0) return vectors;
  return graph.outputs.filter(({ value }) => {
    const shape = shapeOf(graph, value);
    return shape.length === 3 && elements(shape) === shape[0];
  });
}

/** The number of classes of a network's scores; 0 if it has none. */
export function classCount(graph: Graph): number {
  const [scores] = classScores(graph);
  return scores ? (shapeOf(graph, scores.value)[0] as number) : 0;
}
