import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { ErrorCodes, LSPErrorCodes } from 'vscode-languageserver-protocol/node';
import { nodePlatform } from '../../src/cli/language-server/platform.ts';
import { serveStreams } from '../../src/cli/language-server/serve-streams.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { workspace } from './client.ts';

const efficientnet = stdlib['std/efficientnet'] as string;

interface Answer {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly message?: string; readonly diagnostics?: readonly unknown[]; readonly version?: number };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A server in this process, and a client that writes whatever bytes it likes. */
function startRaw(platform = nodePlatform()) {
  const input = new PassThrough();
  const output = new PassThrough();
  const ended = serveStreams(input, output, platform);
  const answers: Answer[] = [];
  let buffer = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(buffer.toString('latin1', 0, Math.max(0, end)))?.[1]);
      if (end < 0 || buffer.length < end + 4 + length) return;
      answers.push(JSON.parse(buffer.toString('utf8', end + 4, end + 4 + length)));
      buffer = buffer.subarray(end + 4 + length);
    }
  });
  const write = (bytes: string) => input.write(bytes);
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const answerTo = (id: unknown) => expect.poll(() => answers.find((a) => a.id === id));
  const initialize = async () => {
    send({ id: 'init', method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    await answerTo('init').toBeTruthy();
    send({ method: 'initialized', params: {} });
  };
  /** The server still answers, and knows the document as it should be. */
  const expectAlive = async (text = efficientnet) => {
    const id = `alive ${Math.random()}`;
    send({ id, method: 'enet/viewText', params: { uri } });
    await answerTo(id).toMatchObject({ result: { text } });
  };
  return { input, ended, answers, write, send, answerTo, initialize, expectAlive };
}

const uri = 'file:///nowhere/at/all.enet';
const open = {
  method: 'textDocument/didOpen',
  params: { textDocument: { uri, languageId: 'enet', version: 1, text: efficientnet } },
};
const change = (...contentChanges: unknown[]) => ({
  method: 'textDocument/didChange',
  params: { textDocument: { uri, version: 2 }, contentChanges },
});
const hover = (id: unknown, params: unknown = { textDocument: { uri }, position: { line: 4, character: 8 } }) => ({
  id,
  method: 'textDocument/hover',
  params,
});

let raw: ReturnType<typeof startRaw>;
async function started() {
  raw = startRaw();
  await raw.initialize();
  raw.send(open);
  return raw;
}
afterEach(() => raw.input.end());

describe('messages that make no sense', () => {
  test('before initialize, and after shutdown', async () => {
    raw = startRaw();
    raw.send(hover(1));
    await raw.answerTo(1).toMatchObject({ error: { code: ErrorCodes.ServerNotInitialized } });
    raw.send(open);
    await raw.initialize();
    raw.send(hover(2));
    await raw.answerTo(2).toMatchObject({ result: null });
    raw.send({ id: 3, method: 'shutdown' });
    raw.send(hover(4));
    await raw.answerTo(3).toMatchObject({ result: null });
    await raw.answerTo(4).toMatchObject({ error: { code: ErrorCodes.InvalidRequest } });
    // what is shut down does not begin again
    raw.send({ id: 5, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    await raw.answerTo(5).toMatchObject({ error: { code: ErrorCodes.InvalidRequest } });
    raw.send(hover(6));
    await raw.answerTo(6).toMatchObject({ error: { code: ErrorCodes.InvalidRequest } });
    raw.send({ method: 'exit' });
    expect(await raw.ended).toBe(0);
  });

  test('an empty list of parameters, as Neovim writes an empty table', async () => {
    const { send, answerTo } = await started();
    send({ id: 1, method: 'enet/scaling', params: [] });
    await answerTo(1).toMatchObject({ result: { chosen: {}, models: [] } });
  });

  test('unknown methods, with and without an answer', async () => {
    const { send, answerTo, expectAlive } = await started();
    send({ id: 1, method: 'textDocument/nonsense', params: {} });
    send({ method: 'textDocument/nonsense', params: {} });
    send({ method: '$/nonsense' });
    await answerTo(1).toMatchObject({ error: { code: ErrorCodes.MethodNotFound } });
    await expectAlive();
  });

  test.each([
    ['an id twice', [hover(7), hover(7)]],
    ['an id that is an object', [{ id: {}, method: 'textDocument/hover', params: {} }]],
    ['an id of null', [{ id: null, method: 'textDocument/hover', params: {} }]],
    [
      'an answer that nobody asked for',
      [
        { id: 99, result: 1 },
        { id: null, error: { code: 1, message: '' } },
      ],
    ],
    ['no method and no result', [{ id: 1 }, {}]],
    ['a batch', [[hover(1), hover(2)]]],
    ['a cancellation of nothing', [{ method: '$/cancelRequest', params: { id: 12 } }]],
    [
      'a cancellation without an id',
      [
        { method: '$/cancelRequest' },
        { method: '$/cancelRequest', params: { id: null } },
        { method: '$/cancelRequest', params: { id: {} } },
      ],
    ],
    [
      'a change of what is not open',
      [
        {
          method: 'textDocument/didChange',
          params: { textDocument: { uri: 'file:///x', version: 1 }, contentChanges: [{ text: 'a' }] },
        },
      ],
    ],
    [
      'changes that are none',
      [
        change(null),
        change({}),
        change({ text: 5 }),
        change(),
        { method: 'textDocument/didChange', params: {} },
        { method: 'textDocument/didChange', params: { textDocument: { uri, version: 3 }, contentChanges: 'text' } },
      ],
    ],
    [
      'changes with ranges that are none',
      [change({ range: {}, text: 'x' }), change({ range: { start: { line: 'a', character: 0 }, end: {} }, text: 'x' })],
    ],
    [
      'a close of what is not open',
      [
        { method: 'textDocument/didClose', params: { textDocument: { uri: 'file:///x' } } },
        { method: 'textDocument/didClose', params: {} },
      ],
    ],
    [
      'an open without a text',
      [{ method: 'textDocument/didOpen', params: { textDocument: { uri } } }, { method: 'textDocument/didOpen' }],
    ],
    [
      'settings that are none',
      [
        {
          method: 'workspace/didChangeConfiguration',
          params: { settings: { enet: { scaling: { phi: 'x', nonsense: 1 }, inlayHints: 7 } } },
        },
        { method: 'workspace/didChangeConfiguration' },
      ],
    ],
    [
      'files that are none',
      [{ method: 'workspace/didChangeWatchedFiles', params: { changes: [{ uri: 'nonsense' }] } }],
    ],
  ])('%s', async (_, messages) => {
    const { send, expectAlive, ended } = await started();
    for (const message of messages) send(Array.isArray(message) ? Object.assign([], message) : message);
    await expectAlive();
    expect(await Promise.race([ended, 'still runs'])).toBe('still runs');
  });

  test('a second initialize', async () => {
    const { send, answerTo, expectAlive } = await started();
    send({ id: 8, method: 'initialize', params: { capabilities: {} } });
    await answerTo(8).toMatchObject({ error: { code: ErrorCodes.InvalidRequest } });
    await expectAlive();
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['no document', { position: { line: 0, character: 0 } }],
    ['a document that is a number', { textDocument: { uri: 5 }, position: { line: 0, character: 0 } }],
    ['no position', { textDocument: { uri } }],
    ['a position of texts', { textDocument: { uri }, position: { line: '1', character: {} } }],
  ])('parameters of a request: %s', async (_, params) => {
    const { send, answerTo, expectAlive } = await started();
    send({ id: 1, method: 'textDocument/hover', params });
    await answerTo(1).toMatchObject({ error: { code: ErrorCodes.InvalidParams } });
    await expectAlive();
  });

  test.each([-5, 1e9, 2 ** 40, 0.5])('a position at line and character %d', async (n) => {
    const { send, answerTo } = await started();
    send(hover(1, { textDocument: { uri }, position: { line: n, character: n } }));
    await answerTo(1).toHaveProperty('result');
  });
});

describe('bytes', () => {
  test.each([
    'Content-Length: 10\r\n\r\n{"jsonrpc"',
    'Content-Length: 100000\r\n\r\n{"jsonrpc":"2.0","method":"exit"',
    'Content-Length: 3\r\n\r\n{"jsonrpc":"2.0","method":"nonsense"}',
    'Content-Length: abc\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '\0\0\0\r\n\r\n',
  ])('%j between messages', async (bytes) => {
    const { write, expectAlive, answers } = await started();
    write(bytes);
    await expectAlive();
    expect(
      answers
        .filter((a) => a.method === 'window/logMessage')
        .map((a) => a.params?.message)
        .join(),
    ).toContain('not a message');
  });
});

describe('cancelling', () => {
  test('a request that waits is answered at once, and not computed', async () => {
    const { send, answerTo, expectAlive } = await started();
    for (let i = 0; i < 200; i++) send(hover(i));
    for (let i = 50; i < 200; i++) send({ method: '$/cancelRequest', params: { id: i } });
    await answerTo(199).toMatchObject({ error: { code: LSPErrorCodes.RequestCancelled } });
    await answerTo(0).toHaveProperty('result');
    await expectAlive();
  });

  test('a request over the whole workspace stops', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`net${i}.enet`, efficientnet]));
    const root = workspace(files);
    raw = startRaw();
    raw.send({
      id: 'init',
      method: 'initialize',
      params: { processId: null, rootUri: `file://${root}`, capabilities: {} },
    });
    raw.send({ id: 1, method: 'workspace/diagnostic', params: { previousResultIds: [] } });
    await raw.answerTo('init').toBeTruthy();
    raw.send({ method: '$/cancelRequest', params: { id: 1 } });
    await raw.answerTo(1).toMatchObject({ error: { code: LSPErrorCodes.RequestCancelled } });
  });

  test('so does one that is under way when the server is shut down', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`net${i}.enet`, efficientnet]));
    raw = startRaw();
    const rootUri = `file://${workspace(files)}`;
    raw.send({ id: 'init', method: 'initialize', params: { processId: null, rootUri, capabilities: {} } });
    raw.send({ id: 1, method: 'workspace/diagnostic', params: { previousResultIds: [] } });
    raw.send({ id: 'end', method: 'shutdown' });
    await raw.answerTo('end').toMatchObject({ result: null });
    await raw.answerTo(1).toMatchObject({ error: { code: LSPErrorCodes.RequestCancelled } });
  });

  test.each([
    ['a search for symbols', 'workspace/symbol', { query: 'conv' }],
    ['a list with names of all files', 'textDocument/completion', { position: { line: 4, character: 8 } }],
  ])('%s stops while files are read', async (_what, method, params) => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`net${i}.enet`, efficientnet]));
    const root = workspace(files);
    const platform = nodePlatform();
    let reads = 0;
    raw = startRaw({
      ...platform,
      createHost(...args) {
        const host = platform.createHost(...args);
        const readFile = (path: string) => {
          // the client thinks better of it when the work has begun
          if (++reads === 2) raw.send({ method: '$/cancelRequest', params: { id: 1 } });
          return host.readFile(path);
        };
        return { ...host, readFile };
      },
    });
    const rootUri = `file://${root}`;
    raw.send({ id: 'init', method: 'initialize', params: { processId: null, rootUri, capabilities: {} } });
    raw.send({ id: 1, method, params: { ...params, textDocument: { uri: `${rootUri}/net0.enet` } } });
    await raw.answerTo(1).toMatchObject({ error: { code: LSPErrorCodes.RequestCancelled } });
    expect(reads).toBeLessThan(60);
  });
});

describe('documents', () => {
  test('changes outside of the text, backwards, out of order: the text is what the protocol says', async () => {
    const { send, expectAlive } = await started();
    const end = { line: 1e6, character: 1e6 };
    send({
      method: 'textDocument/didChange',
      params: { textDocument: { uri, version: 9 }, contentChanges: [{ range: { start: end, end }, text: '// end\n' }] },
    });
    send({
      method: 'textDocument/didChange',
      params: {
        textDocument: { uri, version: 3 },
        contentChanges: [{ range: { start: { line: 0, character: 3 }, end: { line: -4, character: 0 } }, text: 'IMP' }],
      },
    });
    await expectAlive(`IMP${efficientnet.slice(3)}// end\n`);
  });

  test('opened twice: the last text holds', async () => {
    const { send, expectAlive } = await started();
    send({ ...open, params: { textDocument: { ...open.params.textDocument, text: 'model M {}\n' } } });
    await expectAlive('model M {}\n');
  });

  test('a huge document gets its diagnostics', async () => {
    const { send, answers, expectAlive } = await started();
    const text = `${efficientnet}\n${'// nothing but a comment\n'.repeat(400_000)}`;
    send({ ...open, params: { textDocument: { ...open.params.textDocument, version: 5, text } } });
    await expectAlive(text);
    await expect
      .poll(() => answers.filter((a) => a.method === 'textDocument/publishDiagnostics').at(-1)?.params)
      .toMatchObject({ version: 5, diagnostics: [{ code: 'file-too-large' }] });
  });

  test('a file of the library is read-only', async () => {
    const { send, answerTo, answers } = await started();
    const library = {
      uri: 'enet-library:/std/blocks.enet',
      languageId: 'enet',
      version: 1,
      text: stdlib['std/blocks'],
    };
    send({ method: 'textDocument/didOpen', params: { textDocument: library } });
    send({
      method: 'textDocument/didChange',
      params: { textDocument: { uri: library.uri, version: 2 }, contentChanges: [{ text: 'x' }] },
    });
    send({ id: 1, method: 'enet/viewText', params: { uri: library.uri } });
    await answerTo(1).toMatchObject({ result: { text: library.text } });
    expect(JSON.stringify(answers)).toContain('read-only');
    send({ id: 2, method: 'textDocument/formatting', params: { textDocument: { uri: library.uri }, options: {} } });
    await answerTo(2).toMatchObject({ result: [] });
  });

  test('shutdown in the middle of things', async () => {
    const { send, input, ended, answerTo } = await started();
    for (let i = 0; i < 50; i++) {
      send(change({ range: { start: { line: i, character: 0 }, end: { line: i, character: 0 } }, text: 'x' }));
      send(hover(i));
    }
    send({ id: 'end', method: 'shutdown' });
    for (let i = 50; i < 60; i++) send(hover(i));
    await answerTo('end').toMatchObject({ result: null });
    await answerTo(59).toHaveProperty('error');
    input.end();
    expect(await ended).toBe(0);
  });
});
