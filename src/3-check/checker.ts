import type { Arg, Declaration, Ident, NameNode } from '../1-parse/ast.ts';
import { activations, builtinFunctions, builtinOps, paddings, scalingFunctions } from '../2-resolve/builtins.ts';
import type { Module } from '../2-resolve/program.ts';
import { type Code, catalog, type MessageArgs } from '../diagnostics/catalog.ts';
import {
  createDiagnostic,
  type Diagnostic,
  type DiagnosticExtras,
  type Fix,
  replaceFix,
} from '../diagnostics/diagnostic.ts';
import { nearestNames } from '../diagnostics/nearest.ts';
import type { Span } from '../source.ts';
import { checkLimits } from './limits.ts';
import { modelOfVariant } from './meanings/called-blocks.ts';
import { meaningsOf, namesSeenAt } from './meanings/declaration-names.ts';
import { type FreeMeaning, freeMeaning } from './meanings/free-meaning.ts';
import { givenNames, type LocalName, type NameTarget } from './meanings/occurrence.ts';
import type { Meanings } from './meanings/walk-expr.ts';
import type { Type } from './types.ts';

/**
 * What the checker infers about a name that a declaration binds. Separate from `LocalName`, which depends only on the
 * declaration: inferred facts depend on other declarations of the file, which may change while this one does not.
 */
export interface InferredName {
  readonly type: Type;
  /** Whether it is read, or need not be. */
  used: boolean;
}

/** The state of a check of one file or declaration. */
export interface Checker {
  readonly module: Module;
  /** What the names of the declaration mean. */
  readonly meanings: Omit<Meanings, 'owner'>;
  readonly declaration: Declaration | undefined;
  /** What is known about the names that it binds, as far as it is checked. */
  readonly locals: Map<LocalName, InferredName>;
  /** The types of the arguments of its steps and calls, as far as it is checked. */
  readonly argumentTypes: Map<Arg, Type>;
  /** In a model, where d, w and r can be called: whether it has its own rounding of widths. */
  scaling: { readonly ownWidths: boolean } | undefined;
  readonly diagnostics: Diagnostic[];
  /** Whether the checked value is assigned to a name, which labels a step without tensors. */
  isAssigned: boolean;
  /** Expressions within expressions at this moment. */
  depth: number;
  /** Whether the outermost of them was reported to be too deep. */
  tooDeep: boolean;
  readonly reported: Record<Diagnostic['severity'], number>;
  /** Whether the reports depend on names of the file that the declaration does not mention. */
  looksAround: boolean;
}

/** @param declaration the one to check; none for the diagnostics of a file as a whole */
export function createChecker(module: Module, declaration?: Declaration): Checker {
  return {
    module,
    meanings: declaration ? meaningsOf(declaration) : noMeanings,
    declaration,
    locals: new Map(),
    argumentTypes: new Map(),
    scaling: undefined,
    isAssigned: false,
    diagnostics: [],
    depth: 0,
    tooDeep: false,
    reported: { error: 0, warning: 0, info: 0 },
    looksAround: false,
  };
}

const noMeanings: Checker['meanings'] = {
  targets: new Map(),
  locals: new Map(),
  columns: new Map(),
  repeated: new Map(),
  sharedLabels: new Map(),
  choices: new Map(),
};

/** Reports a diagnostic. Beyond `checkLimits.diagnostics` of a severity they are only counted. */
export function report<C extends Code>(
  c: Checker,
  code: C,
  span: Span,
  args: MessageArgs<C>,
  extras: DiagnosticExtras = {},
): void {
  const { severity } = catalog[code];
  if (c.reported[severity]++ < checkLimits.diagnostics) c.diagnostics.push(createDiagnostic(code, span, args, extras));
}

/** Reports diagnostics found elsewhere, under the same limit. */
export function addDiagnostic(c: Checker, d: Diagnostic): void {
  if (c.reported[d.severity]++ < checkLimits.diagnostics) c.diagnostics.push(d);
}

/** The name that was probably meant: a hint for the message, and a fix that replaces the text at `span`. */
export function suggest(
  c: Checker,
  name: string,
  candidates: () => Iterable<string>,
  span: Span,
): { hint: string; fixes: readonly Fix[] } {
  // a diagnostic that is no longer reported needs no suggestion either
  const [best] = isFull(c) ? [] : nearestNames(name, candidates());
  return suggestion(best, span);
}

/** Whether no further error of the file will be shown. */
export function isFull(c: Checker): boolean {
  return c.reported.error >= checkLimits.diagnostics;
}

/** A hint and a fix for a name that is known to be meant. */
export function suggestion(best: string | undefined, span: Span): { hint: string; fixes: readonly Fix[] } {
  if (best === undefined) return { hint: '', fixes: [] };
  return { hint: `; did you mean '${best}'?`, fixes: [replaceFix(`Write '${best}'`, span, best)] };
}

export type Meaning = { readonly kind: 'local'; readonly name?: LocalName; readonly local: InferredName } | FreeMeaning;

/** What the first word of a name means. */
export function lookup(c: Checker, name: NameNode): Meaning | undefined {
  const target = c.meanings.targets.get(name);
  return target && meaningOf(c, target);
}

function meaningOf(c: Checker, target: NameTarget): Meaning | undefined {
  switch (target.kind) {
    case 'local':
      return { kind: 'local', name: target.local, local: c.locals.get(target.local) ?? unknown };
    case 'language':
      return { kind: 'local', local: target === givenNames.variant ? variant : number };
    case 'chosen':
      return modelOfVariant(c.module, target) ? { kind: 'local', local: variant } : meaningOf(c, target.otherwise);
    case 'free':
      return freeMeaning(c.module, target.name);
    default:
      return undefined;
  }
}

/**
 * Names given by the language at a place are numbers: a counter, a factor, phi, what `maximize` weighs; or a model's variant.
 */
const number: InferredName = { type: 'number', used: true };
const variant: InferredName = { type: 'variant', used: true };
const unknown: InferredName = { type: 'unknown', used: true };

/** All names that are possible in place of one, the nearest first, for suggestions. */
export function* visibleNames(c: Checker, name: NameNode): Generator<string> {
  c.looksAround = true;
  if (c.declaration) yield* namesSeenAt(c.declaration, name);
  yield* c.module.scope.keys();
  yield* builtinOps.keys();
  yield* activations;
  yield* paddings;
  yield* builtinFunctions.keys();
  if (c.scaling) yield* scalingFunctions.keys();
}

/** Records what is known about a name where it is bound; reports it if it is bound already. */
export function bind(c: Checker, ident: Ident, local: InferredName): void {
  const { name, span } = ident;
  const bound = c.meanings.locals.get(ident);
  if (!bound) return;
  const first = c.meanings.repeated.get(ident);
  if (first) {
    const related = [{ span: first.ident.span, message: `the first '${name}'` }];
    report(c, 'duplicate-name', span, { name }, { related });
  }
  // of two with one name only the first is anything to be read
  c.locals.set(bound, first ? { ...local, used: true } : local);
}
