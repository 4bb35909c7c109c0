import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import type { CheckpointTensor } from '../checkpoint.ts';
import { isObject } from '../is-object.ts';
import { duplicateKey } from '../json-keys.ts';
import { shortened } from './byte-reader.ts';

/** Bytes per element, for each type of the format. */
export const dtypeBytes: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
  ['I64', 8],
  ['I32', 4],
  ['I16', 2],
  ['I8', 1],
  ['U64', 8],
  ['U32', 4],
  ['U16', 2],
  ['U8', 1],
  ['BOOL', 1],
  ['C64', 8],
]);

/** A tensor with its place in the data, in bytes: from `begin` to `end`. */
export interface StoredTensor extends CheckpointTensor {
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Map<string, string>;
}

/**
 * Reads and checks the header of a safetensors file (https://github.com/huggingface/safetensors, "Format"). As that page requires, the tensors must cover the data without gap or overlap; they may appear in any order.
 * @param text the JSON header.
 * @param dataLength how many bytes follow it.
 */
export function parseHeader(
  file: string,
  text: string,
  dataLength: number,
): { header?: Header; diagnostics: Diagnostic[] } {
  const fail = (reason: string) => ({
    diagnostics: [createDiagnostic('checkpoint-header', undefined, { file, reason })],
  });
  if (!text.startsWith('{')) return fail('the header does not start with {');
  const tooMany = tooManyParts(text);
  if (tooMany) return fail(tooMany);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // A syntax error, or JSON too deep for this engine.
    return fail('the header is not valid JSON');
  }
  if (!isObject(json)) return fail('the header is not a JSON object');
  const twice = duplicateKey(text, 2);
  if (twice !== undefined) return fail(`it names '${shortened(twice)}' twice`);

  const header: Header = { tensors: new Map(), metadata: new Map() };
  for (const [name, entry] of Object.entries(json)) {
    if (name === '__metadata__') {
      if (!isObject(entry)) return fail(`'__metadata__' is not an object`);
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string') return fail(`the metadata '${shortened(key)}' is not a string`);
        header.metadata.set(key, value);
      }
      continue;
    }
    const tensor = parseTensor(name, entry, dataLength);
    if (typeof tensor === 'string') {
      return {
        diagnostics: [
          createDiagnostic('checkpoint-tensor', undefined, { file, tensor: shortened(name), reason: tensor }),
        ],
      };
    }
    header.tensors.set(name, tensor);
  }
  const reason = checkCover([...header.tensors.values()], dataLength);
  return reason === undefined ? { header, diagnostics: [] } : fail(reason);
}

/** The limits of a header, checked before it is parsed: parsed, each part takes many times its bytes. */
const mostTensors = 100_000;
const mostValues = 2_000_000;

function tooManyParts(text: string): string | undefined {
  let objects = 0;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x7b) objects++;
    else if (c === 0x2c || c === 0x3a || c === 0x5b) values++;
  }
  // the header itself and its metadata are objects too
  const others = text.includes('"__metadata__"') ? 2 : 1;
  if (objects > mostTensors + others)
    return `the header names more than ${mostTensors} tensors, the most that are read`;
  return values > mostValues ? `the header has more than ${mostValues} values, the most that are read` : undefined;
}

/** A tensor's entry, or what is wrong with it. */
function parseTensor(name: string, entry: unknown, dataLength: number): StoredTensor | string {
  if (!isObject(entry)) return 'its entry is not an object';
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (typeof dtype !== 'string') return 'it has no dtype';
  const size = dtypeBytes.get(dtype);
  if (size === undefined) return `its dtype '${shortened(dtype)}' is unknown`;
  if (!isCounts(shape)) return 'its shape is not a list of whole numbers from 0';
  if (!isCounts(offsets) || offsets.length !== 2) return 'its data_offsets are not two whole numbers from 0';
  const [begin, end] = offsets as [number, number];
  if (begin > end) return `its data ends (${end}) before it begins (${begin})`;
  if (end > dataLength)
    return `its data ends at byte ${end}, but the file has only ${dataLength} ${nounFor(dataLength, 'byte')} of data: it was cut off, perhaps while it was downloaded`;
  const needed = shape.reduce((product, n) => product * n, size);
  if (!Number.isSafeInteger(needed)) return 'its shape is larger than any file';
  if (needed !== end - begin) {
    return `a shape of [${shortened(shape.join(', '))}] in ${dtype} takes ${needed} bytes, but its data has ${end - begin}`;
  }
  return { name, dtype, shape, begin, end };
}

function checkCover(tensors: StoredTensor[], dataLength: number): string | undefined {
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let before = '';
  for (const { name, begin, end } of tensors) {
    if (begin < covered) return `the data of '${shortened(name)}' overlaps that of '${shortened(before)}'`;
    const gap = begin - covered;
    if (gap > 0)
      return `${gap} ${nounFor(gap, 'byte')} before the data of '${shortened(name)}' ${nounFor(gap, 'belongs', 'belong')} to no tensor`;
    covered = end;
    before = name;
  }
  const left = dataLength - covered;
  return left > 0 ? `the last ${left} ${nounFor(left, 'byte belongs', 'bytes belong')} to no tensor` : undefined;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
