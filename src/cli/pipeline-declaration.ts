import type { Command } from './command.ts';
import type { Option } from './option.ts';
import { classes, force, json, scalingOptions, specDetails, takesSpec } from './options.ts';

const pipelineOptions: readonly Option[] = [
  { name: 'stages', value: 'K', kind: 'positive', most: 1024, description: 'into how many stages, one a device' },
  {
    name: 'schedule',
    value: 'NAME',
    choices: ['gpipe', '1f1b'],
    description: 'all micro-batches forward, then all backward, or one forward, one backward; 1f1b by default',
  },
  { name: 'batch', value: 'N', kind: 'positive', most: 1_000_000, description: 'images of a step; 256 by default' },
  {
    name: 'micro-batches',
    value: 'M',
    kind: 'positive',
    description: 'into how many parts the batch is split; by default the number that is fastest',
  },
  {
    name: 'memory',
    value: 'BYTES',
    kind: 'bytes',
    description: 'memory of each device, 16GB: stages that would exceed it recompute',
  },
  {
    name: 'recompute',
    value: 'WHICH',
    choices: ['auto', 'all', 'none'],
    description: 'which stages make their values again for the backward half; by default those that would not fit',
  },
  {
    name: 'cuts',
    value: 'PATHS',
    description:
      'the ops or steps with which the second and further stages begin, with commas; then nothing is looked for',
  },
  {
    name: 'parameter-bytes',
    value: 'N',
    kind: 'positive',
    description:
      'bytes of a parameter with all that training keeps for it: 20 by default, weight, gradient, two slots and average; 8 for plain SGD',
  },
  {
    name: 'operations',
    value: 'N',
    kind: 'count',
    description: 'operations a second that a device reaches; 10T by default',
  },
  { name: 'bandwidth', value: 'BYTES', kind: 'bytes', description: 'bytes a second of its memory; 700GB by default' },
  { name: 'link', value: 'BYTES', kind: 'bytes', description: 'bytes a second to the next stage; 10GB by default' },
  {
    name: 'times',
    value: 'FILE',
    description: 'measured times, as JSON: see docs/distributed.md',
    completes: 'file',
  },
  { name: 'output', short: 'o', value: 'FILE', description: 'draw the schedule as an SVG', completes: 'file' },
  { ...force, description: 'overwrite a file that is not a drawing by enetc' },
  ...scalingOptions,
  classes,
  json,
];

/** `enetc pipeline` */
export const pipelineDeclaration: Command = {
  name: 'pipeline',
  summary: 'plan the training of a network over several devices, one stage each',
  ...takesSpec,
  details: `${specDetails}\n\nCuts a network where few tensors cross, inside blocks too, so that the largest stage is as small as can be and every stage fits its device's memory; chooses the number of micro-batches and the stages that recompute. All is calculated from the network's own training step and what a device reaches; nothing is run. See docs/distributed.md.`,
  options: pipelineOptions,
  examples: [
    ['enetc pipeline efficientnet --variant b7 --stages 8', 'where EfficientNet-B7 is cut for eight devices'],
    [
      'enetc pipeline amoebanet --variant gpipe_72_512 --stages 8 --memory 16GB -o plan.svg',
      'within the memory of each, with a drawing of the schedule',
    ],
    [
      'enetc pipeline resnet --variant resnet50 --stages 2 --cuts stages.c4 --schedule gpipe --json',
      'own cuts; for machines',
    ],
  ],
  load: async () => (await import('./commands/pipeline.ts')).pipelineCommand,
};
