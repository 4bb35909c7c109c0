import type { TargetEntry } from '../target-entry.ts';
import type { NoOptions } from '../tfjs/entries.ts';
import { lackedForms } from '../tfjs/lacked-forms.ts';

/** TensorFlow's SavedModel, for inference. */
export const savedModelEntry: TargetEntry<NoOptions> = {
  name: 'savedmodel',
  form: 'SavedModel',
  description: 'a TensorFlow SavedModel for inference, which is a folder',
  layout: 'NHWC',
  types: ['float32'],
  output: {
    kind: 'folder',
    ending: '-savedmodel',
    files: /^(saved_model\.pb|enet\.json)$/,
    mark: { file: 'enet.json', begins: /^\{\s*"format":\s*"enetc-savedmodel"/ },
  },
  options: {},
  lacks: lackedForms.map(({ what }) => what),
  load: async () => (await import('./target.ts')).savedModelTarget,
};
