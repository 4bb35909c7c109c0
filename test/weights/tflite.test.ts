import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { mutated, mutationRuns } from './mutations.ts';
import { openBytes, readOrRefuse, said } from './open-bytes.ts';

const folder = new URL('tflite/', import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Record<
  string,
  Record<string, { shape: number[]; values: number[] }>
>;

it.each(['float', 'half', 'int8'])("a model with %s numbers gives TensorFlow Lite's values, in our order", (name) => {
  const { checkpoint, diagnostics } = openBytes(file(`${name}.tflite`));
  expect(diagnostics).toEqual([]);
  const wanted = expected[name]!;
  const found = Object.fromEntries(
    Object.keys(wanted).map((constant) => {
      const { shape = [] } = checkpoint!.tensors.get(constant) ?? {};
      return [constant, { shape, values: [...checkpoint!.read(constant)] }];
    }),
  );
  expect(found).toEqual(wanted);
});

test('constants that are not floating-point numbers are listed, but not read', () => {
  const { checkpoint } = openBytes(file('float.tflite'));
  const [whole] = [...checkpoint!.tensors.values()].filter(({ dtype }) => dtype === 'I32');
  expect(whole).toBeDefined();
  expect(() => checkpoint!.read(whole!.name)).toThrow('no floating-point tensor');
});

test('a model that was cut off is called so', () => {
  const bytes = file('float.tflite');
  for (const share of [0.2, 0.5, 0.9]) {
    expect(said(openBytes(bytes.slice(0, bytes.length * share)))).toMatch(/cut off/);
  }
});

test('no damaged file makes the reader fail: it is read or refused', () => {
  for (const name of ['float', 'half', 'int8']) {
    const attempt = (bytes: Uint8Array) => readOrRefuse(bytes);
    fc.assert(fc.property(mutated(file(`${name}.tflite`)), attempt), { numRuns: Math.ceil(mutationRuns / 3) });
  }
}, 600_000);
