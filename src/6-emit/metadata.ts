import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Program } from '../2-resolve/program.ts';
import type { ScalingPoint } from '../4-scale/scaling.ts';
import { totalCost } from '../5-graph/cost.ts';
import { defaultCropShare, smallSide } from '../5-graph/crop-share.ts';
import type { Graph, GraphNode, Shape } from '../5-graph/graph.ts';
import type { Metadata, Target } from './target.ts';

/**
 * What an emitted file states about itself, so that it is known later what it is and how to feed it: the spec's hash, the
 * point of the family, its inputs, its classes, its cost. No dates: same input, same bytes.
 * @param layout of the file's inputs.
 */
export function describeNetwork(
  program: Program,
  point: ScalingPoint,
  graph: Graph,
  weights: string,
  layout: NonNullable<Target<unknown>['layout']>,
): Metadata {
  const cost = totalCost(graph);
  const logits = graph.outputs
    .map((o) => graph.nodes[o.value.node]?.shapes[o.value.output] ?? [])
    .find((s) => s.length === 1);
  const facts: [string, string | undefined][] = [
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
    ...graph.inputs.flatMap((id) => {
      const { op, shapes } = graph.nodes[id] as GraphNode;
      return op.kind === 'input' ? describeInput(op.name, shapes[0] as Shape, layout) : [];
    }),
    ...Object.entries(graph.normalisation).flatMap(([input, { mean, std }]): [string, string][] => [
      [`enet.input.${input}.range`, '0..1'],
      [`enet.input.${input}.mean`, JSON.stringify(mean)],
      [`enet.input.${input}.std`, JSON.stringify(std)],
    ]),
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** How a picture becomes the input: cut, resized, its channels and axes. In the recipe that `enetc eval` measures by. */
function describeInput(name: string, shape: Shape, layout: string): [string, string][] {
  const [channels, height, width] = shape;
  if (channels === undefined || height === undefined || width === undefined) return [];
  const fact = (key: string, value: string): [string, string] => [`enet.input.${name}.${key}`, value];
  const axes = fact('layout', layout);
  const order = channels === 3 ? 'RGB' : channels === 1 ? 'gray' : undefined;
  if (order === undefined) return [axes];
  const side = Math.min(height, width);
  const share = side <= smallSide ? 1 : defaultCropShare(side);
  return [
    axes,
    fact('channels', order),
    fact('interpolation', 'bicubic'),
    fact('crop', String(Number(share.toFixed(4)))),
  ];
}

/** The SHA-256 of all files of the program, in their order. Paths do not count: a copy elsewhere is the same spec. */
export function specHash(program: Program): string {
  return bytesToHex(sha256(utf8ToBytes(program.modules.map((m) => m.source.text).join('\0'))));
}
