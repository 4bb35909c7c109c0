import { format } from '../1-parse/format.ts';
import { compile } from '../compile.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Pair } from '../ops/pair.ts';
import { statedLabels } from '../weights/preprocessing-facts.ts';
import { isUnreadable } from '../weights/readers/byte-reader.ts';
import type { CheckpointSource } from '../weights/readers/format.ts';
import { assignWeights } from './assign-weights.ts';
import type { Imported, ImportResult } from './imported.ts';
import type { ImportedNetwork } from './network.ts';
import type { Numbers } from './numbers.ts';
import { type OnnxGraph, readOnnxGraph } from './onnx/read-graph.ts';
import { toNetwork } from './onnx/to-network.ts';
import { recognise } from './recognise.ts';
import { UnsayableNode } from './unsayable.ts';
import { writeSpec } from './write-spec.ts';

/** Reads an ONNX file as a spec. @param name of the model, from a file's name */
export function importOnnx(source: CheckpointSource, name: string, size?: Pair): ImportResult {
  try {
    const graph = readOnnxGraph(source);
    return importGraph(graph, source.name, name, { count: graph.nodes.length, what: 'nodes' }, size);
  } catch (e) {
    if (!isUnreadable(e)) throw e;
    const data = { file: source.name, what: 'an ONNX model', reason: e.message };
    return { diagnostics: [createDiagnostic('checkpoint-unreadable', undefined, data)] };
  }
}

/**
 * States a graph as a spec. The text is compiled, and its network compared with the graph's node by node, which gives each
 * tensor its name.
 * @param file for messages
 * @param image height and width of images, where the graph leaves them open
 */
export function importGraph(
  graph: OnnxGraph,
  file: string,
  name: string,
  size: Imported['size'],
  image?: Pair,
): ImportResult {
  try {
    const { network, failed } = toNetwork(graph, image);
    if (!network) return { diagnostics: [createDiagnostic('import-node', undefined, { file, ...failed! })] };
    const names = statedLabels(graph.metadata);
    const labels = names && { labels: names };
    const known = recognise(network, name);
    if (known) {
      const { graph: built, weights, call, folded } = known;
      const notes = [createDiagnostic('import-family', undefined, { file, call, folded })];
      const { text } = format({ name: 'imported.enet', text: known.text });
      return { imported: { text, graph: built, weights, size, ...labels }, diagnostics: notes };
    }
    const { stated, reason } = stateNetwork(network, name);
    if (!stated) return { diagnostics: [createDiagnostic('import-limits', undefined, { file, reason })] };
    const notes = reason === '' ? [] : [createDiagnostic('import-flat', undefined, { file, reason })];
    return { imported: { ...stated, size, ...labels }, diagnostics: [...notes, ...copiedWeights(network, file)] };
  } catch (e) {
    if (!(e instanceof UnsayableNode)) throw e;
    const data = { file, node: e.node, type: e.type, reason: e.message };
    return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
  }
}

/** Texts of more lines than this would be shorter with blocks. */
const manyLines = 30;

/**
 * The text of a network: with blocks where these build the same network, which is checked, otherwise node by node.
 * @returns with a text the reason why a long one has no blocks, else why there is none
 */
function stateNetwork(
  network: ImportedNetwork,
  name: string,
): { readonly stated?: Omit<Imported, 'size' | 'labels'>; readonly reason: string } {
  let reason = '';
  for (const blocks of [true, false]) {
    const { text } = format({ name: 'imported.enet', text: writeSpec(network, name, blocks) });
    const { graph, diagnostics } = compile({ name: 'imported.enet', text });
    const wrong = diagnostics.find(({ severity }) => severity === 'error');
    const weights = graph && !wrong ? assignWeights(network, graph, false) : undefined;
    if (graph && weights) {
      const isLong = text.trimEnd().split('\n').length > manyLines;
      const hasBlocks = text.split('\n').some((line) => line.startsWith('block '));
      if (blocks && isLong && !hasBlocks) reason = 'no part of it occurs twice';
      return { stated: { text, graph, weights }, reason };
    }
    reason = wrong?.message ?? 'with blocks the text builds a different network';
    if (!wrong && !blocks) throw new Error(`the text of the import builds a different network\n${text}`);
  }
  return { reason };
}

/** Says that nodes share kernels, which the text does not. Exporters also store equal biases once, which means nothing. */
function copiedWeights({ nodes }: ImportedNetwork, file: string): readonly Diagnostic[] {
  const owners = new Map<Numbers, string[]>();
  for (const {
    op,
    numbers: [weight],
    from,
  } of nodes) {
    if (weight && (op.kind === 'conv' || op.kind === 'linear'))
      owners.set(weight, [...(owners.get(weight) ?? []), from]);
  }
  const shared = [...owners.values()].filter((names) => names.length > 1);
  const [[node] = []] = shared;
  return node === undefined ? [] : [createDiagnostic('import-copied', undefined, { file, count: shared.length, node })];
}
