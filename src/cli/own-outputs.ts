import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** What a command writes, by the noun that messages have for it. */
export type OutputKind = 'ONNX model' | 'safetensors file' | 'drawing';

/** So much of a file is enough to tell what wrote it. */
const headBytes = 1 << 16;

/** Of each kind: whether the head of a file is that of one that enetc wrote. */
const marks: Readonly<Record<OutputKind, (head: Buffer) => boolean>> = {
  // ModelProto: ir_version, then producer_name.
  'ONNX model': (head) => head[0] === 0x08 && head.subarray(2, 9).equals(Buffer.from('\x12\x05enetc', 'latin1')),
  'safetensors file': (head) => /^\{"__metadata__":\{[^{}]*"producer":"enetc"/.test(head.toString('utf8', 8)),
  drawing: (head) => drawings.some((drawing) => drawing.test(head.toString('utf8'))),
};

/** How the drawings of `graph` begin, in each format. */
const drawings = [
  /^<svg xmlns="[^"]*" [^>]*>\n<title>[^<]*<\/title>\n<defs><marker id="head"/,
  /^%% [^\n]*\nflowchart TB\n {2}subgraph network\[/,
  /^digraph "(?:[^"\\]|\\.)*" \{\n {2}label="/,
  /^\{\n {2}"title": "(?:[^"\\]|\\.)*",\n {2}"facts": \[/,
];

/** What stands at the top of a model's folder that enetc wrote: a file, and how it begins. */
const folderMarks = [
  ['model.json', /^\{"format":"(?:layers|graph)-model","generatedBy":"enetc\b/],
  ['training.json', /^\{\s*"format":\s*"enetc-training"/],
] as const;

/** What a model's folder may hold, at its top. */
const modelFiles =
  /^(model\.json|weights\.(bin|safetensors)|group\d+-shard\d+of\d+\.bin|saved_model\.pb|training\.json)$/;

/** Whether a file may be replaced unasked: enetc wrote it, or it is empty. */
export function isOwnFile(path: string, kind: OutputKind): boolean {
  const head = headOf(path);
  return head !== undefined && (head.length === 0 || marks[kind](head));
}

/** Whether enetc wrote the model in a folder, or the folder is empty. */
export function isOwnFolder(path: string): boolean {
  if (readdirSync(path).length === 0) return true;
  return folderMarks.some(([name, mark]) => mark.test(headOf(join(path, name))?.toString('utf8') ?? ''));
}

/** The name of something in a folder that belongs to no model: a file of another name, a link, a folder. */
export function strangerIn(folder: string): string | undefined {
  return readdirSync(folder, { withFileTypes: true }).find((entry) => !entry.isFile() || !modelFiles.test(entry.name))
    ?.name;
}

/** The first bytes of a regular file; undefined where it cannot be read. */
function headOf(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(file, head, 0, headBytes, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
