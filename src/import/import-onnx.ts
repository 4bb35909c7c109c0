import { format } from '../1-parse/format.ts';
import type { Graph } from '../5-graph/graph.ts';
import { compile } from '../compile.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isUnreadable } from '../weights/readers/byte-reader.ts';
import type { CheckpointSource } from '../weights/readers/format.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { assignWeights } from './assign-weights.ts';
import type { ImportedNetwork } from './network.ts';
import type { Numbers } from './numbers.ts';
import { readOnnxGraph } from './onnx/read-graph.ts';
import { toNetwork } from './onnx/to-network.ts';
import { recognise } from './recognise.ts';
import { UnsayableNode } from './unsayable.ts';
import { writeSpec } from './write-spec.ts';

/** A network of another program as a spec, and its weights. */
export interface Imported {
  readonly text: string;
  /** The network that the text builds. */
  readonly graph: Graph;
  /** The file's numbers under the names that the text gives them. */
  readonly weights: WeightSource;
  /** How many nodes the file has. */
  readonly fileNodes: number;
}

export interface ImportResult {
  readonly imported?: Imported;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads an ONNX file as a spec. The text is compiled, and its network compared with the file's node by node, which gives each
 * tensor its name.
 * @param name what the model is called, as a file's name
 */
export function importOnnx(source: CheckpointSource, name: string): ImportResult {
  try {
    const onnx = readOnnxGraph(source);
    const { network, failed } = toNetwork(onnx);
    if (!network)
      return { diagnostics: [createDiagnostic('import-node', undefined, { file: source.name, ...failed! })] };
    const notes: Diagnostic[] = [];
    const known = recognise(network, name);
    if (known) {
      const { text, graph, weights, call, folded } = known;
      notes.push(createDiagnostic('import-family', undefined, { file: source.name, call, folded }));
      const { text: formatted } = format({ name: 'imported.enet', text });
      return { imported: { text: formatted, graph, weights, fileNodes: onnx.nodes.length }, diagnostics: notes };
    }
    notes.push(...copiedWeights(network, source.name));
    const { stated, reason } = stateNetwork(network, name);
    if (!stated) return { diagnostics: [createDiagnostic('import-limits', undefined, { file: source.name, reason })] };
    return { imported: { ...stated, fileNodes: onnx.nodes.length }, diagnostics: notes };
  } catch (e) {
    if (isUnreadable(e)) {
      const data = { file: source.name, what: 'an ONNX model', reason: e.message };
      return { diagnostics: [createDiagnostic('checkpoint-unreadable', undefined, data)] };
    }
    if (!(e instanceof UnsayableNode)) throw e;
    const data = { file: source.name, node: e.node, type: '', reason: e.message };
    return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
  }
}

/** The text of a network: with blocks where these build the same network, which is made sure of, and else node by node. */
function stateNetwork(
  network: ImportedNetwork,
  name: string,
): { readonly stated?: Omit<Imported, 'fileNodes'>; readonly reason: string } {
  let reason = '';
  for (const blocks of [true, false]) {
    const { text } = format({ name: 'imported.enet', text: writeSpec(network, name, blocks) });
    const { graph, diagnostics } = compile({ name: 'imported.enet', text });
    const wrong = diagnostics.find(({ severity }) => severity === 'error');
    const weights = graph && !wrong ? assignWeights(network, graph, false) : undefined;
    if (graph && weights) return { stated: { text, graph, weights }, reason };
    reason = wrong?.message ?? '';
    if (!wrong && !blocks) throw new Error(`the text of the import is another network\n${text}`);
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
