import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputEnded, MessageStreamReader } from '../../src/cli/language-server/message-reader.ts';

/** What a reader makes of bytes that come in pieces. */
function read(pieces: readonly (string | Buffer)[]): Promise<{ ids: unknown[]; errors: string[] }> {
  const stream = new PassThrough();
  const reader = new MessageStreamReader(stream);
  const ids: unknown[] = [];
  const errors: string[] = [];
  reader.listen((message) => {
    const { id, method } = message as { id?: unknown; method?: string };
    if (method !== inputEnded) ids.push(id);
  });
  reader.onError((e) => void errors.push(e.message));
  for (const piece of pieces) stream.write(piece);
  stream.end();
  return new Promise((resolve) => stream.on('close', () => resolve({ ids, errors })));
}

const message = (id: number, text = '') => {
  const body = JSON.stringify({ jsonrpc: '2.0', id, text });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};

test.each([
  ['a body that is no JSON', 'Content-Length: 5\r\n\r\n{"a":'],
  ['a length that is too large', 'Content-Length: 5000\r\n\r\n{"jsonrpc":"2.0"}'],
  ['a length that is too small', 'Content-Length: 5\r\n\r\n{"jsonrpc":"2.0"}'],
  ['a length that is not a number', 'Content-Length: x\r\n\r\n{}'],
  ['a negative length', 'Content-Length: -5\r\n\r\n{}'],
  ['a length beyond all bounds', 'Content-Length: 99999999999999\r\n\r\n{}'],
  ['no length', 'Content-Type: text\r\n\r\n{}'],
  ['no header', 'hello\r\nworld\r\n\r\n'],
  ['a body without a header', '{"jsonrpc":"2.0","id":7}'],
  ['a lone line end', '\r\n'],
  ['a number', 'Content-Length: 1\r\n\r\n1'],
  ['null', 'Content-Length: 4\r\n\r\nnull'],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
])('after %s the next messages are read', async (_, bad) => {
  const { ids, errors } = await read([message(1), bad, message(2), message(3)]);
  expect(ids).toEqual([1, 2, 3]);
  expect(errors.length).toBeGreaterThan(0);
});

test('headers as other clients write them', async () => {
  const body = '{"id":1}';
  const { ids, errors } = await read([
    `Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    `content-length:${body.length}\r\n\r\n${body}`,
    message(2, 'Content-Length: 5\\r\\n\\r\\n and 漢字 😀'),
  ]);
  expect(ids).toEqual([1, 1, 2]);
  expect(errors).toEqual([]);
});

test('messages cut anywhere are read whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(400), { maxLength: 8 }),
      async (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text, i) => message(i, text)).join(''));
        const places = [0, ...cuts.map((c) => c % bytes.length).sort((a, b) => a - b), bytes.length];
        const { ids, errors } = await read(places.slice(1).map((end, i) => bytes.subarray(places[i], end)));
        expect(ids).toEqual(texts.map((_, i) => i));
        expect(errors).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
