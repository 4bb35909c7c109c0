import { file, type Option, oneOf, option, positive } from './option.ts';

/** How the training of a network over several devices is planned. */
export const planningOptions: readonly Option[] = [
  option('stages K', 'the number of stages, one per device', positive(1024)),
  option(
    'schedule NAME',
    'all micro-batches forward, then all backward, or one forward, one backward; 1f1b by default',
    oneOf(['gpipe', '1f1b']),
  ),
  option('batch N', 'images per step; 256 by default', positive(1_000_000)),
  option('micro-batches M', 'the number of parts that the batch is split into; the fastest by default', positive()),
  option('memory BYTES', 'memory of each device, 16GB: stages that would exceed it recompute', { kind: 'bytes' }),
  option(
    'recompute WHICH',
    'which stages recompute their values for the backward pass; by default those that would not fit',
    oneOf(['auto', 'all', 'none']),
  ),
  option(
    'cuts PATHS',
    'the ops or steps that begin the second and further stages, separated by commas, instead of a search',
  ),
  option(
    'parameter-bytes N',
    'bytes per parameter, with all that training keeps for it: 20 by default (weight, gradient, two slots and average), 8 for plain SGD',
    positive(),
  ),
  option('operations N', 'operations per second that a device reaches; 10T by default', { kind: 'count' }),
  option('bandwidth BYTES', 'bytes per second of its memory; 700GB by default', { kind: 'bytes' }),
  option('link BYTES', 'bytes per second to the next stage; 10GB by default', { kind: 'bytes' }),
  option('times FILE', 'measured times, as JSON: see docs/distributed.md', file),
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
