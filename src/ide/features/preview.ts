import type { ModelNode } from '../../1-parse/ast.ts';
import { variantRows } from '../../3-check/variants.ts';
import { scalingOf } from '../../4-scale/choose-factors.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import type { Graph } from '../../5-graph/graph.ts';
import {
  createDiagram,
  type Diagram,
  type DiagramStage,
  type StageEdge,
  type Tap,
} from '../../report/drawing/diagram.ts';
import { describePoint } from '../../report/point-text.ts';
import { stageNumbers } from '../../report/stage-numbers.ts';
import { stagesOf } from '../../report/stages.ts';
import { summarizePoint } from '../../report/summary.ts';
import { pointParts } from '../../report/summary-text.ts';
import type { AnalysedNetwork, Analysis, Place } from '../core/analysis.ts';
import { type CurvePoint, familyOf, formulaCurve, phiOf } from '../numbers/family.ts';
import { networkNumbers } from '../numbers/network-numbers.ts';
import { placeOfStage } from '../tree/table-rows.ts';
import { documentDiagnostics } from './diagnostics.ts';

/** The data of a preview of a model: numbers and places, without a drawing. */
export interface Preview {
  /** The models of the document. */
  readonly models: readonly string[];
  readonly model: string;
  /** The point in words: `b5 · d 2.2, w 1.6 · convention tf`. */
  readonly point: string;
  /** Which row or formula made it, and how the other differs. */
  readonly rule?: string;
  /** The phi asked for, or that of the variant's row. */
  readonly phi?: number;
  readonly variant?: string;
  /** Whether the model's scaling is a formula in phi, and the phis that a slider goes over. */
  readonly hasPhi: boolean;
  readonly phiRange?: readonly [number, number];
  /** Why there is no network at this point: the first error of the document. */
  readonly problem?: string;
  readonly totals?: { readonly params: number; readonly macs: number; readonly resolution?: number };
  readonly stages: readonly PreviewStage[];
  readonly edges: readonly StageEdge[];
  readonly taps: readonly Tap[];
  readonly variants: readonly PreviewVariant[];
  /** What the formula gives at phis from the first to the last of `phiRange`; empty without a formula. */
  readonly curve: readonly CurvePoint[];
}

export interface PreviewStage extends DiagramStage {
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Where it is written: its row, or its section. */
  readonly place?: Place;
}

/** A published member; numbers are left out where it cannot be built. */
export interface PreviewVariant {
  readonly name: string;
  readonly phi?: number;
  readonly d?: number;
  readonly w?: number;
  readonly resolution?: number;
  readonly params?: number;
  readonly macs?: number;
  /** Whether the preview shows this one. */
  readonly current: boolean;
}

/**
 * Gathers the preview of a model.
 * @param model its name; without one, or where the document has none of it, the document's first
 * @param request the point; by default the one chosen in the editor
 * @returns undefined if the document has no model
 */
export function preview(analysis: Analysis, model?: string, request?: ScalingRequest): Preview | undefined {
  const models = analysis.module.ast.declarations.filter((d) => d.kind === 'model');
  const node = models.find((m) => m.name.name === model) ?? models[0];
  if (!node) return undefined;
  const network = analysis.network(node.name.name, request);
  const curve = formulaCurve(analysis, node);
  const [first, last] = [curve[0], curve.at(-1)];
  return {
    models: models.map((m) => m.name.name),
    model: node.name.name,
    hasPhi: scalingOf(node)?.variable !== undefined,
    ...(first && last && { phiRange: [first.phi, last.phi] as const }),
    ...(network ? pointOf(node, network) : { point: '', problem: problemOf(analysis) }),
    ...drawingOf(analysis, node, network),
    variants: variantsOf(analysis, node, network?.point.variant),
    curve,
  };
}

function pointOf(
  model: ModelNode,
  network: AnalysedNetwork,
): Pick<Preview, 'point' | 'rule' | 'phi' | 'variant' | 'totals'> {
  const { point } = network;
  const { params, macs, resolution } = networkNumbers(network);
  const { variant, phi = variant === undefined ? undefined : phiOf(model, variant) } = point;
  return {
    point: [variant ?? (phi === undefined ? 'defaults' : ''), ...pointParts(summarizePoint(point))]
      .filter((part) => part !== '')
      .join(' · '),
    rule: describePoint(point),
    ...(phi !== undefined && { phi }),
    ...(variant !== undefined && { variant }),
    totals: { params, macs, ...(resolution > 0 && { resolution }) },
  };
}

function problemOf(analysis: Analysis): string {
  const error = [...documentDiagnostics(analysis), ...analysis.diagnostics].find((d) => d.severity === 'error');
  return error?.message ?? 'the model has no network at this point';
}

const diagrams = new WeakMap<Graph, Diagram>();

function diagramOf({ graph, point }: AnalysedNetwork): Diagram {
  const diagram = diagrams.get(graph) ?? createDiagram(graph, point);
  diagrams.set(graph, diagram);
  return diagram;
}

function drawingOf(
  analysis: Analysis,
  model: ModelNode,
  network: AnalysedNetwork | undefined,
): Pick<Preview, 'stages' | 'edges' | 'taps'> {
  if (!network) return { stages: [], edges: [], taps: [] };
  const { graph, point } = network;
  const { stages, edges, taps } = diagramOf(network);
  const cut = stagesOf(graph);
  return {
    stages: stages.map((stage, i) => {
      const { section = '', row } = cut[i] ?? {};
      const numbers = stageNumbers(graph, section, row);
      const span = placeOfStage(model, point, section, row);
      return {
        ...stage,
        input: numbers?.input ?? [],
        output: numbers?.output ?? [],
        ...(span && { place: analysis.locate(span) }),
      };
    }),
    edges,
    taps,
  };
}

function variantsOf(analysis: Analysis, model: ModelNode, current: string | undefined): PreviewVariant[] {
  const family = new Map(familyOf(analysis, model).map(({ name, numbers }) => [name, numbers]));
  return [...variantRows(model).values()].map(({ name, cell }) => {
    const numbers = family.get(name);
    const phi = phiOf(model, name);
    return {
      name,
      ...(phi !== undefined && { phi }),
      ...(numbers && cell('d') && { d: numbers.point.d.value }),
      ...(numbers && cell('w') && { w: numbers.point.w.value }),
      ...(numbers && { params: numbers.params, macs: numbers.macs }),
      ...(numbers && numbers.resolution > 0 && { resolution: numbers.resolution }),
      current: name === current,
    };
  });
}
