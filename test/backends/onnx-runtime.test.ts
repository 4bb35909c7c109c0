import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { emitFiles, lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';

const runForms = new URL('../../src/backends/parity/run-forms.ts', import.meta.url);
const runtime = new URL('../../src/backends/onnx-runtime.ts', import.meta.url);

/** In a process of its own, since native code writes past Node: a model that runs and one that does not load. */
const script = `
import { readFileSync } from 'node:fs';
import { loadOnnxRuntime } from ${JSON.stringify(runtime.href)};
import { runOnnx } from ${JSON.stringify(runForms.href)};
const ort = loadOnnxRuntime(process.cwd());
const graph = { outputs: [{ name: 'y' }] };
const inputs = [{ name: 'image', shape: [1, 4, 4], data: new Float32Array(16).fill(2) }];
const [sound, broken] = process.argv.slice(-2).map((file) => readFileSync(file));
const [{ data }] = await runOnnx(ort, sound, graph, inputs, 1);
console.log(data[0]);
await runOnnx(ort, broken, graph, inputs, 1).catch((e) => console.log(/Pad should be smaller/.test(e.message)));
`;

test('ONNX Runtime leaves nothing in the temporary folder and writes nothing to the terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'enet-ort-'));
  const temporary = mkdtempSync(join(tmpdir(), 'enet-ort-tmp-'));
  try {
    const models = [0, 3].map((n) => {
      const g = graphBuilder();
      const pads = { top: n, left: n, bottom: n, right: n };
      const graph = g.build({ y: g.maxPool(g.input([1, 4, 4]), 'pool', window(2, 2, pads)) });
      const path = join(folder, `${n}.onnx`);
      writeFileSync(path, emitFiles(graph, lively()).bytes);
      return path;
    });
    const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script, '--', ...models],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        encoding: 'utf8',
        env: { ...env, TMPDIR: temporary, TMP: temporary, TEMP: temporary, NODE_NO_WARNINGS: '1' },
      },
    );
    expect({ stdout, stderr, status }).toEqual({ stdout: '2\ntrue\n', stderr: '', status: 0 });
    // tsx and Node keep what they compiled there
    expect(readdirSync(temporary).filter((name) => !/^(tsx-|node-compile-cache)/.test(name))).toEqual([]);
  } finally {
    for (const path of [folder, temporary]) rmSync(path, { recursive: true, force: true });
  }
});
