import { conventions } from '../4-scale/convention.ts';
import { type Graph, shapeOf } from '../5-graph/graph.ts';
import { removeTrainingOps } from '../5-graph/passes/for-inference.ts';
import { compile } from '../compile.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { assignWeights } from './assign-weights.ts';
import { convolutionShapes, windowed } from './convolution-shapes.ts';
import { type MemberArgument, memberCall, memberText } from './member-text.ts';
import { type LibraryMember, members } from './members.generated.ts';
import { createNames } from './names.ts';
import type { ImportedNetwork } from './network.ts';
import { inputText, numberText } from './say-op.ts';

/** The network of the library that equals an imported one. */
export interface Recognised {
  readonly text: string;
  readonly graph: Graph;
  readonly weights: WeightSource;
  /** `ResNet(variant: resnet18)` */
  readonly call: string;
  /** Whether the file has batch norms folded into convolutions, which the library's model does not. */
  readonly folded: boolean;
}

/**
 * The variant of a model of the library that a network is, whatever its number of classes, its size of images and its
 * convention, or a variant at another width: found by building those with the same convolutions. Undefined if it is none.
 * @param name of the model, which tells where to look first
 */
export function recognise(network: ImportedNetwork, name: string): Recognised | undefined {
  const members = candidates(network, name);
  // A width takes the place of a variant's, so that the model without one comes first.
  const scaled = members.toSorted((a, b) => Number(a.variant !== undefined) - Number(b.variant !== undefined));
  for (const [among, pointsOf] of [[members, publishedPoint] as const, [scaled, scaledPoints] as const]) {
    for (const member of among) {
      for (const point of pointsOf(network, member)) {
        const found = settled(network, name, member, point);
        if (found) return found;
      }
    }
  }
  return undefined;
}

/** The network of a member at a point of its family, with the classes and the convention of the file's network. */
function settled(
  network: ImportedNetwork,
  name: string,
  member: LibraryMember,
  point: readonly MemberArgument[],
): Recognised | undefined {
  for (const settings of settingsFor(network)) {
    for (const classes of classesOf(network)) {
      const attempt = build(network, name, member, [...point, ...classes, ...settings]);
      if (!attempt) continue;
      for (const folded of [false, true]) {
        const weights = assignWeights(network, attempt.graph, folded);
        if (weights) return { ...attempt, weights, folded };
      }
    }
  }
  return undefined;
}

/**
 * The members of the library that have such convolutions: those first whose names are in the file's, then variants for images as
 * those of the model without one, then that.
 */
function candidates(network: ImportedNetwork, name: string): readonly LibraryMember[] {
  const shape = convolutionShapes(network.nodes);
  const like = membersLike(name, (member) => member.shape === shape);
  const order = ({ module, model, variant, height }: LibraryMember) => {
    if (variant === undefined) return 1;
    return like.some((o) => o.module === module && o.model === model && !o.variant && o.height === height) ? 0 : 2;
  };
  const named = (member: LibraryMember) => Math.floor(nameRank(name, member));
  return like.toSorted((a, b) => named(b) - named(a) || order(a) - order(b));
}

/** A member as it is published, where it has the filters of the network. */
function publishedPoint(network: ImportedNetwork, member: LibraryMember): readonly (readonly MemberArgument[])[] {
  const own = filtersAt(network, member, []);
  return own && String(own) === String(filtersOf(network.nodes)) ? [[]] : [];
}

/** Widths at which a member has the filters of the network. */
function scaledPoints(network: ImportedNetwork, member: LibraryMember): readonly (readonly MemberArgument[])[] {
  const wanted = filtersOf(network.nodes);
  const own = filtersAt(network, member, []);
  const [most, ownMost] = [wanted.at(-1), own?.at(-1)];
  if (!most || !ownMost || String(own) === String(wanted)) return [];
  // Filters are rounded to multiples of 8, and widths are round numbers.
  const widths = new Set([20, 100].map((parts) => numberText(Math.round((most / ownMost) * parts) / parts)));
  return [...widths]
    .map((width): readonly MemberArgument[] => [['w', width]])
    .filter((point) => String(filtersAt(network, member, point)) === String(wanted));
}

/** The filters of the convolutions over several pixels, in ascending order: classes and conventions do not change them. */
function filtersOf(nodes: Parameters<typeof windowed>[0]): readonly number[] {
  return windowed(nodes)
    .flatMap(({ op }) => (String(op.window.kernel) === '1,1' ? [] : [op.filters]))
    .sort((a, b) => a - b);
}

function filtersAt(
  network: ImportedNetwork,
  member: LibraryMember,
  point: readonly MemberArgument[],
): readonly number[] | undefined {
  const { text } = textOf(network, 'imported', member, point);
  const { graph, diagnostics } = compile({ name: 'imported.enet', text });
  return graph && !hasErrors(diagnostics) ? filtersOf(removeTrainingOps(graph).nodes) : undefined;
}

/** Sorts members of the library: those whose names are in a file's name first. */
export function membersLike(name: string, isOne: (member: LibraryMember) => boolean): readonly LibraryMember[] {
  return members.filter(isOne).sort((a, b) => nameRank(name, b) - nameRank(name, a));
}

/** How much of a member's name is in a file's name. */
export function nameRank(name: string, { module, variant = '' }: LibraryMember): number {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const file = plain(name);
  return (
    (file.includes(plain(module.slice(4))) ? 2 : 0) + (variant === '' ? 0 : file.includes(plain(variant)) ? 1 : 0.5)
  );
}

/** What may differ in the convention of a network of the library: the fewest differences first. */
function settingsFor({ nodes }: ImportedNetwork): readonly (readonly MemberArgument[])[] {
  const norm = nodes.find(({ op }) => op.kind === 'batchNorm');
  const isPadded = nodes.some(({ op }) => op.kind === 'avgPool' && Object.values(op.window.pads).some((n) => n !== 0));
  const ways: readonly (readonly MemberArgument[])[] = [
    Object.values(conventions).map(({ padding }) => ['padding', padding]),
    isPadded ? [false, true].map((counts) => ['count_pad', String(counts)]) : [],
    norm?.op.kind === 'batchNorm' ? [['epsilon', numberText(norm.op.epsilon)]] : [],
  ];
  let all: readonly (readonly MemberArgument[])[] = [[]];
  for (const way of ways) all = all.flatMap((some) => [some, ...way.map((setting) => [...some, setting])]);
  return all.toSorted((a, b) => a.length - b.length);
}

/** The possible numbers of classes of a network with these outputs, as an argument or by default. */
function classesOf({ nodes, outputs }: ImportedNetwork): readonly (readonly MemberArgument[])[] {
  const [output] = outputs;
  const shape = output && nodes[output.value.node]?.shapes[output.value.output];
  const given = shape?.length === 1 && outputs.length === 1 ? [[['classes', String(shape[0])]] as const] : [];
  return [[], ...given, [['classes', '0']]];
}

/** The text of a model that calls one of the library's, and what it builds; undefined if it cannot be built. */
function build(
  network: ImportedNetwork,
  name: string,
  member: LibraryMember,
  settings: readonly MemberArgument[],
): { readonly text: string; readonly graph: Graph; readonly call: string } | undefined {
  const { nodes, outputs } = network;
  const [output] = outputs;
  const isFlat = output && outputs.length === 1 && nodes[output.value.node]?.op.kind === 'flatten';
  for (const end of isFlat ? ['', ' -> Flatten'] : ['']) {
    const { text, call } = textOf(network, name, member, settings, end);
    const { graph, diagnostics } = compile({ name: 'imported.enet', text });
    if (!graph || hasErrors(diagnostics)) return undefined;
    const isSame = graph.outputs.every(({ value }, i) => {
      const { node, output } = outputs[i]?.value ?? value;
      return String(shapeOf(graph, value)) === String(nodes[node]?.shapes[output]);
    });
    if (isSame) return { text, graph, call };
  }
  return undefined;
}

/** The text of a model that calls one of the library's, with the inputs of a network. @param end steps after it */
function textOf(
  { nodes, preprocessing }: ImportedNetwork,
  name: string,
  member: LibraryMember,
  settings: readonly MemberArgument[],
  end = '',
): { readonly text: string; readonly call: string } {
  const names = createNames();
  const inputNames: string[] = [];
  const inputs = nodes.flatMap(({ op, shapes }) => {
    if (op.kind !== 'input') return [];
    const own = names.unique(op.name);
    inputNames.push(own);
    return [inputText(own, shapes[0] ?? [], preprocessing[op.name])];
  });
  const call = memberCall(member, settings);
  return { text: memberText(member, call, { name, inputs, end, names: createNames(inputNames) }), call };
}
