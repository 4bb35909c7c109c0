import { DataError } from './types.ts';

/**
 * The text of a list: UTF-8, or UTF-16 where a byte order mark says so, as Excel's "Unicode text" is.
 * @param part `start` where the bytes may end within a character.
 * @throws DataError if it is neither: with replaced letters, paths would be missed and labels mixed up.
 */
export function csvText(bytes: Uint8Array, path: string, part: 'whole' | 'start'): string {
  const [a, b] = bytes;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: part === 'start' });
  } catch {
    throw new DataError(`'${path}' is not text in UTF-8: save it as "CSV UTF-8".`);
  }
}
