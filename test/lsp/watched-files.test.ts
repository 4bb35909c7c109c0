import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileChangeType, type RegistrationParams } from 'vscode-languageserver-protocol/node';
import { fullCapabilities, startHere, type TestClient, uriOf, workspace } from './client.ts';

/** Files that change on the disk, as a client tells of them that watches them for the server. */

const units = 'block Unit(x, channels: int) {\n  return x -> conv: Conv(channels, 3)\n}\n';
const net = 'import { Unit } from "./parts/units.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit(8)\n}\n';

let client: TestClient;
let root: string;
let uri: string;
beforeEach(async () => {
  root = workspace({ 'parts/units.enet': units });
  uri = uriOf(root, 'net.enet');
  client = await startHere(root);
  await client.open(uri, net);
  expect(await client.diagnostics(uri)).toEqual([]);
});
afterEach(() => client.stop());

function tell(...changes: readonly (readonly [string, FileChangeType])[]): Promise<void> {
  return client.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: changes.map(([name, type]) => ({ uri: uriOf(root, name), type })),
  });
}

function expectCodes(...codes: readonly string[]): Promise<void> {
  return expect.poll(() => client.published.get(uri)?.diagnostics.map((d) => d.code)).toEqual(codes);
}

test('a file that changes, goes and comes', async () => {
  writeFileSync(join(root, 'parts/units.enet'), units.replace('Unit', 'Other'));
  await tell(['parts/units.enet', FileChangeType.Changed]);
  await expectCodes('not-exported');
  rmSync(join(root, 'parts/units.enet'));
  await tell(['parts/units.enet', FileChangeType.Deleted]);
  await expectCodes('file-not-found');
  writeFileSync(join(root, 'parts/units.enet'), units);
  await tell(['parts/units.enet', FileChangeType.Created]);
  await expectCodes();
});

test('a folder that goes and comes again, of whose files nothing is told', async () => {
  renameSync(join(root, 'parts'), join(root, 'elsewhere'));
  await tell(['parts', FileChangeType.Deleted]);
  await expectCodes('file-not-found');
  const found = () => client.connection.sendRequest('workspace/symbol', { query: 'Unit' });
  expect(JSON.stringify(await found())).toContain('elsewhere/units.enet');
  expect(JSON.stringify(await found())).not.toContain('parts/units.enet');
  mkdirSync(join(root, 'parts'));
  renameSync(join(root, 'elsewhere/units.enet'), join(root, 'parts/units.enet'));
  await tell(['parts/units.enet', FileChangeType.Created], ['elsewhere', FileChangeType.Deleted]);
  await expectCodes();
});

test('the client is asked to watch files, and folders that go', async () => {
  let asked: RegistrationParams | undefined;
  const watching = startHere(root, {
    capabilities: {
      ...fullCapabilities,
      workspace: { ...fullCapabilities.workspace, didChangeWatchedFiles: { dynamicRegistration: true } },
    },
  });
  const { connection, stop } = await watching;
  connection.onRequest('client/registerCapability', (params: RegistrationParams) => {
    asked = params;
    return null;
  });
  await expect
    .poll(() => asked?.registrations)
    .toMatchObject([
      {
        method: 'workspace/didChangeWatchedFiles',
        registerOptions: { watchers: [{ globPattern: '**/*.enet' }, { globPattern: '**', kind: 4 }] },
      },
    ]);
  await stop();
});
