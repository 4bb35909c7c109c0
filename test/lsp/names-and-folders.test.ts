import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { DocumentSymbol, WorkspaceDiagnosticReport, WorkspaceEdit } from 'vscode-languageserver-protocol/node';
import { fullCapabilities, startHere, type TestClient, uriOf, workspace } from './client.ts';

/** Files with two names, folders within folders, several folders at once. */

const units = 'block Unit(x, channels: int) {\n  return x -> conv: Conv(channels, 3)\n}\n';
const net = 'import { Unit } from "./units.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit(8)\n}\n';

let client: TestClient;
afterEach(() => client.stop());

function folders(...roots: string[]) {
  return { workspaceFolders: roots.map((root) => ({ uri: uriOf(root, ''), name: root })) };
}

async function symbolsOf(uri: string): Promise<readonly (readonly [string, number])[]> {
  const found: DocumentSymbol[] = await client.connection.sendRequest('textDocument/documentSymbol', {
    textDocument: { uri },
  });
  return found.map(({ name, selectionRange }) => [name, selectionRange.start.line]);
}

test('a file that is open by two names, with two texts: each is told of its own', async () => {
  const root = workspace({ 'units.enet': units });
  symlinkSync(join(root, 'units.enet'), join(root, 'link.enet'));
  client = await startHere(root);
  const [file, link] = [uriOf(root, 'units.enet'), uriOf(root, 'link.enet')];
  await client.open(file, units);
  await client.open(link, units);
  await client.change(link, 2, { text: `// a line\n\n${units.replace('Unit', 'Other')}` });
  expect(await symbolsOf(file)).toEqual([['Unit', 0]]);
  expect(await symbolsOf(link)).toEqual([['Other', 2]]);
  const position = { line: 0, character: 7 };
  const edit: WorkspaceEdit = await client.connection.sendRequest('textDocument/rename', {
    textDocument: { uri: file },
    position,
    newName: 'New',
  });
  expect(edit.documentChanges).toMatchObject([
    { textDocument: { uri: file, version: 1 }, edits: [{ range: { start: { line: 0, character: 6 } } }] },
  ]);
  await client.close(file);
  expect(await symbolsOf(link)).toEqual([['Other', 2]]);
  await client.close(link);
  expect(await symbolsOf(link)).toEqual([['Unit', 0]]);
});

test('a document whose name is a library path, but no address, is not taken for the library', async () => {
  client = await startHere();
  await client.open('std/blocks', units);
  expect(
    await client.connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri: 'std/blocks' } }),
  ).toBe(null);
});

test('a file of folders within each other is told of once, by all that imports it', async () => {
  const root = workspace({ 'sub/units.enet': units, 'net.enet': net.replace('./', './sub/') });
  client = await startHere(root, folders(join(root, 'sub'), root));
  const report: WorkspaceDiagnosticReport = await client.connection.sendRequest('workspace/diagnostic', {
    previousResultIds: [],
  });
  expect(report.items.map(({ uri }) => uri).sort()).toEqual([uriOf(root, 'net.enet'), uriOf(root, 'sub/units.enet')]);
  const move = { oldUri: uriOf(root, 'sub/units.enet'), newUri: uriOf(root, 'sub/parts.enet') };
  expect(await client.connection.sendRequest('workspace/willRenameFiles', { files: [move] })).toMatchObject({
    documentChanges: [{ textDocument: { uri: uriOf(root, 'net.enet') } }],
  });
});

test('files that move in two folders at once take the imports of both along', async () => {
  const roots = [
    workspace({ 'units.enet': units, 'net.enet': net }),
    workspace({ 'units.enet': units, 'net.enet': net }),
  ];
  client = await startHere(undefined, folders(...roots));
  const files = roots.map((root) => ({ oldUri: uriOf(root, 'units.enet'), newUri: uriOf(root, 'parts.enet') }));
  const edit: WorkspaceEdit = await client.connection.sendRequest('workspace/willRenameFiles', { files });
  expect(edit.documentChanges).toMatchObject(
    roots.map((root) => ({ textDocument: { uri: uriOf(root, 'net.enet') }, edits: [{ newText: './parts.enet' }] })),
  );
});

test('folders that come have diagnostics requested again', async () => {
  const root = workspace({ 'units.enet': units });
  client = await startHere(undefined, {
    capabilities: {
      ...fullCapabilities,
      workspace: { ...fullCapabilities.workspace, diagnostics: { refreshSupport: true } },
      textDocument: { ...fullCapabilities.textDocument, diagnostic: {} },
    },
  });
  let refreshed = 0;
  client.connection.onRequest('workspace/diagnostic/refresh', () => {
    refreshed++;
    return null;
  });
  await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [{ uri: uriOf(root, ''), name: 'all' }], removed: [] },
  });
  await expect.poll(() => refreshed).toBe(1);
});

test('the library is searched for symbols, and told of, where it lies on the disk', async () => {
  client = await startHere(workspace({}), { initializationOptions: { libraryFiles: true } });
  const found: { name: string; location: { uri: string } }[] = await client.connection.sendRequest('workspace/symbol', {
    query: 'MBConv',
  });
  const block = found.find(({ name }) => name === 'MBConv');
  expect(block?.location.uri).toMatch(/^file:.*\/stdlib\/blocks\.enet$/);
  expect(await symbolsOf(block?.location.uri as string)).toContainEqual(['MBConv', expect.any(Number)]);
});
