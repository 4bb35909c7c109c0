import { join } from 'node:path';
import { graphTensors } from '../../5-graph/graph.ts';
import { writeFileAtomically } from '../../node/atomic-file.ts';
import { writeSafetensors } from '../../weights/write-safetensors.ts';
import type { TrainedNetwork } from '../loop/task.ts';
import type { RunFolder } from './run-folder.ts';
import type { WeightKind } from './weight-kind.ts';

/** The variable that holds a tensor's average. */
function averageName(tensor: string): string {
  return `${tensor}/ema`;
}

/**
 * Writes a network's weights under its own names, for `enetc compile --weights`.
 * @param values of the training's variables.
 * @param facts for the file's metadata, in addition to which weights they are.
 */
export function writeWeights(
  folder: RunFolder,
  name: 'best.safetensors' | 'last.safetensors',
  { graph }: TrainedNetwork,
  values: ReadonlyMap<string, Float32Array>,
  weights: WeightKind,
  facts: Readonly<Record<string, string>>,
): void {
  const tensors = [...graphTensors(graph)].map(({ tensor }) => tensor);
  const valueNamed = (tensor: string) => {
    // A tensor that is not trained has no average.
    const average = weights === 'averages' ? values.get(averageName(tensor)) : undefined;
    const value = average ?? values.get(tensor);
    if (!value) throw new Error(`the training has no variable '${tensor}'`);
    return value;
  };
  writeFileAtomically(join(folder.path, name), (sink) => {
    writeSafetensors(sink, tensors, (tensor) => valueNamed(tensor.name), { metadata: { weights, ...facts } });
  });
}
