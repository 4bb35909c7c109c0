import { entryModels } from './2-resolve/choose-model.ts';
import type { ProgramFiles } from './2-resolve/files.ts';
import type { DeclaredModel, Program } from './2-resolve/program.ts';
import { resolveProgram } from './2-resolve/resolve.ts';
import { checkProgram } from './3-check/check.ts';
import { variantNames, variantRows } from './3-check/variants.ts';
import { buildLimits } from './4-scale/limits.ts';
import { buildGraph } from './5-graph/build.ts';
import { createDiagnostic, type Diagnostic, hasErrors } from './diagnostics/diagnostic.ts';
import { createPlaceSet } from './diagnostics/place-set.ts';
import { emptyHost, type Host } from './host.ts';
import { type Source, spanText } from './source.ts';

export interface CheckOptions {
  /**
   * Which variants of a model are built: `all` (the default), or `structures`, one of those that differ in numbers alone.
   * A family whose variants are one network at several sizes is then built once, which is what most of the time goes to.
   */
  readonly variants?: Variants;
  /** How files are read: the editor's keeps what did not change, and then what was found out of it is kept as well. */
  readonly files?: ProgramFiles;
}

type Variants = 'all' | 'structures';

/**
 * Everything that can be said of a source: what is known without building, and what building each of its models shows,
 * at the default point and at its variants. Open choices are no fault here: a search space is a fine spec.
 * Never throws for what a source says, and ends in bounded time.
 */
export function checkSource(
  source: Source,
  host: Host = emptyHost,
  { variants = 'all', files }: CheckOptions = {},
): { program: Program; diagnostics: readonly Diagnostic[] } {
  const { program, diagnostics: resolving } = resolveProgram(source, host, files);
  const diagnostics = [...resolving, ...checkProgram(program)];
  if (hasErrors(diagnostics)) return { program, diagnostics };
  const said = createPlaceSet();
  for (const model of entryModels(program)) {
    for (const d of diagnosticsOfBuilds(model, variants)) if (said.add(d.code, d.span)) diagnostics.push(d);
  }
  return { program, diagnostics };
}

const kept = new WeakMap<DeclaredModel, Map<Variants, readonly Diagnostic[]>>();

/** What only shows when a model is built, found once for a model that means the same. */
function diagnosticsOfBuilds(model: DeclaredModel, variants: Variants): readonly Diagnostic[] {
  let known = kept.get(model);
  if (!known) {
    known = new Map();
    kept.set(model, known);
  }
  let diagnostics = known.get(variants);
  if (!diagnostics) {
    diagnostics = buildPoints(model, variants);
    known.set(variants, diagnostics);
  }
  return diagnostics;
}

/** Each mistake once, at the first point that has it. */
function buildPoints(model: DeclaredModel, variants: Variants): Diagnostic[] {
  const found: Diagnostic[] = [];
  const said = createPlaceSet();
  const points = pointsOf(model, variants);
  // what one model leaves over is not the next one's: each has its own
  let steps: number = buildLimits.checkSteps;
  for (const [i, variant] of points.entries()) {
    const built = buildGraph(model, variant === undefined ? {} : { variant }, Math.min(steps, buildLimits.steps));
    steps -= built.steps;
    if (steps < 0 && i > 0) {
      const data = { variant: variant as string, count: points.length - i };
      found.push(createDiagnostic('variants-not-built', model.node.name.span, data));
      break;
    }
    for (const d of built.diagnostics) {
      if (d.code === 'open-choice' || d.code === 'missing-value' || !said.add(d.code, d.span)) continue;
      found.push(variant === undefined ? d : atVariant(d, variant));
    }
  }
  return found;
}

/** The default point and the variants; a model whose parameters must be set is checked at its variants alone. */
function pointsOf(model: DeclaredModel, variants: Variants): (string | undefined)[] {
  const names = variants === 'all' ? variantNames(model) : structuresOf(model);
  const needed = model.node.members.some((m) => m.kind === 'param' && !m.default);
  return needed && names.length > 0 ? names : [undefined, ...names];
}

/** A variant for each combination of what is no number: tables, blocks, lists. The default's own is left out. */
function structuresOf(model: DeclaredModel): string[] {
  const params = model.node.members.filter((m) => m.kind === 'param');
  const structural = params.filter((p) => p.type?.list || (p.type?.name !== 'int' && p.type?.name !== 'real'));
  const defaults = structural.map((p) => (p.default ? spanText(p.default.span) : ''));
  const seen = new Set(params.every((p) => p.default) ? [defaults.join('|')] : []);
  return [...variantRows(model.node).values()].flatMap(({ name, cell }) => {
    const values = structural.map((p, i) => {
      const written = cell(p.name.name);
      return written ? spanText(written.span) : (defaults[i] as string);
    });
    const key = values.join('|');
    if (seen.has(key)) return [];
    seen.add(key);
    return [name];
  });
}

function atVariant(d: Diagnostic, variant: string): Diagnostic {
  return { ...d, message: `${d.message} (at variant ${variant})` };
}
