import { DataError } from './types.ts';

export type Sharp = typeof import('sharp').default;

let loaded: Promise<Sharp> | undefined;

/**
 * The package that decodes and resizes, loaded when the first picture needs it.
 * @throws DataError where it is not installed.
 */
export function loadSharp(): Promise<Sharp> {
  loaded ??= import('sharp').then(
    ({ default: sharp }) => {
      // Workers decode one picture each; threads within a picture and results kept for later would only cost memory.
      sharp.concurrency(1);
      sharp.cache(false);
      return sharp;
    },
    (e: unknown) => {
      throw new DataError(`Pictures are read by the package 'sharp', which cannot be loaded: ${(e as Error).message}`);
    },
  );
  return loaded;
}
