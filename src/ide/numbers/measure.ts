import type { Analysis } from '../core/analysis.ts';
import { isMeasured, memberNumbers, namesOf } from './family.ts';
import { curveRequests } from './phi-curve.ts';

/**
 * Builds one more network of the families of a document, so that hovers and previews find all of them measured and nothing else waits long.
 * @param what the published members, or the points of the curve over phi as well
 * @returns whether any is left
 */
export function measureNext(analysis: Analysis, what: 'members' | 'members and curve' = 'members'): boolean {
  const left = analysis.module.ast.declarations.flatMap((model) => {
    const { name } = model.name;
    // of two models of one name the first is the one that the file declares; one with errors has no networks
    if (model.kind !== 'model' || analysis.module.scope.get(name)?.node !== model || !analysis.network(name)) return [];
    const members = namesOf(model).map((variant) => ({ variant }));
    return [...members, ...(what === 'members' ? [] : curveRequests(model))]
      .filter((request) => !isMeasured(analysis, model, request))
      .map((request) => ({ model, request }));
  });
  const [next] = left;
  if (next) memberNumbers(analysis, next.model, next.request);
  return left.length > 1;
}
