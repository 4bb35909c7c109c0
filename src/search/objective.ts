import type { DeclaredModel } from '../2-resolve/program.ts';
import { eachName } from '../3-check/meanings/names-in.ts';
import { type ObjectiveName, objectives } from '../3-check/meanings/occurrence.ts';
import { innerEnv } from '../4-scale/env.ts';
import { evaluateNumber } from '../4-scale/evaluate.ts';
import { Failure } from '../4-scale/evaluation.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { excerpt } from '../source.ts';
import { plainEvaluation, pointOf } from './point-of.ts';

/** The measured figures of a network. */
export type MeasuredCosts = Readonly<Record<ObjectiveName, number>>;

/** What a model's `maximize` states. */
export interface Objective {
  /** As written. */
  readonly text: string;
  /** What it weighs: `accuracy`, `latency_ms`. */
  readonly names: ReadonlySet<ObjectiveName>;
  /** Its value for a network; a diagnostic where it has none, as after a division by 0. Latency may be left out where it is not named. */
  value(measured: Omit<MeasuredCosts, 'latency_ms'> & Partial<MeasuredCosts>): number | Diagnostic;
}

/**
 * The objective of a model, with its parameters at a point.
 * @returns undefined for a model without `maximize`; a diagnostic where the point cannot be chosen
 */
export function objectiveOf(declared: DeclaredModel, request: ScalingRequest): Objective | Diagnostic | undefined {
  const { node: model } = declared;
  const stated = model.members.find((member) => member.kind === 'maximize');
  if (!stated) return undefined;
  return caught(() => {
    const { env } = pointOf(declared, request);
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
          return evaluateNumber(plainEvaluation(model, request), innerEnv(env, vars), stated.objective);
        }),
    };
  });
}

function caught<T>(work: () => T): T | Diagnostic {
  try {
    return work();
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return e.diagnostic;
  }
}
