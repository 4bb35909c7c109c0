import type { Command } from './command.ts';
import { file, type Option, option } from './option.ts';
import { classes, force, json, scalingOptions, specDetails, takesSpec } from './options.ts';
import { planningOptions } from './planning-options.ts';

const pipelineOptions: readonly Option[] = [
  ...planningOptions,
  option(
    'measure FILE',
    'time the parts of the network in PyTorch here, write the times for --times, and plan with them',
    file,
  ),
  option('output FILE', 'draw the schedule as SVG', { short: 'o', completes: 'file' }),
  { ...force, description: 'overwrite files that enetc did not write' },
  ...scalingOptions,
  classes,
  json,
];

/** `enetc pipeline` */
export const pipelineDeclaration: Command = {
  name: 'pipeline',
  summary: 'plan the training of a network over several devices, one stage each',
  ...takesSpec,
  details: `${specDetails}\n\nCuts a network where few tensors cross, also inside blocks, so that the largest stage is as small as possible and every stage fits its device's memory; chooses the number of micro-batches and the stages that recompute. Everything is calculated from the network's training step and the speed of a device; only --measure runs anything, the network's parts in PyTorch. See docs/distributed.md.`,
  options: pipelineOptions,
  examples: [
    ['enetc pipeline efficientnet --variant b7 --stages 8', 'where EfficientNet-B7 is cut for eight devices'],
    [
      'enetc pipeline amoebanet --variant gpipe_72_512 --stages 8 --memory 16GB -o plan.svg',
      'within the memory of each device, with a drawing of the schedule',
    ],
    [
      'enetc pipeline efficientnet --stages 4 --measure times.json',
      'with times measured here; later with --times times.json',
    ],
    [
      'enetc pipeline resnet --variant resnet50 --stages 2 --cuts stages.c4 --schedule gpipe --json',
      'your own cuts, as JSON',
    ],
  ],
  load: async () => (await import('./commands/pipeline.ts')).pipelineCommand,
};
