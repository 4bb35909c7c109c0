import { join } from 'node:path';
import { elements, shapeOf } from '../5-graph/graph.ts';
import { liteTarget } from '../6-emit/tflite/target.ts';
import { firstLine } from '../backends/first-line.ts';
import { turned } from '../backends/parity/values.ts';
import type { HostTensor } from '../backends/runner.ts';
import type { LiteInterpreter } from '../backends/tflite/interpreter.ts';
import { RunError } from '../train/run-error.ts';
import { type Engine, emittedSize, fileSinks, imageInput } from './engine.ts';

/**
 * TensorFlow Lite's interpreter, on the files that `compile` writes.
 * @param folder where files are made and removed. @param delegate whether XNNPACK computes what it can
 */
export function liteEngine(lite: LiteInterpreter, folder: string, delegate = true): Engine {
  let files = 0;
  return {
    name: lite.engine,
    async open(graph, weights) {
      const path = join(folder, `network-${files++}.tflite`);
      const written = fileSinks(path);
      try {
        liteTarget.emit({ graph, weights, metadata: [], options: liteTarget.defaults, open: written.open });
        written.finish();
        const session = await lite.open({ model: path, threads: 1, delegate }).catch((e: unknown) => {
          throw new RunError(`${lite.engine} does not take '${graph.name}': ${firstLine(e)}`);
        });
        const { name, shape } = imageInput(graph);
        const [channels = 1, ...space] = shape;
        return {
          async run(images, count) {
            const fed = { shape: [count, ...space, channels], data: turned(images, count, shape, 'toLast') };
            const results = await session.run({ [name]: fed });
            return Object.fromEntries(
              graph.outputs.map(({ name: output, value }) => {
                const own = shapeOf(graph, value);
                const { data } = results[output] as HostTensor;
                return [output, turned(data, data.length / elements(own), own, 'toFirst')];
              }),
            );
          },
          close: () => session.close(),
        };
      } finally {
        written.remove();
      }
    },
    sizeOf: (graph, weights) => emittedSize(liteTarget, liteTarget.defaults, graph, weights),
  };
}
