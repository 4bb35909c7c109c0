// Bundles the package into dist/: the library, its types, and the command line as one file with V8's compiled form.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { encodeOnly } from './encode-only.ts';
import { entries } from './entries.ts';
import { hdf5Library } from './hdf5-library.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Chevrotain creates every production of the grammar with lodash's `pickBy`, whose generality costs a tenth of a short
 * command's time; these objects have neither symbols nor inherited keys.
 */
const leanPickBy: Plugin = {
  name: 'lean-pick-by',
  setup({ onLoad }) {
    onLoad({ filter: /lodash-es[\\/]pickBy\.js$/ }, () => ({
      contents: `export default function pickBy(object, keep) {
        const picked = {};
        for (const key in object) if (keep(object[key], key)) picked[key] = object[key];
        return picked;
      }`,
    }));
  },
};

/**
 * The commands that need an engine are a separate bundle, and so are the language server, the library for HDF5, the client of
 * the Hugging Face hub, the list of published weights and ImageNet's names; the command line loads one when it is needed.
 */
const bundlesApart: Plugin = {
  name: 'bundles-apart',
  setup({ onResolve }) {
    const bundles = new Map(
      Object.entries({
        'src/published-weights.generated.ts': './published-weights.cjs',
        'src/node/hub/fetch-weights.ts': './hub.cjs',
        'src/node/hdf5-engine.ts': './hdf5.cjs',
        'src/node/imagenet-labels.ts': './imagenet-labels.cjs',
        'src/cli/engines.ts': './engines.cjs',
        'src/cli/language-server.ts': './lsp.cjs',
      }).map(([source, bundle]) => [join(root, source), bundle]),
    );
    // By the whole path: files of other folders may have the same name.
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
      const bundle = kind === 'entry-point' ? undefined : bundles.get(join(resolveDir, path));
      return bundle === undefined ? undefined : { path: bundle, external: true };
    });
  },
};

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const common: BuildOptions = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  plugins: [leanPickBy, encodeOnly],
  define: { ENETC_VERSION: JSON.stringify(version) },
};

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
for (const [name, { source, bundle }] of Object.entries(entries)) {
  if (bundle === 'engines') {
    const names = Object.keys(await import(`../${source}`)).sort();
    mkdirSync(new URL('../dist', import.meta.url), { recursive: true });
    writeFileSync(
      new URL(`../dist/${name}.js`, import.meta.url),
      `export { ${names.join(', ')} } from './engines.cjs';\n`,
    );
    continue;
  }
  const target = bundle === 'node' ? 'node20' : 'es2022';
  await build({ ...common, entryPoints: { [name]: source }, format: 'esm', platform: bundle, target });
}

/** The commands that have a bundle of their own: a start takes longer for what is in its bundle, used or not. The one of `check` answers options without a command too. */
const quickCommands = ['check', 'compile', 'weights'] as const;

/** Leaves out what no run of a command loads: the other commands, and of `check` all but what checking and help load. */
const onlyCommand = (command: (typeof quickCommands)[number]): Plugin => ({
  name: 'only-command',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ kind, importer, path }) => {
      if (kind !== 'dynamic-import' || path.endsWith(`/commands/${command}.ts`)) return undefined;
      const ofCommands = /[\\/]cli[\\/](commands|[a-z]+-declaration)\.ts$/.test(importer);
      const ofCheck = /\/(help|version|library-names)\.ts$/.test(path);
      return ofCommands || (command === 'check' && !ofCheck) ? { path, namespace: 'left-out' } : undefined;
    });
    onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'export {}' }));
  },
});

const commandLine: BuildOptions = {
  ...common,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  define: {
    ...common.define,
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
  outExtension: { '.js': '.cjs' },
};
await build({
  ...commandLine,
  entryPoints: { main: 'src/cli/main.ts', enetc: 'src/cli/launch.ts' },
  plugins: [...(common.plugins ?? []), bundlesApart],
  // The other bundles are loaded by require: an import would be resolved relative to the code cache script, not to the file.
  supported: { 'dynamic-import': false },
});
for (const command of quickCommands) {
  await build({
    ...commandLine,
    entryPoints: { [command]: 'src/cli/main.ts' },
    plugins: [...(common.plugins ?? []), bundlesApart, onlyCommand(command)],
    supported: { 'dynamic-import': false },
  });
}
await build({
  ...commandLine,
  entryPoints: {
    engines: 'src/cli/engines.ts',
    'loader-worker': 'src/train/data/worker.ts',
    'trial-worker': 'src/cli/trial-worker.ts',
  },
  plugins: [...(common.plugins ?? []), bundlesApart],
  // Native packages are resolved where they are installed, when they are needed.
  external: ['sharp', 'onnxruntime-node'],
});
await build({ ...commandLine, entryPoints: { lsp: 'src/cli/language-server.ts' } });
await build({ ...commandLine, entryPoints: { 'imagenet-labels': 'src/node/imagenet-labels.ts' } });
// The library for HDF5 finds out where it is from `import.meta.url`.
await build({
  ...commandLine,
  entryPoints: { hdf5: 'src/node/hdf5-engine.ts' },
  plugins: [...(common.plugins ?? []), hdf5Library(fileURLToPath(new URL('../dist/hdf5.wasm', import.meta.url)))],
  define: { ...commandLine.define, 'import.meta.url': '__filename' },
});
await build({ ...commandLine, entryPoints: { 'published-weights': 'src/published-weights.generated.ts' } });
await build({ ...commandLine, entryPoints: { hub: 'src/node/hub/fetch-weights.ts' } });
await build({
  ...common,
  entryPoints: { 'lsp-worker': 'src/lsp/browser-worker.ts' },
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
});
// The page of `enetc bench`, with TensorFlow.js.
await build({
  ...common,
  entryPoints: { 'bench-page': 'src/bench/page/page.ts' },
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
});
// The licences of the protocol's packages are only in files; they are added to the bundle that contains their code.
const licence = readFileSync(new URL('../node_modules/vscode-languageserver/License.txt', import.meta.url), 'utf8');
const hdf5Licence = readFileSync(new URL('../node_modules/h5wasm/LICENSE.txt', import.meta.url), 'utf8');
const hubLicence = readFileSync(new URL('../node_modules/@huggingface/hub/LICENSE', import.meta.url), 'utf8');
appendFileSync(new URL('../dist/hub.cjs.LEGAL.txt', import.meta.url), `\n@huggingface/hub:\n\n${hubLicence}`);
appendFileSync(new URL('../dist/hdf5.cjs.LEGAL.txt', import.meta.url), `\nh5wasm, HDF5:\n\n${hdf5Licence}`);
for (const name of ['lsp.cjs', 'lsp-worker.js']) {
  appendFileSync(
    new URL(`../dist/${name}.LEGAL.txt`, import.meta.url),
    `\nvscode-languageserver, vscode-languageserver-protocol, vscode-languageserver-types, vscode-jsonrpc:\n\n${licence}`,
  );
}
chmodSync(new URL('../dist/enetc.cjs', import.meta.url), 0o755);
const run = (file: string, ...args: string[]) =>
  execFileSync(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const scratch = mkdtempSync(join(tmpdir(), 'enet-build-'));
const b0 = ['efficientnet', '--quiet', '-o', join(scratch, 'b0.onnx')];
const checkpoint = join(scratch, 'b0.pth');
run('dist/enetc.cjs', 'weights', 'init', 'efficientnet', '--names', 'timm', '--quiet', '-o', checkpoint);
for (const [bundle, args] of [
  ['check', ['check', 'stdlib/efficientnet.enet']],
  ['compile', ['compile', ...b0]],
  ['weights', ['weights', 'convert', checkpoint, '--quiet', '-o', join(scratch, 'b0.safetensors')]],
  ['main', ['summary', 'efficientnet']],
] as const) {
  run(
    'scripts/code-cache.cjs',
    `${root}dist/${bundle}.cjs`,
    `${root}dist/${bundle}-${process.versions.v8}.cache`,
    ...args,
  );
}
rmSync(scratch, { recursive: true });
if (!process.argv.includes('--no-types')) {
  // Loaded when it is used: it brings its own TypeScript.
  const { buildTypes } = await import('./build-types.ts');
  await buildTypes();
}
