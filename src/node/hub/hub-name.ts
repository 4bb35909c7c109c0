import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWithin } from '../../weights/readers/path-within.ts';
import { FileError } from '../system-errors.ts';

/** Weights that are published on the Hugging Face hub. */
export interface HubName {
  /** `timm/efficientnet_b0.ra_in1k` */
  readonly repo: string;
  /** A file of it; the one that it has weights in, where none is named. */
  readonly file?: string;
  /** A branch, a tag, or a commit. */
  readonly revision: string;
}

const address = /^hf:\/\/([\w-][\w.-]*\/[\w-][\w.-]*)(?:\/([^@]+))?(?:@([^@]+))?$/;
const bare = /^([\w-][\w.-]*)\/[\w-][\w.-]*(?:@[^@]+)?$/;
/** The endings of files of weights: a misspelt path is not a name on the hub. */
const fileEndings = /\.(safetensors|pth?|bin|ckpt|onnx|h5|hdf5|keras|index|tflite|json|np[yz]|gguf|pb|tar|zip|gz)$/i;

/**
 * The name on the hub in a path to weights: `hf://owner/repo`, optionally with `/file` and `@revision`, or `owner/repo` where
 * there is no such path. Undefined if it is a path.
 * @throws FileError for an invalid `hf://` name
 */
export function hubNameOf(text: string, cwd: string): HubName | undefined {
  if (text.startsWith('hf://')) return parse(text, text);
  const [, owner] = bare.exec(text) ?? [];
  if (owner === undefined || fileEndings.test(text)) return undefined;
  return existsSync(resolve(cwd, text)) || existsSync(resolve(cwd, owner)) ? undefined : parse(`hf://${text}`, text);
}

/** A name as it is written in full: `hf://timm/resnet18.a1_in1k/model.safetensors@main`. */
export function hubAddress({ repo, file, revision }: HubName): string {
  return `hf://${repo}${file === undefined ? '' : `/${file}`}@${revision}`;
}

function parse(text: string, shown: string): HubName {
  const [, repo, file, revision = 'main'] = address.exec(text) ?? [];
  if (repo === undefined || repo.includes('..') || !isWithin(revision) || (file !== undefined && !isWithin(file))) {
    throw new FileError(
      `'${shown}' names no weights: the form is hf://owner/repo, hf://owner/repo/file or hf://owner/repo@revision`,
    );
  }
  return { repo, revision, ...(file !== undefined && { file }) };
}
