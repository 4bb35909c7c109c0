import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importModel, importOpened, importText } from '../../src/import/import-model.ts';
import { importLayers } from '../../src/import/layers/import-layers.ts';
import { loadHdf5 } from '../../src/node/hdf5-engine.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { readTopology } from '../../src/weights/readers/layers-model/topology.ts';
import { openCheckpointFile } from '../../src/weights/readers/readers.ts';
import { inTime, mutated, mutationRuns } from '../weights/mutations.ts';
import { readStateDict } from '../weights/state-dicts.ts';

const bytes = new Uint8Array(gunzipSync(readFileSync(new URL('keras/forms.h5.gz', import.meta.url))));

async function opened() {
  const file = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const openHdf5 = await loadHdf5();
  const hdf5 = openHdf5(file);
  const config = JSON.parse(hdf5.text('/', 'model_config') as string);
  hdf5.close();
  const { checkpoint } = openCheckpointFile({ name: 'net.h5', file, openHdf5 });
  return { config, checkpoint: checkpoint as Checkpoint };
}

/** Values that a configuration may have in the place of any other. */
const strange = fc.constantFrom<unknown>(
  ...[null, 0, -1, 1.5, 1e9, Number.MAX_SAFE_INTEGER, '', 'same', 'relu', 'image', true, false],
  ...[
    [],
    [0],
    [1, 2],
    [[1, 2], 3],
    [[null]],
    {},
    { config: 'x' },
    { config: { value: [1] } },
    { class_name: 'Lambda' },
  ],
);

/** All places of a JSON value. */
function placesOf(json: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof json !== 'object' || json === null) return [path];
  return [path, ...Object.entries(json).flatMap(([key, value]) => placesOf(value, [...path, key]))];
}

function replaced(json: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined || typeof json !== 'object' || json === null) return value;
  if (Array.isArray(json)) return json.map((item, i) => (i === Number(key) ? replaced(item, rest, value) : item));
  return { ...json, [key]: replaced((json as Record<string, unknown>)[key], rest, value) };
}

test('no damaged configuration of a Keras model makes the import fail: it is stated or refused', async () => {
  const { config, checkpoint } = await opened();
  const places = placesOf(config);
  expect(places.length).toBeGreaterThan(1000);
  const edit = fc.tuple(fc.nat(places.length - 1), strange);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const damaged = edits.reduce<unknown>((json, [at, value]) => replaced(json, places[at] ?? [], value), config);
      const topology = readTopology(damaged);
      if (!topology) return;
      const { imported, diagnostics } = inTime(() => importLayers(checkpoint, topology, undefined, 'net'));
      expect(imported !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: Math.ceil(mutationRuns / 2) },
  );
}, 600_000);

test('a padding of one side alone is refused', async () => {
  const { config, checkpoint } = await opened();
  const at = config.config.layers.findIndex((layer: { class_name: string }) => layer.class_name === 'ZeroPadding2D');
  const topology = readTopology(replaced(config, ['config', 'layers', at, 'config', 'padding'], [0]));
  expect(importLayers(checkpoint, topology!, undefined, 'net').diagnostics.map(({ message }) => message)).toEqual([
    expect.stringContaining('its padding is not a size'),
  ]);
});

test('no damaged ONNX file makes the import fail: it is stated or refused', () => {
  const original = new Uint8Array(readFileSync(new URL('golden/forms-17.onnx', import.meta.url)));
  fc.assert(
    fc.property(mutated(original), (damaged) => {
      const read = (offset: number, length: number) => damaged.subarray(offset, offset + length);
      const source = { name: 'net.onnx', file: { size: damaged.length, read } };
      const { imported, diagnostics } = inTime(() => importModel(source, 'net'));
      expect(imported !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: Math.ceil(mutationRuns / 4) },
  );
}, 600_000);

test('a number of a type that is not read is an error at the node that needs it', () => {
  const bytes = new Uint8Array(readFileSync(new URL('golden/forms-17.onnx', import.meta.url)));
  // data_type 1 (float32) and raw_data of a constant, 0.5
  const at = Buffer.from(bytes).indexOf(Buffer.from([16, 1, 74, 4, 0, 0, 0, 63]));
  bytes[at + 1] = 0;
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const { diagnostics } = importModel({ name: 'net.onnx', file: { size: bytes.length, read } }, 'net');
  expect(diagnostics[0]?.message).toMatch(/the numbers of '.*' \(1 of the type ONNX type 0\) are not read/);
});

test('no damaged list of tensors makes the import of weights fail: it is a member of the library or refused', () => {
  let end = 0;
  const entries = [...readStateDict('timm_resnet18').values()].map(({ name, shape, dtype }) => {
    const begin = end;
    end += shape.reduce((product, n) => product * n, dtype === 'I64' ? 8 : 4);
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const opened = (text: Uint8Array) => {
    const head = new Uint8Array([...new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer), ...text]);
    // the numbers are all 0
    const read = (offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      bytes.set(head.subarray(offset, offset + length));
      return bytes;
    };
    return openCheckpointFile({ name: 'net.safetensors', file: { size: head.length + end, read } });
  };
  const found = importOpened(opened(header), 'a file', 'net');
  expect(found.imported?.text).toContain('ResNet(variant: resnet18)');
  fc.assert(
    fc.property(mutated(header), (damaged) => {
      const { imported, diagnostics } = inTime(() => importOpened(opened(damaged), 'a file', 'net'));
      expect(imported !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: Math.ceil(mutationRuns / 20) },
  );
}, 600_000);

test.each([
  [
    'timm',
    "[['ds_r1_k3_s1_e1_c16_se0.25'], ['ir_r2_k3_s2_e6_c24_se0.25_nre'], ['er_r2_k5_s2_e4_c40'], ['cn_r1_k1_s1_c96']]",
  ],
  [
    'the TPU reference code',
    'r1_k3_s11_e1_i32_o16_se0.25\nr2_k3_s22_e6_i16_o24_f1\nr9_k5_s22_e6_i24_o40_se0.25_noskip\n',
  ],
])(
  'no damaged block strings of %s make the import fail: they are stated or refused',
  (_, strings) => {
    const original = new TextEncoder().encode(strings);
    fc.assert(
      fc.property(mutated(original), (damaged) => {
        const found = inTime(() => importText(new TextDecoder().decode(damaged), 'blocks.txt', 'net'));
        expect(!found || found.imported !== undefined || found.diagnostics.length > 0).toBe(true);
      }),
      { numRuns: Math.ceil(mutationRuns / 8) },
    );
  },
  600_000,
);
