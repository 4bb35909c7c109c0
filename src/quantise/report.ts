import type { Graph } from '../5-graph/graph.ts';
import type { QuantisationPlan } from '../5-graph/passes/quantise.ts';
import type { Unit } from '../5-graph/quantise/units.ts';
import { elementRange, type QuantisedType } from '../5-graph/value-type.ts';
import { formatFactor, formatPercent } from '../report/format-number.ts';
import { opLabel } from '../report/op-label.ts';
import { columnsOf, type Paint, renderTable } from '../report/text-table.ts';
import type { Closeness } from './judge.ts';

/** What became of a layer. */
export interface LayerReport {
  readonly path: string;
  /** `Conv 1×1, ReLU6` */
  readonly op: string;
  /** Integers at once; float32 from integers, for an activation that needs it or as nothing reads integers; or float32 alone. */
  readonly computes: 'int8' | 'int8 to float32' | 'float32';
  /** What its result is held in, where it is held as integers. */
  readonly range?: { readonly least: number; readonly most: number };
  /** Of its result in the whole network, in decibels; absent where there is no noise. */
  readonly sqnr?: number;
  /** The signal over the noise of the outputs where this layer alone is quantised, in decibels. */
  readonly alone?: number;
}

export interface QuantisationReport extends Closeness {
  readonly layers: readonly LayerReport[];
  /** How many pictures ranges are from, and how many it was judged on. */
  readonly calibrated: number;
  readonly judged: number;
  /** What the pictures were: absent for pictures. */
  readonly noise?: true;
  readonly engine: string;
}

/** A network whose ranges training has found. */
export interface TrainedReport {
  readonly layers: readonly LayerReport[];
  readonly trained: true;
}

/** The layers of a plan, in the order of the network. @param noise the decibels of results by their nodes. */
export function layersOf(
  graph: Graph,
  units: readonly Unit[],
  plan: QuantisationPlan,
  noise: ReadonlyMap<number, number>,
  alone: ReadonlyMap<number, number>,
): LayerReport[] {
  return units.map((unit) => {
    const node = graph.nodes[unit.node];
    if (!node) throw new Error(`there is no node ${unit.node}`);
    const [input] = node.inputs;
    const channels = graph.nodes[input?.node ?? -1]?.shapes[input?.output ?? 0]?.[0] ?? 0;
    const after = unit.result === unit.node ? undefined : graph.nodes[unit.result];
    const held = plan.values.get(unit.result);
    const sqnr = noise.get(unit.result);
    const own = alone.get(unit.node);
    return {
      path: unit.path,
      op: [node, ...(after ? [after] : [])].map(({ op }) => opLabel(op, channels)).join(', '),
      computes: plan.integer.has(unit.node) ? 'int8' : plan.weights.has(unit.node) ? 'int8 to float32' : 'float32',
      ...(held && { range: rangeOf(held) }),
      ...(sqnr !== undefined && Number.isFinite(sqnr) && { sqnr }),
      ...(own !== undefined && Number.isFinite(own) && { alone: own }),
    };
  });
}

/** What the ends of a type stand for. */
function rangeOf(type: QuantisedType): { least: number; most: number } {
  const [scale = 1] = type.scales;
  const [least, most] = elementRange(type);
  return { least: scale * (least - type.zeroPoint), most: scale * (most - type.zeroPoint) };
}

/** A table of the layers and a line of what it comes to. */
export function quantisationText(report: QuantisationReport | TrainedReport, paint?: Paint): string {
  const rows = report.layers.map(({ path, op, computes, range, sqnr, alone }) => [
    path,
    op,
    computes,
    range ? `${formatFactor(range.least)} to ${formatFactor(range.most)}` : '',
    alone === undefined ? '' : alone.toFixed(1),
    sqnr === undefined ? '' : sqnr.toFixed(1),
  ]);
  const columns = columnsOf(['layer', 'op', 'computes', 'range'], ['alone dB', 'SQNR dB']);
  return `${renderTable(columns, rows, paint ? { paint } : {})}${'trained' in report ? trainedText(report) : closenessText(report)}\n`;
}

/** `int8: 6 of 6 layers, with the ranges of training` */
export function trainedText({ layers }: TrainedReport): string {
  const quantised = layers.filter(({ computes }) => computes !== 'float32').length;
  return `int8: ${quantised} of ${layers.length} layers, with the ranges of training`;
}

/** `int8: 59 of 60 layers; SQNR 25.3 dB, 97.5 % of first answers as in float32, on 200 pictures (ranges from 100)` */
export function closenessText({ layers, sqnr, agreement, calibrated, judged, noise }: QuantisationReport): string {
  const quantised = layers.filter(({ computes }) => computes !== 'float32').length;
  const agreed = agreement === undefined ? '' : `, ${formatPercent(agreement, 1)} of first answers as in float32`;
  const what = noise ? 'samples of noise' : 'pictures';
  return `int8: ${quantised} of ${layers.length} layers; SQNR ${sqnr.toFixed(1)} dB${agreed}, on ${judged} ${what} (ranges from ${calibrated})`;
}
