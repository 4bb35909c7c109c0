import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';

/** What `enetc backend install tensorflow` records about the linked TensorFlow. */
export interface LinkedTensorflow {
  /** TensorFlow's own version: `2.21.0`. */
  readonly version: string;
  /** The Python whose package it is. */
  readonly python: string;
  /** The folder of that package, which holds the libraries. */
  readonly library: string;
}

/** Where the link is: a folder with `node_modules` and the record next to them. */
export function linkFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(dataFolder(env), 'tensorflow');
}

/** The file that records a link; written last, so that a link without it is unfinished. */
export const recordName = 'linked.json';

/** The linked TensorFlow, or undefined if none is. @throws if the record is not JSON: then it is not enetc's. */
export function readLink(env: Readonly<Record<string, string | undefined>>): LinkedTensorflow | undefined {
  const file = join(linkFolder(env), recordName);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw e;
  }
  return JSON.parse(text) as LinkedTensorflow;
}
