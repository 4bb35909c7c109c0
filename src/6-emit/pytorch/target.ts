import { graphTensors } from '../../5-graph/graph.ts';
import { writeSafetensors } from '../../weights/write-safetensors.ts';
import { reportLackedForms } from '../lacked-form.ts';
import type { Target } from '../target.ts';
import { type NoOptions, pytorchEntry } from './entry.ts';
import { lackedForms } from './lacked-forms.ts';
import { writeModel } from './write-model.ts';

/** A folder with `model.py`, which needs torch alone, and `weights.safetensors`, whose names are those of its state. */
export const pytorchTarget: Target<NoOptions> = {
  ...pytorchEntry,
  defaults: {},
  check: (graph) => reportLackedForms(graph, pytorchEntry.name, lackedForms),
  emit({ graph, weights, metadata, open, progress }) {
    const text = new TextEncoder().encode(writeModel(graph));
    open('model.py').sink.write(text);
    const tensors = [...graphTensors(graph)].map(({ tensor }) => tensor);
    const total = tensors.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, n) => product * n, 1), 0);
    let done = 0;
    const bytes = writeSafetensors(
      open('weights.safetensors').sink,
      tensors,
      (tensor) => {
        const values = weights.read(tensor);
        done += 4 * values.length;
        progress?.(text.length + done, text.length + total);
        return values;
      },
      { metadata: Object.fromEntries(metadata) },
    );
    return { diagnostics: [], bytes: text.length + bytes };
  },
};
