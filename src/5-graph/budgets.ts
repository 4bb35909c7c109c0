import type { Expr } from '../1-parse/ast.ts';
import { eachName } from '../3-check/meanings/names-in.ts';
import { type Measure, measures } from '../3-check/meanings/occurrence.ts';
import { innerEnv } from '../4-scale/env.ts';
import { evaluateBool } from '../4-scale/evaluate.ts';
import { type Evaluator, fail } from '../4-scale/evaluation.ts';
import type { Env } from '../4-scale/values.ts';
import { grouped } from '../diagnostics/catalog/entry.ts';
import { excerpt } from '../source.ts';
import { totalCost } from './cost.ts';
import type { Graph, GraphNode } from './graph.ts';
import { activationMemory } from './memory.ts';
import { withoutAuxiliary } from './passes/remove-unreached.ts';

/** A `require` of a model that sees the built network: a budget. */
export interface Budget {
  readonly condition: Expr;
  readonly env: Env;
}

/** The measures that a condition names; none if it can be decided before the network is built. */
export function measuresIn(condition: Expr, { meanings }: Pick<Env, 'meanings'>): ReadonlySet<Measure> {
  const found = new Set<Measure>();
  eachName(meanings, condition, (_, target) => {
    const measure = Object.values(measures).find((known) => known === target);
    if (measure) found.add(measure);
  });
  return found;
}

/**
 * Decides the budgets of the models in a network, and ends the build where one does not hold. A model that is a step of
 * another is measured by its own nodes, as far as the outputs reach them.
 */
export function checkBudgets(ev: Evaluator, graph: Graph, budgets: readonly Budget[]): void {
  if (budgets.length === 0) return;
  const evaluated = withoutAuxiliary(graph);
  for (const { condition, env } of budgets) {
    const named = [...measuresIn(condition, env)];
    const numbers = measure(evaluated, env.path);
    const vars = named.map((name) => [name, { value: numbers[name.name] }] as const);
    if (evaluateBool(ev, innerEnv(env, vars), condition)) continue;
    const found = named.map(({ name }) => `${name} is ${grouped(numbers[name])}`).join(', ');
    fail('requirement-failed', condition.span, { text: excerpt(condition.span, 80), found: `: ${found}` });
  }
}

/** The costs of the network, or of the model at a path in it, for one image at inference. */
function measure(graph: Graph, path: string): Record<Measure['name'], number> {
  const isInside = (node: GraphNode) => path === '' || node.path.startsWith(`${path}.`);
  const { params, macs, activations } = totalCost(graph, graph.nodes.filter(isInside));
  const { live } = activationMemory(graph);
  const peak = graph.nodes.reduce((most, node, i) => (isInside(node) ? Math.max(most, live[i] ?? 0) : most), 0);
  return { params, macs, activations, peak_memory: peak };
}
