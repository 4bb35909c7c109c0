import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { GraphModel } from '../../weights/readers/layers-model/graph-model.ts';
import { type GraphOptions, importGraph } from '../import-onnx.ts';
import type { ImportResult } from '../imported.ts';
import { UnsayableNode } from '../unsayable.ts';
import { graphOfNodes } from './graph-of-nodes.ts';

/**
 * Reads a graph model of TensorFlow.js as a spec.
 * @param name of the model, from a file's name
 */
export function importGraphModel(
  checkpoint: Checkpoint,
  model: GraphModel,
  name: string,
  options: GraphOptions = {},
): ImportResult {
  const file = checkpoint.name;
  try {
    const graph = graphOfNodes(model, checkpoint);
    const count = model.nodes.filter(({ op }) => op !== 'Const').length;
    return importGraph(graph, file, name, { count, what: 'nodes' }, options);
  } catch (e) {
    if (!(e instanceof UnsayableNode)) throw e;
    const data = { file, node: e.node, type: e.type, reason: e.message };
    return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
  }
}
