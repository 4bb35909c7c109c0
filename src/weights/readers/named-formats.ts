import { isJson, isZipOf, matches, starts } from './first-bytes.ts';
import type { CheckpointFormat, FileEnds } from './format.ts';

const fetchAgain = 'download it again, and compare its size with the one that its source states';

/**
 * Formats of weights that are not read: the name of each, and how to convert it to safetensors. A file has the first
 * format that it fits.
 */
export const namedFormats: readonly CheckpointFormat[] = [
  { what: 'an empty file', isOf: ({ head }) => head.length === 0, advice: fetchAgain },
  {
    what: 'a file of zeros, as an interrupted download leaves it',
    isOf: ({ text }) => /^\0{64,}$/.test(text.slice(0, 2048)),
    advice: fetchAgain,
  },
  {
    what: 'a Git LFS pointer instead of the file itself',
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
    what: 'a NumPy array of Python objects (.npy)',
    isOf: ({ text }) => text.startsWith('\x93NUMPY') && /'descr': '\|O'/.test(text.slice(0, 256)),
    advice:
      "numpy.load('FILE', allow_pickle=True) runs code that is in it; where you trust that, save its arrays with save_file({'NAME': array}, 'weights.safetensors') of safetensors.numpy",
  },
  {
    what: 'a NumPy array (.npy)',
    isOf: starts('\x93NUMPY'),
    advice: "in Python: save_file({'NAME': numpy.load('FILE')}, 'weights.safetensors') of safetensors.numpy",
  },
  { what: 'a GGUF file', isOf: starts('GGUF'), advice: 'take the safetensors file that it was made from' },
  {
    what: 'a web page, not a file of weights',
    isOf: matches(/^\s*(<!doctype|<html|<\?xml|<head|<error)/i),
    advice: "fetch the file itself: a link for downloads has 'resolve' or 'raw' in it, or needs a login",
  },
  {
    what: 'a picture',
    isOf: matches(/^(?:\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP)/s),
    advice: "a file of weights is needed; 'enetc predict NETWORK' takes pictures",
  },
  {
    what: 'the index of a checkpoint in several files',
    isOf: (ends) => isJson(ends) && /"weight_map"/.test(ends.text),
    advice: 'join these into one safetensors file first',
  },
  { what: 'JSON, perhaps the error message of a server', isOf: isJson, advice: fetchAgain },
  { what: 'the graph of a TensorFlow SavedModel', isOf: isSavedModel, advice: 'give the folder that contains it' },
  {
    what: 'the numbers of a TensorFlow checkpoint without their names',
    isOf: ({ name }) => /\.data-\d{5}-of-\d{5}$/.test(name),
    advice: "these are in the '.index' file next to it: give that one",
  },
  { what: 'text', isOf: ({ text }) => text.length > 8 && /^[\t\n\r -~]+$/.test(text), advice: fetchAgain },
];

/** Any other file. */
export const unknownFormat: CheckpointFormat = {
  what: 'a file of an unknown format',
  isOf: () => true,
  advice: expected,
};

/** How files with these endings begin. */
const beginnings: readonly (readonly [ending: RegExp, what: string])[] = [
  [/\.(pt|pth|bin|ckpt|tar)$/i, "one that torch.save writes begins with 'PK', in the form before 1.6 with 80 02 8a 0a"],
  [/\.onnx$/i, 'an ONNX model begins with 08 and its version'],
  [/\.(h5|hdf5)$/i, "an HDF5 file begins with '\\x89HDF'"],
  [/\.(keras|zip|npz)$/i, "a zip archive begins with 'PK'"],
  [/\.tflite$/i, "a TensorFlow Lite model has 'TFL3' after its first four bytes"],
  [/\.index$/i, 'the index of a TensorFlow checkpoint ends with 57 fb 80 8b 24 75 47 db'],
  [/\.json$/i, "a model.json begins with '{'"],
];

/** How a file should begin by its name, and how it begins. */
function expected({ name, head }: FileEnds): string {
  const [, what] = beginnings.find(([ending]) => ending.test(name)) ?? [];
  const bytes = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const wanted = what ?? 'safetensors, PyTorch, ONNX, Keras, TensorFlow, TensorFlow Lite and TensorFlow.js files are';
  return `its first bytes are ${bytes}; ${wanted}. If it was downloaded, ${fetchAgain}`;
}

/** A protobuf of a SavedModel: `saved_model_schema_version` 1, then the meta graph. */
function isSavedModel({ head, text }: FileEnds): boolean {
  return head[0] === 0x08 && head[1] === 0x01 && head[2] === 0x12 && /serve|saver|tensorflow/.test(text);
}
