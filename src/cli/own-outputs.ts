import { closeSync, constants, type Dirent, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { targets } from '../6-emit/targets.ts';
import { orUndefined } from '../node/or-undefined.ts';
import { torchArchive } from '../weights/write-torch.ts';

/** A kind of file that a command writes. */
export interface OwnFile {
  /** What messages call one. */
  readonly noun: string;
  /** Whether a file that begins so is one that enetc wrote. */
  isOwn(head: Uint8Array): boolean;
}

/** How much of a file is enough to decide what wrote it. */
const headBytes = 1 << 16;

/** How the drawings of `graph` begin, in each format. */
const drawings = [
  /^<svg xmlns="[^"]*" [^>]*>\n<title>[^<]*<\/title>\n<defs><marker id="head"/,
  /^%% [^\n]*\nflowchart TB\n {2}subgraph network\[/,
  /^digraph "(?:[^"\\]|\\.)*" \{\n {2}label="/,
  /^\{\n {2}"title": "(?:[^"\\]|\\.)*",\n {2}"facts": \[/,
];

/** What `enetc weights` writes, by format. */
export const safetensorsFile: OwnFile = {
  noun: 'safetensors file',
  isOwn: (head) => /^\{"__metadata__":\{[^{}]*"producer":"enetc"/.test(textOf(head.subarray(8))),
};

export const torchFile: OwnFile = {
  noun: 'PyTorch checkpoint',
  isOwn: (head) => textOf(head).startsWith('PK') && textOf(head.subarray(30)).startsWith(`${torchArchive}/data.pkl`),
};

export const kerasFile: OwnFile = {
  noun: 'Keras weights file',
  isOwn: (head) => /^.HDF.*producer.*enetc/s.test(textOf(head)),
};

/** What `enetc graph` writes. */
export const drawing: OwnFile = {
  noun: 'drawing',
  isOwn: (head) => drawings.some((mark) => mark.test(textOf(head))),
};

/** What `pipeline --measure` writes. */
export const timesFile: OwnFile = {
  noun: 'file of times',
  isOwn: (head) => /^\{\n {2}"images": \d+,\n {2}"device": "/.test(textOf(head)),
};

/** What `predict --report` and `compile --report` write, and a run's report. */
export const reportPage: OwnFile = {
  noun: 'report',
  isOwn: (head) =>
    /^<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport"/.test(textOf(head)),
};

/** What the targets write that write folders. */
const modelFolders = targets.flatMap(({ output }) => (output.kind === 'folder' ? [output] : []));

/** Whether a file may be replaced unasked: enetc wrote it, or it is empty. */
export function isOwnFile(path: string, kind: OwnFile): boolean {
  const head = headOf(path);
  return head !== undefined && (head.length === 0 || kind.isOwn(head));
}

/** Whether enetc wrote the model in a folder, or the folder is empty. */
export function isOwnFolder(path: string): boolean {
  if (readdirSync(path).length === 0) return true;
  return modelFolders.some(({ mark }) => mark.begins.test(textOf(headOf(join(path, mark.file)) ?? new Uint8Array())));
}

/** The name of something in a folder that belongs to no model: a file of another name, a link, a folder but for Python's own. */
export function strangerIn(folder: string): string | undefined {
  const isModelFile = (name: string) => modelFolders.some(({ files }) => files.test(name));
  const isKnown = (entry: Dirent) => entry.isFile() || (entry.isDirectory() && entry.name === '__pycache__');
  return readdirSync(folder, { withFileTypes: true }).find((entry) => !isKnown(entry) || !isModelFile(entry.name))
    ?.name;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The first bytes of a regular file; undefined if it cannot be read. */
function headOf(path: string): Buffer | undefined {
  const file = orUndefined(() => openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  if (file === undefined) return undefined;
  try {
    const head = Buffer.alloc(headBytes);
    return orUndefined(() => head.subarray(0, readSync(file, head, 0, headBytes, 0)));
  } finally {
    closeSync(file);
  }
}
