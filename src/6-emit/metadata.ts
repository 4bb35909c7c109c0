import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Program } from '../2-resolve/program.ts';
import type { ScalingPoint } from '../4-scale/scaling.ts';
import { totalCost } from '../5-graph/cost.ts';
import type { Graph } from '../5-graph/graph.ts';
import { type MetadataFact, networkFacts } from '../weights/preprocessing-facts.ts';
import type { Metadata, Target } from './target.ts';

/**
 * What an emitted file states about itself, so that its origin and its inputs are known later: the spec's hash, the
 * point of the family, its inputs, its classes, its cost. No dates: same input, same bytes.
 * @param layout of the file's inputs.
 * @param labels the names of the classes, where they are known.
 */
export function describeNetwork(
  program: Program,
  point: ScalingPoint,
  graph: Graph,
  weights: string,
  layout: NonNullable<Target<unknown>['layout']>,
  labels?: readonly string[],
): Metadata {
  const cost = totalCost(graph);
  const logits = graph.outputs
    .map((o) => graph.nodes[o.value.node]?.shapes[o.value.output] ?? [])
    .find((s) => s.length === 1);
  const facts: (readonly [string, string | undefined])[] = [
    ['enet.model', point.model],
    ['enet.spec_sha256', specHash(program)],
    ['enet.variant', point.variant],
    ['enet.phi', point.phi?.toString()],
    ['enet.d', String(point.d.value)],
    ['enet.w', String(point.w.value)],
    ['enet.r', String(point.r.value)],
    ['enet.convention', point.convention.name],
    ['enet.params', JSON.stringify(Object.fromEntries(point.params.map((p) => [p.name, p.text])))],
    ['enet.classes', logits?.[0]?.toString()],
    ['enet.weights', weights.replace(/^.*[\\/]/, '')],
    ['enet.parameters', String(cost.params)],
    ['enet.macs', String(cost.macs)],
    ...networkFacts(graph, labels, layout),
  ];
  return facts.filter((fact): fact is MetadataFact => fact[1] !== undefined);
}

/** The SHA-256 of all files of the program, in their order. Paths do not count: a copy elsewhere is the same spec. */
export function specHash(program: Program): string {
  return bytesToHex(sha256(utf8ToBytes(program.modules.map((m) => m.source.text).join('\0'))));
}
