import { between, type Option, oneOf, option } from './option.ts';
import { json, quiet, scalingOptions } from './options.ts';
import { comparisonOptions, proxyOptions } from './study-options.ts';

/** The factors are what `scale` looks for. */
const lookedFor: ReadonlySet<string> = new Set(['d', 'w', 'r', 'phi', 'formula', 'published', 'resolution']);

export const scaleOptions: readonly Option[] = [
  option(
    'budget N',
    'how many times larger than the base network the candidates are; 2 by default',
    between(1.01, 1000),
  ),
  option(
    'by NAME',
    "what --budget refers to: alpha * beta^2 * gamma^2, the paper's product, by default; or a cost of the built networks",
    oneOf(['product', 'params', 'macs', 'activations', 'memory']),
  ),
  option(
    'tolerance SHARE',
    'how far off the budget a candidate may be; 0.05 by default, which admits 1.2 * 1.1^2 * 1.15^2 = 1.92',
    between(0, 1),
  ),
  option('step N', 'step of the grid, which starts at 1; 0.05 by default', between(0.001, 10)),
  option(
    'compare N,...',
    "also train depth, width or resolution alone, compound and published rules, at these multiples of the base network's multiply-accumulates: 2,4",
  ),
  option('write', "put the best coefficients into the spec's 'scaling'"),
  option('seed N', 'seed for the trainings and for --trials; 0 by default', { kind: 'integer', least: 0 }),
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
