import {
  formatBytes,
  formatCount,
  formatExact,
  formatFactor,
  formatMilliseconds,
  formatPercent,
  formatShape,
} from '../../report/format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from '../../report/text-table.ts';
import { type Budgets, type CostName, costNames } from '../costs.ts';
import type { Fit, FittedPoint } from './fit.ts';

const words: Readonly<Record<CostName, string>> = {
  params: 'params',
  macs: 'MACs',
  activations: 'activations',
  memory: 'memory',
  file: 'file',
  latency: 'latency',
};

/**
 * A fit as a table for a terminal: the network, the next larger one, and the largest published row.
 * @param isNear whether nothing larger was tried, since the network uses a measured budget up to its noise
 */
export function fitText(fit: Fit, budgets: Budgets, paint: Paint = plain, isNear = false): string {
  const { model, along, best, next, published } = fit;
  const shown = costNames.filter((name) => best.costs[name] !== undefined);
  const columns = columnsOf(['', 'point'], ['input', ...shown.map((name) => words[name])]);
  const row = (label: string, point: FittedPoint) => [
    label,
    pointText(point),
    point.inputs.map((shape) => formatShape(shape.slice(1), '×')).join(', '),
    ...shown.map((name) => formatCost(name, point.costs[name])),
  ];
  const rows = [
    row('fits', best),
    ...(next ? [row('next', next)] : []),
    ...(published ? [row('published', published)] : []),
  ];
  const limits = [
    'budget',
    '',
    '',
    ...shown.map((name) => (budgets[name] === undefined ? '' : formatCost(name, budgets[name]))),
  ];
  const lines = [
    `${paint.bold(`${model} along ${along}`)}\n`,
    renderTable(columns, rows, { footer: limits, paint }),
    paint.dim(explanation(fit, budgets, isNear)),
    '',
  ];
  return lines.join('\n');
}

/** The options of the point of a fitted network: `--phi -0.52 --formula`. */
export function pointOptions({ request }: Pick<FittedPoint, 'request'>): string[] {
  const { variant, phi, rule, d, w, r, resolution } = request;
  const pixels = typeof resolution === 'object' ? resolution.join('x') : resolution;
  const given = Object.entries({ variant, phi, d, w, r, resolution: pixels });
  return [
    ...given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
    ...(rule === undefined ? [] : [`--${rule}`]),
  ];
}

/** `phi 0.5 · d 1.1, w 1.05, r 1.07`, with the row's name where it is one. */
function pointText({ variant, phi, d, w, r }: FittedPoint): string {
  const factors = `d ${formatFactor(d)}, w ${formatFactor(w)}, r ${formatFactor(r)}`;
  return [
    ...(variant === undefined ? [] : [variant]),
    ...(phi === undefined ? [] : [`phi ${formatFactor(phi, 9)}`]),
    factors,
  ].join(' · ');
}

function explanation({ best, next, built }: Fit, budgets: Budgets, isNear: boolean): string {
  const used = costNames.flatMap((name) => {
    const [cost, budget] = [best.costs[name], budgets[name]];
    return cost === undefined || budget === undefined ? [] : [`${formatPercent(cost / budget, 1)} of ${words[name]}`];
  });
  const exact = `${formatExact(best.costs.params)} parameters, ${formatExact(best.costs.macs)} MACs: ${used.join(', ')}`;
  const proof = next
    ? `the next larger network exceeds ${next.exceeds.map((name) => words[name]).join(', ')}`
    : isNear
      ? 'it is so close that larger networks were not measured'
      : 'the line has no larger network';
  return `${exact}; ${proof}; ${built} networks built`;
}

function formatCost(name: CostName, value: number | undefined): string {
  // a network that was not measured
  if (value === undefined) return '';
  if (name === 'latency') return formatMilliseconds(value);
  return name === 'memory' || name === 'file' ? formatBytes(value) : formatCount(value);
}
