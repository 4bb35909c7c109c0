import { onnxEntry } from './onnx/entry.ts';
import { pytorchEntry } from './pytorch/entry.ts';
import { savedModelEntry } from './savedmodel/entry.ts';
import type { TargetEntry } from './target-entry.ts';
import { graphModelEntry, layersEntry, trainingEntry } from './tfjs/entries.ts';
import { liteEntry } from './tflite/entry.ts';

/**
 * The targets. The first is the default; forms that share a name are next to each other. To add one, write its folder here
 * in `6-emit/` and its entry in this list: command line, completion, help, documentation and `verify` read it.
 */
export const targets: readonly TargetEntry[] = [
  onnxEntry,
  layersEntry,
  graphModelEntry,
  trainingEntry,
  savedModelEntry,
  liteEntry,
  pytorchEntry,
];
