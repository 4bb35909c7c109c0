import type { DeclaredModel } from '../2-resolve/program.ts';
import { unscaled } from '../4-scale/choose-factors.ts';
import { choosePoint, type ModelPoint } from '../4-scale/choose-point.ts';
import { type Choices, createEvaluation, type Evaluator, Failure } from '../4-scale/evaluation.ts';
import { buildLimits } from '../4-scale/limits.ts';
import { readOverrides } from '../4-scale/overrides.ts';
import { factorNames, type ScalingPoint, type ScalingRequest } from '../4-scale/scaling.ts';
import { createDiagnostic, type Diagnostic, listNames } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { checkBudgets } from './budgets.ts';
import { type Builder, beginCall, callsBefore, createBuilder } from './builder.ts';
import { checkSamples } from './check-samples.ts';
import type { Graph } from './graph.ts';
import { lowerCall, lowerChain } from './lower-chain.ts';
import { lowerModel, type ModelFlow, useOf } from './lower-model.ts';
import { isUnavoidable, neededByAll, removeUnreached } from './passes/remove-unreached.ts';
import { choosePreprocessing } from './preprocessing.ts';
import { maxStrides } from './stride.ts';

export interface BuildResult {
  readonly graph?: Graph;
  readonly point?: ScalingPoint;
  readonly diagnostics: readonly Diagnostic[];
  /** How much work it was, in the steps that `buildLimits` bounds. */
  readonly steps: number;
  /** The choices that it left open, by the path of their cells: those of the blocks that the first options choose. */
  readonly open: Choices['open'];
}

/**
 * Builds the network of a model at one point of its family. The model's program must have passed its checks. Problems
 * are returned as diagnostics; the first error ends a build. @param steps how much work it may be @param keepsBlocks
 * whether built blocks are cached for later builds: worth it where families or edits follow
 */
export function buildGraph(
  declared: DeclaredModel,
  request: ScalingRequest,
  steps: number = buildLimits.steps,
  keepsBlocks = false,
): BuildResult {
  let ev: Evaluator | undefined;
  let builder: Builder | undefined;
  let chosen: ModelPoint | undefined;
  try {
    const overrides = readOverrides(declared.node, request);
    ev = createEvaluation(
      overrides.cells,
      { call: (call, env) => lowerCall(b, call, env), chain: (chain, env) => lowerChain(b, chain, env) },
      steps,
    );
    const b = createBuilder(ev, request, overrides, keepsBlocks);
    builder = b;
    chosen = choosePoint(ev, declared, request, overrides);
    b.models.push(useOf('', declared, chosen.point));
    const call = beginCall(b, declared, { path: '', span: declared.node.span }, chosen.env.vars, new Map());
    const flow = lowerModel(b, declared.node, chosen.env);
    call.end = b.nodes.length;
    const { graph, diagnostics: ofWhole } = finish(declared, b, flow, request);
    checkBudgets(ev, graph, b.budgets);
    const diagnostics = [
      ...ev.diagnostics,
      ...openChoices(ev),
      ...unusedFactors(chosen, request),
      ...unusedCells(ev, chosen),
      ...ofWhole,
    ];
    const failed = diagnostics.some((d) => d.severity === 'error');
    return {
      point: reportedPoint(chosen),
      ...(!failed && { graph }),
      diagnostics,
      steps: steps - ev.steps,
      open: ev.choices.open,
    };
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    const diagnostics = [...(ev?.diagnostics ?? []), withCalls(e.diagnostic, builder)];
    const open = ev?.choices.open ?? new Map();
    return { ...(chosen && { point: chosen.point }), diagnostics, steps: steps - (ev?.steps ?? steps), open };
  }
}

/** The point as reported: a factor that a row left to the formula, and that nothing took, is not part of it. */
function reportedPoint({ point, scale }: ModelPoint): ScalingPoint {
  if (point.variant === undefined) return point;
  const idle = factorNames.filter((name) => point[name].origin === 'formula' && !scale.used.has(name));
  return { ...point, ...Object.fromEntries(idle.map((name) => [name, unscaled])) };
}

/** An error inside a block, with the calls that led there. */
function withCalls(d: Diagnostic, b: Builder | undefined): Diagnostic {
  const calls = d.span && b ? callsBefore(b, d.span) : [];
  return calls.length > 0 ? { ...d, related: [...(d.related ?? []), ...calls] } : d;
}

/** The graph of what the outputs reach, and the diagnostics about it as a whole. */
function finish(
  declared: DeclaredModel,
  b: Builder,
  { outputs, auxiliary }: ModelFlow,
  request: ScalingRequest,
): { graph: Graph; diagnostics: readonly Diagnostic[] } {
  const given = b.nodes.filter((n) => n.op.kind === 'input');
  const { preprocessing, diagnostics: ofInputs } = choosePreprocessing(given, b.pictures, request);
  const diagnostics: Diagnostic[] = [...ofInputs];
  const names = new Set<string>();
  for (const { name, span } of outputs) {
    if (names.has(name)) diagnostics.push(createDiagnostic('duplicate-output', span, { name }));
    names.add(name);
  }
  const all: Graph = {
    name: declared.node.name.name,
    nodes: b.nodes,
    inputs: given.map((n) => n.id),
    outputs: outputs.map(({ name, tensor }) => ({ name, value: { node: tensor.node, output: tensor.output } })),
    auxiliary: auxiliary.map(({ name, tensor, weight }) => ({
      name,
      value: { node: tensor.node, output: tensor.output },
      weight,
    })),
    preprocessing,
    models: b.models,
    calls: b.record,
  };
  const graph = removeUnreached(all);
  diagnostics.push(...checkSamples(graph));
  const wide = b.wideWindows.find(({ node }) => isUnavoidable(all, node));
  if (wide) diagnostics.push(wide.warning);
  const inputs = graph.inputs.flatMap((id) => graph.nodes[id] ?? []);
  const reached = new Set(inputs.map((node) => node.path));
  for (const id of all.inputs) {
    const node = all.nodes[id];
    if (!node || reached.has(node.path)) continue;
    diagnostics.push(createDiagnostic('unbuilt-input', node.span, { name: node.path }));
  }
  const isNeeded = neededByAll(graph);
  const strides = maxStrides(graph, isNeeded);
  const [input] = inputs;
  const [, ...pixels] = input?.shapes[0] ?? [];
  const [resolution, stride] = pixels.map((n, axis) => [n, strides[axis] ?? 1] as const).find(([n, s]) => n < s) ?? [];
  if (input && resolution !== undefined && stride !== undefined) {
    diagnostics.push(createDiagnostic('resolution-below-stride', input.span, { resolution, stride }));
  }
  return { graph, diagnostics };
}

function openChoices({ choices }: Evaluator): Diagnostic[] {
  const [first, ...rest] = choices.open;
  if (!first) return [];
  const [key, { span, options }] = first;
  const data = { key, options: listNames(options, 12, '|'), more: rest.length };
  const related = rest
    .slice(0, 40)
    .map(([k, o]) => ({ span: o.span, message: `--set ${k}=${listNames(o.options, 12, '|')}` }));
  return [createDiagnostic('open-choice', span, data, { related })];
}

/** Factors given by hand that scaled nothing. */
function unusedFactors({ scale, point }: ModelPoint, request: ScalingRequest): Diagnostic[] {
  return factorNames.flatMap((name) => {
    if (request[name] === undefined || scale.used.has(name)) return [];
    const fixed = name === 'r' && point.params.find((p) => p.name === 'resolution' && p.origin !== 'default');
    const why = fixed
      ? `the resolution is ${fixed.text}, from ${fixed.source}; use --resolution`
      : `nothing in '${point.model}' is scaled by ${name} at this point`;
    return [createDiagnostic('unused-override', undefined, { option: `--${name}`, why })];
  });
}

/** Cells given by hand that no table has, or that no block of their row takes. */
function unusedCells({ choices }: Evaluator, { point }: ModelPoint): Diagnostic[] {
  return [...choices.given.keys()].flatMap((name) => {
    if (choices.used.has(name)) return [];
    const option = `--set ${name}`;
    const named = choices.named.get(name);
    if (named !== undefined) {
      const why = `the choice of that cell has a name: --set ${named}`;
      return [createDiagnostic('unused-override', undefined, { option, why })];
    }
    const seen = choices.seen.get(name);
    if (seen) {
      const why =
        seen === 'cell' ? 'the block of that row does not take it' : 'no block that is built takes that choice';
      return [createDiagnostic('unused-override', undefined, { option, why })];
    }
    const hint = didYouMean(name, [...choices.seen.keys(), ...choices.open.keys()]);
    return [createDiagnostic('unknown-override', undefined, { option, name, model: point.model, hint })];
  });
}
