import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPackage } from '../../backends/find-package.ts';
import { engines, type PageEngine } from '../../bench/engines.ts';
import { indexHtml } from '../../bench/page/index-html.ts';
import { modelFolderFiles } from '../../node/model-folder-files.ts';
import { readModelJson } from '../../predict/tfjs-files.ts';
import { isObject } from '../../weights/is-object.ts';
import { failure } from '../io.ts';
import type { ModelFile } from './open-model.ts';

/** What a page may fetch, by its address under the page's own. */
export type PageFiles = ReadonlyMap<string, () => { readonly type: string; readonly bytes: Uint8Array }>;

/** The packages that engines of a page are taken from, and the files of each that are served. */
const packages: { readonly [E in PageEngine]?: { name: string; folder: string; files: readonly string[] } } = {
  'ort-wasm': { name: 'onnxruntime-web', folder: 'ort', files: [...ortFiles('wasm'), ...wasmFiles('')] },
  'ort-webgpu': {
    name: 'onnxruntime-web',
    folder: 'ort',
    files: [...ortFiles('webgpu'), ...wasmFiles('.asyncify'), ...wasmFiles('.jsep')],
  },
  'tfjs-wasm': {
    name: '@tensorflow/tfjs-backend-wasm',
    folder: 'tfjs-wasm',
    files: [
      'tf-backend-wasm.es2017.min.js',
      ...['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`),
    ],
  },
};

function ortFiles(kind: string): string[] {
  return [`ort.${kind}.min.mjs`];
}

function wasmFiles(kind: string): string[] {
  return ['mjs', 'wasm'].map((ending) => `ort-wasm-simd-threaded${kind}.${ending}`);
}

/**
 * The files of a page that measures models: itself, the engine from its package, the models.
 * @returns the address of each model too. @throws a failure where a package is missing
 */
export function pageFiles(
  engine: PageEngine,
  models: readonly ModelFile[],
  cwd: string,
): { readonly files: PageFiles; readonly urls: readonly string[] } {
  const script = pageScript();
  const files = new Map<string, ReturnType<PageFiles['get']> & object>([
    ['', () => ({ type: typeOf('.html'), bytes: new TextEncoder().encode(indexHtml) })],
    ['bench-page.js', fileOf(script)],
  ]);
  const needed = packages[engine];
  if (needed) {
    const entry = findPackage(needed.name, cwd);
    if (entry === undefined) {
      throw failure(`the engine ${engine} needs ${needed.name}, which is not installed ('npm install ${needed.name}')`);
    }
    for (const name of needed.files) {
      const path = join(dirname(entry), name);
      if (existsSync(path)) files.set(`${needed.folder}/${name}`, fileOf(path));
    }
    const [first] = needed.files;
    if (!files.has(`${needed.folder}/${first}`)) {
      throw failure(
        `${needed.name} in '${dirname(entry)}' has no ${first}: install a newer one ('npm install ${needed.name}@latest')`,
      );
    }
  }
  const urls = models.map(({ path, shown }, i) => {
    if (engines[engine].takes === 'onnx') {
      files.set(`model/${i}.onnx`, fileOf(path));
      return `model/${i}.onnx`;
    }
    files.set(`model/${i}/model.json`, fileOf(path));
    for (const name of weightFiles(path, shown)) {
      files.set(`model/${i}/${name}`, () => ({ type: typeOf('.bin'), bytes: readWeights(path, shown, name) }));
    }
    return `model/${i}/model.json`;
  });
  return { files, urls };
}

function fileOf(path: string) {
  return () => ({ type: typeOf(path), bytes: readFileSync(path) });
}

/** The bundle lies next to the command line's; from source it is that of the last build. */
function pageScript(): string {
  const bundled = join(import.meta.dirname, 'bench-page.js');
  const path = existsSync(bundled) ? bundled : join(import.meta.dirname, '../../../dist/bench-page.js');
  if (existsSync(path)) return path;
  throw failure('the measuring page is not built: npm run build');
}

/** The files of weights that a model.json names. */
function weightFiles(path: string, shown: string): string[] {
  const { weightsManifest } = readModelJson(path, shown);
  const groups = Array.isArray(weightsManifest) ? weightsManifest : [];
  return groups.flatMap((group) =>
    isObject(group) && Array.isArray(group.paths) ? group.paths.filter((name) => typeof name === 'string') : [],
  );
}

function readWeights(path: string, shown: string, name: string): Uint8Array {
  const files = modelFolderFiles(dirname(path), dirname(shown), shown);
  try {
    const file = files.open(name);
    return file.read(0, file.size).slice();
  } finally {
    files.close();
  }
}

const types: readonly (readonly [ending: RegExp, type: string])[] = [
  [/\.html$/, 'text/html; charset=utf-8'],
  [/\.m?js$/, 'text/javascript; charset=utf-8'],
  [/\.wasm$/, 'application/wasm'],
  [/\.json$/, 'application/json'],
];

function typeOf(path: string): string {
  return types.find(([ending]) => ending.test(path))?.[1] ?? 'application/octet-stream';
}
