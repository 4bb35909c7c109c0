import { expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { networkHash } from '../../src/search/network-hash.ts';

function hashOf(body: string, set: Readonly<Record<string, string>> = {}, before = ''): string {
  const text = `import { ConvBnAct, MBConv } from "std/blocks"\n${before}\nmodel Net {\n  param wide: int = 16\n  ${body}\n}\n`;
  const { graph, diagnostics } = compile({ name: 'n.enet', text }, { set });
  expect(diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? [message] : []))).toEqual([]);
  return networkHash(graph as Graph);
}

const input = 'input image: [3, 32, 32]\n';

test('the same network has one hash, however it is written', () => {
  const table = hashOf(`${input} stem: ConvBnAct(16, stride: 2)
  stages: MBConv { 
    | repeat | channels | kernel | stride | expand |
    | 2      | 24       | 3      | 2      | 6      |
  }
  head: GlobalAvgPool
  out: Linear(10)`);
  const chain = hashOf(
    `${input} first: Mine(wide)
  more: MBConv(24, kernel: 3, stride: 2, expand: 6)
  then: MBConv(24, kernel: 3, stride: 1, expand: 6)
  pooled: GlobalAvgPool
  last: Linear(10)`,
    {},
    'block Mine(x, channels: int) {\n  return x -> c: Conv(channels, 3, stride: 2, bias: false) -> n: BatchNorm -> relu\n}\n',
  );
  expect(chain).toBe(table);
  // the branches stand in another order in the text
  const one = hashOf(
    `${input} stem: Conv(8, 3)\n a: stem -> c: Conv(8, 3)\n b: stem -> c: Conv(8, 1)\n sum: a -> Add(b)`,
  );
  const other = hashOf(
    `${input} stem: Conv(8, 3)\n b: stem -> c: Conv(8, 1)\n a: stem -> c: Conv(8, 3)\n sum: a -> Add(b)`,
  );
  expect(other).toBe(one);
});

test('what is another network has another hash', () => {
  const plain = (what: string) => `${input} stem: ${what}\n head: GlobalAvgPool\n out: Linear(10)`;
  const hashes = [
    hashOf(plain('Conv(16, 3)')),
    hashOf(plain('Conv(wide, 3)'), { wide: '24' }),
    hashOf(plain('Conv(16, 5)')),
    hashOf(plain('Conv(16, 3, stride: 2)')),
    hashOf(plain('Conv(16, 3) -> relu')),
    hashOf(plain('Conv(16, 3) -> Dropout(0.1)')),
    hashOf(plain('Conv(16, 3) -> Dropout(0.2)')),
    hashOf(plain('Conv(16, 3)').replace('[3, 32, 32]', '[3, 32, 32] (mean: [0.5, 0.5, 0.5])')),
    hashOf(plain('Conv(16, 3)').replace('[3, 32, 32]', '[3, 33, 32]')),
    // one layer used twice has half the parameters of two equal ones
    hashOf(`${input} a: image -> share net: Conv(3, 3)\n b: a -> share net: Conv(3, 3)`),
    hashOf(`${input} a: Conv(3, 3)\n b: a -> c: Conv(3, 3)`),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});
