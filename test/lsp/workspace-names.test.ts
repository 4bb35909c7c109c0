import { afterEach, expect, test } from 'vitest';
import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver-protocol/node';
import { startHere, type TestClient, uriOf, workspace } from './client.ts';

/** Completion with names of the workspace's other files, as a client sees it. */

const units = 'block Unit(x, channels: int) {\n  return x -> conv: Conv(channels, 3)\n}\n';
const net = 'import { MBConv } from "std/blocks"\nmodel Net {\n  input image: [3, 32, 32]\n  stem: Un\n}\n';
const atStem: Position = { line: 3, character: 10 };

let client: TestClient;
afterEach(() => client.stop());

async function started(files: Readonly<Record<string, string>>): Promise<{ root: string; uri: string }> {
  const root = workspace(files);
  client = await startHere(root);
  const uri = uriOf(root, 'nets/net.enet');
  await client.open(uri, net);
  return { root, uri };
}

function ask(uri: string, position: Position): Promise<CompletionList> {
  return client.connection.sendRequest('textDocument/completion', { textDocument: { uri }, position });
}

function named({ items }: CompletionList, label: string): CompletionItem | undefined {
  return items.find((item) => item.label === label);
}

test('a block of a file that is not open comes with the edit that imports it', async () => {
  const { root, uri } = await started({ 'nets/net.enet': net, 'parts/units.enet': units });
  const list = await ask(uri, atStem);
  expect(list.isIncomplete).toBe(false);
  expect(named(list, 'Unit')).toMatchObject({
    detail: 'import from ../parts/units.enet',
    additionalTextEdits: [
      {
        range: { start: { line: 0, character: 35 }, end: { line: 0, character: 35 } },
        newText: '\nimport { Unit } from "../parts/units.enet"',
      },
    ],
  });
  const resolved = await client.connection.sendRequest('completionItem/resolve', named(list, 'Unit') as object);
  expect(resolved).toMatchObject({ documentation: { value: expect.stringContaining('Unit') } });

  // what an editor has of the file wins over what is on the disk
  await client.open(uriOf(root, 'parts/units.enet'), units.replace('Unit', 'Other'));
  const now = await ask(uri, atStem);
  expect(named(now, 'Unit')).toBeUndefined();
  expect(named(now, 'Other')).toBeDefined();
});

test('nothing of another folder, nor of a file that lies outside', async () => {
  const outside = workspace({ 'units.enet': units });
  const { uri } = await started({ 'nets/net.enet': net });
  await client.open(uriOf(outside, 'units.enet'), units);
  const list = await ask(uri, atStem);
  expect(named(list, 'MBConv')).toBeDefined();
  expect(named(list, 'Unit')).toBeUndefined();
});

test('a first list over many files does not keep others waiting; a text that changes meanwhile gets no old edits', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`parts/p${i}.enet`, units.replace('Unit', `Unit${i}`)]),
  );
  const { uri } = await started({ 'nets/net.enet': net, ...many });
  const first = ask(uri, atStem);
  await client.change(uri, 2, { text: `// a line more\n${net}` });
  expect(await first).toEqual({ isIncomplete: true, items: [] });
  const list = await ask(uri, { ...atStem, line: 4 });
  // there are more than are sent
  expect(list.isIncomplete).toBe(true);
  expect(named(list, 'Unit1')?.additionalTextEdits).toMatchObject([{ range: { start: { line: 1 } } }]);
});
