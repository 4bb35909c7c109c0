import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { variantNames } from '../../src/3-check/variants.ts';
import { elements, type Graph } from '../../src/5-graph/graph.ts';
import { foldBatchNorm, removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { newestOpset, oldestOpset } from '../../src/6-emit/onnx/options.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { libraryModels } from '../../src/library.ts';
import { compileLibrary } from '../library-points.ts';
import { findPython, runPython } from '../oracle.ts';

const python = findPython(['onnx']);
const folder = mkdtempSync(join(tmpdir(), 'enet-library-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The whole check that ONNX has, shapes inferred strictly and compared with those declared. */
const script = `
import sys, onnx
for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    onnx.shape_inference.infer_shapes_path(path, path + '.inferred', check_type=True, strict_mode=True, data_prop=True)
    print('ok')
`;

const points = libraryModels.flatMap(({ name }) => {
  const { model } = compileLibrary(name);
  const variants = model ? variantNames(model) : [];
  return (variants.length > 0 ? variants : [undefined]).map((variant) => ({ name, variant: variant ?? '' }));
});

/** Writes the file with zeros for weights, which stay out of it in a sparse file: only the form is checked here. */
function writeModel(graph: Graph, path: string, options: object): void {
  let zeros = new Float32Array(0);
  const weights = {
    read: ({ shape }: { readonly shape: readonly number[] }) => {
      const n = elements(shape);
      if (zeros.length < n) zeros = new Float32Array(n);
      return zeros.subarray(0, n);
    },
  };
  const files: { fd: number; size: number }[] = [];
  const data = `${path}.data`;
  const open = (suffix: string) => {
    const file = { fd: openSync(suffix ? data : path, 'w'), size: 0 };
    files.push(file);
    const write = (bytes: Uint8Array) => {
      if (!suffix) writeSync(file.fd, bytes);
      file.size += bytes.length;
    };
    return { name: suffix ? `${path.split('/').at(-1)}.data` : 'model.onnx', sink: { write } };
  };
  const settings = { ...onnxTarget.defaults, externalData: true, ...options };
  const { diagnostics } = onnxTarget.emit({ graph, weights, metadata: [], options: settings, open });
  expect(diagnostics).toEqual([]);
  for (const { fd, size } of files) {
    ftruncateSync(fd, size);
    closeSync(fd);
  }
}

test.skipIf(!python).each(points)(
  "$name $variant passes ONNX's checker, opset 13 and the newest",
  ({ name, variant }) => {
    const { graph, diagnostics } = compileLibrary(name, variant ? { variant } : {});
    // warnings of the published sizes are in test/language/samples.test.ts
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const plain = removeTrainingOps(graph as Graph);
    const folded = foldBatchNorm(plain);
    const paths: string[] = [];
    for (const opset of [oldestOpset, newestOpset]) {
      for (const [form, network, options] of [
        ['folded', folded, {}],
        ['plain', plain, { batch: 2 }],
        ['tuned', folded, { tuned: 'ort-x86' }],
      ] as const) {
        const path = join(folder, `${name}-${variant}-${opset}-${form}.onnx`);
        writeModel(network, path, { opset, ...options });
        paths.push(path);
      }
    }
    expect(
      runPython(python as string, script, paths)
        .trim()
        .split('\n'),
    ).toEqual(paths.map(() => 'ok'));
    for (const path of paths) for (const suffix of ['', '.data', '.inferred']) rmSync(path + suffix, { force: true });
  },
);
