import { existsSync, readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';

const bundle = new URL('../../dist/lsp-worker.js', import.meta.url);
if (!existsSync(bundle)) throw new Error('there is no dist/lsp-worker.js: npm run build');
const script = readFileSync(bundle, 'utf8');

const folder = 'vscode-vfs://github/me/nets';
const net = 'import { Unit } from "./units.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit(8)\n}\n';
const units = 'block Unit(x, channels: int) {\n  return x -> Conv(channels, 3)\n}\n';
const messages = [
  {
    id: 1,
    method: 'initialize',
    params: {
      processId: null,
      workspaceFolders: [{ uri: folder, name: 'nets' }],
      capabilities: {},
      initializationOptions: { files: { [`${folder}/units.enet`]: units } },
    },
  },
  { method: 'initialized', params: {} },
  {
    method: 'textDocument/didOpen',
    params: { textDocument: { uri: `${folder}/net.enet`, languageId: 'enet', version: 1, text: net } },
  },
  { id: 2, method: 'textDocument/diagnostic', params: { textDocument: { uri: `${folder}/net.enet` } } },
  {
    id: 3,
    method: 'textDocument/definition',
    params: { textDocument: { uri: `${folder}/net.enet` }, position: { line: 3, character: 6 } },
  },
  {
    id: 6,
    method: 'textDocument/rename',
    params: { textDocument: { uri: `${folder}/net.enet` }, position: { line: 3, character: 6 }, newName: 'Part' },
  },
  { method: 'enet/files', params: { files: { [`${folder}/units.enet`]: null } } },
  { id: 4, method: 'textDocument/diagnostic', params: { textDocument: { uri: `${folder}/net.enet` } } },
  { id: 5, method: 'enet/libraryFile', params: { uri: 'enet-library:/std/blocks.enet' } },
].map((message) => ({ jsonrpc: '2.0', ...message }));

function expectAnswers(answers: readonly { id?: number; result?: unknown }[]): void {
  const resultOf = (id: number) => answers.find((a) => a.id === id)?.result;
  expect(resultOf(1)).toMatchObject({ serverInfo: { name: 'enetc' }, capabilities: { hoverProvider: true } });
  expect(resultOf(2)).toMatchObject({ items: [] });
  expect(resultOf(3)).toMatchObject([{ uri: `${folder}/units.enet`, range: { start: { line: 0, character: 6 } } }]);
  expect(Object.keys((resultOf(6) as { changes: object }).changes)).toEqual(
    expect.arrayContaining([`${folder}/net.enet`, `${folder}/units.enet`]),
  );
  expect(resultOf(4)).toMatchObject({ items: [{ code: 'file-not-found' }] });
  expect(resultOf(5)).toMatchObject({ text: expect.stringContaining('block MBConv') });
}

test('the worker answers without anything of Node', async () => {
  const answers: { id?: number }[] = [];
  const scope: Record<string, unknown> = {
    TextEncoder,
    TextDecoder,
    performance,
    console,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    postMessage: (message: { id?: number }) => void answers.push(structuredClone(message)),
  };
  scope.addEventListener = () => {};
  scope.self = scope;
  runInContext(script, createContext(scope));
  for (const data of messages) (scope.onmessage as (event: object) => void)({ data });
  await expect.poll(() => answers.filter((a) => a.id !== undefined).length).toBe(6);
  expectAnswers(answers);
});

const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (!browser)
  console.warn('skipped: no Chromium (set CHROMIUM to its path): the worker is not tried in a real browser');

test.skipIf(!browser)('a worker of a real browser', async () => {
  const flags = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  const chrome = await chromium.launch({ executablePath: browser as string, args: flags, timeout: 120_000 });
  try {
    const page = await chrome.newPage();
    await page.addInitScript(({ source, sent }) => Object.assign(globalThis, { source, sent }), {
      source: script,
      sent: messages,
    });
    await page.goto('about:blank');
    const answers = await page.evaluate(`new Promise((resolve, reject) => {
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      const heard = [];
      worker.onerror = (e) => reject(new Error(e.message));
      worker.onmessage = ({ data }) => {
        heard.push(data);
        if (heard.filter((a) => a.id !== undefined).length === 6) resolve(heard);
      };
      for (const message of sent) worker.postMessage(message);
    })`);
    expectAnswers(answers as { id?: number }[]);
  } finally {
    await chrome.close();
  }
});
