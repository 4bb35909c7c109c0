import { byteLength, type Graph, graphTensors } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { reportLackedForms } from '../lacked-form.ts';
import type { EmitRequest, EmitResult, Target } from '../target.ts';
import type { NoOptions } from '../tfjs/entries.ts';
import { type Port, planGraphModel } from '../tfjs/graph-model/plan.ts';
import { lackedForms } from '../tfjs/lacked-forms.ts';
import { type GraphSignature, type LargeContent, savedModelParts } from '../tfjs/saved-model/encode.ts';
import { bytesOf, type StoredWeight } from '../tfjs/weight-shards.ts';
import { savedModelEntry } from './entry.ts';

/** Protobuf's limit for a message, less what is not weights. */
const mostWeightBytes = 2 ** 31 - 2 ** 24;

/**
 * A frozen SavedModel: `saved_model.pb`, whose weights are constants, with the signature `serving_default`; and `enet.json`, which
 * describes the network and how its pictures are prepared.
 */
export const savedModelTarget: Target<NoOptions> = {
  ...savedModelEntry,
  defaults: {},
  check: (graph) => [...reportLackedForms(graph, 'savedmodel', lackedForms), ...reportSize(graph)],
  emit: writeSavedModel,
};

function reportSize(graph: Graph): Diagnostic[] {
  let bytes = 0;
  for (const { tensor } of graphTensors(graph)) bytes += byteLength(tensor.shape, tensor.type);
  if (bytes <= mostWeightBytes) return [];
  return [createDiagnostic('savedmodel-size', undefined, { gigabytes: (bytes / 1e9).toFixed(1) })];
}

interface Content extends LargeContent {
  readonly weight: StoredWeight;
}

function writeSavedModel({ graph, weights, metadata, open, progress }: EmitRequest<NoOptions>): EmitResult {
  const plan = planGraphModel(graph, false);
  const contents = new Map(plan.weights.map((weight) => [weight.name, contentOf(weight)]));
  const signature: GraphSignature = { inputs: infos(plan.inputs), outputs: infos(plan.outputs) };
  const parts = savedModelParts(plan.graph, { serving_default: signature }, (name) => contents.get(name));
  const description = { format: 'enetc-savedmodel', metadata: Object.fromEntries(metadata) };
  const json = new TextEncoder().encode(`${JSON.stringify(description, undefined, 1)}\n`);
  const total =
    json.length + parts.reduce((sum, { bytes, content }) => sum + bytes.length + (content?.byteLength ?? 0), 0);
  const { sink } = open('saved_model.pb');
  let done = 0;
  const write = (bytes: Uint8Array) => {
    sink.write(bytes);
    done += bytes.length;
  };
  for (const { bytes, content } of parts) {
    write(bytes);
    if (!content) continue;
    write(bytesOf(content.weight, weights));
    progress?.(done, total);
  }
  open('enet.json').sink.write(json);
  progress?.(total, total);
  return { diagnostics: [], bytes: done + json.length };
}

function contentOf(weight: StoredWeight): Content {
  const byteLength = weight.shape.reduce((product, n) => product * n, 4);
  return { weight, byteLength, dtype: 'DT_FLOAT', shape: weight.shape };
}

function infos(ports: readonly Port[]): GraphSignature['inputs'] {
  return Object.fromEntries(ports.map(({ name, node, shape }) => [name, { name: `${node}:0`, shape }]));
}
