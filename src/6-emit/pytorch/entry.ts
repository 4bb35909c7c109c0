import type { TargetEntry } from '../target-entry.ts';
import { lackedForms } from './lacked-forms.ts';

/** Of a form whose files are the same for everyone. */
export type NoOptions = Readonly<Record<never, never>>;

/** What files begin with that enetc wrote. */
export const modelMark = /^"""[^\n]*, written by enetc\b/;

/** PyTorch: the network as a module in plain Python, and its weights. */
export const pytorchEntry: TargetEntry<NoOptions> = {
  name: 'pytorch',
  form: 'PyTorch module',
  description: 'a PyTorch module in plain Python and its weights, which is a folder',
  types: ['float32'],
  purpose: 'training',
  auxiliary: true,
  output: {
    kind: 'folder',
    ending: '-pytorch',
    files: /^(model\.py|weights\.safetensors|__pycache__)$/,
    mark: { file: 'model.py', begins: modelMark },
  },
  options: {},
  lacks: lackedForms.map(({ what }) => what),
  load: async () => (await import('./target.ts')).pytorchTarget,
};
