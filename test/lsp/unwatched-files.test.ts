import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DidSaveTextDocumentNotification, DocumentDiagnosticRequest } from 'vscode-languageserver-protocol/node';
import { workspaceHost } from '../../src/cli/language-server/workspace-host.ts';
import { fullCapabilities, startHere, type TestClient, uriOf, workspace } from './client.ts';

/** Files that change on the disk under a client that watches none, as Neovim on Linux: the server looks itself. */

const unit = 'block Unit(x, channels: int) {\n  return x -> conv: Conv(channels, 3)\n}\n';
const wrong = unit.replace('Unit', 'Tinu');
const middle = (name: string) =>
  `import { Unit } from "./${name}"\n\nblock Middle(x, channels: int) {\n  return x -> unit: Unit(channels)\n}\n`;
const net = (block: string, file: string) =>
  `import { ${block} } from "./${file}"\n\nmodel M {\n  input image: [3, 32, 32]\n  a: ${block}(8)\n}\n`;

let root: string;
let client: TestClient;
const started: TestClient[] = [];
beforeEach(async () => {
  root = workspace({ 'parts/unit.enet': unit, 'middle.enet': middle('parts/unit.enet') });
  client = await start();
});
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

async function start(folder = root, params: Parameters<typeof startHere>[1] = {}): Promise<TestClient> {
  const one = await startHere(folder, params);
  started.push(one);
  return one;
}

const at = (name: string) => join(root, name);
const save = (one: TestClient, uri: string) =>
  one.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } });
const expectCodes = (one: TestClient, uri: string, ...codes: readonly string[]) =>
  expect.poll(() => one.published.get(uri)?.diagnostics.map((d) => d.code)).toEqual(codes);

/** Opens a net that imports a file, and says what it hears at each save after something has happened to the disk. */
async function opened(block = 'Unit', file = 'parts/unit.enet') {
  const uri = uriOf(root, 'net.enet');
  await client.open(uri, net(block, file));
  return {
    async says(...codes: readonly string[]) {
      await expectCodes(client, uri, ...codes);
    },
    async savesAndSays(...codes: readonly string[]) {
      await save(client, uri);
      await expectCodes(client, uri, ...codes);
    },
  };
}

test('an import that changes, goes, and comes again', async () => {
  const { says, savesAndSays } = await opened();
  await says();
  writeFileSync(at('parts/unit.enet'), unit.replace('channels: int', 'channels: int, more: int'));
  await savesAndSays('missing-argument');
  rmSync(at('parts/unit.enet'));
  await savesAndSays('file-not-found');
  writeFileSync(at('parts/unit.enet'), unit);
  await savesAndSays();
});

test('one that comes only after the document that imports it', async () => {
  const { says, savesAndSays } = await opened('Unit', 'late.enet');
  await says('file-not-found');
  writeFileSync(at('late.enet'), unit);
  await savesAndSays();
});

test('an import of an import, and a folder that is moved away', async () => {
  const { says, savesAndSays } = await opened('Middle', 'middle.enet');
  await says();
  writeFileSync(at('parts/unit.enet'), wrong);
  const importer = uriOf(root, 'middle.enet');
  await client.open(importer, middle('parts/unit.enet'));
  await expectCodes(client, importer, 'not-exported');
  writeFileSync(at('parts/unit.enet'), unit);
  await savesAndSays();
  await expectCodes(client, importer);
  renameSync(at('parts'), at('elsewhere'));
  await savesAndSays();
  await expectCodes(client, importer, 'file-not-found');
});

test('another text of the same size at the same time, written or put in place by a rename', async () => {
  const { says, savesAndSays } = await opened();
  await says();
  const long = new Date(1_600_000_000_000);
  const write = (path: string, text: string) => {
    writeFileSync(path, text);
    utimesSync(path, long, long);
  };
  write(at('parts/unit.enet'), wrong);
  await savesAndSays('not-exported');
  write(at('new.enet'), unit);
  renameSync(at('new.enet'), at('parts/unit.enet'));
  await savesAndSays();
  for (const [text, ...codes] of [[wrong, 'not-exported'], [unit], [wrong, 'not-exported']] as const) {
    write(at('parts/unit.enet'), text);
    await savesAndSays(...codes);
  }
});

test('a link that leads elsewhere', async () => {
  mkdirSync(at('others'));
  writeFileSync(at('others/unit.enet'), wrong);
  symlinkSync('parts/unit.enet', at('link.enet'));
  const { says, savesAndSays } = await opened('Unit', 'link.enet');
  await says();
  rmSync(at('link.enet'));
  symlinkSync('others/unit.enet', at('link.enet'));
  await savesAndSays('not-exported');
});

test('opening any document is enough, and so is opening the same one again', async () => {
  const { says } = await opened();
  await says();
  writeFileSync(at('parts/unit.enet'), wrong);
  await client.open(uriOf(root, 'other.enet'), net('Middle', 'middle.enet'));
  await says('not-exported');
  const uri = uriOf(root, 'net.enet');
  await client.close(uri);
  writeFileSync(at('parts/unit.enet'), unit);
  await client.open(uri, net('Unit', 'parts/unit.enet'), 2);
  await says();
});

test('two clients of one folder, of which one saves what the other imports', async () => {
  const { says, savesAndSays } = await opened();
  await says();
  const second = await start();
  const imported = uriOf(root, 'parts/unit.enet');
  await second.open(imported, unit);
  await second.change(imported, 2, { text: wrong });
  await savesAndSays();
  writeFileSync(at('parts/unit.enet'), wrong);
  await save(second, imported);
  await savesAndSays('not-exported');
});

test('a client that asks for diagnostics is told of the file as it is, and to ask again', async () => {
  let refreshes = 0;
  const capabilities = {
    ...fullCapabilities,
    textDocument: { ...fullCapabilities.textDocument, diagnostic: {} },
    workspace: { ...fullCapabilities.workspace, diagnostics: { refreshSupport: true } },
  };
  const asking = await start(root, { capabilities });
  asking.connection.onRequest('workspace/diagnostic/refresh', () => {
    refreshes++;
    return null;
  });
  const uri = uriOf(root, 'net.enet');
  const codes = async () => {
    const report = await asking.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
    return report.kind === 'full' ? report.items.map((d) => d.code) : [];
  };
  await asking.open(uri, net('Unit', 'parts/unit.enet'));
  expect(await codes()).toEqual([]);
  const before = refreshes;
  writeFileSync(at('parts/unit.enet'), wrong);
  await save(asking, uri);
  expect(await codes()).toEqual(['not-exported']);
  await expect.poll(() => refreshes).toBeGreaterThan(before);
});

const watching = {
  ...fullCapabilities,
  workspace: { ...fullCapabilities.workspace, didChangeWatchedFiles: { dynamicRegistration: true } },
};

test('a client that refuses to watch after all', async () => {
  const refusing = await start(root, { capabilities: watching });
  refusing.connection.onRequest('client/registerCapability', () => {
    throw new Error('no watcher is left');
  });
  const uri = uriOf(root, 'net.enet');
  await refusing.open(uri, net('Unit', 'parts/unit.enet'));
  await expectCodes(refusing, uri);
  writeFileSync(at('parts/unit.enet'), wrong);
  await save(refusing, uri);
  await expectCodes(refusing, uri, 'not-exported');
});

test('a document outside of the folders that a client watches', async () => {
  const elsewhere = await start(workspace(), { capabilities: watching });
  elsewhere.connection.onRequest('client/registerCapability', () => null);
  const uri = uriOf(root, 'net.enet');
  await elsewhere.open(uri, net('Middle', 'middle.enet'));
  await expectCodes(elsewhere, uri);
  writeFileSync(at('middle.enet'), middle('parts/unit.enet').replace('Middle', 'Midst'));
  await save(elsewhere, uri);
  await expectCodes(elsewhere, uri, 'not-exported');
});

test('a file that has just been written is looked at each time, one that rests is not', () => {
  const { stampOf } = workspaceHost(root, true);
  expect(stampOf(at('middle.enet'))).not.toBe(stampOf(at('middle.enet')));
  const old = fileURLToPath(new URL('../../package.json', import.meta.url));
  expect(stampOf(old)).toBe(stampOf(old));
  expect(stampOf(at('missing.enet'))).toBeUndefined();
  expect(stampOf(at('middle.enet/below'))).toBe(stampOf(at('middle.enet/below')));
});
