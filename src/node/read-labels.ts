import { resolve } from 'node:path';
import { isObject } from '../weights/is-object.ts';
import { orUndefined } from './or-undefined.ts';
import { readText } from './regular-file.ts';
import { FileError } from './system-errors.ts';

/** The word for ImageNet's names in place of a file. */
export const imagenet = 'imagenet';

/** The names of ImageNet's 1000 classes, in the order of the networks' scores. */
export async function imagenetNames(): Promise<readonly string[]> {
  // a separate bundle: few commands need it
  return (await import('./imagenet-labels.ts')).imagenetLabels;
}

/**
 * Reads the names of classes, in the order of a network's scores: `imagenet`, or a file with one per line, a JSON list, or a JSON object by
 * number (`{"0": "cat"}`, also `{"0": ["n02121808", "cat"]}` as in Keras).
 * @throws FileError
 */
export async function readLabels(name: string, cwd: string): Promise<readonly string[]> {
  if (name === imagenet) return imagenetNames();
  let text: string;
  try {
    text = readText(resolve(cwd, name));
  } catch (e) {
    throw new FileError(`the labels '${name}' cannot be read: ${(e as Error).message}`);
  }
  const labels = /^\s*[[{]/.test(text) ? ofJson(text) : text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (!labels) throw new FileError(`the labels '${name}' are neither a list of names nor an object by number`);
  const empty = labels.findIndex((label) => label.trim() === '');
  if (empty >= 0) throw new FileError(`the labels '${name}' have no name for class ${empty}`);
  return labels;
}

function ofJson(text: string): readonly string[] | undefined {
  const value: unknown = orUndefined(() => JSON.parse(text));
  const list = Array.isArray(value) ? value : isObject(value) ? byNumber(value) : undefined;
  return list?.every((name): name is string => typeof name === 'string') ? list : undefined;
}

function byNumber(names: Readonly<Record<string, unknown>>): unknown[] {
  return Object.keys(names).map((_, i) => {
    const entry = names[i];
    return Array.isArray(entry) ? entry.at(-1) : entry;
  });
}
