import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importModel } from '../../src/import/import-model.ts';
import { importLayers } from '../../src/import/layers/import-layers.ts';
import { loadHdf5 } from '../../src/node/hdf5-engine.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { readTopology } from '../../src/weights/readers/layers-model/topology.ts';
import { openCheckpointFile } from '../../src/weights/readers/readers.ts';
import { mutated, mutationRuns } from '../weights/mutations.ts';

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
      const { imported, diagnostics } = importLayers(checkpoint, topology, undefined, 'net');
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
      const { imported, diagnostics } = importModel({ name: 'net.onnx', file: { size: damaged.length, read } }, 'net');
      expect(imported !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: Math.ceil(mutationRuns / 4) },
  );
}, 600_000);
