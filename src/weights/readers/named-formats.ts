import { isJson, isZipOf, matches, starts } from './first-bytes.ts';
import type { CheckpointFormat, FileEnds } from './format.ts';

const fetchAgain = 'download it again, and compare its size with the one that its source states';

/**
 * The formats that users have weights in and that are not read: what each is called, and how to make a safetensors file of
 * it. A file is of the first that it fits.
 */
export const namedFormats: readonly CheckpointFormat[] = [
  { what: 'an empty file', isOf: ({ head }) => head.length === 0, advice: fetchAgain },
  {
    what: 'a file of zeros, as an interrupted download leaves it',
    isOf: ({ text }) => /^\0{64,}$/.test(text.slice(0, 2048)),
    advice: fetchAgain,
  },
  {
    what: 'a Git LFS pointer, not the file that it stands for',
    isOf: starts('version https://git-lfs'),
    advice: "fetch that with 'git lfs pull'",
  },
  {
    what: 'a NumPy archive (.npz)',
    isOf: isZipOf(/\.npy$/),
    advice: "in Python: save_file(dict(numpy.load('FILE')), 'weights.safetensors') of safetensors.numpy",
  },
  {
    what: 'a zip archive',
    isOf: isZipOf(/(?:)/),
    advice: "unpack it with 'unzip'",
  },
  {
    what: 'a Python pickle, not a checkpoint that torch.save wrote',
    isOf: matches(/^\x80[\x02-\x05]/),
    advice:
      'if you trust its source, load it with pickle in Python, and save its arrays with save_file of safetensors.numpy',
  },
  { what: 'compressed with gzip', isOf: starts('\x1f\x8b'), advice: "unpack it with 'gunzip' or 'tar xzf'" },
  { what: 'compressed with bzip2', isOf: starts('BZh'), advice: "unpack it with 'bunzip2'" },
  { what: 'compressed with xz', isOf: starts('\xfd7zXZ\0'), advice: "unpack it with 'unxz'" },
  { what: 'compressed with Zstandard', isOf: starts('\x28\xb5\x2f\xfd'), advice: "unpack it with 'unzstd'" },
  { what: 'a tar archive', isOf: ({ text }) => text.slice(257, 262) === 'ustar', advice: "unpack it with 'tar xf'" },
  {
    what: 'a NumPy array (.npy)',
    isOf: starts('\x93NUMPY'),
    advice: "in Python: save_file({'NAME': numpy.load('FILE')}, 'weights.safetensors') of safetensors.numpy",
  },
  { what: 'a GGUF file', isOf: starts('GGUF'), advice: 'take the safetensors file that it was made from' },
  {
    what: 'a TensorFlow Lite model',
    isOf: ({ text }) => text.slice(4, 8) === 'TFL3',
    advice: 'its weights are fused and often quantised: take the checkpoint that it was made from',
  },
  {
    what: 'a web page, not a file of weights',
    isOf: matches(/^\s*(<!doctype|<html|<\?xml|<head|<error)/i),
    advice: "fetch the file itself: a link for downloads has 'resolve' or 'raw' in it, or needs a login",
  },
  {
    what: 'the index of a checkpoint in several files',
    isOf: (ends) => isJson(ends) && /"weight_map"/.test(ends.text),
    advice: 'join these into one safetensors file first',
  },
  { what: 'JSON, perhaps the error message of a server', isOf: isJson, advice: fetchAgain },
  { what: 'the graph of a TensorFlow SavedModel', isOf: isSavedModel, advice: 'give the folder that contains it' },
  { what: 'text', isOf: ({ text }) => text.length > 8 && /^[\t\n\r -~]+$/.test(text), advice: fetchAgain },
];

/** A protobuf of a SavedModel: `saved_model_schema_version` 1, then the meta graph. */
function isSavedModel({ head, text }: FileEnds): boolean {
  return head[0] === 0x08 && head[1] === 0x01 && head[2] === 0x12 && /serve|saver|tensorflow/.test(text);
}
