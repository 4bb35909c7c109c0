import { nounFor } from '../diagnostics/noun-for.ts';
import { writtenKernelLabel } from '../ops/labels.ts';
import { formatBytes, formatCount, formatExact, formatFactor, formatShape } from './format-number.ts';
import type { OutputShape, PointSummary, StageSummary, Summary } from './summary.ts';
import { columnsOf, type Paint, plain, renderTable } from './text-table.ts';
import { typeCountsText } from './type-counts.ts';

/** The summary as a table for a terminal. */
export function summaryText(summary: Summary, paint: Paint = plain): string {
  const sizes = ['stride', 'input', 'output', 'filters', 'repeats', 'expand', 'se'];
  const costs = ['params', 'MACs', 'activations', 'peak', 'field'];
  const columns = columnsOf(['stage', 'operator', 'kernel'], [...sizes, ...costs]);
  const { totals } = summary;
  const footer = [
    'total',
    ...Array<string>(columns.length - costs.length - 1).fill(''),
    formatCount(totals.params),
    formatCount(totals.macs),
    formatBytes(totals.activationBytes),
    formatBytes(totals.peakBytes),
    String(totals.receptiveField),
  ];
  const table = renderTable(columns, summary.stages.map(stageRow), { footer, paint });
  return `${paint.bold(titleOf(summary))}\n\n${table}\n${notes(summary)
    .map((n) => `${paint.dim(n)}\n`)
    .join('')}`;
}

/** `EfficientNet b5 · phi 5 · d 2.2, w 1.6, r 2.036 · tf`. */
export function titleOf(summary: { readonly model: string; readonly point?: PointSummary }): string {
  const { model, point } = summary;
  return point ? [`${model} ${point.variant ?? ''}`.trim(), ...pointParts(point)].join(' · ') : model;
}

/** The parts of a point's description: `phi 5`, `d 2.2, w 1.6`, `tf`. Factors are left out where all are 1. */
export function pointParts(point: PointSummary): string[] {
  const factors = (['d', 'w', 'r'] as const).filter((f) => point[f] !== 1).map((f) => `${f} ${formatFactor(point[f])}`);
  return [
    ...(point.phi !== undefined ? [`phi ${formatFactor(point.phi)}`] : []),
    ...(factors.length > 0 ? [factors.join(', ')] : []),
    `convention ${point.convention}`,
  ];
}

/** The resolution of a shape: `56`, or `56×48` where it is not square; `-` where there is none. */
export function resolutionOf(shape: readonly number[]): string {
  const [, height, width] = shape;
  if (height === undefined || width === undefined) return '-';
  return height === width ? String(height) : `${height}×${width}`;
}

/** `3×3, 5×5`, or `-` where no window moves. */
export function kernelsOf(stage: StageSummary): string {
  return stage.kernels.length > 0 ? stage.kernels.map(writtenKernelLabel).join(', ') : '-';
}

function stageRow(stage: StageSummary): string[] {
  return [
    stage.id,
    stage.operator,
    kernelsOf(stage),
    String(stage.stride),
    resolutionOf(stage.input),
    resolutionOf(stage.output),
    String(stage.output[0] ?? ''),
    String(stage.repeats),
    several(stage.expand.map((e) => formatFactor(e, 2))),
    several(stage.squeeze.map(String)),
    formatCount(stage.params),
    formatCount(stage.macs),
    formatBytes(stage.activationBytes),
    formatBytes(stage.peakBytes),
    String(stage.receptiveField),
  ];
}

/** Up to three values; of more the first and the last. */
function several(values: readonly string[]): string {
  return values.length <= 3 ? values.join(', ') : `${values[0]} … ${values.at(-1)}`;
}

function notes(summary: Summary): string[] {
  const { totals, inputs, outputs, types } = summary;
  const named = (list: readonly OutputShape[]) => list.map(outputText).join(', ');
  return [
    `input ${named(inputs)}; output ${named(outputs)}`,
    ...(types ? [typeCountsText(types)] : []),
    [
      `${formatExact(totals.params)} ${nounFor(totals.params, 'parameter')}${totals.trainingParams === undefined ? '' : ` (${formatExact(totals.trainingParams)} in training)`}`,
      `${formatExact(totals.buffers)} running ${nounFor(totals.buffers, 'statistic')}`,
      `${formatExact(totals.macs)} ${nounFor(totals.macs, 'MAC')}`,
      `${formatExact(totals.layers)} ${nounFor(totals.layers, 'layer')}`,
    ].join(', '),
    `activation memory for one image${types ? '' : ' in float32'}: ${formatBytes(totals.activationBytes)} written, at most ${formatBytes(totals.peakBytes)} at once (at ${totals.peakAt})`,
    `receptive field ${totals.receptiveField} at stride ${totals.stride}, before the global pool; gates and attention are left out`,
  ];
}

/** `c2 24 × 56 × 56 at stride 4` */
export function outputText({ name, shape, type, stride }: OutputShape): string {
  return [name, formatShape(shape), type, stride && `at stride ${stride}`].filter(Boolean).join(' ');
}
