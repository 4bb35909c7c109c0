import { elements } from '../../../5-graph/graph.ts';
import { isObject } from '../../is-object.ts';
import { isWithin } from '../path-within.ts';
import { readGraph, statedOutputs, type TopologyNode } from './graph-model.ts';
import { bytesPerElement, type NumberFormat, numberFormat } from './stored-numbers.ts';
import { readTopology, type Topology } from './topology.ts';

/** A weight of model.json, and where its bytes are in the files of its group, read as one. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: NumberFormat;
  readonly group: number;
  /** In bytes. */
  readonly begin: number;
}

export interface Manifest {
  readonly weights: readonly ManifestWeight[];
  /** Of few numbers. */
  readonly integers: readonly ManifestIntegers[];
  /** The files of each group, in order, and how many bytes they must have together. */
  readonly groups: readonly { readonly paths: readonly string[]; readonly bytes: number }[];
  /** Of a layers model. Absent if there is none that can be read. */
  readonly topology?: Topology;
  /** Whether it lists only weights: what reads them is not known. */
  readonly isList?: boolean;
  /** Of a graph model. */
  readonly graph?: readonly TopologyNode[];
  /** The names of its nodes that are outputs, where it states them. */
  readonly outputs?: readonly string[];
  /** Metadata by its author. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A constant of whole numbers: a size, or axes. */
export type ManifestIntegers = Omit<ManifestWeight, 'format'>;

/** The limit of characters in a model.json: a network of a thousand layers has half a million. */
const mostText = 4 << 20;
/** Of a constant that sizes follow from. */
const mostIntegers = 64;
/** The limit of files: those of a model of 40 GB from TensorFlow's converter. */
const mostFiles = 10_000;

/**
 * Reads what a layers or graph model's model.json states about weights. Whatever the text, this gives a manifest or states what is wrong.
 * Weights of an optimizer, which `model.save` may have added, and those that are not floating-point numbers are left out;
 * their bytes are counted.
 */
export function readManifest(text: string): { readonly manifest?: Manifest; readonly problem?: string } {
  if (text.length > mostText) {
    return { problem: `its model.json has ${text.length} characters; at most ${mostText} are read` };
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { problem: 'its model.json is not JSON' };
  }
  const isList = Array.isArray(read) && read.length > 0;
  const json = isList ? { weightsManifest: read } : read;
  if (!isObject(json)) return { problem: 'its model.json holds no model' };
  if (!Array.isArray(json.weightsManifest)) return { problem: 'its model.json lists no weights' };
  const weights: ManifestWeight[] = [];
  const integers: ManifestIntegers[] = [];
  const groups: { paths: readonly string[]; bytes: number }[] = [];
  let files = 0;
  for (const [group, entry] of json.weightsManifest.entries()) {
    const paths = isObject(entry) ? entry.paths : undefined;
    if (!isObject(entry) || !Array.isArray(entry.weights) || !isTexts(paths)) {
      return { problem: 'its list of weights is malformed' };
    }
    files += paths.length;
    if (files > mostFiles) return { problem: `its model.json lists more than ${mostFiles} files of weights` };
    const outside = paths.find((path) => !isWithin(path));
    if (outside !== undefined)
      return { problem: `its model.json places weights in '${outside}', outside of the folder` };
    let begin = 0;
    for (const weight of entry.weights) {
      if (!isObject(weight) || typeof weight.name !== 'string' || !isShape(weight.shape)) {
        return { problem: 'its list of weights is malformed' };
      }
      const { name, shape, dtype, quantization, group: use } = weight;
      const format = numberFormat(quantization);
      const stored = format?.kind === 'float32' ? dtype : format?.kind;
      const size = typeof stored === 'string' && Object.hasOwn(bytesPerElement, stored) ? bytesPerElement[stored] : 0;
      if (!format || !size) return { problem: `'${name}' is stored in an unknown format` };
      if (use !== 'optimizer' && dtype === 'float32') weights.push({ name, shape, format, group, begin });
      if (stored === 'int32' && elements(shape) <= mostIntegers) integers.push({ name, shape, group, begin });
      begin += elements(shape) * size;
    }
    groups.push({ paths, bytes: begin });
  }
  const metadata = new Map(
    Object.entries(isObject(json.userDefinedMetadata) ? json.userDefinedMetadata : {}).filter(isText),
  );
  if (isList) return { manifest: { weights, integers, groups, metadata, isList } };
  const graph = readGraph(json.modelTopology);
  if (graph) return { manifest: { weights, integers, groups, metadata, graph, outputs: statedOutputs(json) } };
  if (json.format === 'graph-model') return { problem: 'it should be a graph model, but its model.json has no graph' };
  const topology = readTopology(json.modelTopology);
  return { manifest: { weights, integers, groups, metadata, ...(topology && { topology }) } };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Sizes from 0 on whose product is still exact. */
function isShape(value: unknown): value is readonly number[] {
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  return Array.isArray(value) && value.every(isSize) && elements(value as number[]) <= 2 ** 40;
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
