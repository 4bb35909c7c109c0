import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DidChangeWatchedFilesNotification, InlayHintRequest } from 'vscode-languageserver-protocol';
import { fullCapabilities, startHere, type TestClient, uriOf, workspace } from './client.ts';

const unit = 'block Unit(x, channels: int) {\n  return x -> conv: Conv(channels, 3, stride: 2)\n}\n';
const net = 'import { Unit } from "./unit.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit(8)\n}\n';
const alone = 'model Alone {\n  input image: [3, 32, 32]\n  a: Conv(8, 3)\n}\n';

const root = workspace({ 'unit.enet': unit, 'net.enet': net, 'alone.enet': alone });
let client: TestClient;
let refreshes = 0;

beforeAll(async () => {
  client = await startHere(root, {
    capabilities: {
      ...fullCapabilities,
      workspace: { ...fullCapabilities.workspace, inlayHint: { refreshSupport: true } },
    },
  });
  client.connection.onRequest('workspace/inlayHint/refresh', () => {
    refreshes++;
    return null;
  });
  await client.open(uriOf(root, 'net.enet'), net);
});

afterAll(() => client.stop());

const shapes = async () => {
  const hints = await client.connection.sendRequest(InlayHintRequest.type, {
    textDocument: { uri: uriOf(root, 'net.enet') },
    range: { start: { line: 0, character: 0 }, end: { line: 6, character: 0 } },
  });
  return JSON.stringify(hints?.map(({ label }) => label));
};
/** Longer than the server waits for quiet. */
const rest = () => new Promise((done) => setTimeout(done, 600));

test('a document is shown again when a file that it imports changes, and not when another or itself does', async () => {
  expect(await shapes()).toContain('8 × 16 × 16');
  await rest();
  expect(refreshes).toBe(0);

  writeFileSync(join(root, 'unit.enet'), unit.replace('stride: 2', 'stride: 4'));
  const changed = { changes: [{ uri: uriOf(root, 'unit.enet'), type: 2 as const }] };
  await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, changed);
  await expect.poll(() => refreshes).toBe(1);
  expect(await shapes()).toContain('8 × 8 × 8');

  await client.open(uriOf(root, 'alone.enet'), alone);
  await client.change(uriOf(root, 'alone.enet'), 2, { text: alone.replace('Conv(8', 'Conv(4') });
  await client.change(uriOf(root, 'net.enet'), 2, { text: net.replace('Unit(8)', 'Unit(4)') });
  await rest();
  expect(refreshes).toBe(1);

  await client.open(uriOf(root, 'unit.enet'), unit);
  await expect.poll(() => refreshes).toBe(2);
  expect(await shapes()).toContain('4 × 16 × 16');
});
