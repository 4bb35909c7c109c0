import { elements } from '../../../5-graph/graph.ts';

/** A weight of model.json, and where its bytes stand in the files of its group, read as one. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly group: number;
  /** In bytes. */
  readonly begin: number;
}

export interface Manifest {
  readonly weights: readonly ManifestWeight[];
  /** The files of each group, in order, and how many bytes they must have together. */
  readonly groups: readonly { readonly paths: readonly string[]; readonly bytes: number }[];
}

/**
 * Reads the weights' list of a layers model's model.json. Whatever the text, this gives a manifest or says what is wrong.
 * Weights of an optimizer, which `model.save` may have added, are left out; their bytes are counted.
 */
export function readManifest(text: string): { readonly manifest?: Manifest; readonly problem?: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'its model.json is no JSON' };
  }
  if (!isObject(json)) return { problem: 'its model.json holds no model' };
  if (json.format === 'graph-model') {
    return { problem: 'it is a graph model, whose weights are folded; give the layers model' };
  }
  if (!Array.isArray(json.weightsManifest)) return { problem: 'its model.json lists no weights' };
  const weights: ManifestWeight[] = [];
  const groups: { paths: readonly string[]; bytes: number }[] = [];
  for (const [group, entry] of json.weightsManifest.entries()) {
    const paths = isObject(entry) ? entry.paths : undefined;
    if (!isObject(entry) || !Array.isArray(entry.weights) || !isTexts(paths)) {
      return { problem: 'its list of weights is malformed' };
    }
    const outside = paths.find((path) => !/^[\w.-]+$/.test(path) || path.startsWith('.'));
    if (outside !== undefined) return { problem: `its weights are said to be in '${outside}', outside of the folder` };
    let begin = 0;
    for (const weight of entry.weights) {
      if (!isObject(weight) || typeof weight.name !== 'string' || !isShape(weight.shape)) {
        return { problem: 'its list of weights is malformed' };
      }
      const { name, shape, dtype, quantization, group: use } = weight;
      if (quantization !== undefined || (dtype !== 'float32' && dtype !== 'int32')) {
        return { problem: `'${name}' is not stored as float32` };
      }
      if (use !== 'optimizer' && dtype === 'float32') weights.push({ name, shape, group, begin });
      begin += elements(shape) * 4;
    }
    groups.push({ paths, bytes: begin });
  }
  return { manifest: { weights, groups } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Sizes from 0 on whose product is still exact. */
function isShape(value: unknown): value is readonly number[] {
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  return Array.isArray(value) && value.every(isSize) && elements(value as number[]) <= 2 ** 40;
}
