import { expect, it } from 'vitest';
import { openCheckpointFile, openSafetensors } from '../../src/weights/readers/readers.ts';
import { accessTo } from './open-bytes.ts';

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const header = (text: string, data = 0) => {
  const file = new Uint8Array(8 + text.length + data);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(bytes(text), 8);
  return file;
};
const zip = (name: string) => `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}`;

function messageOf(file: Uint8Array): string {
  const read = (offset: number, length: number) => file.subarray(offset, offset + length);
  const { checkpoint, diagnostics } = openSafetensors({ size: file.length, read }, 'w');
  return checkpoint ? 'read' : diagnostics.map(({ message }) => message).join();
}

it.each([
  ['a Python pickle, not a checkpoint that torch.save wrote', '\x80\x02}q\0.', 'if you trust its source'],
  ['an HDF5 file of Keras (.h5, .weights.h5)', `\x89HDF\r\n\x1a\n${'\0'.repeat(100)}`, 'tensorflowjs_converter'],
  ['a Keras model (.keras)', zip('metadata.json'), 'tensorflowjs_converter'],
  ['a NumPy archive (.npz)', zip('a.npy'), 'numpy.load'],
  ['a NumPy array of Python objects (.npy)', "\x93NUMPY\x01\0v\0{'descr': '|O', 'shape': ()}", 'allow_pickle=True'],
  ['a NumPy array (.npy)', '\x93NUMPY\x01\0', 'numpy.load'],
  ['a zip archive', zip('readme.md'), 'unzip'],
  ['the graph of a TensorFlow SavedModel', '\x08\x01\x12\xff\x10\n\x05serve', 'the folder that contains it'],
  ['a TensorFlow checkpoint', `${'\0\x01\x02'.repeat(30)}\x57\xfb\x80\x8b\x24\x75\x47\xdb`, 'by its path'],
  ['compressed with gzip', '\x1f\x8b\x08\0', 'gunzip'],
  ['a Git LFS pointer instead of the file itself', 'version https://git-lfs.github.com/spec/v1\n', 'git lfs pull'],
  ['a web page, not a file of weights', '\n<!DOCTYPE html><html>', 'fetch the file itself'],
  ['JSON, perhaps the error message of a server', '{"error":"Repository not found"}', 'download it again'],
  ['the model.json of a TensorFlow.js model', '{"format":"layers-model","modelTopology":{}}', 'folder'],
  ['an empty file', '', 'download it again'],
  ['a file of zeros, as an interrupted download leaves it', '\0'.repeat(64), 'download it again'],
  ['a picture', '\xff\xd8\xff\xe0\0\x10JFIF', 'enetc predict NETWORK'],
  ['a picture', 'RIFF\x10\0\0\0WEBPVP8 ', 'enetc predict NETWORK'],
  ['text', 'Entry not found', 'download it again'],
])('a file that is %s is called so, with what to do', (what, content, advice) => {
  const message = messageOf(bytes(content));
  expect(message).toContain(`'w' cannot be read: it is ${what}; `);
  expect(message).toContain(advice);
  // a message cuts what is too long, and advice that is cut is none
  expect(message).not.toContain('...');
});

it.each([
  ['x.pth', "one that torch.save writes begins with 'PK'"],
  ['x.bin', "one that torch.save writes begins with 'PK'"],
  ['x.onnx', 'an ONNX model begins with 08'],
  ['x.tflite', "has 'TFL3' after its first four bytes"],
  ['x.h5', "an HDF5 file begins with '\\x89HDF'"],
  ['x', 'safetensors, PyTorch, ONNX, Keras, TensorFlow, TensorFlow Lite and TensorFlow.js files are'],
])('of nonsense called %s its bytes are said, and what was expected', (name, expected) => {
  const { diagnostics } = openCheckpointFile({ name, file: accessTo(bytes('\xde\xad\xbe\xefnonsense')) });
  const [{ message }] = diagnostics as unknown as [{ message: string }];
  expect(message).toContain(
    `'${name}' cannot be read: it is a file of an unknown format; its first bytes are de ad be ef`,
  );
  expect(message).toContain(expected);
  expect(message).toContain('download it again');
  expect(message).not.toContain('...');
});

it('the numbers of a TensorFlow checkpoint alone name the file to give', () => {
  const file = accessTo(bytes('\x9a\x99\x99\x3e'.repeat(20)));
  const [{ message }] = openCheckpointFile({ name: 'a/model.data-00000-of-00001', file }).diagnostics as unknown as [
    { message: string },
  ];
  expect(message).toContain("the numbers of a TensorFlow checkpoint without their names; these are in the '.index'");
});

it('a header with `{` at the ninth byte is safetensors, whatever its length looks like', () => {
  const text = '{}'.padEnd(0x4b50, ' '); // the length begins with "PK"
  expect(messageOf(header(text))).toBe('read');
});

it('a truncated file is called that', () => {
  const file = header('{"a":{"dtype":"F32","shape":[100],"data_offsets":[0,400]}}', 100);
  expect(messageOf(file)).toContain('has only 100 bytes of data: it was cut off');
});

it('forty thousand tensors are read; headers that would take much memory are refused before they are parsed', () => {
  const entry = (i: number) => `"layer.${i}.weight":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`;
  const many = (n: number) => header(`{${Array.from({ length: n }, (_, i) => entry(i)).join()}}`);
  expect(messageOf(many(40_000))).toBe('read');
  expect(messageOf(many(100_001))).toContain('more than 100000 tensors');
  expect(messageOf(header(`{"a":[${'0,'.repeat(2_000_001)}0]}`))).toContain('more than 2000000 values');
  expect(messageOf(header('{"a":{'.padEnd(32_000_001, ' ')))).toContain('at most 32000000 are read');
});
