import type { DeclaredModel } from '../../2-resolve/program.ts';
import type { OpenChoice } from '../../4-scale/evaluation.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { type BuildResult, buildGraph } from '../../5-graph/build.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { groupBy } from '../../report/group-by.ts';
import type { Span } from '../../source.ts';
import type { Condition, Decision, Space } from './space.ts';

/** The space of a model with choices, and where the choices of each decision are. */
export interface DiscoveredSpace extends Space {
  readonly spans: readonly (readonly Span[])[];
}

/** A place of a decision for which it is not yet known when it matters. */
interface Found {
  readonly key: string;
  readonly place: string;
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
  /** The places that are open with one more option settled; undefined where that does not build. */
  const openWith = (settings: Found['settings'], key: string, option: string): ReadonlySet<string> | undefined => {
    const at = { ...settings, [key]: option };
    const { open, diagnostics } = built(at);
    note(found, open, at);
    return hasOtherErrors(diagnostics) ? undefined : new Set([...open].flatMap(([k, choice]) => idsOf(k, choice)));
  };
  note(found, base.open, {});
  const under = new Map<string, { key: string; options: readonly number[] }[]>();
  const noteUnder = ({ key }: Found, opened: readonly (ReadonlySet<string> | undefined)[], ids: Iterable<string>) => {
    for (const id of ids) {
      const options = opened.flatMap((open, i) => (open === undefined || open.has(id) ? [i] : []));
      const known = under.get(id)?.some((u) => u.key === key);
      if (found.get(id)?.key === key || known || options.length === opened.length) continue;
      if (!opened.some((open) => open?.has(id))) continue;
      under.set(id, [...(under.get(id) ?? []), { key, options }]);
    }
  };
  for (const decision of found.values()) {
    const opened = decision.options.map((option) => openWith(decision.settings, decision.key, option));
    noteUnder(decision, opened, found.keys());
  }
  // a decision that some option opens may be left unused by another of its row
  for (const [id, { place, key, settings }] of found) {
    if (Object.keys(settings).length === 0) continue;
    for (const other of found.values()) {
      if (rowOf(other.place) !== rowOf(place) || other.key === key || Object.hasOwn(settings, other.key)) continue;
      noteUnder(
        other,
        other.options.map((option) => openWith(settings, other.key, option)),
        [id],
      );
    }
  }
  if (found.size === 0) {
    return { diagnostics: [createDiagnostic('no-choices', model.node.name.span, { model: model.node.name.name })] };
  }
  return { space: spaceOf([...found], under), diagnostics: [] };
}

function spaceOf(
  found: readonly (readonly [id: string, place: Found])[],
  under: ReadonlyMap<string, readonly { key: string; options: readonly number[] }[]>,
): DiscoveredSpace {
  const inOrder = [...found].sort(([, a], [, b]) => a.span.start - b.span.start);
  const byKey = groupBy(inOrder, ([, { key }]) => key);
  const numbers = new Map([...byKey.keys()].map((key, i) => [key, i]));
  const conditionsOf = (id: string) =>
    (under.get(id) ?? []).map(({ key, options }): Condition => ({ decision: numbers.get(key) as number, options }));
  const decisions = [...byKey].map(([key, places]): Decision => {
    const cases = places.map(([id]) => conditionsOf(id));
    return {
      key,
      places: places.map(([, { place }]) => place),
      options: places[0]?.[1].options ?? [],
      when: cases.some((conditions) => conditions.length === 0) ? [[]] : cases,
    };
  });
  return { decisions, spans: [...byKey.values()].map((places) => places.map(([, { span }]) => span)) };
}

function note(found: Map<string, Found>, open: BuildResult['open'], settings: Found['settings']): void {
  for (const [key, choice] of open) {
    for (const [place, span] of choice.places) {
      const id = idOf(key, place);
      if (!found.has(id)) found.set(id, { key, place, options: [...new Set(choice.options)], span, settings });
    }
  }
}

function idsOf(key: string, { places }: OpenChoice): string[] {
  return [...places.keys()].map((place) => idOf(key, place));
}

/** Two choices with names may be in one cell. */
function idOf(key: string, place: string): string {
  return `${key} ${place}`;
}

function hasOtherErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity, code }) => severity === 'error' && code !== 'open-choice');
}

/** `stages.2.kernel` and `stages.2.channels.1` are in the row `stages.2`. */
function rowOf(place: string): string {
  return place.replace(/\.\d+$/, '').replace(/\.[^.]*$/, '');
}
