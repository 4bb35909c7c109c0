import type { Option } from './option.ts';
import { json, quiet, scalingOptions } from './options.ts';
import { comparisonOptions, proxyOptions } from './study-options.ts';

/** The factors are what `scale` looks for. */
const lookedFor: ReadonlySet<string> = new Set(['d', 'w', 'r', 'phi', 'formula', 'published', 'resolution']);

export const scaleOptions: readonly Option[] = [
  {
    name: 'budget',
    value: 'N',
    kind: 'number',
    least: 1.01,
    most: 1000,
    description: 'how many times larger than the base network the candidates are; 2 by default',
  },
  {
    name: 'by',
    value: 'NAME',
    choices: ['product', 'params', 'macs', 'activations', 'memory'],
    description:
      "what --budget refers to: alpha * beta^2 * gamma^2, the paper's product, by default; or a cost of the built networks",
  },
  {
    name: 'tolerance',
    value: 'SHARE',
    kind: 'number',
    least: 0,
    most: 1,
    description: 'how far off the budget a candidate may be; 0.05 by default, which admits 1.2 * 1.1^2 * 1.15^2 = 1.92',
  },
  {
    name: 'step',
    value: 'N',
    kind: 'number',
    least: 0.001,
    most: 10,
    description: 'step of the grid, which starts at 1; 0.05 by default',
  },
  {
    name: 'compare',
    value: 'N,...',
    description:
      "also train depth, width or resolution alone, compound and published rules, at these multiples of the base network's multiply-accumulates: 2,4",
  },
  { name: 'write', description: "put the best coefficients into the spec's 'scaling'" },
  {
    name: 'seed',
    value: 'N',
    kind: 'integer',
    least: 0,
    description: 'seed for the trainings and for --trials; 0 by default',
  },
  ...comparisonOptions.map((option) =>
    option.name === 'trials'
      ? { ...option, description: 'train only N candidates, drawn by the seed; all by default' }
      : option,
  ),
  ...proxyOptions,
  ...scalingOptions.filter(({ name }) => !lookedFor.has(name)),
  json,
  quiet,
];
