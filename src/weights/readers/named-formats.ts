import { isJson, isZipOf, matches, starts } from './first-bytes.ts';
import type { CheckpointFormat, FileEnds } from './format.ts';

const fromTorch =
  "in Python: import torch; from safetensors.torch import save_file; w = torch.load('FILE', map_location='cpu', weights_only=True); save_file({k: v.contiguous().clone() for k, v in w.get('state_dict', w).items()}, 'weights.safetensors')";
const fromTensorflow =
  'in Python: read variables with tf.train.load_checkpoint(PREFIX).get_tensor(name), transpose kernels ([height, width, in, out] to [out, in, height, width]) and save them with safetensors.numpy.save_file';
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
    advice: fromTorch,
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
  { what: 'a TensorFlow SavedModel', isOf: isSavedModel, advice: fromTensorflow },
  { what: 'text', isOf: ({ text }) => text.length > 8 && /^[\t\n\r -~]+$/.test(text), advice: fetchAgain },
  { what: "a TensorFlow checkpoint's index", isOf: isTensorflowIndex, advice: fromTensorflow },
];

/** By the last bytes of a TensorFlow checkpoint's `.index`: its table's magic number. */
function isTensorflowIndex({ head, tail }: FileEnds): boolean {
  const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
  return head.length >= 48 && magic.every((byte, i) => tail[i] === byte);
}

/** A protobuf of a SavedModel: `saved_model_schema_version` 1, then the meta graph. */
function isSavedModel({ head, text }: FileEnds): boolean {
  return head[0] === 0x08 && head[1] === 0x01 && head[2] === 0x12 && /serve|saver|tensorflow/.test(text);
}
