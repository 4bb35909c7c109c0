import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { lengthPrefix } from '../../src/6-emit/length-prefix.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { decode } from './emit.ts';
import { graphBuilder } from './graph-builder.ts';

it('writes lengths of any size as protobuf does', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (n) => {
      const [tag, ...varint] = lengthPrefix(5, n);
      expect(tag).toBe(0x2a);
      expect(varint.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n)).toBe(BigInt(n));
      expect(varint.slice(0, -1).every((byte) => byte >= 0x80)).toBe(true);
      expect(varint.at(-1)).toBeLessThan(0x80);
    }),
  );
  expect([...lengthPrefix(5, 300)]).toEqual([0x2a, 0xac, 0x02]);
});

/** Dense layers of 128 MiB each. */
function layers(count: number): Graph {
  const g = graphBuilder();
  let x = g.input([8192]);
  for (let i = 0; i < count; i++) x = g.linear(x, `layers.${i}`, i % 2 ? 8192 : 4096, false);
  return g.build({ y: x });
}

/** Emits to sinks that only count; what is not a tensor's numbers is kept. */
function emitCounting(graph: Graph, externalData: boolean) {
  const numbers = new Float32Array(8192 * 4096);
  const sizes = new Map<string, number>();
  const kept: Uint8Array[] = [];
  const { bytes } = onnxTarget.emit({
    graph,
    weights: { read: (spec) => numbers.subarray(0, spec.shape[0]! * spec.shape[1]!) },
    metadata: [],
    options: { ...onnxTarget.defaults, externalData },
    open: (suffix) => ({
      name: `big.onnx${suffix}`,
      sink: {
        write(chunk) {
          sizes.set(suffix, (sizes.get(suffix) ?? 0) + chunk.length);
          if (suffix === '' && chunk.length < 1 << 20) kept.push(chunk.slice());
        },
      },
    }),
  });
  return { sizes, bytes, kept: Uint8Array.from(Buffer.concat(kept)) };
}

it('puts the weights next to the model where protobuf could not carry them', () => {
  const below = emitCounting(layers(15), false);
  expect([...below.sizes.keys()]).toEqual(['']);
  expect(below.bytes).toBeGreaterThan(15 * 2 ** 27);

  const above = emitCounting(layers(17), false);
  expect(above.sizes.get('.data')).toBe(17 * 2 ** 27);
  expect(above.bytes).toBe(above.sizes.get('')! + above.sizes.get('.data')!);
  const { graph } = decode(above.kept);
  expect(graph.initializer!.at(-1)!.externalData!.map(({ key, value }) => [key, value])).toEqual([
    ['location', 'big.onnx.data'],
    ['offset', String(16 * 2 ** 27)],
    ['length', String(2 ** 27)],
  ]);
});
