import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { findCodeServer, quietSettings } from './code-server.ts';

/** A workbench that is only pages. */
export interface WebWorkbench {
  readonly url: string;
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

/**
 * VS Code for the web, with no machine behind it: the workbench of code-server's package, whose pages are served as the
 * files that they are. Extensions run in the browser or not at all.
 * @param extension the folder of the unpacked extension.
 * @param files texts by name; they are under `memory:/`, the folder that is open.
 */
export async function startWebWorkbench(
  extension: string,
  files: Readonly<Record<string, string>>,
): Promise<WebWorkbench> {
  const found = findCodeServer();
  if (!found) throw new Error('code-server is not installed: run scripts/install-code-server.sh');
  const code = resolve(dirname(found.entry), '../../lib/vscode');
  const made = new Map<string, string>([
    ['/static/out/vs/code/browser/workbench/workbench.js', withoutServer(code)],
    ['/memory/package.json', JSON.stringify(memoryManifest)],
    ['/memory/extension.js', await bundle(join(import.meta.dirname, 'memory-files.ts'))],
    ['/memory/files.json', JSON.stringify(files)],
  ]);
  const folders = { '/static/': code, '/extension/': extension };
  const server = createServer((request, answer) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const body = made.get(path) ?? fileOf(path, folders);
    const type = path === '/' ? 'text/html' : (types[extname(path)] ?? 'application/octet-stream');
    answer.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const address = server.address();
  const host = typeof address === 'object' ? `127.0.0.1:${address?.port}` : '';
  made.set('/', page(code, host));
  return {
    url: `http://${host}/?folder=${encodeURIComponent('memory:/')}`,
    stop: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

const memoryManifest = {
  name: 'memory-files',
  publisher: 'tests',
  version: '0.0.1',
  engines: { vscode: '^1.91.0' },
  browser: './extension.js',
  activationEvents: ['onFileSystem:memory'],
};

/** code-server's workbench takes it that it was served by code-server, and keeps the user's settings there. */
function withoutServer(code: string): string {
  let text = readFileSync(join(code, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
  for (const [from, to] of [
    [/remoteAuthority:location\.host/, 'remoteAuthority:void 0'],
    [
      /get userRoamingDataHome\(\)\{return \w+\((\w+)\.file\(this\.userDataPath\)\.with\(\{scheme:(\w+)\.vscodeRemote\}\),"User"\)\}/,
      'get userRoamingDataHome(){return $1.file("/User").with({scheme:$2.vscodeUserData})}',
    ],
  ] as const) {
    if (!from.test(text)) throw new Error(`this version of code-server has another workbench: no ${from.source}`);
    text = text.replace(from, to);
  }
  return text;
}

function page(code: string, host: string): string {
  const place = (path: string) => ({ scheme: 'http', authority: host, path });
  const configuration = {
    productConfiguration: { nameShort: 'Code', nameLong: 'Code', enableTelemetry: false },
    additionalBuiltinExtensions: [place('/extension'), place('/memory')],
    webviewEndpoint: `http://${host}/static/out/vs/workbench/contrib/webview/browser/pre`,
    enableWorkspaceTrust: false,
    userDataPath: '/user',
    isEnabledFileDownloads: true,
    isEnabledFileUploads: true,
    isEnabledCoderGettingStarted: false,
    configurationDefaults: quietSettings,
  };
  const values: Readonly<Record<string, string>> = {
    WORKBENCH_WEB_CONFIGURATION: JSON.stringify(configuration).replaceAll('"', '&quot;'),
    WORKBENCH_WEB_BASE_URL: '/static',
    WORKBENCH_NLS_FALLBACK_URL: '/static/out/nls.messages.js',
  };
  const html = readFileSync(join(code, 'out/vs/code/browser/workbench/workbench.html'), 'utf8');
  return html.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'browser',
    external: ['vscode'],
  });
  return outputFiles[0]?.text ?? '';
}

function fileOf(path: string, folders: Readonly<Record<string, string>>): Buffer | undefined {
  for (const [prefix, folder] of Object.entries(folders)) {
    const file = join(folder, path.slice(prefix.length));
    if (path.startsWith(prefix) && file.startsWith(folder + sep) && existsSync(file) && statSync(file).isFile())
      return readFileSync(file);
  }
  return undefined;
}
