import { copySpec } from '../../2-resolve/spec-copy.ts';
import { graphTensors } from '../../5-graph/graph.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { version } from '../../version.ts';
import { writeSafetensors } from '../../weights/write-safetensors.ts';
import { reportLackedForms } from '../lacked-form.ts';
import type { Target } from '../target.ts';
import { type PytorchOptions, pytorchEntry } from './entry.ts';
import { lackedForms } from './lacked-forms.ts';
import { reportSharedPlaces } from './shared-places.ts';
import { writeStages } from './stages/write-stages.ts';
import { checkTrainScript, writeTrain } from './train-script/write-train.ts';
import { writeModel } from './write-model.ts';

/**
 * A folder with `model.py`, which needs only torch, and `weights.safetensors`, with the names of its state; on request also
 * `train.py`, with the spec, which is copied to the run's folder, and with a pipeline's plan `stages.py`.
 */
export const pytorchTarget: Target<PytorchOptions> = {
  ...pytorchEntry,
  defaults: { trainScript: false },
  check(graph, { trainScript }) {
    const problems = [...reportLackedForms(graph, pytorchEntry.name, lackedForms), ...reportSharedPlaces(graph)];
    return trainScript && !hasErrors(problems) ? [...problems, ...checkTrainScript(graph)] : problems;
  },
  emit({ graph, origin, weights, metadata, options, open, progress }) {
    let written = 0;
    const write = (name: string, text: string) => {
      const bytes = new TextEncoder().encode(text);
      open(name).sink.write(bytes);
      written += bytes.length;
    };
    write('model.py', writeModel(graph, options.others));
    if (options.trainScript) {
      if (!origin) throw new Error('train.py is written with the spec of its network');
      const { entry, files } = copySpec(origin.program);
      write('train.py', writeTrain(graph, options.pipeline !== undefined));
      const network = { version, spec: entry, network: origin.asked, files: Object.fromEntries(files) };
      write('network.json', `${JSON.stringify(network, undefined, 2)}\n`);
    }
    if (options.pipeline) write('stages.py', writeStages(graph, options.pipeline));
    const tensors = [...graphTensors(graph)].map(({ tensor }) => tensor);
    const total = tensors.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, n) => product * n, 1), 0);
    let done = 0;
    const bytes = writeSafetensors(
      open('weights.safetensors').sink,
      tensors,
      (tensor) => {
        const values = weights.read(tensor);
        done += 4 * values.length;
        progress?.(written + done, written + total);
        return values;
      },
      { metadata: Object.fromEntries(metadata) },
    );
    return { diagnostics: [], bytes: written + bytes };
  },
};
