import { isAbsolute, join } from 'node:path';
import type { Split } from './types.ts';

/** Picture files and their classes. */
export interface ImageList {
  /** The folder that the files' paths start from. */
  readonly root: string;
  readonly files: readonly string[];
  readonly labels: Int32Array;
}

export function splitOfFiles({ root, files, labels }: ImageList): Split {
  return {
    count: files.length,
    labels,
    locate(index) {
      const file = files[index] as string;
      return { kind: 'file', path: isAbsolute(file) ? file : join(root, file) };
    },
    nameOf: (index) => files[index] as string,
  };
}
