import type { DeclaredModel, Program } from '../2-resolve/program.ts';
import { choosePoint, type ModelPoint, readOverrides } from '../4-scale/choose-point.ts';
import { createEvaluation, type Evaluation, Failure } from '../4-scale/evaluation.ts';
import type { ScalingPoint, ScalingRequest } from '../4-scale/scaling.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Builder } from './builder.ts';
import type { Graph } from './graph.ts';
import { lowerCall, lowerChain } from './lower-chain.ts';
import { lowerModel, type ModelFlow } from './lower-model.ts';
import { removeUnreached } from './passes/remove-unreached.ts';
import { maxStride } from './stride.ts';

export interface BuildResult {
  readonly graph?: Graph;
  readonly point?: ScalingPoint;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Builds the network of a model at one point of its family. The program must have been checked without errors.
 * What goes wrong is a diagnostic; the first error of a build ends it.
 */
export function buildGraph(_program: Program, declared: DeclaredModel, request: ScalingRequest): BuildResult {
  let ev: Evaluation | undefined;
  let chosen: ModelPoint | undefined;
  try {
    const overrides = readOverrides(declared.node, request);
    const evaluation = createEvaluation(overrides.cells, {
      call: (call, env) => lowerCall(b, call, env),
      chain: (chain, env) => lowerChain(b, chain, env),
    });
    ev = evaluation;
    const b: Builder = {
      ev: evaluation,
      nodes: [],
      paths: new Set(),
      normalisation: new Map(),
      place: { section: '' },
      convention: request.convention,
      depth: 0,
      parameters: 0,
    };
    chosen = choosePoint(evaluation, declared, request, overrides.params);
    const flow = lowerModel(b, declared.node, chosen.env);
    const diagnostics = [
      ...evaluation.diagnostics,
      ...openChoices(evaluation),
      ...unusedOverrides(evaluation, chosen, request),
    ];
    const graph = finish(declared, b, flow, diagnostics);
    const failed = diagnostics.some((d) => d.severity === 'error');
    return { point: chosen.point, ...(!failed && { graph }), diagnostics };
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return { ...(chosen && { point: chosen.point }), diagnostics: [...(ev?.diagnostics ?? []), e.diagnostic] };
  }
}

function finish(declared: DeclaredModel, b: Builder, { outputs }: ModelFlow, diagnostics: Diagnostic[]): Graph {
  const names = new Set<string>();
  for (const { name, span } of outputs) {
    if (names.has(name)) diagnostics.push(createDiagnostic('duplicate-output', span, { name }));
    names.add(name);
  }
  const all: Graph = {
    name: declared.node.name.name,
    nodes: b.nodes,
    inputs: b.nodes.flatMap((n) => (n.op.kind === 'input' ? [n.id] : [])),
    outputs: outputs.map(({ name, tensor }) => ({ name, value: { node: tensor.node, output: tensor.output } })),
    normalisation: Object.fromEntries(b.normalisation),
  };
  const graph = removeUnreached(all);
  for (const id of all.inputs) {
    const node = all.nodes[id];
    if (node && !graph.inputs.some((i) => graph.nodes[i]?.path === node.path)) {
      diagnostics.push(createDiagnostic('unbuilt-input', node.span, { name: node.path }));
    }
  }
  const stride = maxStride(graph);
  const [input] = graph.inputs.map((id) => graph.nodes[id]);
  const resolution = Math.min(...(input?.shapes[0]?.slice(1) ?? [Number.POSITIVE_INFINITY]));
  if (input && resolution < stride) {
    diagnostics.push(createDiagnostic('resolution-below-stride', input.span, { resolution, stride }));
  }
  return graph;
}

function openChoices(ev: Evaluation): Diagnostic[] {
  const [first, ...rest] = ev.choices.open;
  if (!first) return [];
  const [key, { span, options }] = first;
  const data = { key, options: options.join('|'), more: rest.length };
  const related = rest.slice(0, 40).map(([k, o]) => ({ span: o.span, message: `--set ${k}=${o.options.join('|')}` }));
  return [createDiagnostic('open-choice', span, data, { related })];
}

/** Overrides that nothing read. A misspelt cell gets the nearest that there is. */
function unusedOverrides(ev: Evaluation, { env, point }: ModelPoint, request: ScalingRequest): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const name of ['d', 'w', 'r'] as const) {
    if (request[name] === undefined || env.scale?.used.has(name)) continue;
    const fixed = point.params.find((p) => p.name === 'resolution' && p.origin !== 'default');
    const why =
      name === 'r' && fixed
        ? `the resolution is ${fixed.text}, from ${fixed.source}; use --resolution`
        : `nothing in '${point.model}' is scaled by ${name} at this point`;
    diagnostics.push(createDiagnostic('unused-override', undefined, { option: `--${name}`, why }));
  }
  for (const key of ev.choices.given.keys()) {
    if (ev.choices.used.has(key)) continue;
    const known = [...ev.choices.seen, ...ev.choices.open.keys()];
    diagnostics.push(
      createDiagnostic('unknown-override', undefined, { name: key, model: point.model, hint: didYouMean(key, known) }),
    );
  }
  return diagnostics;
}
