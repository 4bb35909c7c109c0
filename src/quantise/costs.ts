import type { Graph } from '../5-graph/graph.ts';
import { measure, type RunnableModel } from '../bench/measure.ts';
import { median } from '../bench/statistics.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import type { Pictures } from './pictures.ts';

/** The costs of a network in float32 and quantised. */
export interface PrecisionPair {
  readonly float32: number;
  readonly int8: number;
}

export interface ComparedNetwork {
  readonly graph: Graph;
  readonly weights: WeightSource;
}

export interface ComparedNetworks {
  readonly float32: ComparedNetwork;
  readonly int8: ComparedNetwork;
}

/** The bytes of the files that an engine runs. */
export function sizesOf({ float32, int8 }: ComparedNetworks, engine: Engine): PrecisionPair {
  const sizeOf = ({ graph, weights }: ComparedNetwork) => engine.sizeOf(graph, weights);
  return { float32: sizeOf(float32), int8: sizeOf(int8) };
}

/** For how long latencies are measured, in seconds. */
const seconds = 4;

/**
 * Latencies in milliseconds, as medians: one picture at a time, in turns, in the way users run the files.
 * @param engine with its integer kernels, on one thread
 */
export async function latenciesOf(
  forms: ComparedNetworks,
  engine: Engine,
  pictures: Pictures,
  progress: (text: string) => void,
): Promise<PrecisionPair> {
  const image = pictures.read(0, 1).slice();
  const models = [forms.float32, forms.int8].map(({ graph, weights }) => async (): Promise<RunnableModel> => {
    const network = await engine.open(graph, weights);
    return { run: () => network.run(image, 1), close: () => network.close() };
  });
  const { blocks } = await measure(models, { seconds, now: () => performance.now(), onProgress: progress });
  const [float32, int8] = blocks.map((series) => median(series.flat())) as [number, number];
  return { float32, int8 };
}
