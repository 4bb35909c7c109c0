import type { ModelNode } from '../1-parse/ast.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { eachName } from '../3-check/meanings/names-in.ts';
import { type ObjectiveName, objectives } from '../3-check/meanings/occurrence.ts';
import { choosePoint } from '../4-scale/choose-point.ts';
import { innerEnv } from '../4-scale/env.ts';
import { evaluateNumber } from '../4-scale/evaluate.ts';
import { createEvaluation, Failure } from '../4-scale/evaluation.ts';
import { readOverrides } from '../4-scale/overrides.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { excerpt } from '../source.ts';

/** What was measured of a network. */
export type Measured = Readonly<Record<ObjectiveName, number>>;

/** What a model's `maximize` states. */
export interface Objective {
  /** As written. */
  readonly text: string;
  /** What it weighs: `accuracy`, `latency_ms`. */
  readonly names: ReadonlySet<ObjectiveName>;
  /** Its value for a network; a diagnostic where it has none, as after a division by 0. Latency may be left out where it is not named. */
  value(measured: Omit<Measured, 'latency_ms'> & Partial<Measured>): number | Diagnostic;
}

/**
 * The objective of a model, with its parameters as they are at a point.
 * @returns undefined for a model without `maximize`; a diagnostic where the point cannot be chosen
 */
export function objectiveOf(declared: DeclaredModel, request: ScalingRequest): Objective | Diagnostic | undefined {
  const { node: model } = declared;
  const stated = model.members.find((member) => member.kind === 'maximize');
  if (!stated) return undefined;
  return caught(() => {
    const ev = evaluation(model, request);
    const { env } = choosePoint(ev, declared, request, readOverrides(model, request));
    const names = new Set<ObjectiveName>();
    eachName(env.meanings, stated.objective, (_, target) => {
      for (const [name, objective] of Object.entries(objectives)) {
        if (target === objective) names.add(name as ObjectiveName);
      }
    });
    return {
      text: excerpt(stated.objective.span, 200),
      names,
      value: (measured) =>
        caught(() => {
          const vars = [...names].map((name) => [objectives[name], { value: measured[name] as number }] as const);
          return evaluateNumber(evaluation(model, request), innerEnv(env, vars), stated.objective);
        }),
    };
  });
}

/** An objective is a number of numbers: there is nothing to build in it. */
function evaluation(model: ModelNode, request: ScalingRequest) {
  const nothing = (): never => {
    throw new Error('an objective builds nothing');
  };
  return createEvaluation(readOverrides(model, request).cells, { call: nothing, chain: nothing });
}

function caught<T>(work: () => T): T | Diagnostic {
  try {
    return work();
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return e.diagnostic;
  }
}
