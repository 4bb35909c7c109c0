import {
  activations,
  type BuiltinOp,
  builtinFunctions,
  builtinOps,
  paddings,
  scalingFunctions,
} from '../2-resolve/builtins.ts';
import type { Declared, Module } from '../2-resolve/program.ts';
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
import type { Type } from './types.ts';

/** A name bound in a block or a model. */
export interface Local {
  readonly kind: 'parameter' | 'value' | 'section' | 'table' | 'index';
  readonly type: Type;
  readonly span: Span;
  used: boolean;
  /** The names that follow a section's in paths, where they can be known: its rows, or the sections of a model. */
  readonly parts?: ReadonlySet<string>;
}

export interface Scope {
  readonly locals: Map<string, Local>;
  readonly parent?: Scope;
  /** In a model, where d, w and r can be called: whether it rounds widths in a way of its own. */
  readonly scaling?: { readonly ownWidths: boolean };
}

/** A scope inside another: of a comprehension, or of a table's cells. */
export function innerScope(parent: Scope, locals: Iterable<readonly [string, Local]>): Scope {
  return { locals: new Map(locals), parent, ...(parent.scaling && { scaling: parent.scaling }) };
}

/** What a check of one file carries along. */
export interface Checker {
  readonly module: Module;
  readonly diagnostics: Diagnostic[];
  /** Expressions within expressions at this moment. */
  depth: number;
  /** Whether the outermost of them was said to be too deep. */
  tooDeep: boolean;
  readonly said: Record<Diagnostic['severity'], number>;
  /** Whether what was said depends on names of the file that what is checked does not speak of. */
  looksAround: boolean;
}

export function createChecker(module: Module): Checker {
  return {
    module,
    diagnostics: [],
    depth: 0,
    tooDeep: false,
    said: { error: 0, warning: 0, info: 0 },
    looksAround: false,
  };
}

/** Says something of the file. Beyond `checkLimits.diagnostics` of a severity it is only counted. */
export function report<C extends Code>(
  c: Checker,
  code: C,
  span: Span,
  args: MessageArgs<C>,
  extras: DiagnosticExtras = {},
): void {
  const { severity } = catalog[code];
  if (c.said[severity]++ < checkLimits.diagnostics) c.diagnostics.push(createDiagnostic(code, span, args, extras));
}

/** Says what was found elsewhere, under the same bound. */
export function addDiagnostic(c: Checker, d: Diagnostic): void {
  if (c.said[d.severity]++ < checkLimits.diagnostics) c.diagnostics.push(d);
}

/** The name that was probably meant: a hint for the message, and a fix that puts it in place of what stands at `span`. */
export function suggest(
  c: Checker,
  name: string,
  candidates: () => Iterable<string>,
  span: Span,
): { hint: string; fixes: readonly Fix[] } {
  // what is no longer said needs no suggestion either
  const [best] = isFull(c) ? [] : nearestNames(name, candidates());
  return suggestion(best, span);
}

/** Whether no further error of the file will be shown. */
export function isFull(c: Checker): boolean {
  return c.said.error >= checkLimits.diagnostics;
}

/** A hint and a fix for a name that is known to be meant. */
export function suggestion(best: string | undefined, span: Span): { hint: string; fixes: readonly Fix[] } {
  if (best === undefined) return { hint: '', fixes: [] };
  return { hint: `; did you mean '${best}'?`, fixes: [replaceFix(`Write '${best}'`, span, best)] };
}

export type Meaning =
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'declared'; readonly declared: Declared }
  | { readonly kind: 'op'; readonly op: BuiltinOp }
  | { readonly kind: 'function' }
  | { readonly kind: 'scaling' }
  | { readonly kind: 'activation' }
  | { readonly kind: 'padding' };

/** What a name means in a scope. Locals win over declarations, these over the language's own names. */
export function lookup(c: Checker, scope: Scope, name: string): Meaning | undefined {
  for (let s: Scope | undefined = scope; s; s = s.parent) {
    const local = s.locals.get(name);
    if (local) return { kind: 'local', local };
  }
  const declared = c.module.scope.get(name);
  if (declared) return { kind: 'declared', declared };
  const op = builtinOps.get(name);
  if (op) return { kind: 'op', op };
  if (activations.has(name)) return { kind: 'activation' };
  if (paddings.has(name)) return { kind: 'padding' };
  if (builtinFunctions.has(name)) return { kind: 'function' };
  if (scalingFunctions.has(name)) return { kind: 'scaling' };
  return undefined;
}

/** All names that mean something in a scope, the nearest first, for suggestions. */
export function* visibleNames(c: Checker, scope: Scope): Generator<string> {
  c.looksAround = true;
  for (let s: Scope | undefined = scope; s; s = s.parent) yield* s.locals.keys();
  yield* c.module.scope.keys();
  yield* builtinOps.keys();
  yield* activations;
  yield* paddings;
  yield* builtinFunctions.keys();
  if (scope.scaling) yield* scalingFunctions.keys();
}

/** Binds a name, or says that it is bound already. `_` binds nothing. */
export function bind(c: Checker, scope: Scope, name: string, local: Local): void {
  if (name === '_' || name === '') return;
  const other = scope.locals.get(name);
  if (other) {
    const related = [{ span: other.span, message: `the first '${name}'` }];
    report(c, 'duplicate-name', local.span, { name }, { related });
  } else scope.locals.set(name, local);
}
