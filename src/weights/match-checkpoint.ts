import { elements, type TensorSpec } from '../5-graph/graph.ts';
import { type CheckpointTensor, isBatchCounter, isFloat } from './checkpoint.ts';
import type { Naming } from './namings.ts';
import { applyWeightMap, type UnevenPrefix, type WeightMapping, type WeightMapRow } from './weight-map.ts';

/** Which tensors of a checkpoint a model takes, and what does not fit. */
export interface CheckpointMatch {
  /** For each tensor that fits: its names in the checkpoint, to be joined along the first axis. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly missing: readonly Missing[];
  readonly misshapen: readonly Misshapen[];
  /** Tensors of the model whose counterpart is not floating-point. */
  readonly unreadable: readonly { readonly tensor: TensorSpec; readonly name: string; readonly dtype: string }[];
  /** Tensors of the checkpoint that the model does not take; those that a map states as unused and counters of batches are left out. */
  readonly surplus: readonly string[];
  readonly uneven: readonly UnevenPrefix[];
  readonly badRows: readonly WeightMapRow[];
}

export interface Missing {
  readonly tensor: TensorSpec;
  /** The names that the checkpoint lacks; none if the weight map has no row for the tensor. */
  readonly wanted: readonly string[];
}

export interface Misshapen {
  readonly tensor: TensorSpec;
  readonly names: readonly string[];
  /** The shape there, parts joined; undefined for parts that cannot be joined. */
  readonly found: readonly number[] | undefined;
}

/**
 * Matches the tensors of a network with those of a checkpoint.
 * @param tensors what the network needs (see `requiredTensors`).
 * @param namings how the checkpoint names the tensors of each model in the network, outer models first (see
 *   `chooseNamings`). Tensors that none of them names have the network's own paths.
 */
export function matchCheckpoint(
  tensors: readonly TensorSpec[],
  checkpoint: ReadonlyMap<string, CheckpointTensor>,
  namings: readonly Naming[] = [],
): CheckpointMatch {
  const there = [...checkpoint.keys()].filter((name) => !isBatchCounter(name));
  const applied = namings.map((naming) => applyNaming(naming, tensors, there));
  const names = new Map<string, readonly string[]>();
  const missing: Missing[] = [];
  const misshapen: Misshapen[] = [];
  const unreadable: { tensor: TensorSpec; name: string; dtype: string }[] = [];
  const taken = new Set(applied.flatMap(({ unused }) => unused));

  for (const tensor of tensors) {
    const wanted = wantedNames(tensor.name, applied, checkpoint);
    const parts = wanted.flatMap((name) => checkpoint.get(name) ?? []);
    for (const name of wanted) taken.add(name);
    if (parts.length === 0 || parts.length < wanted.length) {
      missing.push({ tensor, wanted: wanted.filter((name) => !checkpoint.has(name)) });
      continue;
    }
    const found = joinShapes(parts.map((part) => part.shape));
    const integer = parts.find((part) => !isFloat(part.dtype));
    if (integer) unreadable.push({ tensor, name: integer.name, dtype: integer.dtype });
    else if (found && sameShape(found, tensor.shape)) names.set(tensor.name, wanted);
    else misshapen.push({ tensor, names: wanted, found });
  }
  return {
    names,
    missing,
    misshapen,
    unreadable,
    surplus: there.filter((name) => !taken.has(name)),
    uneven: applied.flatMap(({ mapping }) => mapping?.uneven ?? []),
    badRows: [...new Set(applied.flatMap(({ mapping }) => mapping?.badRows ?? []))],
  };
}

/** A naming, and what its weight map, if it has one, states about these tensors. */
interface Applied {
  readonly naming: Naming;
  readonly mapping?: WeightMapping;
  /** Names in the checkpoint that the map states as unused. */
  readonly unused: readonly string[];
}

function applyNaming(naming: Naming, tensors: readonly TensorSpec[], there: readonly string[]): Applied {
  const { base, rows } = naming;
  if (!rows) return { naming, unused: [] };
  const within = prefixOf(naming);
  const own = afterPrefix(
    within,
    tensors.map(({ name }) => name),
  );
  const mapping = applyWeightMap(rows, own, afterPrefix(base, there));
  const uneven = mapping.uneven.map((group) => ({
    ...group,
    path: group.path && within + group.path,
    pattern: group.pattern && base + group.pattern,
    tensors: group.tensors.map((name) => within + name),
  }));
  return { naming, mapping: { ...mapping, uneven }, unused: [...mapping.unused].map((name) => base + name) };
}

/** The prefix of the paths of a model's tensors. */
function prefixOf({ path }: Naming): string {
  return path === '' ? '' : `${path}.`;
}

/** The names that have a prefix, without it. */
function afterPrefix(prefix: string, names: readonly string[]): string[] {
  return names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** The name of a tensor in the checkpoint: by the outermost map that names it, else our own path. */
function wantedNames(
  name: string,
  applied: readonly Applied[],
  checkpoint: ReadonlyMap<string, CheckpointTensor>,
): readonly string[] {
  let innermost: Applied | undefined;
  for (const entry of applied) {
    const within = prefixOf(entry.naming);
    if (!name.startsWith(within)) continue;
    const mapped = entry.mapping?.names.get(name.slice(within.length));
    if (mapped) return mapped.map((part) => entry.naming.base + part);
    innermost = entry;
  }
  if (!innermost) return [name];
  const { naming, mapping } = innermost;
  const own = naming.base + name.slice(prefixOf(naming).length);
  return mapping && !checkpoint.has(own) ? [] : [own];
}

function joinShapes(shapes: readonly (readonly number[])[]): readonly number[] | undefined {
  const [first, ...others] = shapes;
  if (!first || others.length === 0) return first;
  if (shapes.some((shape) => shape.length === 0 || shape.slice(1).join() !== first.slice(1).join())) return undefined;
  return [shapes.reduce((sum, shape) => sum + (shape[0] as number), 0), ...first.slice(1)];
}

/**
 * Axes of length 1 do not matter: a dense layer's [8, 32] fits a 1x1 convolution's [8, 32, 1, 1]. A dense layer over a feature
 * map also fits the convolution that covers the map, [8, 32] and [8, 2, 4, 4]: both have the inputs in the same order.
 */
function sameShape(found: readonly number[], shape: readonly number[]): boolean {
  const withoutOnes = (sizes: readonly number[]) => sizes.filter((n) => n !== 1).join();
  if (withoutOnes(found) === withoutOnes(shape)) return true;
  return shape.length === 2 && found.length === 4 && found[0] === shape[0] && elements(found) === elements(shape);
}
