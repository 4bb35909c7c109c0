import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createProtocolConnection,
  InitializeRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { stdlib } from '../../src/stdlib.generated.ts';
import { entry, spawnServer, startProcess, uriOf, workspace } from './client.ts';

const efficientnet = stdlib['std/efficientnet'] as string;
const whole = (text: string) => ({ text });

function exitOf(child: ReturnType<typeof spawnServer>): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

describe('the process', () => {
  test('starts, says what is wrong, and ends as the protocol says', async () => {
    const root = workspace({ 'net.enet': efficientnet });
    const client = await startProcess(root);
    const ended = exitOf(client.child);
    expect(client.server.serverInfo?.name).toBe('enetc');
    const uri = uriOf(root, 'net.enet');
    await client.open(uri, efficientnet.replace('MBConv(', 'MBCnv('));
    const [first] = (await client.diagnostics(uri)).filter((d) => d.severity === 1);
    expect(first).toMatchObject({ code: 'unknown-name', source: 'enet' });
    await client.change(uri, 2, whole(efficientnet));
    expect(await client.diagnostics(uri, 2)).toEqual([]);
    await client.close(uri);
    await client.stop();
    expect(await ended).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    ['exit without shutdown', [['exit']], 1],
    ['exit after shutdown', [['initialize', 1], ['shutdown', 2], ['exit']], 0],
    ['the end of the input', [['initialize', 1]], 1],
    [
      'the end of the input after shutdown',
      [
        ['initialize', 1],
        ['shutdown', 2],
      ],
      0,
    ],
    ['nothing at all', [], 1],
  ] as const)('%s', async (_, messages, code) => {
    const child = spawnServer();
    const ended = exitOf(child);
    child.stdout?.resume();
    for (const [method, id] of messages) {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        method,
        ...(id !== undefined && { id }),
        params: method === 'initialize' ? { capabilities: {} } : undefined,
      });
      child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    }
    child.stdin?.end();
    expect(await ended).toEqual({ code, stderr: '' });
  });

  test("the end of the client's process", async () => {
    const parent = spawn('sleep', ['100']);
    const child = spawnServer();
    const ended = exitOf(child);
    child.stdout?.resume();
    const params = { processId: parent.pid, capabilities: {} };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    child.stdin?.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    await new Promise((answered) => child.stdout?.once('data', answered));
    parent.kill();
    expect(await ended).toEqual({ code: 1, stderr: '' });
  });

  test('the bundle as a script of its own, as an extension brings it', async () => {
    const bundle = join(dirname(entry), 'lsp.cjs');
    const folder = workspace({ 'server.cjs': readFileSync(bundle, 'utf8') });
    const child = spawn(process.execPath, [join(folder, 'server.cjs'), '--stdio'], { stdio: 'pipe' });
    const ended = exitOf(child);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { capabilities: {} } });
    child.stdin.end(`Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(await ended).toEqual({ code: 1, stderr: '' });
    expect(said).toContain('"name":"enetc"');
  });

  test('--socket connects to the client', async () => {
    const root = workspace({ 'net.enet': efficientnet });
    const listening = createServer();
    await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
    const { port } = listening.address() as { port: number };
    const connected = new Promise<Socket>((resolve) => listening.once('connection', resolve));
    const child = spawnServer('--socket', String(port));
    const ended = exitOf(child);
    expect(await serverOf(await connected)).toMatchObject({ serverInfo: { name: 'enetc' } });
    listening.close();
    expect((await ended).code).toBe(1);
    expect(readdirSync(root)).toEqual(['net.enet']);
  });

  test('--listen serves one client after the other', async () => {
    const port = await freePort();
    const child = spawnServer('--listen', String(port));
    const ended = exitOf(child);
    await new Promise((ready) => child.stderr?.once('data', ready));
    for (let i = 0; i < 2; i++) {
      const socket = connect(port, '127.0.0.1');
      expect(await serverOf(socket)).toMatchObject({ serverInfo: { name: 'enetc' } });
    }
    child.kill('SIGTERM');
    expect((await ended).stderr).toBe(`listening on 127.0.0.1:${port}\n`);
  });

  test.each([
    [['--socket', '1', '--stdio'], 'cannot be combined'],
    [['--socket', '70000'], "--socket takes a whole number from 1 to 65535, not '70000'"],
    [['--pipe', 'x'], 'lsp has no option --pipe'],
  ])('a wrong command line: %s', (args, message) => {
    const ran = spawnSync(process.execPath, [entry, 'lsp', ...args], { encoding: 'utf8' });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(message);
  });

  test('a port where nobody listens', () => {
    const ran = spawnSync(process.execPath, [entry, 'lsp', '--socket', '1'], { encoding: 'utf8' });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('cannot connect to 127.0.0.1:1');
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function serverOf(socket: Socket) {
  const connection = createProtocolConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.onUnhandledNotification(() => {});
  connection.listen();
  const server = await connection.sendRequest(InitializeRequest.type, {
    processId: null,
    rootUri: null,
    capabilities: {},
  });
  connection.dispose();
  socket.end();
  return server;
}

describe('what it reads', () => {
  test('nothing outside of the workspace, by no way', async () => {
    const outside = workspace({ 'secret.enet': 'block Secret(x) {\n  return x\n}\n' });
    const root = workspace({ 'net.enet': efficientnet });
    symlinkSync(join(outside, 'secret.enet'), join(root, 'link.enet'));
    symlinkSync(outside, join(root, 'folder'));
    const client = await startProcess(root);
    const imports = (path: string) =>
      `import { Secret } from "${path}"\nmodel M {\n  input image: [3, 32, 32]\n  a: Secret()\n}\n`;
    for (const path of [
      './link.enet',
      './folder/secret.enet',
      `../${outside.split('/').at(-1)}/secret.enet`,
      join(outside, 'secret.enet'),
    ]) {
      const uri = uriOf(root, `to${path.length}.enet`);
      await client.open(uri, imports(path));
      const codes = (await client.diagnostics(uri)).map((d) => d.code);
      expect(codes, path).toContain('import-outside-root');
    }
    for (const method of ['documentSymbol', 'foldingRange', 'diagnostic']) {
      const answer = await client.connection.sendRequest(`textDocument/${method}`, {
        textDocument: { uri: uriOf(outside, 'secret.enet') },
      });
      expect(JSON.stringify(answer)).not.toContain('Secret');
    }
    const symbols = await client.connection.sendRequest('workspace/symbol', { query: 'Secret' });
    expect(symbols).toEqual([]);
    await client.stop();
  });

  test('a named pipe does not stop it', async () => {
    const root = workspace({ 'net.enet': efficientnet });
    expect(spawnSync('mkfifo', [join(root, 'pipe.enet')]).status).toBe(0);
    const client = await startProcess(root);
    const symbols = (await client.connection.sendRequest('workspace/symbol', { query: 'EfficientNet' })) as {
      name: string;
    }[];
    expect(symbols.map((s) => s.name)).toContain('EfficientNet');
    await client.stop();
  });

  test('a file outside of any folder with what lies next to it', async () => {
    const root = workspace({ 'b.enet': 'block Unit(x) {\n  return x -> Conv(8, 3)\n}\n' });
    const client = await startProcess();
    const uri = uriOf(root, 'a.enet');
    await client.open(uri, 'import { Unit } from "./b.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit()\n}\n');
    expect((await client.diagnostics(uri)).filter((d) => d.severity === 1)).toEqual([]);
    await client.stop();
  });

  test('an unsaved buffer', async () => {
    const client = await startProcess();
    await client.open('untitled:Untitled-1', 'model M {\n  stem: Cnv(8, 3)\n}\n');
    expect((await client.diagnostics('untitled:Untitled-1')).length).toBeGreaterThan(0);
    await client.stop();
  });

  test('a change of an open file is seen by who imports it', async () => {
    const root = workspace({ 'b.enet': 'block Unit(x) {\n  return x -> Conv(8, 3)\n}\n' });
    const client = await startProcess(root);
    const [a, b] = [uriOf(root, 'a.enet'), uriOf(root, 'b.enet')];
    await client.open(a, 'import { Unit } from "./b.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit()\n}\n');
    expect(await client.diagnostics(a)).toEqual([]);
    await client.open(b, 'block Other(x) {\n  return x -> Conv(8, 3)\n}\n');
    await client.diagnostics(b);
    await expect.poll(() => client.published.get(a)?.diagnostics.map((d) => d.code)).toContain('not-exported');
    await client.close(b);
    await expect.poll(() => client.published.get(a)?.diagnostics).toEqual([]);
    await client.stop();
  });

  test('folders that come and go', async () => {
    const root = workspace({ 'sub/b.enet': 'block Unit(x) {\n  return x -> Conv(8, 3)\n}\n' });
    const client = await startProcess(join(root, 'sub'));
    const a = uriOf(root, 'sub/a.enet');
    await client.open(a, 'import { Unit } from "../up.enet"\nmodel M {\n  input image: [3, 32, 32]\n  a: Unit()\n}\n');
    expect((await client.diagnostics(a)).map((d) => d.code)).toContain('import-outside-root');
    mkdirSync(dirname(join(root, 'up.enet')), { recursive: true });
    writeFileSync(join(root, 'up.enet'), 'block Unit(x) {\n  return x -> Conv(8, 3)\n}\n');
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [{ uri: uriOf(root, ''), name: 'all' }], removed: [{ uri: uriOf(root, 'sub'), name: 'test' }] },
    });
    await expect.poll(() => client.published.get(a)?.diagnostics).toEqual([]);
    await client.stop();
  });
});
