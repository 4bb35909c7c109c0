import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { OpKind, Target } from '../../src/index.ts';
import * as enetc from '../../src/index.ts';

const docs = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const blocks = [...docs.matchAll(/```ts\n([\s\S]*?)```/g)].map((m) => m[1] as string);

test('the example of docs/api.md runs as it stands and prints what its comments say', async () => {
  const [first = ''] = blocks;
  const printed: string[] = [];
  const script = first.replace(/^import \{([^}]*)\} from 'enetc';/m, 'const {$1} = enetc;');
  const run = new Function('enetc', 'console', script) as (e: typeof enetc, c: object) => void;
  run(enetc, {
    log: (...args: unknown[]) => printed.push(args.join(' ')),
    error: (text: string) => printed.push(text),
  });
  const said = [...first.matchAll(/\/\/ (.+)\n?$/gm)]
    .map((m) => m[1])
    .filter((line) => /^\S+ /.test(line ?? '') && printed.includes(line as string));
  expect(printed).toHaveLength(2);
  expect(said).toEqual(printed);
});

test('every name in the table of phases is exported', () => {
  const names = [...docs.matchAll(/^\| `(\w+)\(/gm)].map((m) => m[1] as string);
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect(typeof (enetc as Record<string, unknown>)[name]).toBe('function');
});

test('a target of one’s own is a plain object', () => {
  const words = Object.fromEntries(
    ['input', 'conv', 'batchNorm', 'activation', 'globalAvgPool', 'linear'].map((k) => [k, k]),
  ) as Record<OpKind, string>;
  const listing: Target<{ header: boolean }> = {
    name: 'listing',
    description: 'one line per node',
    types: ['float32'],
    defaults: { header: true },
    check: () => [],
    emit({ graph, options, open, metadata }) {
      const { sink } = open('');
      const lines = graph.nodes.map((node) => `${node.path} ${words[node.op.kind]} ${node.shapes.join(' ')}`);
      if (options.header) lines.unshift(metadata.map(([key]) => key).join(' '));
      const bytes = new TextEncoder().encode(lines.join('\n'));
      sink.write(bytes);
      return { diagnostics: [], bytes: bytes.length };
    },
  };
  const source = {
    name: 'own.enet',
    text: `import { ConvBnAct } from "std/blocks"
model Own {
  convention torch
  input image: [3, 32, 32]
  stem: ConvBnAct(8)
  head: GlobalAvgPool
  classifier: Linear(10)
}`,
  };
  let text = '';
  const open = () => ({
    name: 'own.txt',
    sink: { write: (bytes: Uint8Array) => void (text += new TextDecoder().decode(bytes)) },
  });
  const result = enetc.emit(enetc.compile(source), listing, {}, open);
  expect(result.diagnostics).toEqual([]);
  expect(text).toMatchInlineSnapshot(`
    "enet.model enet.spec_sha256 enet.d enet.w enet.r enet.convention enet.params enet.classes enet.weights enet.parameters enet.macs enet.input.image.layout enet.input.image.channels enet.input.image.interpolation enet.input.image.crop enet.input.image.small
    image input 3,32,32
    stem.conv conv 8,32,32
    stem.relu activation 8,32,32
    head globalAvgPool 8,1,1
    classifier linear 10"
  `);
});
