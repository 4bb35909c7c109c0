import type { Command } from './command.ts';
import { option } from './option.ts';
import { classes, force, json, scalingOptions, specDetails, takesSpec } from './options.ts';

/** `enetc quantize`: what a spec can do for int8. The files are written by `compile`. */
export const quantizeDeclaration: Command = {
  name: 'quantize',
  summary: 'list what in a spec prevents int8, and write the spec without it',
  ...takesSpec,
  details: `${specDetails}\n\n--advise lists what keeps layers in float32 (SiLU, hard swish, squeeze-and-excitation gates, ...) with its location, its cost and the edit that removes it, following EfficientNet-Lite: ReLU6, no gates, and no scaling of the stem, the head and the depth of the first and last stage. The figures are for one network; the edits apply to all variants. 'enetc compile --int8' writes int8 files. See docs/quantisation.md.`,
  options: [
    option('advise', 'list what prevents int8, and the edits'),
    option('output FILE', 'write the edited text as a new spec, or as a copy of a library model', {
      short: 'o',
      completes: 'file',
    }),
    option('write', 'write the edits into the spec itself'),
    { ...force, description: 'overwrite a file' },
    ...scalingOptions,
    classes,
    json,
  ],
  examples: [
    ['enetc quantize --advise efficientnet --variant b0', 'what int8 costs EfficientNet-B0'],
    ['enetc quantize --advise efficientnet -o lite.enet', 'EfficientNet-Lite, from the text of EfficientNet'],
    ['enetc quantize --advise my-net.enet --write', 'apply the edits to your own spec'],
  ],
  load: async () => (await import('./commands/quantize.ts')).quantizeCommand,
};
