import type { TensorSpec } from '../5-graph/graph.ts';
import { type CheckpointTensor, isFloat } from './checkpoint.ts';
import { applyWeightMap, type UnevenPrefix, type WeightMapRow } from './weight-map.ts';

/** Which tensors of a checkpoint a model takes, and what does not fit. */
export interface CheckpointMatch {
  /** For each tensor that fits: its names in the checkpoint, to be joined along the first axis. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly missing: readonly Missing[];
  readonly misshapen: readonly Misshapen[];
  /** Tensors of the model whose counterpart holds whole numbers, say. */
  readonly unreadable: readonly { readonly tensor: TensorSpec; readonly name: string; readonly dtype: string }[];
  /** Tensors of the checkpoint that the model does not take; counters of batches are left out. */
  readonly surplus: readonly string[];
  readonly uneven: readonly UnevenPrefix[];
  readonly badRows: readonly WeightMapRow[];
}

export interface Missing {
  readonly tensor: TensorSpec;
  /** The names that the checkpoint lacks; none where the weight map has no row for the tensor. */
  readonly wanted: readonly string[];
}

export interface Misshapen {
  readonly tensor: TensorSpec;
  readonly names: readonly string[];
  /** The shape there, parts joined; undefined for parts that cannot be joined. */
  readonly found: readonly number[] | undefined;
}

/**
 * Matches the tensors of a model with those of a checkpoint.
 * @param tensors what the model needs (see `requiredTensors`).
 * @param rows a weight map's rows for the checkpoint's naming; without, the names are the model's own paths.
 */
export function matchCheckpoint(
  tensors: readonly TensorSpec[],
  checkpoint: ReadonlyMap<string, CheckpointTensor>,
  rows?: readonly WeightMapRow[],
): CheckpointMatch {
  const there = [...checkpoint.keys()].filter((name) => !isBatchCounter(name));
  const mapping =
    rows &&
    applyWeightMap(
      rows,
      tensors.map((tensor) => tensor.name),
      there,
    );
  const names = new Map<string, readonly string[]>();
  const missing: Missing[] = [];
  const misshapen: Misshapen[] = [];
  const unreadable: { tensor: TensorSpec; name: string; dtype: string }[] = [];
  const taken = new Set<string>();

  for (const tensor of tensors) {
    const wanted = mapping ? (mapping.names.get(tensor.name) ?? []) : [tensor.name];
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
    uneven: mapping?.uneven ?? [],
    badRows: mapping?.badRows ?? [],
  };
}

/** PyTorch counts the batches that a norm has seen; nothing here needs that. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('num_batches_tracked');
}

function joinShapes(shapes: readonly (readonly number[])[]): readonly number[] | undefined {
  const [first, ...others] = shapes;
  if (!first || others.length === 0) return first;
  if (shapes.some((shape) => shape.length === 0 || shape.slice(1).join() !== first.slice(1).join())) return undefined;
  return [shapes.reduce((sum, shape) => sum + (shape[0] as number), 0), ...first.slice(1)];
}

/** Ones do not matter: a dense layer's [8, 32] fits a 1x1 convolution's [8, 32, 1, 1]. */
function sameShape(a: readonly number[], b: readonly number[]): boolean {
  const withoutOnes = (shape: readonly number[]) => shape.filter((n) => n !== 1).join();
  return withoutOnes(a) === withoutOnes(b);
}
