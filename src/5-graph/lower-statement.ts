import type { Statement } from '../1-parse/ast.ts';
import { bind } from '../4-scale/env.ts';
import { evaluate, evaluateBool } from '../4-scale/evaluate.ts';
import { fail, traced } from '../4-scale/evaluation.ts';
import { type Env, type Flow, itemsOf, type Value } from '../4-scale/values.ts';
import { excerpt, type Span } from '../source.ts';
import { measuresIn } from './budgets.ts';
import type { Builder } from './builder.ts';
import { flowIn } from './lower-chain.ts';

/** One output of a `return`. */
export interface Returned extends Flow {
  readonly label: string | undefined;
  readonly text: string;
  readonly span: Span;
}

/** Runs a statement. A `return` gives its outputs. */
export function lowerStatement(b: Builder, statement: Statement, env: Env): Returned[] | undefined {
  if (statement.kind === 'require') {
    const { condition } = statement;
    if (measuresIn(condition, env).size > 0) b.budgets.push({ condition, env });
    else if (!evaluateBool(b.ev, env, condition))
      fail('requirement-failed', condition.span, { text: excerpt(condition.span, 80), found: '' });
    return undefined;
  }
  if (statement.kind === 'return') {
    return statement.outputs.map(({ label, value }) => ({
      label: label?.name,
      text: value.kind === 'name' ? value.text : '',
      ...flowIn(b, env, value),
      span: value.span,
    }));
  }
  const { targets, value } = statement;
  const [first] = targets;
  env.assigned = first && targets.length === 1 ? first.name : undefined;
  const binding = traced(b.ev, () => evaluate(b.ev, env, value));
  env.assigned = undefined;
  if (first && targets.length === 1) {
    bind(env, env.vars, first, binding);
    return undefined;
  }
  const items = itemsOf(binding.value) ?? [binding.value];
  if (items.length !== targets.length) fail('tuple-size', value.span, { names: targets.length, values: items.length });
  targets.forEach((target, i) => {
    bind(env, env.vars, target, { value: items[i] as Value });
  });
  return undefined;
}
