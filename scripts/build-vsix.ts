// Builds the VS Code extension in dist or another folder: vscode/ is the unpacked form, enet.vsix the packed one. Run after
// `npm run build`, which makes the language server.
// Usage: tsx scripts/build-vsix.ts [folder]      (default: dist)
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import sharp from 'sharp';
import { packVsix } from './vsix/pack.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const extension = join(root, 'editors/vscode');
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const staging = join(out, 'vscode');

const copies = {
  'package.json': 'editors/vscode/package.json',
  'README.md': 'editors/vscode/README.md',
  'LICENSE.txt': 'LICENSE',
  'language-configuration.json': 'editors/vscode/language-configuration.json',
  'snippets/enet.json': 'editors/vscode/snippets/enet.json',
  'syntaxes/enet.tmLanguage.json': 'grammar/enet.tmLanguage.json',
  'icons/file-light.svg': 'editors/vscode/icons/file-light.svg',
  'icons/file-dark.svg': 'editors/vscode/icons/file-dark.svg',
  'dist/server.cjs': 'dist/lsp.cjs',
  'dist/server.cjs.LEGAL.txt': 'dist/lsp.cjs.LEGAL.txt',
  'dist/server-worker.js': 'dist/lsp-worker.js',
  'dist/server-worker.js.LEGAL.txt': 'dist/lsp-worker.js.LEGAL.txt',
  // The licences of the client's packages are only in files, not in comments of their code.
  'dist/client.LEGAL.txt': 'node_modules/vscode-languageclient/License.txt',
  'dist/preview/page.css': 'editors/vscode/src/preview/view/page.css',
};

for (const path of Object.values(copies)) {
  if (!existsSync(join(root, path))) throw new Error(`${path} is missing: run 'npm run build' first`);
}
rmSync(staging, { recursive: true, force: true });
for (const [to, from] of Object.entries(copies)) write(to, readFileSync(join(root, from)));
write('icons/extension.png', await sharp(join(extension, 'icons/extension.svg')).resize(256, 256).png().toBuffer());

const common: BuildOptions = {
  absWorkingDir: extension,
  outdir: join(staging, 'dist'),
  bundle: true,
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  target: 'es2022',
};
const host: BuildOptions = { ...common, format: 'cjs', external: ['vscode'] };
await build({
  ...host,
  entryPoints: { extension: 'src/extension.ts' },
  platform: 'node',
  outExtension: { '.js': '.cjs' },
});
await build({ ...host, entryPoints: { browser: 'src/browser.ts' }, platform: 'browser' });
await build({ ...common, entryPoints: { 'preview/page': 'src/preview/view/page.ts' }, format: 'iife' });

const files = new Map(listFiles('').map((path) => [path, new Uint8Array(readFileSync(join(staging, path)))]));
const vsix = packVsix(JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8')), files);
const packed = join(out, 'enet.vsix');
writeFileSync(packed, vsix);
console.log(`${relative(process.cwd(), packed)}  ${Math.round(vsix.length / 1024)} KiB, ${files.size} files`);

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(staging, path)), { recursive: true });
  writeFileSync(join(staging, path), bytes);
}

/** The files of the unpacked extension, sorted, so that the archive is the same from the same sources. */
function listFiles(folder: string): string[] {
  return readdirSync(join(staging, folder))
    .sort()
    .flatMap((name) => {
      const path = folder === '' ? name : `${folder}/${name}`;
      return statSync(join(staging, path)).isDirectory() ? listFiles(path) : [path];
    });
}
