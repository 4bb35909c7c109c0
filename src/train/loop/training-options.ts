import type { Graph } from '../../5-graph/graph.ts';
import type { CheckpointPolicy } from '../../5-graph/training/checkpoint.ts';
import type { TrainingOptions } from '../../5-graph/training/options.ts';
import { integerOps as onnxIntegers } from '../../6-emit/onnx/integer-ops.ts';
import { integerOps as liteIntegers } from '../../6-emit/tflite/integer-ops.ts';
import { option, words } from '../../diagnostics/words.ts';
import { parseBytes } from '../../report/parse-quantity.ts';
import { RunError } from '../run-error.ts';
import { defaultHead, selectTensors } from '../select-tensors.ts';
import type { ResolvedSettings } from '../settings.ts';
import type { NetworkStage } from './task.ts';

/** The options of a run's program, from its settings. @throws RunError for parts that the network does not have. */
export function trainingOptions(
  graph: Graph,
  settings: ResolvedSettings,
  { keepStatistics }: Pick<NetworkStage, 'keepStatistics'>,
): TrainingOptions {
  const { freeze, head } = settings;
  const headTensors = head === undefined ? () => defaultHead(graph) : () => selectTensors(graph, head, 'head');
  return {
    optimiser: settings.optimiser,
    nesterov: settings.nesterov,
    loss: settings.loss,
    clip: settings['clip-norm'] > 0,
    accumulate: settings.accumulate > 1,
    ema: settings.ema > 0,
    frozen: freeze === undefined ? new Set() : selectTensors(graph, freeze, 'freeze'),
    keepStatistics,
    head: settings['head-rate'] === undefined ? new Set() : headTensors(),
    ...(settings.quantize && { quantise: quantisedFor }),
    checkpoint: checkpointOf(settings),
  };
}

/**
 * Rounds as in ONNX files, which leave most values in float32; ranges are also kept for the additional ones in
 * TensorFlow Lite files.
 */
export const quantisedFor = { integers: onnxIntegers, others: [liteIntegers] };

/** @throws RunError for anything but a word or a number of bytes */
export function checkpointOf({ checkpoint, batch }: Pick<ResolvedSettings, 'checkpoint' | 'batch'>): CheckpointPolicy {
  if (checkpoint === undefined || checkpoint === 'none') return 'none';
  if (checkpoint === 'stages') return checkpoint;
  const bytes = parseBytes(checkpoint);
  if (bytes !== undefined) return { bytes, batch };
  throw new RunError(
    words`${option('checkpoint')} takes stages, none, or a number of bytes such as 2GB, not '${checkpoint}'`,
    {
      setting: 'checkpoint',
    },
  );
}
