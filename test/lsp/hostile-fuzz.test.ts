import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { nodePlatform } from '../../src/cli/language-server/platform.ts';
import { serveStreams } from '../../src/cli/language-server/serve-streams.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { uriOf, workspace } from './client.ts';
import { randomNumbers } from './random-edits.ts';
import { startWatchdog } from './watchdog.ts';

/** How many messages: `ENET_FUZZ=100000 npx vitest run test/lsp/hostile-fuzz`. `ENET_SEED` chooses others. */
const count = Number(process.env.ENET_FUZZ ?? 3_000);
const seed = Number(process.env.ENET_SEED ?? 20_261_124);

const text = stdlib['std/efficientnet'] as string;
const root = workspace({ 'net.enet': text, 'b.enet': 'block Unit(x) {\n  return x -> Conv(8, 3)\n}\n' });
const uri = uriOf(root, 'net.enet');

const methods = [
  ...[
    'didOpen',
    'didChange',
    'didClose',
    'didSave',
    'hover',
    'completion',
    'signatureHelp',
    'definition',
    'typeDefinition',
  ],
  ...[
    'references',
    'documentHighlight',
    'documentSymbol',
    'codeAction',
    'codeLens',
    'documentLink',
    'formatting',
    'rangeFormatting',
  ],
  ...[
    'onTypeFormatting',
    'rename',
    'prepareRename',
    'foldingRange',
    'selectionRange',
    'prepareCallHierarchy',
    'inlayHint',
  ],
  ...[
    'semanticTokens/full',
    'semanticTokens/full/delta',
    'semanticTokens/range',
    'linkedEditingRange',
    'diagnostic',
    'nonsense',
  ],
].map((name) => `textDocument/${name}`);
const others = [
  ...['workspace/symbol', 'workspace/executeCommand', 'workspace/willRenameFiles', 'workspace/didChangeConfiguration'],
  ...['workspace/didChangeWatchedFiles', 'workspace/didChangeWorkspaceFolders', 'workspace/textDocumentContent'],
  ...[
    'callHierarchy/incomingCalls',
    'callHierarchy/outgoingCalls',
    'completionItem/resolve',
    'codeLens/resolve',
    'initialized',
  ],
  ...[
    '$/cancelRequest',
    '$/setTrace',
    'enet/preview',
    'enet/scaling',
    'enet/setScaling',
    'enet/libraryFile',
    'enet/viewText',
  ],
];

type Random = (bound: number) => number;
const pick = <T>(list: readonly T[], random: Random) => list[random(list.length)] as T;

/** What stands where a value is expected: often right, else anything that JSON can say. */
function garbage(random: Random, depth = 0): unknown {
  const plain = [
    null,
    true,
    -1,
    0,
    1,
    1e9,
    1e300,
    0.5,
    '',
    'x',
    '__proto__',
    uri,
    'enet-library:/std/blocks.enet',
    'file:///etc/passwd',
    '\ud800',
    '../..',
  ];
  const kind = random(depth > 2 ? 2 : 5);
  if (kind < 2) return pick(plain, random);
  if (kind === 2) return Array.from({ length: random(4) }, () => garbage(random, depth + 1));
  const keys = [
    'uri',
    'line',
    'character',
    'start',
    'end',
    'range',
    'text',
    'version',
    'position',
    'textDocument',
    'data',
    'constructor',
    'variant',
    'phi',
  ];
  return Object.fromEntries(Array.from({ length: random(4) }, () => [pick(keys, random), garbage(random, depth + 1)]));
}

function params(random: Random): unknown {
  if (random(8) === 0) return garbage(random);
  const or = (right: unknown) => (random(5) === 0 ? garbage(random) : right);
  const position = () => or({ line: or(random(90)), character: or(random(60)) });
  const range = () => or({ start: position(), end: position() });
  const item = { name: 'x', kind: 12, uri: or(uri), range: range(), selectionRange: range() };
  const right: Record<string, unknown> = {
    textDocument: or({ uri: or(uri), version: or(random(100)), languageId: 'enet', text: or(text) }),
    position: position(),
    range: range(),
    positions: or([position(), position()]),
    context: or({ diagnostics: or([]), includeDeclaration: or(true), only: or(['quickfix']), triggerKind: or(1) }),
    contentChanges: or([{ range: range(), text: or('x') }]),
    newName: or('renamed'),
    ch: or('|'),
    query: or('mb'),
    previousResultId: or('1'),
    command: or(pick(['enet.compile', 'enet.preview'], random)),
    arguments: or([or(uri), or('EfficientNet'), or('b1')]),
    files: or([{ oldUri: or(uri), newUri: or(`${uri}x`) }]),
    changes: or([{ uri: or(uri), type: or(2) }]),
    event: or({ added: or([]), removed: or([]) }),
    settings: or({ enet: or({ scaling: or({ phi: or(1) }), inlayHints: or({ values: or(true) }) }) }),
    item: or(item),
    data: or({
      uri: or(uri),
      list: or(1),
      index: or(0),
      lens: or({
        path: or('x'),
        start: or(0),
        end: or(1),
        command: or({ name: 'enet.selectScaling', model: or('EfficientNet'), variant: or('b1') }),
      }),
    }),
    label: or('x'),
    uri: or(uri),
    scaling: or({ phi: or(1) }),
    model: or('EfficientNet'),
    id: or(random(count)),
    options: or({}),
  };
  for (const key of Object.keys(right)) if (random(12) === 0) delete right[key];
  return right;
}

test(`${count} messages of nonsense are answered`, { timeout: 60_000 + count * 60 }, async () => {
  const watchdog = startWatchdog();
  onTestFinished(watchdog.stop);
  const random = randomNumbers(seed);
  const input = new PassThrough();
  const output = new PassThrough();
  const ended = serveStreams(input, output, nodePlatform());
  const answered = new Set<unknown>();
  const complaints: string[] = [];
  let last: unknown;
  let buffer = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(buffer.toString('latin1', 0, Math.max(0, end)))?.[1]);
      if (end < 0 || buffer.length < end + 4 + length) return;
      const message = JSON.parse(buffer.toString('utf8', end + 4, end + 4 + length));
      buffer = buffer.subarray(end + 4 + length);
      if (message.method === undefined) {
        answered.add(message.id);
        if (message.id === 'last') last = message.result;
      } else if (
        /error in enetc|failed with message|failed unexpectedly/.test(message.params?.message ?? '') &&
        // the package's own handler, which only says so
        !message.params.message.includes('$/setTrace')
      ) {
        complaints.push(message.params.message);
      }
    }
  });
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    input.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  send({ id: 'first', method: 'initialize', params: { processId: null, rootUri: uriOf(root, ''), capabilities: {} } });
  const asked: number[] = [];
  for (let i = 0; i < count; i++) {
    const method = pick(random(4) > 0 ? methods : others, random);
    const isRequest = !/did[A-Z]|^\$|initialized/.test(method) || random(20) === 0;
    if (isRequest) asked.push(i);
    send({ ...(isRequest && { id: i }), method, params: params(random) });
    if (random(40) === 0)
      input.write(pick(['Content-Length: 7\r\n\r\n{"a":', '{}', 'Content-Length: 9999\r\n\r\n', '\0\r\n\r\n'], random));
    // not so many at once that the queue is what is tested
    if (i % 200 === 0) {
      watchdog.now(`message ${i} of seed ${seed}`);
      send({ id: `until ${i}`, method: 'enet/scaling', params: {} });
      while (!answered.has(`until ${i}`)) await new Promise((next) => setTimeout(next, 1));
    }
  }
  send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'enet', version: 1, text } } });
  send({ id: 'last', method: 'textDocument/diagnostic', params: { textDocument: { uri } } });
  await expect.poll(() => answered.has('last'), { timeout: 30_000 + count * 30 }).toBe(true);
  expect(complaints).toEqual([]);
  expect(last).toMatchObject({ items: [] });
  await expect.poll(() => asked.filter((id) => !answered.has(id))).toEqual([]);
  input.end();
  expect(await ended).toBe(1);
});
