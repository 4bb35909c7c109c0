import { DataError } from './types.ts';

/** The package that reads pictures is missing: not the fault of a picture. */
export class MissingDecoder extends DataError {}

export type Sharp = typeof import('sharp').default;

let loaded: Promise<Sharp> | undefined;

/**
 * The package that decodes and resizes, loaded when the first picture needs it.
 * @throws MissingDecoder if it is not installed.
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
      throw new MissingDecoder(
        `Pictures are read by the package 'sharp', which cannot be loaded (npm install sharp): ${(e as Error).message}`,
      );
    },
  );
  return loaded;
}
