import { elements, type Graph } from '../../5-graph/graph.ts';
import { type Compilation, compile } from '../../compile.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { stdlib } from '../../stdlib.generated.ts';
import { type Checkpoint, isBatchCounter } from '../../weights/checkpoint.ts';
import { nameTensors } from '../../weights/choose-weights.ts';
import { type CheckpointMatch, matchCheckpoint } from '../../weights/match-checkpoint.ts';
import type { ChosenNaming } from '../../weights/namings.ts';
import { requiredTensors } from '../../weights/required-tensors.ts';
import type { LibraryMember } from '../members.generated.ts';
import { membersLike, nameRank } from '../recognise.ts';

/** A network of the library that a file's tensors belong to. */
export interface RecognisedTensors {
  readonly member: LibraryMember;
  readonly compilation: Compilation & { readonly graph: Graph };
  readonly namings: readonly ChosenNaming[];
  /** The number of classes, where it is not the model's own. */
  readonly classes?: number;
  /** Other members that have tensors of the same names and shapes. */
  readonly others: readonly LibraryMember[];
}

/** A network that has all tensors of the file and lacks none. Numbers of classes are the file's. */
export function recogniseTensors(checkpoint: Checkpoint, name: string): RecognisedTensors | undefined {
  const windows = windowsOf([...checkpoint.tensors.values()].map(({ shape }) => shape));
  if (windows === '') return undefined;
  const found: Omit<RecognisedTensors, 'others'>[] = [];
  for (const member of membersLike(name, ({ shape }) => windowsOfShape(shape) === windows)) {
    const one = fits(member, checkpoint);
    if (one) found.push(one);
  }
  // Among networks with the same tensors the one for smaller images; the model without a variant counts as one of its
  // variants.
  const size = ({ compilation: { graph } }: (typeof found)[number]) => elements(graph.nodes[0]?.shapes[0] ?? []);
  const named = ({ member }: (typeof found)[number]) => Math.floor(nameRank(name, member));
  const ranked = found
    .filter((one) => !found.some((other) => isVariantOf(other.member, one.member) && size(other) === size(one)))
    .toSorted((a, b) => named(b) - named(a) || size(a) - size(b));
  const [best, ...rest] = ranked;
  return best && { ...best, others: rest.map(({ member }) => member) };
}

/** Whether one is a row of a model's variants, and the other the model without one. */
function isVariantOf(member: LibraryMember, model: LibraryMember): boolean {
  const isOfModel = member.module === model.module && member.model === model.model;
  return isOfModel && member.variant !== undefined && model.variant === undefined;
}

/** The number of kernels of each size, except those of a single pixel, which may be dense layers. */
function windowsOf(shapes: Iterable<readonly number[]>): string {
  const counts = new Map<string, number>();
  for (const shape of shapes) {
    const [, , high, wide] = shape;
    if (shape.length === 4 && !(high === 1 && wide === 1)) count(counts, `${high}x${wide}`, 1);
  }
  return listed(counts);
}

/** The same for a member, whose strides and groups are also known: `2 3x3/2x2g, 5 3x3/1x1g`. */
function windowsOfShape(text: string): string {
  const counts = new Map<string, number>();
  for (const part of text.split(', ')) {
    const [times = '', shape = ''] = part.split(' ');
    const [window = ''] = shape.split('/');
    if (window !== '' && window !== '1x1') count(counts, window, Number(times));
  }
  return listed(counts);
}

function count(counts: Map<string, number>, key: string, times: number): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .map(([window, times]) => `${times} ${window}`)
    .sort()
    .join();
}

function fits(member: LibraryMember, checkpoint: Checkpoint): Omit<RecognisedTensors, 'others'> | undefined {
  const own = matched(member, checkpoint, undefined);
  if (!own) return undefined;
  if (own.isWhole) return { member, ...own };
  // Weights for other classes, or without any.
  const classes = own.match.missing.length > 0 ? 0 : classesOf(own.match);
  if (classes === undefined) return undefined;
  const other = matched(member, checkpoint, classes);
  return other?.isWhole ? { member, ...other, classes } : undefined;
}

function matched({ module, model, variant }: LibraryMember, checkpoint: Checkpoint, classes: number | undefined) {
  const options = {
    model,
    ...(variant !== undefined && { variant }),
    ...(classes !== undefined && { set: { classes: String(classes) } }),
  };
  const compilation = compile({ name: module, text: stdlib[module] as string }, options);
  const { program, graph, diagnostics } = compilation;
  if (!graph || hasErrors(diagnostics)) return undefined;
  const named = nameTensors(program, graph, checkpoint);
  if (!named.view) return undefined;
  const tensors = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const match = matchCheckpoint(tensors, named.view.tensors, named.namings);
  const isWhole =
    match.missing.length + match.misshapen.length + match.unreadable.length + match.badRows.length === 0 &&
    match.surplus.every(isBatchCounter);
  return { compilation: { ...compilation, graph }, namings: named.namings, match, isWhole };
}

/** The number of classes that all tensors of other shapes have. */
function classesOf({ misshapen }: CheckpointMatch): number | undefined {
  const [first, ...others] = misshapen.map(({ found }) => found?.[0]);
  return misshapen.length <= 4 && others.every((n) => n === first) ? first : undefined;
}
