import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { type LiteInterpreter, startInterpreter } from '../../src/backends/tflite/interpreter.ts';
import { distance, inputsOf, lively } from '../onnx/emit.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { findLite, liteFile, runLite } from './lite.ts';

const engine = findLite();
/** TensorFlow Lite's pools have no dilation, as those of the language. */
const cases = Object.entries(opCases).filter(([, make]) => liteTarget.check(make(), liteTarget.defaults).length === 0);

describe.skipIf(!engine)('each form of each op', () => {
  let lite: LiteInterpreter;
  beforeAll(async () => {
    lite = await startInterpreter(engine?.python as string, engine?.name);
  });
  afterAll(() => lite.close());

  test.each(cases)('%s', async (_name, make) => {
    const graph = make();
    const weights = lively();
    const inputs = inputsOf(graph, 2);
    const expected = runReference(graph, weights, inputsOf(graph));
    for (const [options, tolerance] of [
      [{}, 1e-5],
      [{ batch: 2 }, 1e-5],
      [{ half: true }, 1e-2],
    ] as const) {
      const { file, diagnostics } = liteFile(graph, weights, options);
      expect(diagnostics).toEqual([]);
      for (const delegate of [false, true]) {
        const results = await runLite(lite, file, graph, inputs, 2, delegate);
        for (const [i, values] of expected.entries()) {
          const found = results[i]!.subarray(0, values.length);
          expect(distance(found, values), `${JSON.stringify(options)} ${delegate}`).toBeLessThan(tolerance);
        }
      }
    }
  });
});
