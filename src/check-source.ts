import { entryModels } from './2-resolve/choose-model.ts';
import type { Program } from './2-resolve/program.ts';
import { resolveProgram } from './2-resolve/resolve.ts';
import { checkProgram } from './3-check/check.ts';
import { variantNames } from './3-check/check-step.ts';
import { buildGraph } from './5-graph/build.ts';
import { type Diagnostic, hasErrors } from './diagnostics/diagnostic.ts';
import { emptyHost, type Host } from './host.ts';
import type { Source } from './source.ts';

/**
 * Everything that can be said of a source: what is known without building, and what building each of its models shows,
 * at the default point and at every variant. Open choices are no fault here: a search space is a fine spec.
 */
export function checkSource(
  source: Source,
  host: Host = emptyHost,
): { program: Program; diagnostics: readonly Diagnostic[] } {
  const { program, diagnostics: resolving } = resolveProgram(source, host);
  const diagnostics: Diagnostic[] = [...resolving, ...checkProgram(program)];
  if (hasErrors(diagnostics)) return { program, diagnostics };
  for (const model of entryModels(program)) {
    const points = [{}, ...variantNames(model).map((variant) => ({ variant }))];
    // a model whose parameters must be set is checked at its variants alone
    const needed = model.node.members.some((m) => m.kind === 'param' && !m.default);
    for (const point of needed && points.length > 1 ? points.slice(1) : points) {
      const built = buildGraph(program, model, point);
      diagnostics.push(...built.diagnostics.filter((d) => d.code !== 'open-choice' && d.code !== 'missing-value'));
    }
  }
  return { program, diagnostics: withoutRepeats(diagnostics) };
}

function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((d) => {
    const key = `${d.code} ${d.span?.source.name} ${d.span?.start} ${d.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
