import { format } from '../1-parse/format.ts';
import { compile } from '../compile.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Pair } from '../ops/pair.ts';
import { statedLabels } from '../weights/preprocessing-facts.ts';
import { isUnreadable } from '../weights/readers/byte-reader.ts';
import type { CheckpointSource } from '../weights/readers/format.ts';
import { assignWeights } from './assign-weights.ts';
import type { Imported, ImportResult } from './imported.ts';
import { pathOfTensor } from './names.ts';
import type { ImportedNetwork } from './network.ts';
import type { Numbers } from './numbers.ts';
import { outputNames, sizeOfCut } from './onnx/cut.ts';
import { type OnnxGraph, readOnnxGraph } from './onnx/read-graph.ts';
import { toNetwork } from './onnx/to-network.ts';
import { recognise } from './recognise.ts';
import { UnsayableNode } from './unsayable.ts';
import { writeSpec } from './write-spec.ts';

/** What a user states about a graph. */
export interface GraphOptions {
  /** Height and width of images, where the graph leaves them open. */
  readonly image?: Pair;
  /** Tensors or nodes that are the outputs instead of the graph's own. */
  readonly outputs?: readonly string[];
  /** Whether what cannot be expressed is left out, with what depends on it. */
  readonly cut?: boolean;
}

/** Reads an ONNX file as a spec. @param name of the model, from a file's name */
export function importOnnx(source: CheckpointSource, name: string, options: GraphOptions = {}): ImportResult {
  try {
    const graph = readOnnxGraph(source);
    return importGraph(graph, source.name, name, { count: graph.nodes.length, what: 'nodes' }, options);
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
 */
export function importGraph(
  graph: OnnxGraph,
  file: string,
  name: string,
  size: Imported['size'],
  options: GraphOptions = {},
): ImportResult {
  try {
    const { network, kept, diagnostics } = networkOf(graph, file, options);
    return network
      ? stateGraph(network, graph, file, name, kept ? { ...size, count: kept } : size, diagnostics)
      : { diagnostics };
  } catch (e) {
    if (!(e instanceof UnsayableNode)) throw e;
    const data = { file, node: e.node, type: e.type, reason: e.message };
    return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
  }
}

/** The network of a graph: whole, up to the outputs that are asked for, or cut before what cannot be expressed. */
function networkOf(
  graph: OnnxGraph,
  file: string,
  { image, outputs, cut: isCut = false }: GraphOptions,
): { readonly network?: ImportedNetwork; readonly kept?: number; readonly diagnostics: readonly Diagnostic[] } {
  const { chosen, unknown } = outputs ? chooseOutputs(graph, outputs) : { chosen: graph, unknown: undefined };
  if (unknown) return { diagnostics: [createDiagnostic('import-outputs', undefined, { file, ...unknown })] };
  const whole = toNetwork(chosen, image);
  if (whole.network) {
    if (!outputs) return { network: whole.network, diagnostics: [] };
    const { kept } = sizeOfCut(graph, outputNames(chosen));
    return { network: withPaths(whole.network), kept, diagnostics: [] };
  }
  const { failed, cut } = whole;
  const { names, kept, left } = cut;
  if (isCut && names.length > 0) {
    const { network } = toNetwork({ ...graph, outputs: names.map((name) => ({ name })) }, image);
    const note = createDiagnostic('import-cut', undefined, { file, ...failed, left, count: names.length });
    if (network) return { network: withPaths(network), kept, diagnostics: [note] };
  }
  const data = { file, ...failed, ...(names.length > 0 && { kept, nodes: kept + left }) };
  return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
}

/** A network whose outputs are tensors in the middle of a file. */
function withPaths(network: ImportedNetwork): ImportedNetwork {
  return { ...network, outputs: network.outputs.map(({ name, value }) => ({ name: pathOfTensor(name), value })) };
}

/** A graph with other outputs, by the names of tensors or of the nodes that make them. */
function chooseOutputs(
  graph: OnnxGraph,
  wanted: readonly string[],
): { chosen: OnnxGraph; unknown?: { name: string; similar: string } } {
  const byNode = new Map(graph.nodes.map(({ name, outputs }) => [name, outputs[0] ?? '']));
  const tensors = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const outputs = wanted.map((name) => ({ name: tensors.has(name) ? name : (byNode.get(name) ?? '') }));
  const at = outputs.findIndex(({ name }) => name === '');
  if (at < 0) return { chosen: { ...graph, outputs } };
  const name = wanted[at] as string;
  return { chosen: graph, unknown: { name, similar: didYouMean(name, [...tensors, ...byNode.keys()]) } };
}

/** The text of a network, whatever it was read from. */
function stateGraph(
  network: ImportedNetwork,
  graph: OnnxGraph,
  file: string,
  name: string,
  size: Imported['size'],
  before: readonly Diagnostic[],
): ImportResult {
  const names = statedLabels(graph.metadata);
  const labels = names && { labels: names };
  const known = recognise(network, name);
  if (known) {
    const { graph: built, weights, call, folded } = known;
    const notes = [...before, createDiagnostic('import-family', undefined, { file, call, folded })];
    const { text } = format({ name: 'imported.enet', text: known.text });
    return { imported: { text, graph: built, weights, size, ...labels }, diagnostics: notes };
  }
  const { stated, reason } = stateNetwork(network, name);
  if (!stated) return { diagnostics: [createDiagnostic('import-limits', undefined, { file, reason })] };
  const notes = reason === '' ? [] : [createDiagnostic('import-flat', undefined, { file, reason })];
  return {
    imported: { ...stated, size, ...labels },
    diagnostics: [...before, ...notes, ...copiedWeights(network, file)],
  };
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
