import type { Graph } from '../../5-graph/graph.ts';
import type { TargetEntry } from '../target-entry.ts';
import { lackedForms } from './lacked-forms.ts';
import type { StagePlan } from './stages/stage-plan.ts';

export interface PytorchOptions {
  /** Whether `train.py` is written too. */
  readonly trainScript: boolean;
  /** With `trainScript`: how it is cut into stages, so that it can train on as many devices. */
  readonly pipeline?: StagePlan;
  /** The same network for images of other sizes, where the module is to take them too. */
  readonly others?: readonly Graph[];
}

/** How files written by enetc begin. */
export const modelMark = /^"""[^\n]*, written by enetc\b/;

/** PyTorch: the network as a module in plain Python, and its weights. */
export const pytorchEntry: TargetEntry<PytorchOptions> = {
  name: 'pytorch',
  form: 'PyTorch module',
  description: 'a PyTorch module in plain Python and its weights, which is a folder',
  types: ['float32'],
  purpose: 'training',
  auxiliary: true,
  output: {
    kind: 'folder',
    ending: '-pytorch',
    files: /^(model\.py|train\.py|stages\.py|weights\.safetensors|network\.json|__pycache__)$/,
    mark: { file: 'model.py', begins: modelMark },
  },
  options: {
    trainScript: {
      kind: 'flag',
      description: 'also train.py, which trains the module on folders of pictures, over several processes too',
    },
  },
  plans: 'trainScript',
  runtime: 'pytorch',
  lacks: lackedForms.map(({ what }) => what),
  load: async () => (await import('./target.ts')).pytorchTarget,
};
