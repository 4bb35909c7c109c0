// The parts of onnx-proto and protobufjs that the bundles leave out: they write protobuf messages but read none.
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Functions of a generated message that its encoder does not use: readers, checks, and conversions from and to plain objects. */
const unused = 'encodeDelimited|decode|decodeDelimited|verify|fromObject|toObject|prototype\\.toJSON|getTypeUrl';
const definition = new RegExp(`^( +)\\w+\\.(?:${unused}) = function .*\\{\\n(?:.*\\n)*?\\1\\};\\n`, 'gm');

/** A static protobufjs module without the message functions that only read, check or convert. */
export function withoutDecoding(module: string): string {
  return module.replace(definition, '');
}

/** Replacements for protobufjs's readers, its remote calls, and long.js, which it needs for 64-bit numbers as text. */
const replaced = [
  { filter: /protobufjs[\\/]src[\\/]reader(?:_buffer)?\.js$/, contents: 'exports._configure = () => {};' },
  { filter: /protobufjs[\\/]src[\\/]rpc\.js$/, contents: '' },
  { filter: /[\\/]long[\\/]umd[\\/]index\.js$/, contents: 'module.exports = null;' },
];

export const encodeOnly: Plugin = {
  name: 'encode-only',
  setup({ onLoad }) {
    onLoad({ filter: /onnx-proto[\\/]dist[\\/]onnx\.js$/ }, ({ path }) => ({
      contents: withoutDecoding(readFileSync(path, 'utf8')),
    }));
    for (const { filter, contents } of replaced) onLoad({ filter }, () => ({ contents, loader: 'js' }));
  },
};
