import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Plugin } from 'esbuild';

/** What of h5wasm's script holds the library: a text of one character a byte, and the function that decodes it. */
const decoder = /function binaryDecode\(bin\)\{.*?return o\}/s;
const opening = 'function findWasmBinary(){return binaryDecode(';
const closing = ')}';

/**
 * Writes HDF5's library to a file of its own, which the bundle reads from its folder. h5wasm has it as a text within its script: with the
 * bundle's text, its code and the decoded bytes it would be in memory three times, and take half a second to load.
 */
export function hdf5Library(path: string): Plugin {
  return {
    name: 'hdf5-library',
    setup({ onLoad }) {
      onLoad({ filter: /h5wasm[\\/]dist[\\/]esm[\\/]hdf5_util\.js$/ }, (args) => {
        const script = readFileSync(args.path, 'utf8');
        const begin = script.indexOf(opening);
        const decode = script.match(decoder)?.[0];
        if (begin < 0 || decode === undefined) throw new Error('h5wasm holds its library in another way');
        const literal = literalAt(script, begin + opening.length);
        const end = begin + opening.length + literal.length;
        if (!script.startsWith(closing, end)) throw new Error('h5wasm decodes its library in another way');
        const bytes = runInNewContext(`${decode}; binaryDecode(${literal})`) as Uint8Array;
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
        const read = `require('node:fs').readFileSync(require('node:path').join(__dirname, '${basename(path)}'))`;
        return {
          contents: `${script.slice(0, begin)}function findWasmBinary(){return ${read}${script.slice(end + closing.length - 1)}`,
          loader: 'js',
        };
      });
    },
  };
}

/** A text in quotes, as it stands in a script. */
function literalAt(script: string, begin: number): string {
  const quote = script[begin];
  let end = begin + 1;
  while (script[end] !== quote) end += script[end] === '\\' ? 2 : 1;
  return script.slice(begin, end + 1);
}
