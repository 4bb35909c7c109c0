import { join } from 'node:path';
import type { OpenSink } from '../../6-emit/target.ts';
import type { Runtime, TargetEntry } from '../../6-emit/target-entry.ts';
import { targets } from '../../6-emit/targets.ts';
import type { ModelForm } from '../../bench/engines.ts';
import { createOutputFiles } from '../output-files.ts';
import { createOutputFolder } from '../output-folder.ts';

/** What runs each form, by which its target is found. */
const runtimes = {
  onnx: 'onnxruntime',
  tfjs: 'tfjs-graph',
  tflite: 'tflite',
} as const satisfies Record<ModelForm, Runtime>;

/** The target that writes a form for an engine: of TensorFlow.js the graph model, which runs faster than a layers model. */
export function targetOf(form: ModelForm): TargetEntry {
  const entry = targets.find(({ runtime }) => runtime === runtimes[form]);
  if (!entry) throw new Error(`there is no target for ${form}`);
  return entry;
}

/** Where a model is written: its files, and the one that an engine opens. */
export interface FormOutput {
  readonly files: { readonly open: OpenSink; commit(): void; discard(): void };
  readonly main: string;
}

/** @param label how the model is called in the folder. @param shown how messages call it. */
export function outputOfForm(form: ModelForm, folder: string, label: string, shown: string, cwd: string): FormOutput {
  if (form === 'tfjs') {
    const path = join(folder, label);
    return { files: createOutputFolder(path, shown, cwd), main: join(path, 'model.json') };
  }
  const path = join(folder, `${label}.${form}`);
  return { files: createOutputFiles(path, shown), main: path };
}
