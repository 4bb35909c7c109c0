import { type Graph, graphTensors } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';

/** Reports each Weight whose name begins those of other tensors: a place in a PyTorch module is a parameter or a module. */
export function reportSharedPlaces(graph: Graph): Diagnostic[] {
  const names = [...graphTensors(graph)].map(({ tensor }) => tensor.name);
  return graph.nodes.flatMap(({ op, tensors, span }) => {
    const weight = op.kind === 'weight' ? tensors[0]?.name : undefined;
    const below = weight === undefined ? undefined : names.find((name) => name.startsWith(`${weight}.`));
    return weight === undefined || below === undefined
      ? []
      : [createDiagnostic('pytorch-name', span, { weight, below })];
  });
}
