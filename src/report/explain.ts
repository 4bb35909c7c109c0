import type { ScalingPoint } from '../4-scale/scaling.ts';
import { totalCost } from '../5-graph/cost.ts';
import type { Graph } from '../5-graph/graph.ts';
import { createPlaceSet } from '../diagnostics/place-set.ts';
import { spanText } from '../source.ts';
import { ruleOf } from './point-text.ts';
import { stagesOf } from './stages.ts';
import { type TypeCount, typeCounts } from './type-counts.ts';

/** A network and its point in the family. */
export interface ExplainedPoint {
  readonly graph: Graph;
  readonly point: ScalingPoint;
}

/** Why the numbers of a network are what they are. Plain data: `--json` prints it unchanged. */
export interface Explanation {
  readonly model: string;
  readonly variant?: string;
  readonly phi?: number;
  /** `published row b5` */
  readonly rule: string;
  readonly factors: readonly ExplainedValue[];
  readonly params: readonly ExplainedValue[];
  readonly convention: ExplainedConvention;
  /** Each number that a scaling rule made, by stage. */
  readonly numbers: readonly ExplainedNumber[];
  readonly cost: PointCost;
  /** The types of values and tensors, if not everything is float32. */
  readonly types?: readonly TypeCount[];
  readonly comparison?: RuleComparison;
  readonly budget?: CompoundBudget;
}

export interface ExplainedValue {
  readonly name: string;
  readonly value: string;
  /** `variant b5`, `1.2 ^ phi at phi 5`, `default` */
  readonly source: string;
  /** How it was computed; empty where it was written down. */
  readonly trace: string;
}

export type ExplainedConvention = Omit<ScalingPoint['convention'], 'origin'> & { readonly source: string };

export interface ExplainedNumber {
  readonly stage: string;
  /** As in the source: `w(80)`. */
  readonly expression: string;
  readonly result: number;
  /** `80 x w 1.6 = 128, a multiple of 8` */
  readonly text: string;
}

export interface PointCost {
  readonly params: number;
  readonly macs: number;
  /** Height of the input. */
  readonly resolution: number;
  /** Its width, if it differs. */
  readonly width?: number;
}

/** The published row against the formula, where phi has both. */
export interface RuleComparison {
  readonly used: 'published' | 'formula';
  /** Values that differ. */
  readonly values: readonly { readonly name: string; readonly published: string; readonly formula: string }[];
  readonly published: PointCost;
  readonly formula: PointCost;
}

/** What compound scaling promises, d * w^2 * r^2 = 2 ^ phi times the compute, against what was built. */
export interface CompoundBudget {
  readonly d: number;
  readonly w: number;
  /** The resolution over that of the unscaled network. */
  readonly r: number;
  /** d * w^2 * r^2 */
  readonly product: number;
  /** 2 ^ phi, where the point has a phi. */
  readonly promised?: number;
  /** Multiply-accumulates over those of the unscaled network. */
  readonly macs: number;
}

/**
 * Explains a network.
 * @param other the network that the rule not used would give, where there is one.
 * @param base the network of the same family with d, w and r of 1.
 */
export function explainNetwork(built: ExplainedPoint, other?: ExplainedPoint, base?: ExplainedPoint): Explanation {
  const { point } = built;
  const { origin, ...convention } = point.convention;
  const types = typeCounts(built.graph);
  return {
    model: point.model,
    ...(point.variant !== undefined && { variant: point.variant }),
    ...(point.phi !== undefined && { phi: point.phi }),
    rule: ruleOf(point),
    factors: (['d', 'w', 'r'] as const).map((name) => ({
      name,
      value: String(point[name].value),
      source: point[name].source,
      trace: '',
    })),
    params: point.params.map(({ name, text, source, trace }) => ({ name, value: text, source, trace })),
    convention: { ...convention, source: origin === 'override' ? 'an override' : 'the model' },
    numbers: numbersOf(built.graph),
    cost: costOf(built),
    ...(types.length > 0 && { types }),
    ...(other && point.alternative && { comparison: compare(built, other, point.alternative.rule) }),
    ...(base && { budget: budgetOf(built, base) }),
  };
}

function numbersOf(graph: Graph): ExplainedNumber[] {
  return stagesOf(graph).flatMap((stage) => {
    const seen = createPlaceSet();
    return stage.nodes
      .flatMap((node) => node.traces)
      .filter(({ span, text }) => seen.add(text, span))
      .map(({ span, result, text }) => ({ stage: stage.id, expression: spanText(span), result, text }));
  });
}

function costOf({ graph }: ExplainedPoint): PointCost {
  const { params, macs } = totalCost(graph);
  const input = graph.nodes[graph.inputs[0] ?? -1];
  const [, height = 1, width = height] = input?.shapes[0] ?? [];
  return { params, macs, resolution: height, ...(width !== height && { width }) };
}

function compare(built: ExplainedPoint, other: ExplainedPoint, otherRule: 'published' | 'formula'): RuleComparison {
  const [published, formula] = otherRule === 'formula' ? [built, other] : [other, built];
  const values = (['d', 'w', 'r'] as const).map((name) => ({
    name: name as string,
    published: String(published.point[name].value),
    formula: String(formula.point[name].value),
  }));
  for (const param of published.point.params) {
    const counterpart = formula.point.params.find((p) => p.name === param.name);
    values.push({ name: param.name, published: param.text, formula: counterpart?.text ?? '-' });
  }
  return {
    used: otherRule === 'formula' ? 'published' : 'formula',
    // With a resolution given, r is only how the formula arrives at it.
    values: values.filter((v, _, all) => v.published !== v.formula && !(v.name === 'r' && all.some(isResolution))),
    published: costOf(published),
    formula: costOf(formula),
  };
}

function isResolution(value: { readonly name: string }): boolean {
  return value.name === 'resolution';
}

/** The side of the square with as many pixels. */
function sideOf({ resolution, width = resolution }: PointCost): number {
  return width === resolution ? resolution : Math.sqrt(resolution * width);
}

function budgetOf(built: ExplainedPoint, base: ExplainedPoint): CompoundBudget {
  const [here, there] = [costOf(built), costOf(base)];
  const { d, w } = built.point;
  const r = sideOf(here) / sideOf(there);
  const { phi } = built.point;
  return {
    d: d.value,
    w: w.value,
    r,
    product: d.value * w.value ** 2 * r ** 2,
    ...(phi !== undefined && { promised: 2 ** phi }),
    macs: here.macs / there.macs,
  };
}
