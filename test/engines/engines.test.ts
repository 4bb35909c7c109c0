import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { emitFiles, inputsOf, lively } from '../onnx/emit.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { findPython } from '../oracle.ts';
import { networkJob, networks } from './networks.ts';
import { type EngineJob, engineModules, runEngine } from './run-engine.ts';

/**
 * What is emitted by default, in engines of other people. CI has those that test/requirements.txt installs; `ENET_ENGINES`
 * names a Python that has the others (docs/benchmarks.md says how to make one), which then have to be right as well.
 */
const installed = ['onnxruntime', 'openvino', 'opencv'];
const local = process.env.ENET_ENGINES;
const engines = local === undefined ? installed : Object.keys(engineModules);
const folder = mkdtempSync(join(tmpdir(), 'enet-engines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const found = engines.map((engine) => {
  const python = local !== undefined && !installed.includes(engine) ? local : findPython(engineModules[engine] ?? []);
  return { engine, python };
});

let jobs: readonly EngineJob[] | undefined;
const networkJobs = () => (jobs ??= networks.map((name) => networkJob(name)));

const opJobs = (): EngineJob[] =>
  Object.entries(opCases).map(([name, make]) => {
    const graph = make();
    const inputs = inputsOf(graph);
    const [[input, data]] = Object.entries(inputs) as [[string, Float32Array]];
    const expected = runReference(graph, lively(), inputs);
    return {
      name,
      model: emitFiles(graph, lively()).bytes,
      input: { name: input, shape: [1, ...graph.nodes[graph.inputs[0]!]!.shapes[0]!], data },
      outputs: graph.outputs.map(({ name: output }, i) => ({ name: output, expected: expected[i]! })),
    };
  });

// MNN's convolutions (Winograd) round more.
const tolerance = { mnn: 2e-4 } as Readonly<Record<string, number>>;

for (const { engine, python } of found) {
  test.skipIf(!python)(`${engine} gives timm's logits for five networks`, () => {
    const results = runEngine(python as string, engine, networkJobs(), join(folder, 'nets'));
    for (const { name, difference, error } of results) {
      expect({ name, error }).toEqual({ name });
      expect(difference, name).toBeLessThan(tolerance[engine] ?? 2e-5);
    }
  });
}

/**
 * What an engine itself has wrong. OpenVINO's LRN is wrong where `k` is below 1 (published networks have 1 or 2); OpenCV
 * takes a group norm for its own layer, which refuses vectors.
 */
const faults: Readonly<Record<string, RegExp>> = {
  openvino: /^norm of one sample 5: localResponseNorm$/,
  opencv: /^norm of a vector \d: groupNorm$/,
};

// The others lack some op altogether, such as a Pad that takes rows away; what they take of whole networks is above.
for (const { engine, python } of found.filter(({ engine }) => installed.includes(engine))) {
  test.skipIf(!python)(`${engine} computes each form of each op`, () => {
    const jobs = opJobs().filter(({ name }) => !faults[engine]?.test(name));
    const results = runEngine(python as string, engine, jobs, join(folder, 'ops'));
    for (const { name, difference, error } of results) {
      expect({ name, error }).toEqual({ name });
      expect(difference, name).toBeLessThan(1e-5);
    }
  });
}
