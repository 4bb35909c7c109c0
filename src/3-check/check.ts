import type { Arg, Declaration, Ident, ImportNode, WeightsNode } from '../1-parse/ast.ts';
import type { Declared, Module, Program } from '../2-resolve/program.ts';
import { createDiagnostic, type Diagnostic, type Fix } from '../diagnostics/diagnostic.ts';
import { checkBlock } from './check-block.ts';
import { checkModel } from './check-model.ts';
import { checkRecursion } from './check-recursion.ts';
import { checkWeights } from './check-weights.ts';
import { addDiagnostic, type Checker, createChecker, type InferredName, report } from './checker.ts';
import { checkLimits } from './limits.ts';
import { freeNames } from './meanings/free-names.ts';
import type { LocalName } from './meanings/occurrence.ts';
import type { Type } from './types.ts';

/** Checks all that can be known without building a network, in every file of the program. */
export function checkProgram(program: Program): readonly Diagnostic[] {
  return [...program.modules.flatMap(checkModule), ...checkRecursion(program)];
}

const checked = new WeakMap<Module, readonly Diagnostic[]>();

/** Checks one file; a module is immutable, so the result is kept. */
export function checkModule(module: Module): readonly Diagnostic[] {
  let diagnostics = checked.get(module);
  if (!diagnostics) {
    const c = createChecker(module);
    for (const node of module.ast.declarations) {
      const found = checkDeclaration(module, node, c.reported.error < checkLimits.diagnostics);
      for (const d of found.diagnostics) addDiagnostic(c, d);
      for (const severity of severities) c.reported[severity] += found.unreported[severity];
    }
    const declared = c.diagnostics.length;
    checkUnusedImports(c);
    diagnostics = [...c.diagnostics.slice(declared), ...c.diagnostics.slice(0, declared), ...unreported(c)];
    checked.set(module, diagnostics);
  }
  return diagnostics;
}

/** What was found in a declaration, in the order of the text, and how much was left unreported. */
interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly unreported: Checker['reported'];
  readonly locals: Checker['locals'];
  readonly argumentTypes: Checker['argumentTypes'];
}

/** The results, and all names of the file if they depend on names that the declaration does not mention. */
interface KeptFindings extends Findings {
  readonly names: string | undefined;
}

const severities = ['error', 'warning', 'info'] as const;
const kept = new WeakMap<Declared | WeightsNode, KeptFindings>();

/**
 * Checks a declaration, or returns earlier results: an identical `Declared` object means the same.
 * @param suggests whether names that were probably meant are looked for, which takes time
 */
function checkDeclaration(module: Module, node: Declaration, suggests: boolean): Findings {
  const known = suggests ? keyOf(module, node) : undefined;
  const before = known && kept.get(known);
  if (before && (before.names === undefined || before.names === namesOf(module))) return before;
  const c = createChecker(module, node);
  if (!suggests) c.reported.error = checkLimits.diagnostics;
  if (node.kind === 'block') checkBlock(c, node);
  else if (node.kind === 'model') checkModel(c, node);
  else checkWeights(c, node);
  c.diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  const unreported = { ...c.reported };
  if (!suggests) unreported.error -= checkLimits.diagnostics;
  for (const d of c.diagnostics) unreported[d.severity]--;
  const { diagnostics, locals, argumentTypes } = c;
  const found = { diagnostics, unreported, locals, argumentTypes, names: c.looksAround ? namesOf(module) : undefined };
  if (known) kept.set(known, found);
  return found;
}

/** What is known about the names that a declaration of a file binds. */
export function localsIn(module: Module, node: Declaration): ReadonlyMap<LocalName, InferredName> {
  return checkDeclaration(module, node, true).locals;
}

/** The types of the arguments of a declaration's steps and calls. */
export function argumentTypesIn(module: Module, node: Declaration): ReadonlyMap<Arg, Type> {
  return checkDeclaration(module, node, true).argumentTypes;
}

/**
 * A key for a declaration and everything that it names; a weight map only depends on whether its model is one, and on
 * the model's variants if it names some.
 */
function keyOf({ scope }: Module, node: Declaration): Declared | WeightsNode | undefined {
  const declared = scope.get(node.name.name);
  if (node.kind === 'weights') {
    const namesVariants = node.conventions.some(({ variants }) => variants.length > 0);
    return declared?.kind === 'model' && !namesVariants ? node : undefined;
  }
  return declared?.node === node ? declared : undefined;
}

const names = new WeakMap<Module, string>();

/** All names that a file declares or imports, found or not. */
function namesOf(module: Module): string {
  let text = names.get(module);
  if (text === undefined) {
    const imported = module.ast.imports.flatMap((node) => node.names.map(({ name }) => name));
    text = [...module.scope.keys(), '', ...imported].join(' ');
    names.set(module, text);
  }
  return text;
}

/** How much was found beyond what is reported for one file. */
function unreported({ module, diagnostics, reported }: Checker): Diagnostic[] {
  const count = reported.error + reported.warning + reported.info - diagnostics.length;
  if (count === 0) return [];
  return [createDiagnostic('more-problems', undefined, { count, file: module.source.name })];
}

function checkUnusedImports(c: Checker): void {
  const used = new Set<string>();
  for (const declaration of c.module.ast.declarations) {
    for (const name of freeNames(declaration)) used.add(name);
  }
  for (const node of c.module.ast.imports) {
    const isUnused = ({ name }: Ident) => name !== '' && !used.has(name) && c.module.scope.has(name);
    const unused = node.names.filter(isUnused);
    if (unused.length === 0) continue;
    const left = node.names.flatMap((n) => (isUnused(n) ? [] : [n.name]));
    // where a name could not be read it is not known what to keep
    const fixes = node.names.some((n) => n.name === '') ? [] : [removeImport(node, left)];
    for (const { name, span } of unused) report(c, 'unused-import', span, { name }, { fixes });
  }
}

function removeImport(node: ImportNode, kept: readonly string[]): Fix {
  const title = 'Remove what is not used from the import';
  if (kept.length > 0) {
    const [first, last] = [node.names[0], node.names.at(-1)];
    const span = { source: node.span.source, start: first?.span.start ?? 0, end: last?.span.end ?? 0 };
    return { title, edits: [{ span, newText: kept.join(', ') }], safe: true };
  }
  const { source, start, end } = node.span;
  const lineEnd = source.text.indexOf('\n', end);
  const until = lineEnd >= 0 && source.text.slice(end, lineEnd).trim() === '' ? lineEnd + 1 : end;
  return { title, edits: [{ span: { source, start, end: until }, newText: '' }], safe: true };
}
