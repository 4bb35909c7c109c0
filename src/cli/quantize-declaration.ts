import type { Command } from './command.ts';
import { classes, force, json, scalingOptions, specDetails, takesSpec } from './options.ts';

/** `enetc quantize`: what a spec can do for int8. The files are written by `compile`. */
export const quantizeDeclaration: Command = {
  name: 'quantize',
  summary: 'what of a spec stands in the way of int8, and the spec without it',
  ...takesSpec,
  details: `${specDetails}\n\n--advise lists what keeps layers in float32 (SiLU, hard swish, squeeze-and-excitation gates, ...) with its place in the text, what it costs and the edit that takes it out, by the recipe of EfficientNet-Lite: ReLU6, no gates, stem, head and the depth of the first and last stage do not scale. The figures are of one network; the edits are made for all variants of the text. 'enetc compile --int8' writes int8 files. See docs/quantisation.md.`,
  options: [
    { name: 'advise', description: 'list what stands in the way, and the edits' },
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      description: 'write the edited text as a new spec; of a library model a copy',
      completes: 'file',
    },
    { name: 'write', description: 'write the edits into the spec itself' },
    { ...force, description: 'overwrite a file' },
    ...scalingOptions,
    classes,
    json,
  ],
  examples: [
    ['enetc quantize --advise efficientnet --variant b0', 'what int8 costs EfficientNet-B0'],
    ['enetc quantize --advise efficientnet -o lite.enet', 'EfficientNet-Lite, from the text of EfficientNet'],
    ['enetc quantize --advise my-net.enet --write', 'the edits, made in an own spec'],
  ],
  load: async () => (await import('./commands/quantize.ts')).quantizeCommand,
};
