import type { UnitKind } from './block-figure.ts';

/** A box's colours. Fills are light, so that black text is readable on them; in grey prints labels distinguish them. */
export interface Swatch {
  readonly fill: string;
  readonly stroke: string;
}

export const ink = '#1f2933';
export const muted = '#616e7c';
export const faint = '#cbd2d9';
export const paper = '#ffffff';

/** Tints of the colours of Okabe and Ito, which most colour-blind people can distinguish. */
const operatorSwatches: readonly Swatch[] = [
  { fill: '#d6e8f5', stroke: '#0072b2' },
  { fill: '#fbe3cf', stroke: '#c45500' },
  { fill: '#d3efe5', stroke: '#008a63' },
  { fill: '#f6e0ec', stroke: '#b0568a' },
  { fill: '#fbf3c4', stroke: '#a08a00' },
  { fill: '#dceffa', stroke: '#3a94c9' },
  { fill: '#fbeacb', stroke: '#c08000' },
  { fill: '#e4e1f3', stroke: '#6b5fb0' },
];

const plainSwatch: Swatch = { fill: '#edf0f3', stroke: '#7b8794' };

export const unitSwatches: { readonly [K in UnitKind]: Swatch } = {
  conv: { fill: '#d6e8f5', stroke: '#0072b2' },
  depthwise: { fill: '#d3efe5', stroke: '#008a63' },
  pool: { fill: '#fbe3cf', stroke: '#c45500' },
  linear: { fill: '#f6e0ec', stroke: '#b0568a' },
  pointwise: { fill: '#fbf3c4', stroke: '#a08a00' },
  join: { fill: paper, stroke: ink },
  group: { fill: '#e4e1f3', stroke: '#6b5fb0' },
  port: { fill: paper, stroke: paper },
};

/** The legend text of each kind of unit. */
export const unitNames: { readonly [K in UnitKind]?: string } = {
  conv: 'convolution',
  depthwise: 'depthwise convolution',
  pool: 'pooling',
  linear: 'linear',
  pointwise: 'activation and other',
  group: 'step of several ops',
};

/** The colour of a stage: one per operator, in order of appearance; grey for stages without a block. */
export function operatorSwatch(operators: readonly string[], stageOperators: readonly string[]): Swatch {
  const index = stageOperators[0] === undefined ? -1 : operators.indexOf(stageOperators[0]);
  return index < 0 ? plainSwatch : (operatorSwatches[index % operatorSwatches.length] as Swatch);
}
