import { resolve } from 'node:path';
import { splitOfFiles } from '../train/data/image-list.ts';
import type { Dataset } from '../train/data/types.ts';

/** Pictures as a set of images with labels that nothing reads. */
export function pictureSet(files: readonly string[], cwd: string, channels: 1 | 3): Dataset {
  const split = splitOfFiles({
    root: cwd,
    files: files.map((file) => resolve(cwd, file)),
    labels: new Int32Array(files.length),
  });
  return {
    kind: 'folders',
    path: cwd,
    classes: [''],
    channels,
    look: { largestSide: 0, gray: channels === 1 },
    splits: { test: { ...split, nameOf: (index) => files[index] as string } },
    warnings: [],
    read: () => Promise.reject(new Error('the images of a prediction are read by its loader')),
    close: () => {},
  };
}
