import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newestOpset, oldestOpset } from '../../src/6-emit/onnx/options.ts';
import { foldedWeights } from '../../src/weights/folded-weights.ts';
import { findPython, runPython } from '../oracle.ts';
import { emitFiles, lively } from './emit.ts';
import { foldNorms } from './graph-builder.ts';
import { smallNet } from './small-net.ts';

const python = findPython(['onnx']);
const opsets = Array.from({ length: newestOpset - oldestOpset + 1 }, (_, i) => oldestOpset + i);

/** ONNX's own checker, with shapes inferred strictly and compared with the declared ones; the IR version is that of its table. */
const script = `
import sys, onnx
for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    print(onnx.helper.find_min_ir_version_for(model.opset_import) == model.ir_version)
`;

it.skipIf(!python)("passes ONNX's own checker, in every opset and form", () => {
  const folder = mkdtempSync(join(tmpdir(), 'enet-onnx-'));
  try {
    const graph = smallNet();
    const folded = foldNorms(graph);
    const paths: string[] = [];
    for (const opset of opsets) {
      for (const options of [{}, { half: true }, { batch: 2 }, { externalData: true }]) {
        const { files } = emitFiles(graph, lively(), { opset, ...options });
        const path = join(folder, `${opset}-${paths.length}.onnx`);
        // The location in the file is that of the tests' sink.
        for (const [suffix, bytes] of files) writeFileSync(suffix ? join(folder, `model.onnx${suffix}`) : path, bytes);
        paths.push(path);
      }
      const path = join(folder, `${opset}-folded.onnx`);
      writeFileSync(path, emitFiles(folded, foldedWeights(folded, lively()), { opset }).bytes);
      paths.push(path);
    }
    expect(runPython(python!, script, paths).trim().split('\n')).toEqual(paths.map(() => 'True'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
