import type { DeclaredModel } from '../../2-resolve/program.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { type BuildResult, buildGraph } from '../../5-graph/build.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Span } from '../../source.ts';
import type { Decision, Space } from './space.ts';

/** The space of a model with choices, and where each choice stands. */
export interface DiscoveredSpace extends Space {
  readonly spans: readonly Span[];
}

/** A decision while it is not yet known under which others it stands. */
interface Found {
  readonly key: string;
  readonly options: readonly string[];
  readonly span: Span;
  /** The settings under which it was found, by key. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Finds the decisions of a model by building it: those that a build leaves open are decisions, and building with each of their
 * options, one at a time, shows which others that opens or leaves unused.
 * @returns the diagnostics of the model as it stands with the first option of each choice; a diagnostic where it has no choices
 */
export function discoverSpace(
  model: DeclaredModel,
  request: ScalingRequest,
): { readonly space?: DiscoveredSpace; readonly diagnostics: readonly Diagnostic[] } {
  const built = (settings: Readonly<Record<string, string>>) =>
    buildGraph(model, { ...request, set: { ...request.set, ...settings } }, undefined, true);
  const base = built({});
  if (hasOtherErrors(base.diagnostics)) return { diagnostics: base.diagnostics };
  const found = new Map<string, Found>();
  /** The decisions that are open with one option settled in addition to others; undefined where that does not build. */
  const openWith = (settings: Found['settings'], key: string, option: string): ReadonlySet<string> | undefined => {
    const at = { ...settings, [key]: option };
    const { open, diagnostics } = built(at);
    note(found, open, at);
    return hasOtherErrors(diagnostics) ? undefined : new Set(open.keys());
  };
  note(found, base.open, {});
  const under = new Map<string, { decision: string; options: readonly number[] }[]>();
  const noteUnder = (decision: Found, opened: readonly (ReadonlySet<string> | undefined)[], keys: Iterable<string>) => {
    for (const key of keys) {
      const options = opened.flatMap((open, i) => (open === undefined || open.has(key) ? [i] : []));
      const known = under.get(key)?.some((u) => u.decision === decision.key);
      if (key === decision.key || known || options.length === opened.length) continue;
      if (!opened.some((open) => open?.has(key))) continue;
      under.set(key, [...(under.get(key) ?? []), { decision: decision.key, options }]);
    }
  };
  for (const decision of found.values()) {
    const opened = decision.options.map((option) => openWith(decision.settings, decision.key, option));
    noteUnder(decision, opened, found.keys());
  }
  // a decision that some option opens may be left unused by another of its row
  for (const { key, settings } of found.values()) {
    if (Object.keys(settings).length === 0) continue;
    for (const other of found.values()) {
      if (rowOf(other.key) !== rowOf(key) || other.key === key || Object.hasOwn(settings, other.key)) continue;
      noteUnder(
        other,
        other.options.map((option) => openWith(settings, other.key, option)),
        [key],
      );
    }
  }
  if (found.size === 0) {
    return { diagnostics: [createDiagnostic('no-choices', model.node.name.span, { model: model.node.name.name })] };
  }
  const inOrder = [...found.values()].sort((a, b) => a.span.start - b.span.start);
  const places = new Map(inOrder.map(({ key }, i) => [key, i]));
  const decisions = inOrder.map(({ key, options }): Decision => {
    const conditions = under.get(key) ?? [];
    return {
      key,
      options,
      under: conditions.map((u) => ({ decision: places.get(u.decision) as number, options: u.options })),
    };
  });
  return { space: { decisions, spans: inOrder.map(({ span }) => span) }, diagnostics: [] };
}

function note(found: Map<string, Found>, open: BuildResult['open'], settings: Found['settings']): void {
  for (const [key, { options, span }] of open) {
    if (!found.has(key)) found.set(key, { key, options: [...new Set(options)], span, settings });
  }
}

function hasOtherErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity, code }) => severity === 'error' && code !== 'open-choice');
}

/** `stages.2.kernel` and `stages.2.channels.1` stand in the row `stages.2`. */
function rowOf(key: string): string {
  return key.replace(/\.\d+$/, '').replace(/\.[^.]*$/, '');
}
