import type { Option } from './option.ts';

/** How the training of a network over several devices is planned. */
export const planningOptions: readonly Option[] = [
  { name: 'stages', value: 'K', kind: 'positive', most: 1024, description: 'the number of stages, one per device' },
  {
    name: 'schedule',
    value: 'NAME',
    choices: ['gpipe', '1f1b'],
    description: 'all micro-batches forward, then all backward, or one forward, one backward; 1f1b by default',
  },
  { name: 'batch', value: 'N', kind: 'positive', most: 1_000_000, description: 'images per step; 256 by default' },
  {
    name: 'micro-batches',
    value: 'M',
    kind: 'positive',
    description: 'the number of parts that the batch is split into; the fastest by default',
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
    description: 'which stages recompute their values for the backward pass; by default those that would not fit',
  },
  {
    name: 'cuts',
    value: 'PATHS',
    description: 'the ops or steps that begin the second and further stages, separated by commas, instead of a search',
  },
  {
    name: 'parameter-bytes',
    value: 'N',
    kind: 'positive',
    description:
      'bytes per parameter, with all that training keeps for it: 20 by default (weight, gradient, two slots and average), 8 for plain SGD',
  },
  {
    name: 'operations',
    value: 'N',
    kind: 'count',
    description: 'operations per second that a device reaches; 10T by default',
  },
  { name: 'bandwidth', value: 'BYTES', kind: 'bytes', description: 'bytes per second of its memory; 700GB by default' },
  { name: 'link', value: 'BYTES', kind: 'bytes', description: 'bytes per second to the next stage; 10GB by default' },
  {
    name: 'times',
    value: 'FILE',
    description: 'measured times, as JSON: see docs/distributed.md',
    completes: 'file',
  },
];

/** The options of a command that can write what trains by a plan. One that it has for other targets too is for both. */
export function withPlanning(options: readonly Option[]): readonly Option[] {
  const described = planningOptions.map((option) => ({
    ...option,
    description: `pytorch with --train-script: ${option.description}`,
  }));
  const both = options.map((option) => {
    const other = described.find(({ name }) => name === option.name);
    return other ? { ...option, description: `${option.description}; ${other.description}` } : option;
  });
  return [...both, ...described.filter(({ name }) => options.every((option) => option.name !== name))];
}
