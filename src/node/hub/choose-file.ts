import { didYouMean } from '../../diagnostics/nearest.ts';
import { FileError } from '../system-errors.ts';
import { preferredFile } from './cache.ts';

/** Names that weights have in repositories, those first that are taken first; of each kind there must be one file. */
const kinds: readonly RegExp[] = [
  /^model\.safetensors$/,
  /^[^/]+\.safetensors$/,
  /^pytorch_model\.bin$/,
  /^[^/]+\.(pth|pt|bin)$/,
  /^[^/]+\.(keras|h5)$/,
  /^[^/]+\.onnx$/,
  /^[^/]+\.tflite$/,
];
/** One part of several. */
const part = /-\d{5}-of-\d{5}\./;
const listed = 12;

/**
 * The file of a repository that weights are read from.
 * @param files all files of the repository. @param asked by the user. @throws FileError if it does not exist, or if several are possible.
 */
export function chooseFile(shown: string, files: readonly string[], asked: string | undefined): string {
  if (asked !== undefined) {
    if (files.includes(asked)) return asked;
    throw new FileError(`'${shown}' is not there: the repository has no file '${asked}'${didYouMean(asked, files)}`);
  }
  for (const kind of kinds) {
    const [first, ...others] = files.filter((file) => kind.test(file) && !part.test(file));
    if (first === undefined) continue;
    if (others.length === 0) return first;
    const names = [first, ...others].slice(0, listed).join(', ');
    throw new FileError(`'${shown}' has several files of weights: ${names}. Name one of them: hf://owner/repo/FILE`);
  }
  if (files.some((file) => part.test(file))) {
    throw new FileError(
      `'${shown}' has weights in several files, which are not read: join these into one safetensors file first`,
    );
  }
  const names = files.slice(0, listed).join(', ') || 'none at all';
  throw new FileError(`'${shown}' has no file of weights such as ${preferredFile}; it has ${names}`);
}
