import type { Graph, GraphNode } from '../5-graph/graph.ts';
import type { QuantisationPlan } from '../5-graph/passes/quantise.ts';
import type { Unit } from '../5-graph/quantise/units.ts';
import { elementRange, type QuantisedType } from '../5-graph/value-type.ts';
import { formatBytes, formatFactor, formatMilliseconds, formatPercent } from '../report/format-number.ts';
import { opLabel } from '../report/op-label.ts';
import { columnsOf, type Paint, renderTable } from '../report/text-table.ts';
import type { Adjustment, Adjustments } from './adjusted-weights.ts';
import type { PrecisionPair } from './costs.ts';
import type { Closeness } from './judge.ts';
import type { Goal } from './return-to-float.ts';

/** The result for a layer. */
export interface LayerReport {
  readonly path: string;
  /** `Conv 1×1, ReLU6` */
  readonly op: string;
  /**
   * Integers directly; float32 from integers, for an activation that needs it or because nothing reads integers; or only
   * float32.
   */
  readonly computes: 'int8' | 'int8 to float32' | 'float32';
  readonly done: readonly Treatment[];
  /** The type of its result, where it is stored as integers. */
  readonly range?: { readonly least: number; readonly most: number };
  /** The signal-to-noise ratio of its result in the whole network, in decibels; absent where there is no noise. */
  readonly sqnr?: number;
  /** The signal-to-noise ratio of the outputs with only this layer returned to float32, in decibels; absent without a goal. */
  readonly returned?: number;
}

/** What was done about a layer's noise. */
export type Treatment = 'equalised' | 'fitted' | 'bias corrected' | 'returned to float32';

/** A goal, and how close the network was where it was sought: on pictures not used for ranges. */
export interface GoalReport extends Goal {
  readonly sought: Closeness;
}

export interface QuantisationReport extends Closeness {
  readonly layers: readonly LayerReport[];
  /** By the integer kernels of this machine's processor; absent where it was judged by them. */
  readonly kernels?: Closeness;
  /** File sizes, in bytes. */
  readonly size: PrecisionPair;
  /** In milliseconds, of one picture on one thread; absent where it was not measured. */
  readonly latency?: PrecisionPair;
  readonly goal?: GoalReport;
  /** The number of pictures used for ranges, and for the judgement. */
  readonly calibrated: number;
  readonly judged: number;
  /** What was used in place of pictures; absent for pictures. */
  readonly noise?: true;
  readonly engine: string;
}

/** A network whose ranges training has found. */
export interface TrainedReport {
  readonly layers: readonly LayerReport[];
  readonly trained: true;
}

/** The changes of tensors: by equalisation alone, and in total. */
export interface Changes {
  readonly scales: Adjustments;
  readonly adjustments: Adjustments;
}

/** The layers of a plan, in the order of the network. @param noise of results in decibels, by their nodes. */
export function layersOf(
  graph: Graph,
  units: readonly Unit[],
  plan: QuantisationPlan,
  noise: ReadonlyMap<number, number>,
  returned: ReadonlyMap<number, number>,
  changes: Changes,
): LayerReport[] {
  return units.map((unit) => {
    const node = graph.nodes[unit.node];
    if (!node) throw new Error(`there is no node ${unit.node}`);
    const [input] = node.inputs;
    const channels = graph.nodes[input?.node ?? -1]?.shapes[input?.output ?? 0]?.[0] ?? 0;
    const after = unit.result === unit.node ? undefined : graph.nodes[unit.result];
    const held = plan.values.get(unit.result);
    const sqnr = noise.get(unit.result);
    const own = returned.get(unit.node);
    return {
      path: unit.path,
      op: [node, ...(after ? [after] : [])].map(({ op }) => opLabel(op, channels)).join(', '),
      computes: plan.integer.has(unit.node) ? 'int8' : plan.weights.has(unit.node) ? 'int8 to float32' : 'float32',
      done: treatmentsOf(node, plan, changes),
      ...(held && { range: rangeOf(held) }),
      ...(sqnr !== undefined && Number.isFinite(sqnr) && { sqnr }),
      ...(own !== undefined && Number.isFinite(own) && { returned: own }),
    };
  });
}

function treatmentsOf({ id, tensors }: GraphNode, { weights }: QuantisationPlan, changes: Changes): Treatment[] {
  if (tensors.length === 0) return [];
  const any = (of: Adjustments, is: (adjustment: Adjustment) => unknown) =>
    tensors.some(({ name }) => is(of.get(name) ?? {}));
  return [
    ...(any(changes.scales, ({ filters, channels }) => filters ?? channels) ? (['equalised'] as const) : []),
    ...(any(changes.adjustments, ({ rounded }) => rounded) ? (['fitted'] as const) : []),
    ...(any(changes.adjustments, ({ offset }) => offset) ? (['bias corrected'] as const) : []),
    ...(weights.has(id) ? [] : (['returned to float32'] as const)),
  ];
}

/** The real numbers at the ends of a type. */
function rangeOf(type: QuantisedType): { least: number; most: number } {
  const [scale = 1] = type.scales;
  const [least, most] = elementRange(type);
  return { least: scale * (least - type.zeroPoint), most: scale * (most - type.zeroPoint) };
}

/** A table of the layers, and a line that sums it up. */
export function quantisationText(report: QuantisationReport | TrainedReport, paint?: Paint): string {
  const rows = report.layers.map(({ path, op, computes, range, sqnr, returned }) => [
    path,
    op,
    computes,
    range ? `${formatFactor(range.least)} to ${formatFactor(range.most)}` : '',
    returned === undefined ? '' : returned.toFixed(1),
    sqnr === undefined ? '' : sqnr.toFixed(1),
  ]);
  const columns = columnsOf(['layer', 'op', 'computes', 'range'], ['returned dB', 'SQNR dB']);
  return `${renderTable(columns, rows, paint ? { paint } : {})}${'trained' in report ? trainedText(report) : `${closenessText(report)}\n${costText(report)}`}\n`;
}

/** `int8: 6 of 6 layers, with the ranges of training` */
export function trainedText({ layers }: TrainedReport): string {
  return `int8: ${quantisedLayers({ layers })} of ${layers.length} layers, with the ranges of training`;
}

/**
 * `int8: 59 of 60 layers; SQNR 25.3 dB, 97.5 % of first answers as in float32 (97.9 % to be expected), on 200 pictures (ranges from
 * 100)`
 */
export function closenessText(report: QuantisationReport): string {
  const { layers, sqnr, agreement, calibrated, judged, noise } = report;
  const agreed = agreement === undefined ? '' : `, ${agreementText({ agreement, ...report }, ' as in float32')}`;
  const what = noise ? 'samples of noise' : 'pictures';
  return `int8: ${quantisedLayers(report)} of ${layers.length} layers; SQNR ${sqnr.toFixed(1)} dB${agreed}, on ${judged} ${what} (ranges from ${calibrated})`;
}

/** `size: 4.85 MiB of 17.7 MiB; latency: 8.1 ms of 15.2 ms (0.53), one thread, one picture` */
function costText({ size, latency }: QuantisationReport): string {
  const files = `size: ${formatBytes(size.int8)} of ${formatBytes(size.float32)}`;
  if (!latency) return files;
  const share = (latency.int8 / latency.float32).toFixed(2);
  return `${files}; latency: ${formatMilliseconds(latency.int8)} of ${formatMilliseconds(latency.float32)} (${share}), one thread, one picture`;
}

/** `25.3 dB, 97.5 % of first answers (97.9 % to be expected)` */
export function shortCloseness(closeness: Closeness): string {
  const { sqnr, agreement } = closeness;
  return `${sqnr.toFixed(1)} dB${agreement === undefined ? '' : `, ${agreementText({ agreement, ...closeness })}`}`;
}

function agreementText({ agreement, expected }: Closeness & { readonly agreement: number }, as = ''): string {
  const likely = expected === undefined ? '' : ` (${formatPercent(expected, 1)} to be expected)`;
  return `${formatPercent(agreement, 1)} of first answers${as}${likely}`;
}

/** How many layers compute on integers. */
export function quantisedLayers({ layers }: Pick<QuantisationReport, 'layers'>): number {
  return layers.filter(({ computes }) => computes !== 'float32').length;
}
