import type { DeclaredModel } from '../../2-resolve/program.ts';
import { variantNames } from '../../3-check/variants.ts';
import { Failure } from '../../4-scale/evaluation.ts';
import type { ScalingPoint, ScalingRequest } from '../../4-scale/scaling.ts';
import { type BuildResult, buildGraph } from '../../5-graph/build.ts';
import { type Graph, shapeOf } from '../../5-graph/graph.ts';
import { grouped } from '../../diagnostics/catalog/entry.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Shape } from '../../ops/shape.ts';
import {
  type Budgets,
  type BuiltPoint,
  type CostName,
  type Costs,
  costsOf,
  exceeded,
  type MeasuredCosts,
} from '../costs.ts';
import { pointOf } from '../point-of.ts';
import { type Largest, type LineCandidate, largestFitting } from './largest.ts';
import { type LineName, lineNeeds } from './line-names.ts';
import {
  type FactorSetting,
  type FamilyLine,
  factorLine,
  formulaLine,
  isAsLarge,
  openFactors,
  type Rates,
  resolutionOf,
  rowLine,
  tinyLine,
} from './lines.ts';

export interface FitOptions {
  /** What is fixed: values that are set, factors given by hand, a variant to start from. Not phi, which is searched for. */
  readonly request?: ScalingRequest;
  /** The formula where the model has one, else the line through its rows, else the paper's compound coefficients. */
  readonly along?: LineName;
  /** For `compound`: other coefficients. */
  readonly rates?: Rates;
  /** Whether d, w and r are then raised one by one as long as the network fits. */
  readonly fill?: boolean;
  /** The size of a network's file, in bytes: needed where `file` is a budget. */
  readonly fileBytes?: (network: BuiltPoint) => number;
}

/** A network of the family with what it costs. */
export interface FittedPoint {
  /** Where the formula gives the network. */
  readonly phi?: number;
  readonly variant?: string;
  readonly d: number;
  readonly w: number;
  /** The resolution relative to the model's default point, where it does not follow from a factor. */
  readonly r: number;
  readonly inputs: readonly Shape[];
  readonly costs: MeasuredCosts;
  /** The request that builds it again. */
  readonly request: ScalingRequest;
}

export interface Fit {
  readonly model: string;
  readonly along: LineName;
  readonly best: FittedPoint;
  /** The next larger network on the line, and the budgets that it exceeds, the furthest first. Absent where none is larger. */
  readonly next?: FittedPoint & { readonly exceeds: readonly CostName[] };
  /**
   * The largest published row that fits, by multiply-accumulates, among those that do not take far more work than `best` and are
   * smaller than `next` in d, w or resolution.
   */
  readonly published?: FittedPoint;
  /** How many networks were built. */
  readonly built: number;
}

export interface FitResult {
  readonly fit?: Fit;
  readonly diagnostics: readonly Diagnostic[];
}

/** Published rows that take more than this many times the work of the model's default point are skipped. */
const rowSteps = 4;

/** More bytes than a file's description of its point can differ by. */
const factorDigits = 4096;

interface FitCandidate extends LineCandidate {
  readonly point?: FittedPoint;
  readonly scaling?: ScalingPoint;
  /** How much work it was to build. */
  readonly steps: number;
}

/**
 * The largest network of a family whose costs stay within budgets, over the real rounding of filters, repeats and pixels: a
 * network grows along a line (see `LineName`), and the largest that fits is found with its next larger neighbour, which does
 * not. The program must have passed its checks. Problems are returned as diagnostics.
 */
export function fitFamily(model: DeclaredModel, budgets: Budgets, options: FitOptions = {}): FitResult {
  const { request = {}, along, fill = false, rates } = options;
  const base = buildGraph(model, request, undefined, true);
  const { point, graph } = base;
  if (!point || !graph) return { diagnostics: base.diagnostics };
  const lab = createLab(model, budgets, options, base);
  const open = openFactors(model, request, point);
  const line = chooseLine(model, request, along, lab, open, point, rates);
  if (!line)
    return {
      diagnostics: [
        createDiagnostic('no-line', model.node.name.span, {
          model: point.model,
          along: along ?? 'compound',
          needs: lineNeeds(along),
        }),
      ],
    };
  const found = largestFitting((t) => lab.candidate(line.request(t)));
  if (!found) return { diagnostics: [createDiagnostic('nothing-fits', model.node.name.span, lab.leastOver())] };
  const filled = fill ? fillUp(lab, found, open) : found;
  const { best, next } = filled;
  const [published] = lab
    .rows(rowSteps * best.network.steps, next?.network.scaling)
    .filter(({ fitted }) => exceeded(fitted.costs, budgets).length === 0)
    .sort((a, b) => b.fitted.costs.macs - a.fitted.costs.macs);
  const larger = next?.network.point && lab.exactly(next.network.point);
  return {
    fit: {
      model: point.model,
      along: line.name,
      best: lab.exactly(best.network.point as FittedPoint),
      ...(larger && { next: { ...larger, exceeds: exceeded(larger.costs, budgets) } }),
      ...(published && { published: lab.exactly(published.fitted) }),
      built: lab.built(),
    },
    diagnostics: base.diagnostics,
  };
}

function chooseLine(
  model: DeclaredModel,
  request: ScalingRequest,
  along: LineName | undefined,
  lab: Lab,
  open: readonly FactorSetting[],
  point: ScalingPoint,
  rates: Rates | undefined,
): FamilyLine | undefined {
  const formula = () => (request.variant === undefined ? formulaLine(model, request) : undefined);
  const published = () =>
    open.length === 3 && request.variant === undefined ? rowLine(request, lab.rows(), point) : undefined;
  const factors = (name: Exclude<LineName, 'formula' | 'rows'>) => {
    if (name === 'tinynet') return open.length > 0 ? tinyLine(request, open) : undefined;
    const scales = open.some((f) => f.name === name || name === 'compound' || name === 'fast');
    return scales ? factorLine(name, request, open, rates) : undefined;
  };
  if (along === undefined) return formula() ?? published() ?? factors('compound');
  if (along === 'formula') return formula();
  return along === 'rows' ? published() : factors(along);
}

/** A published row, built. */
interface Row extends BuiltPoint {
  readonly name: string;
  readonly fitted: FittedPoint;
}

/** Builds and measures networks of one family, and counts them. */
interface Lab {
  candidate(request: ScalingRequest): FitCandidate;
  /**
   * @param steps how much work a row may take: others are left out @param over a network that does not fit: rows that are as large are left out
   */
  rows(steps?: number, over?: ScalingPoint): Row[];
  built(): number;
  /** A network with the exact size of its file instead of a bound or that of a similar network. */
  exactly(point: FittedPoint): FittedPoint;
  /** The smallest network that was too large, for a message. */
  leastOver(): { model: string; costs: string };
}

function createLab(model: DeclaredModel, budgets: Budgets, options: FitOptions, base: BuildResult): Lab {
  const start = base.point as ScalingPoint;
  const tolerated = base.diagnostics.some(isBelowStride);
  let built = 0;
  let least: FittedPoint | undefined;
  /** By signature: most points of a line give networks that were built before. */
  const counted = new Map<string, Costs>();
  /** Sizes of files, by signature. */
  const written = new Map<string, number>();
  /**
   * A file is written only where its size decides or is shown: it contains all parameters as float32, and files of the same layers
   * differ only in the digits of the factors in them.
   */
  const fileOf = (network: BuiltPoint, signature: string, params: number, exact: boolean): number | undefined => {
    const most = budgets.file as number;
    const like = written.get(signature) ?? 4 * params;
    if (!exact && (4 * params > most || (written.has(signature) && Math.abs(like - most) > factorDigits))) return like;
    const bytes = options.fileBytes?.(network);
    if (bytes !== undefined) written.set(signature, bytes);
    return bytes;
  };
  const measure = (request: ScalingRequest, most?: number, exact = false) => {
    built++;
    const { point, graph, diagnostics, steps } = buildGraph(model, request, most, true);
    if (!point || !graph || (!tolerated && diagnostics.some(isBelowStride))) return undefined;
    const signature = signatureOf(graph);
    const own = counted.get(signature) ?? costsOf(graph);
    counted.set(signature, own);
    const file = budgets.file === undefined ? undefined : fileOf({ point, graph }, signature, own.params, exact);
    const costs = { ...own, ...(file !== undefined && { file }) };
    return { point, graph, steps, signature, fitted: fittedPoint(request, point, graph, costs, start) };
  };
  const exactly = (point: FittedPoint): FittedPoint => {
    if (budgets.file === undefined) return point;
    built--;
    return measure(point.request, undefined, true)?.fitted ?? point;
  };
  return {
    candidate(request) {
      const network = measure(request);
      if (!network) return { state: 'none', signature: '', steps: 0 };
      const { fitted, signature, steps, point: scaling } = network;
      const over = exceeded(fitted.costs, budgets).length > 0;
      if (over && fitted.costs.macs < (least?.costs.macs ?? Number.POSITIVE_INFINITY)) least = fitted;
      return { state: over ? 'over' : 'fits', signature, point: fitted, scaling, steps };
    },
    rows: (steps, over) =>
      variantNames(model).flatMap((name): Row[] => {
        const { phi, d, w, r, resolution, rule, ...rest } = options.request ?? {};
        const request = { ...rest, variant: name };
        if (over && isRowAsLarge(model, request, over)) return [];
        const network = measure(request, steps);
        return network ? [{ ...network, name }] : [];
      }),
    built: () => built,
    exactly,
    leastOver: () => {
      const shown = least && exactly(least);
      const costs = shown ? exceeded(shown.costs, budgets) : [];
      const said = costs.map((name) => `${grouped(shown?.costs[name] ?? 0)} ${costWords[name]}`);
      return { model: start.model, costs: said.length > 0 ? `has ${said.join(', ')}` : '' };
    },
  };
}

/**
 * Choosing a row's point is far less work than building its network. A row whose point cannot be chosen is not large.
 */
function isRowAsLarge(model: DeclaredModel, request: ScalingRequest, over: ScalingPoint): boolean {
  try {
    return isAsLarge(pointOf(model, request).point, over);
  } catch (e) {
    if (e instanceof Failure) return false;
    throw e;
  }
}

/**
 * A network with fewer pixels than its stride ends the line, unless the model is designed that way, as detectors are.
 */
function isBelowStride({ code }: Diagnostic): boolean {
  return code === 'resolution-below-stride';
}

const costWords: Readonly<Record<CostName, string>> = {
  params: 'parameters',
  macs: 'MACs',
  activations: 'activations',
  memory: 'bytes of memory',
  file: 'bytes of file',
  latency: 'ms',
};

function fittedPoint(
  request: ScalingRequest,
  point: ScalingPoint,
  graph: Graph,
  costs: MeasuredCosts,
  start: ScalingPoint,
): FittedPoint {
  const pixels = point.params.find((p) => p.name === 'resolution');
  const [own, first] = [resolutionOf(point), resolutionOf(start)];
  // r of a resolution that is not a scaled number follows from the resolution itself
  const r = pixels && pixels.trace === '' && own && first ? (own / first) * start.r.value : point.r.value;
  return {
    ...(request.rule === 'formula' && request.phi !== undefined && { phi: request.phi }),
    ...(point.variant !== undefined && { variant: point.variant }),
    d: point.d.value,
    w: point.w.value,
    r,
    inputs: graph.inputs.map((node) => shapeOf(graph, { node, output: 0 })),
    costs,
    request,
  };
}

/** Equal for networks of the same layers: networks that differ only in dropout rates count as the same here. */
function signatureOf(graph: Graph): string {
  return graph.nodes
    .map(
      (n) =>
        `${n.op.kind}${n.inputs.map((i) => i.node)}|${n.shapes.join(';')}|${n.tensors.map((t) => t.shape).join(';')}`,
    )
    .join('\n');
}

/**
 * Raises each open factor to the most that fits while the others stay, the coarsest first. In the end none can be raised
 * further, as costs have only grown since.
 */
function fillUp(lab: Lab, found: Largest<FitCandidate>, open: readonly FactorSetting[]): Largest<FitCandidate> {
  let largest = found;
  for (const { name, request } of open) {
    const start = largest.best.network.point as FittedPoint;
    const { phi, rule, ...rest } = start.request;
    const fixed: ScalingRequest = Object.assign({}, rest, ...open.map((f) => f.request(start[f.name])));
    const raised = largestFitting((value) => lab.candidate({ ...fixed, ...request(value) }), start[name]);
    if (raised) largest = raised;
  }
  return largest;
}
