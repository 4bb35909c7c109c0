// A server and a client in one process of their own: what is on the heap after each thousandth edit, as JSON.
import { startHere } from './client.ts';
import { editOf, randomEdit, randomNumbers } from './random-edits.ts';

const [root, uri] = process.argv.slice(2) as [string, string];
const text = process.env.ENET_TEXT as string;
const client = await startHere(root);
const random = randomNumbers(11);
// what is kept of blocks reaches its bound before the first edit
const row = (i: number) => `    | x${i} |   | ${(5 + i / 10).toFixed(1)} | 1.0 | 224 | 0.2 |\n`;
const wide = text.replace(/(\| l2 .*\n)/, (l2) => l2 + Array.from({ length: 60 }, (_, i) => row(i)).join(''));
await client.open(`${uri}.wide.enet`, wide);
await client.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: `${uri}.wide.enet` } });
await client.close(`${uri}.wide.enet`);
await client.open(uri, text);
let now = text;
const used: number[] = [];
for (let i = 1; i <= 20_000; i++) {
  const edit = i % 25 === 0 ? editOf(now, 0, now.length, text) : randomEdit(now, random);
  now = edit.text;
  await client.change(uri, i + 1, edit.change);
  const params = { textDocument: { uri }, position: { line: random(60), character: random(30) } };
  if (i % 10 === 0) await client.connection.sendRequest('textDocument/hover', params);
  if (i % 50 === 0) await client.connection.sendRequest('textDocument/completion', params);
  if (i % 1000 === 0) {
    await client.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
    globalThis.gc?.();
    used.push(process.memoryUsage().heapUsed);
  }
}
await client.stop();
process.stdout.write(JSON.stringify(used));
