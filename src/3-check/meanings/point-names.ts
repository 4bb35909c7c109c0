import type { ModelNode } from '../../1-parse/ast.ts';
import { givenNames, pointFactor, pointFactors } from './occurrence.ts';
import { innerNames, type Names } from './walk-expr.ts';

/** What a model's values see in addition to its parameters and tables: its point in the family. */
export function pointNames(model: ModelNode): Names {
  const { phi, variant } = givenNames;
  const bound: Names['bound'] = new Map();
  const scales = () => {
    for (const [name, factor] of Object.entries(pointFactors)) bound.set(name, factor);
  };
  for (const member of model.members) {
    if (member.kind === 'scaling') scales();
    if (member.kind === 'scaling' && member.variable) bound.set('phi', phi);
    if (member.kind !== 'variants') continue;
    bound.set('variant', variant);
    const columns = new Set(member.rows.header.map((column) => column.name));
    if (columns.has('phi')) bound.set('phi', phi);
    if (Object.keys(pointFactors).some((name) => columns.has(name))) scales();
  }
  return { bound };
}

/** Roundings see the factors. */
export function roundingNames(names: Names): Names {
  return innerNames(names, Object.entries({ d: givenNames.d, w: givenNames.w, r: givenNames.r }));
}

/** What a formula for a factor sees of a model's facts: factors do not depend on each other. */
export function withoutFactors({ bound, parent }: Names): Names {
  return { bound, parent: { bound: new Map([...(parent?.bound ?? [])].filter(([, target]) => !pointFactor(target))) } };
}
