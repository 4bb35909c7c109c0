/** A format that people have weights in and that is not read: what it is called, and how to make a safetensors file of it. */
export interface ForeignFormat {
  readonly what: string;
  readonly advice: string;
}

const fromTorch =
  "in Python: import torch; from safetensors.torch import save_file; w = torch.load('FILE', map_location='cpu', weights_only=True); save_file({k: v.contiguous().clone() for k, v in w.get('state_dict', w).items()}, 'weights.safetensors')";
const fromKeras =
  "'tensorflowjs_converter --input_format keras --output_format tfjs_layers_model FILE FOLDER' makes a folder for --weights; or save its arrays with safetensors.numpy, kernels turned from [height, width, in, out] to [out, in, height, width]";
const fromTensorflow =
  'in Python: read the variables with tf.train.load_checkpoint(PREFIX).get_tensor(name), turn kernels ([height, width, in, out] to [out, in, height, width]) and save them with safetensors.numpy.save_file';
const fromOnnx =
  "in Python: import onnx; from onnx import numpy_helper; from safetensors.numpy import save_file; save_file({t.name: numpy_helper.to_array(t).copy() for t in onnx.load('FILE').graph.initializer}, 'weights.safetensors')";
const fetchAgain = 'fetch it again, and compare its size with the one that its source names';

/**
 * Which other format a file is of, by its first bytes. Undefined for what may be safetensors, and for what is of no format
 * that people keep weights in.
 * @param head at least the first 512 bytes, or all that there are.
 */
export function foreignFormat(head: Uint8Array): ForeignFormat | undefined {
  const text = Array.from(head.subarray(0, 2048), (byte) => String.fromCharCode(byte)).join('');
  const starts = (prefix: string) => text.startsWith(prefix);
  if (head.length === 0) return { what: 'an empty file', advice: fetchAgain };
  if (/^\0{64,}$/.test(text))
    return { what: 'a file of zeros, as an interrupted download leaves it', advice: fetchAgain };
  if (starts('version https://git-lfs')) {
    return { what: 'a Git LFS pointer, not the file that it stands for', advice: "fetch that with 'git lfs pull'" };
  }
  if (starts('PK\x03\x04') || starts('PK\x05\x06')) return zipFormat(text);
  if (/^\x80[\x02-\x05]/.test(text))
    return { what: 'a PyTorch checkpoint or another Python pickle', advice: fromTorch };
  if (starts('\x89HDF\r\n\x1a\n')) return { what: "an HDF5 file, Keras's .h5 or .weights.h5", advice: fromKeras };
  if (starts('\x1f\x8b')) return { what: 'compressed with gzip', advice: "unpack it with 'gunzip' or 'tar xzf'" };
  if (starts('BZh')) return { what: 'compressed with bzip2', advice: "unpack it with 'bunzip2'" };
  if (starts('\xfd7zXZ\0')) return { what: 'compressed with xz', advice: "unpack it with 'unxz'" };
  if (starts('\x28\xb5\x2f\xfd')) return { what: 'compressed with Zstandard', advice: "unpack it with 'unzstd'" };
  if (text.slice(257, 262) === 'ustar') return { what: 'a tar archive', advice: "unpack it with 'tar xf'" };
  if (starts('\x93NUMPY')) {
    const advice = "in Python: save_file({'NAME': numpy.load('FILE')}, 'weights.safetensors') of safetensors.numpy";
    return { what: 'a NumPy array (.npy)', advice };
  }
  if (starts('GGUF')) return { what: 'a GGUF file', advice: 'take the safetensors file that it was made from' };
  if (text.slice(4, 8) === 'TFL3') {
    const advice = 'its weights are fused and often quantised: take the checkpoint that it was made from';
    return { what: 'a TensorFlow Lite model', advice };
  }
  if (/^\s*(<!doctype|<html|<\?xml|<head|<error)/i.test(text)) {
    return {
      what: 'a web page, not a file of weights',
      advice: "fetch the file itself: a link for downloads has 'resolve' or 'raw' in it, or needs a login",
    };
  }
  if (/^\s*[[{]/.test(text)) return jsonFormat(text);
  if (isSavedModel(head, text)) return { what: 'a TensorFlow SavedModel', advice: fromTensorflow };
  if (isOnnx(head, text)) return { what: 'an ONNX model', advice: fromOnnx };
  if (isText(text)) return { what: 'text', advice: fetchAgain };
  return undefined;
}

/** Of the last bytes of a TensorFlow checkpoint's `.index`: its table's magic number. */
export function isTensorflowIndex(tail: Uint8Array): boolean {
  const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
  return tail.length >= 8 && magic.every((byte, i) => tail[tail.length - 8 + i] === byte);
}

export const tensorflowIndex: ForeignFormat = {
  what: "a TensorFlow checkpoint's index",
  advice: fromTensorflow,
};

function zipFormat(text: string): ForeignFormat {
  const first = text.slice(30, 30 + text.charCodeAt(26) + text.charCodeAt(27) * 256);
  if (/(^|\/)(data\.pkl|\.format_version|\.storage_alignment|byteorder|constants\.pkl|version)$/.test(first)) {
    return { what: 'a PyTorch checkpoint', advice: fromTorch };
  }
  if (/\.npy$/.test(first)) {
    const advice = "in Python: save_file(dict(numpy.load('FILE')), 'weights.safetensors') of safetensors.numpy";
    return { what: 'a NumPy archive (.npz)', advice };
  }
  if (/^(metadata\.json|config\.json|model\.weights\.h5)$/.test(first)) {
    return { what: 'a Keras model (.keras)', advice: fromKeras };
  }
  return {
    what: 'a zip archive',
    advice: "unpack it with 'unzip'; a PyTorch checkpoint is one too: torch.load reads it",
  };
}

function jsonFormat(text: string): ForeignFormat {
  if (/"(modelTopology|weightsManifest|format)"/.test(text)) {
    return {
      what: 'the model.json of a TensorFlow.js model',
      advice: 'pass it under that name, or the folder that it stands in',
    };
  }
  if (/"weight_map"/.test(text)) {
    return { what: 'the index of a checkpoint in several files', advice: 'join these into one safetensors file first' };
  }
  return { what: 'JSON, perhaps the error message of a server', advice: fetchAgain };
}

/** A protobuf that begins with ONNX's `ir_version`, a small number, and goes on with a field of ModelProto. */
function isOnnx(head: Uint8Array, text: string): boolean {
  if (head[0] !== 0x08 || (head[1] ?? 99) > 20) return false;
  return [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2] ?? 0) || /onnx|pytorch/i.test(text);
}

/** A protobuf of a SavedModel: `saved_model_schema_version` 1, then the meta graph. */
function isSavedModel(head: Uint8Array, text: string): boolean {
  return head[0] === 0x08 && head[1] === 0x01 && head[2] === 0x12 && /serve|saver|tensorflow/.test(text);
}

function isText(text: string): boolean {
  return text.length > 8 && /^[\t\n\r -~]+$/.test(text);
}
