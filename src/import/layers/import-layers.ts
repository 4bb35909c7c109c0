import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { Topology } from '../../weights/readers/layers-model/topology.ts';
import { type GraphOptions, importGraph } from '../import-onnx.ts';
import type { ImportResult } from '../imported.ts';
import { UnsayableNode } from '../unsayable.ts';
import { type Constants, graphOfLayers } from './graph-of-layers.ts';

/**
 * Reads a Keras model, or a layers model of TensorFlow.js, as a spec.
 * @param constants numbers of layers that are not weights, by name @param name of the model, from a file's name
 */
export function importLayers(
  checkpoint: Checkpoint,
  topology: Topology,
  constants: Constants | undefined,
  name: string,
  options: GraphOptions = {},
): ImportResult {
  const file = checkpoint.name;
  try {
    const graph = graphOfLayers(topology, checkpoint, constants ?? new Map());
    return importGraph(graph, file, name, { count: topology.layers.length, what: 'layers' }, options);
  } catch (e) {
    if (!(e instanceof UnsayableNode)) throw e;
    const data = { file, node: e.node, type: e.type, reason: e.message };
    return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
  }
}
