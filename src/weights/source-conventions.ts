import { conventions } from '../4-scale/convention.ts';
import type { ConventionPoint, ConventionSettings, ScalingRequest, SourceConvention } from '../4-scale/scaling.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ChosenNaming } from './namings.ts';

/** What the weights of a checkpoint require of their models. */
export interface AskedOfNetwork {
  /** By the model's path: see `ScalingRequest.sources`. */
  readonly sources: Readonly<Record<string, SourceConvention>>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The conventions that a network must be built under to compute what its weights were trained for, by the columns of its weight
 * maps. A convention in the request is respected: it chooses among those of a column, and an explicit setting (`torch(epsilon:
 * 1e-3)`) is kept.
 */
export function sourceConventions(
  file: string,
  namings: readonly ChosenNaming[],
  { convention: asked, conventionSettings }: Pick<ScalingRequest, 'convention' | 'conventionSettings'>,
): AskedOfNetwork {
  const sources: Record<string, SourceConvention> = {};
  const diagnostics: Diagnostic[] = [];
  const outer = outerConvention(namings);
  for (const naming of namings) {
    const { use, path, column } = naming;
    const source = sourceOf(naming, asked, outer);
    if (!source || !column) continue;
    const full: SourceConvention = conventionSettings
      ? { ...source, settings: { ...conventions[source.name], ...conventionSettings } }
      : source;
    sources[path] = full;
    if (!follows(use.convention, full)) {
      const data = {
        file,
        column: column.name,
        convention: conventionText(full),
        instead: conventionText(use.convention),
      };
      diagnostics.push(createDiagnostic('weight-convention-taken', undefined, { ...data, model: modelText(naming) }));
    }
  }
  return { sources, diagnostics };
}

/** Warnings where a network is built under a different convention from the one its weights were trained under. */
export function conventionProblems(
  file: string,
  namings: readonly ChosenNaming[],
  asked: 'tf' | 'torch' | undefined,
): Diagnostic[] {
  const chosen = asked ?? outerConvention(namings);
  return namings.flatMap((naming) => {
    const { use, column } = naming;
    if (!column) return [];
    const stated = column.conventions(use.variant);
    if (stated.length === 0) return [];
    const common = { file, column: column.name, model: modelText(naming), instead: conventionText(use.convention) };
    const fitting = stated.find((source) => follows(use.convention, source));
    if (fitting && (stated.length === 1 || chosen !== undefined)) return [];
    if (stated.length > 1 && chosen === undefined) {
      const names = stated.map((source) => source.name).join(' or ');
      return [createDiagnostic('weight-convention-open', undefined, { ...common, options: names })];
    }
    const [source] = stated.filter(({ name }) => name === use.convention.name);
    const right = conventionText(source ?? (stated[0] as SourceConvention));
    return [createDiagnostic('weight-convention', undefined, { ...common, convention: right })];
  });
}

/** The convention of a model's weights: the column's only one, or of several the requested one or the one in force. */
function sourceOf(
  { use, column }: ChosenNaming,
  asked: 'tf' | 'torch' | undefined,
  outer: 'tf' | 'torch' | undefined,
): SourceConvention | undefined {
  const stated = column?.conventions(use.variant) ?? [];
  if (asked !== undefined) return stated.find(({ name }) => name === asked);
  return stated.length === 1 ? stated[0] : stated.find(({ name }) => name === (outer ?? use.convention.name));
}

/** What the map of the whole network states, if it is one: it decides for nested models where their own maps leave it open. */
function outerConvention(namings: readonly ChosenNaming[]): 'tf' | 'torch' | undefined {
  const outer = namings.find(({ path }) => path === '');
  const [stated, ...others] = outer?.column?.conventions(outer.use.variant) ?? [];
  return others.length === 0 ? stated?.name : undefined;
}

/** Whether a model is built as in its weights' source. What only training uses does not count. */
function follows(point: ConventionPoint, source: SourceConvention): boolean {
  const wanted: ConventionSettings = { ...conventions[source.name], ...source.settings };
  return (['padding', 'epsilon', 'countPad'] as const).every((key) => point[key] === wanted[key]);
}

/** `torch(epsilon: 0.001)`: as it is written in a spec and on the command line. */
export function conventionText(convention: SourceConvention | ConventionPoint): string {
  const base = conventions[convention.name];
  const settings: Partial<ConventionSettings> = 'settings' in convention ? convention.settings : convention;
  const written = (['padding', 'epsilon', 'countPad'] as const).flatMap((key) => {
    const value = settings[key];
    return value === undefined || value === base[key] ? [] : [`${key === 'countPad' ? 'count_pad' : key}: ${value}`];
  });
  return written.length === 0 ? convention.name : `${convention.name}(${written.join(', ')})`;
}

function modelText({ path, use }: ChosenNaming): string {
  const { name } = use.declared.node.name;
  return path === '' ? name : `${name} at '${path}'`;
}
