import type { RandomAccess } from '../format.ts';
import { placeOfMetadata } from './constants.ts';
import { RangedBuffer } from './ranged-buffer.ts';
import { type FlatTableReader, rootTable } from './tables.ts';

/** The name of the entry of a model's metadata that TensorFlow Lite's tools look for. */
export const metadataEntry = 'TFLITE_METADATA';

/** Field numbers of TensorFlow Lite's metadata: tensorflow_lite_support/metadata/metadata_schema.fbs, the parts of version 1.0. */
export const metadataFields = {
  model: { name: 0, subgraphs: 2, parserVersion: 7 },
  subgraph: { inputs: 2, outputs: 3 },
  tensor: { name: 0, description: 1, content: 3, processing: 4, files: 6 },
  content: { type: 0, properties: 1 },
  image: { colours: 0, size: 1 },
  size: { width: 0, height: 1 },
  unit: { type: 0, options: 1 },
  normalisation: { mean: 0, std: 1 },
  file: { name: 0, description: 1, type: 2 },
} as const;

/** `ProcessUnitOptions`: normalisation. */
export const normalisationUnit = 1;
/** `AssociatedFileType`: the names along an axis. */
export const axisLabels = 2;
/** The largest byte of a picture: the format states for bytes what we state for numbers between 0 and 1. */
export const white = 255;

/** What is read from a model's metadata, for numbers between 0 and 1. */
export interface LiteMetadata {
  readonly name: string;
  /** The first input's normalisation; empty where there is none. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The file of the archive that has the names of the first output's classes. */
  readonly labelsFile?: string;
}

/** @throws Unreadable */
export function readMetadata(root: FlatTableReader, file: RandomAccess): LiteMetadata | undefined {
  const place = placeOfMetadata(root, metadataEntry);
  if (!place || place.begin + place.length > file.size) return undefined;
  const of = metadataFields;
  const metadata = rootTable(new RangedBuffer(part(file, place.begin, place.length)));
  const [graph] = metadata.tables(of.model.subgraphs);
  const [input] = graph?.tables(of.subgraph.inputs) ?? [];
  const [output] = graph?.tables(of.subgraph.outputs) ?? [];
  const units = input?.tables(of.tensor.processing) ?? [];
  const options = units.find((unit) => unit.int8(of.unit.type) === normalisationUnit)?.table(of.unit.options);
  const numbers = (field: number) => (options?.float32s(field) ?? []).map((x) => x / white);
  const names = (output?.tables(of.tensor.files) ?? []).find((found) => found.int8(of.file.type) === axisLabels);
  return {
    name: metadata.text(of.model.name),
    mean: numbers(of.normalisation.mean),
    std: numbers(of.normalisation.std),
    ...(names && { labelsFile: names.text(of.file.name) }),
  };
}

function part(file: RandomAccess, begin: number, size: number): RandomAccess {
  return { size, read: (offset, length) => file.read(begin + offset, Math.max(0, Math.min(length, size - offset))) };
}
