import type { DeclaredModel } from '../../2-resolve/program.ts';
import { scalingOf } from '../../4-scale/choose-factors.ts';
import { type FactorName, factorNames, type ScalingPoint, type ScalingRequest } from '../../4-scale/scaling.ts';
import { buildGraph } from '../../5-graph/build.ts';
import { type BuiltPoint, costsOf } from '../costs.ts';
import type { LineName } from './line-names.ts';

/** Points of a family, one for each t: the larger t, the larger the network. */
export interface FamilyLine {
  readonly name: LineName;
  readonly request: (t: number) => ScalingRequest;
}

/** What factors are multiplied by where t grows by 1. */
export type Rates = Readonly<Partial<Record<FactorName, number>>>;

/**
 * What each factor is multiplied by where t grows by 1. `compound`: EfficientNet's coefficients (Tan & Le, ICML 2019).
 * `fast`: d = s^0.1, w = s^0.4, r = s^0.05 at s = 2^t (Dollar, Singh & Girshick, CVPR 2021, arXiv 2103.06877), which doubles
 * the computation while activations, and with them the latency, grow slowly.
 */
const rates: Readonly<Record<Exclude<LineName, 'formula' | 'rows' | 'tinynet'>, Rates>> = {
  compound: { d: 1.2, w: 1.1, r: 1.15 },
  fast: { d: 2 ** 0.1, w: 2 ** 0.4, r: 2 ** 0.05 },
  d: { d: 2 },
  w: { w: 2 },
  r: { r: 2 },
};

/** How a factor of a model is given: by its own option, or, where the resolution does not follow from r, as a resolution. */
export interface FactorSetting {
  readonly name: FactorName;
  /** Its value where t is 0. */
  readonly anchor: number;
  readonly request: (value: number) => ScalingRequest;
}

/** The factors that scale something at a point and that the request leaves open. */
export function openFactors(model: DeclaredModel, request: ScalingRequest, point: ScalingPoint): FactorSetting[] {
  return factorNames.flatMap((name): FactorSetting[] => {
    if (request[name] !== undefined) return [];
    const anchor = point[name].value;
    const { diagnostics } = buildGraph(model, { ...request, [name]: anchor }, undefined, true);
    if (!diagnostics.some((d) => d.code === 'unused-override'))
      return [{ name, anchor, request: (value) => ({ [name]: value }) }];
    const pixels = name === 'r' && request.resolution === undefined ? resolutionOf(point) : undefined;
    if (pixels === undefined) return [];
    return [{ name, anchor: 1, request: (value) => ({ resolution: Math.round(pixels * value) }) }];
  });
}

/** The value of a model's parameter `resolution` at a point. */
export function resolutionOf(point: ScalingPoint): number | undefined {
  const param = point.params.find((p) => p.name === 'resolution');
  const pixels = Number(param?.text ?? Number.NaN);
  return Number.isFinite(pixels) ? pixels : undefined;
}

/** The line along the model's own formula over phi; undefined without one. */
export function formulaLine(model: DeclaredModel, request: ScalingRequest): FamilyLine | undefined {
  if (!scalingOf(model.node)?.variable) return undefined;
  return { name: 'formula', request: (phi) => ({ ...request, phi, rule: 'formula' }) };
}

/** A line on which some of the factors grow together. @param own coefficients to use instead of the named ones */
export function factorLine(
  name: keyof typeof rates,
  request: ScalingRequest,
  open: readonly FactorSetting[],
  own: Rates = rates[name],
): FamilyLine {
  return {
    name,
    request: (t) =>
      Object.assign(
        { ...request },
        ...open.flatMap((factor) => {
          const rate = own[factor.name];
          return rate === undefined ? [] : [factor.request(factor.anchor * rate ** t)];
        }),
      ),
  };
}

/**
 * EfficientNet-B0 and TinyNet A to E below it (Han et al., NeurIPS 2020, table 3): d, w, and r by their resolutions over 224. The
 * networks that they found best keep nearly all of the width and reduce the resolution.
 */
const tinyNets: readonly (readonly [d: number, w: number, r: number])[] = [
  [1, 1, 1],
  [1.2, 1, 192 / 224],
  [1.1, 0.75, 188 / 224],
  [0.85, 0.54, 184 / 224],
  [0.695, 0.54, 152 / 224],
  [0.6, 0.51, 106 / 224],
];

/** The line through TinyNet's factors: at t 0 and -1 to -5, geometric in between and beyond both ends. */
export function tinyLine(request: ScalingRequest, open: readonly FactorSetting[]): FamilyLine {
  return {
    name: 'tinynet',
    request(t) {
      const from = Math.min(Math.max(Math.floor(-t), 0), tinyNets.length - 2);
      const [a, b] = [tinyNets[from], tinyNets[from + 1]] as [readonly number[], readonly number[]];
      const settings = open.map((factor) => {
        const i = factorNames.indexOf(factor.name);
        const [first, second] = [a[i] as number, b[i] as number];
        return factor.request(factor.anchor * first * (second / first) ** (-t - from));
      });
      return Object.assign({ ...request }, ...settings);
    },
  };
}

/** A published row as a point of the line: its position is its place among the rows, from 0. */
interface RowPoint extends BuiltPoint {
  readonly name: string;
  readonly factors: readonly [d: number, w: number, resolution: number];
}

/**
 * The line through published rows that grow together in d, w and resolution, as TinyNet's do: geometric between two rows
 * and, with the slope of the last two, beyond. Everything else that a row states holds up to the next row. @returns
 * undefined where there are fewer than two such rows
 */
export function rowLine(
  request: ScalingRequest,
  rows: readonly (BuiltPoint & { readonly name: string })[],
  like: ScalingPoint,
): FamilyLine | undefined {
  const kind = structureOf(like);
  const points = rows
    .filter(({ point }) => structureOf(point) === kind)
    .flatMap((row): RowPoint[] => {
      const pixels = resolutionOf(row.point);
      return pixels === undefined ? [] : [{ ...row, factors: [row.point.d.value, row.point.w.value, pixels] }];
    })
    .sort((a, b) => costsOf(a.graph).macs - costsOf(b.graph).macs);
  const grows = points.every(({ factors }, i) => factors.every((f, k) => f >= (points[i - 1]?.factors[k] ?? 0)));
  if (points.length < 2 || !grows) return undefined;
  return { name: 'rows', request: (t) => ({ ...request, ...betweenRows(points, t) }) };
}

function betweenRows(points: readonly RowPoint[], t: number): ScalingRequest {
  const below = Math.min(Math.max(Math.floor(t), 0), points.length - 1);
  const row = points[below] as RowPoint;
  if (t === below) return { variant: row.name };
  const first = Math.min(below, points.length - 2);
  const [from, to] = [points[first], points[first + 1]] as [RowPoint, RowPoint];
  const [d, w, pixels] = from.factors.map((f, i) => f * ((to.factors[i] as number) / f) ** (t - first));
  return {
    variant: row.name,
    d: d as number,
    w: w as number,
    resolution: Math.max(1, Math.round(pixels as number)),
  };
}

/**
 * Whether a point is at least as large as another in d, w and resolution, and equal in everything that is not a number.
 */
export function isAsLarge(point: ScalingPoint, other: ScalingPoint): boolean {
  const pixels = (p: ScalingPoint) => resolutionOf(p) ?? p.r.value;
  return (
    point.d.value >= other.d.value &&
    point.w.value >= other.w.value &&
    pixels(point) >= pixels(other) &&
    structureOf(point) === structureOf(other)
  );
}

/**
 * Everything that a point states other than numbers: tables, blocks, lists. Points that differ in it are not on one
 * line.
 */
function structureOf(point: ScalingPoint): string {
  return JSON.stringify(point.params.filter(({ text }) => !Number.isFinite(Number(text))).map(({ text }) => text));
}
