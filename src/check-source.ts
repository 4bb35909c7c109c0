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
   * Which variants of a model are built: `all` (the default), or `structures`, one of those that differ only in numbers.
   * A family whose variants are one network at several sizes is then built once, since building takes most of the time.
   */
  readonly variants?: Variants;
  /** How files are read: the editor's variant keeps what did not change, and then results about it are kept as well. */
  readonly files?: ProgramFiles;
}

type Variants = 'all' | 'structures';

/**
 * Everything that can be reported about a source: without building, and from building each of its models, at the default
 * point and at its variants. Open choices are not an error here: a search space is a valid spec. Never throws for what a
 * source contains, and ends in bounded time.
 */
export function checkSource(
  source: Source,
  host: Host = emptyHost,
  { variants = 'all', files }: CheckOptions = {},
): { program: Program; diagnostics: readonly Diagnostic[] } {
  const resolved = resolveProgram(source, host, files);
  const check = beginCheck(resolved.program, resolved.diagnostics, variants);
  while (check.buildNext());
  return { program: resolved.program, diagnostics: check.diagnostics() };
}

/** A check that proceeds step by step, for callers that have something else to do in between. */
export interface Check {
  /** What shows without building. */
  readonly known: readonly Diagnostic[];
  /** The diagnostics so far, in their final order. */
  diagnostics(): readonly Diagnostic[];
  /** Builds one more point of one more model. @returns whether any is left */
  buildNext(): boolean;
}

/**
 * Checks everything that does not need building; results of builds follow step by step. @param build how a network is
 * built: the editor's variant keeps what it builds
 */
export function beginCheck(
  program: Program,
  resolving: readonly Diagnostic[],
  variants: Variants = 'all',
  build: typeof buildGraph = buildGraph,
): Check {
  const known = [...resolving, ...checkProgram(program)];
  const builds = hasErrors(known) ? [] : entryModels(program).map((model) => buildsOf(model, variants, build));
  return {
    known,
    diagnostics() {
      const reported = createPlaceSet();
      const built = builtModels(builds);
      const found = built.flatMap((b) => b.found.filter((d) => reported.add(d.code, d.span)));
      return [...known, ...found, ...notBuilt(builds.slice(built.length))];
    },
    buildNext() {
      const built = builtModels(builds);
      built.find((b) => b.points.length > 0)?.next();
      return builtModels(builds).some((b) => b.points.length > 0);
    },
  };
}

/** The models that are built: those before which the file's steps were not spent. */
function builtModels(builds: readonly Builds[]): readonly Builds[] {
  let spent = 0;
  const end = builds.findIndex((b) => {
    if (spent >= buildLimits.fileSteps) return true;
    spent += b.steps();
    return false;
  });
  return end < 0 ? builds : builds.slice(0, end);
}

function notBuilt([first, ...rest]: readonly Builds[]): Diagnostic[] {
  if (!first) return [];
  const { name, span } = first.model.node.name;
  return [createDiagnostic('models-not-built', span, { name, count: rest.length + 1 })];
}

/** The builds of one model: each mistake once, at the first point that has it. */
interface Builds {
  readonly model: DeclaredModel;
  /** The steps that its builds took. */
  steps(): number;
  readonly found: readonly Diagnostic[];
  /** The points that are left, the default as undefined. */
  readonly points: readonly (string | undefined)[];
  next(): void;
}

const kept = new WeakMap<DeclaredModel, Map<Variants, Builds>>();

/** The builds of a model, made once per meaning. */
function buildsOf(model: DeclaredModel, variants: Variants, build: typeof buildGraph): Builds {
  const known = kept.get(model) ?? new Map<Variants, Builds>();
  kept.set(model, known);
  let builds = known.get(variants);
  if (!builds) {
    builds = createBuilds(model, variants, build);
    known.set(variants, builds);
  }
  return builds;
}

function createBuilds(model: DeclaredModel, variants: Variants, build: typeof buildGraph): Builds {
  const found: Diagnostic[] = [];
  const points = pointsOf(model, variants);
  const reported = createPlaceSet();
  // an unused budget is not passed on: each model has its own
  let steps: number = buildLimits.checkSteps;
  let taken = 0;
  let first = true;
  const next = () => {
    const variant = points.shift();
    const request = variant === undefined ? {} : { variant };
    const built = build(model, request, first ? buildLimits.steps : Math.min(steps, buildLimits.steps));
    steps -= built.steps;
    taken += built.steps;
    if (steps < 0 && !first) {
      const data = { variant: variant as string, count: points.length + 1 };
      found.push(createDiagnostic('variants-not-built', model.node.name.span, data));
      points.length = 0;
      return;
    }
    first = false;
    for (const d of built.diagnostics) {
      if (d.code === 'open-choice' || d.code === 'missing-value' || !reported.add(d.code, d.span)) continue;
      found.push(variant === undefined ? d : atVariant(d, variant));
    }
  };
  return { model, steps: () => taken, found, points, next };
}

/** The default point and the variants; a model whose parameters must be set is checked only at its variants. */
function pointsOf(model: DeclaredModel, variants: Variants): (string | undefined)[] {
  const names = variants === 'all' ? variantNames(model) : structuresOf(model);
  const needed = model.node.members.some((m) => m.kind === 'param' && !m.default);
  return needed && names.length > 0 ? names : [undefined, ...names];
}

/**
 * One variant for each combination of non-numeric values: tables, blocks, lists. The default's combination is left out.
 */
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
