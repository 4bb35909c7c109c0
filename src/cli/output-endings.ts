import { extname } from 'node:path';
import { targets } from '../6-emit/targets.ts';
import { usageError } from './io.ts';

/** Endings of pictures that enetc does not write. */
export const pictureEndings = 'png jpg jpeg gif webp avif bmp tif tiff ico heic pdf ps eps svgz'.split(' ');

/** What the endings of names say of files: a noun, and the endings that are its own. */
const kinds: readonly (readonly [noun: string, endings: readonly string[]])[] = [
  ['picture', pictureEndings],
  ['drawing', ['svg', 'mmd', 'mermaid', 'dot', 'gv']],
  ['spec', ['enet']],
  ['report', ['html', 'htm']],
  ['safetensors file', ['safetensors']],
  ['PyTorch checkpoint', ['pt', 'pth', 'bin', 'ckpt']],
  ['Keras weights file', ['h5', 'hdf5', 'keras']],
  ['NumPy archive', ['npz', 'npy']],
  ...targets.flatMap(({ output }) =>
    output.kind === 'file' ? [[output.noun, [output.ending.slice(1)]] as const] : [],
  ),
];

/** Files within the folders that targets write. */
const inFolders: readonly (readonly [noun: string, endings: readonly string[]])[] = [
  ['Python file', ['py']],
  ['JSON file', ['json']],
  ['protobuf', ['pb']],
];

/**
 * Throws if an output's ending is that of another kind of file: whoever opens it would not understand it.
 * @param noun what is written: that of a kind, or `folder`
 */
export function refuseEnding(shown: string, noun: string): void {
  const ending = extname(shown).slice(1).toLowerCase();
  const known = noun === 'folder' ? [...kinds, ...inFolders] : kinds;
  const [promised] = known.find(([, endings]) => endings.includes(ending)) ?? [];
  if (promised === undefined || promised === noun) return;
  const hint = promised === 'picture' || promised === 'drawing' ? "; 'enetc graph' draws networks" : '';
  throw usageError(
    `'${shown}' has the name of ${withArticle(promised)}, but the output is ${withArticle(noun)}${hint}`,
  );
}

/** `an ONNX model` */
export function withArticle(noun: string): string {
  return `${/^[AEIOU]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
