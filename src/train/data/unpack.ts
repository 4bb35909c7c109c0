import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { writeProblem } from '../../node/system-errors.ts';
import { DataError } from './types.ts';

/** A temporary folder for files that must be unpacked for random access. */
export interface Scratch {
  /** Unpacks a gzip file of at most `maxBytes`; the path of the result. Throws DataError. */
  gunzip(path: string, maxBytes: number): Promise<string>;
  /** Removes the folder; also done when the process ends. */
  close(): void;
}

/** It is created for the first file. */
export function createScratch(): Scratch {
  let folder: string | undefined;
  const close = () => {
    process.off('exit', close);
    if (folder) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  };
  return {
    close,
    async gunzip(path, maxBytes) {
      if (!folder) {
        folder = mkdtempSync(join(tmpdir(), 'enetc-data-'));
        process.on('exit', close);
      }
      const to = join(folder, basename(path, '.gz'));
      try {
        await pipeline(createReadStream(path), createGunzip(), limitTo(maxBytes, path), createWriteStream(to));
      } catch (e) {
        close();
        if (e instanceof DataError) throw e;
        throw new DataError(`'${path}' cannot be unpacked: ${writeProblem(e, path)}.`);
      }
      return to;
    },
  };
}

/** A few bytes of gzip can expand to terabytes. */
function limitTo(maxBytes: number, path: string) {
  return async function* (chunks: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new DataError(`'${path}' unpacks to more than ${maxBytes} bytes.`);
      yield chunk;
    }
  };
}
