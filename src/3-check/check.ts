import type { Ident, ImportNode } from '../1-parse/ast.ts';
import { walkNames } from '../1-parse/walk.ts';
import type { Module, Program } from '../2-resolve/program.ts';
import { createDiagnostic, type Diagnostic, type Fix } from '../diagnostics/diagnostic.ts';
import { checkBlock } from './check-block.ts';
import { checkModel } from './check-model.ts';
import { checkRecursion } from './check-recursion.ts';
import { checkWeights } from './check-weights.ts';
import { type Checker, createChecker, report } from './scope.ts';

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
      if (node.kind === 'block') checkBlock(c, node);
      else if (node.kind === 'model') checkModel(c, node);
      else checkWeights(c, node);
    }
    checkUnusedImports(c);
    diagnostics = inOrder(c);
    checked.set(module, diagnostics);
  }
  return diagnostics;
}

/** What was said, in the order of the text, and how much was left unsaid. */
function inOrder({ module, diagnostics, said }: Checker): readonly Diagnostic[] {
  diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  const all = said.error + said.warning + said.info;
  const count = all - diagnostics.length;
  if (count === 0) return diagnostics;
  return [...diagnostics, createDiagnostic('more-problems', undefined, { count, file: module.source.name })];
}

function checkUnusedImports(c: Checker): void {
  const used = new Set<string>();
  for (const declaration of c.module.ast.declarations) {
    walkNames(declaration, (name) => used.add(name.parts[0] ?? ''));
    if (declaration.kind === 'weights') used.add(declaration.name.name);
  }
  for (const node of c.module.ast.imports) {
    const isUnused = ({ name }: Ident) => name !== '' && !used.has(name) && c.module.scope.has(name);
    const unused = node.names.filter(isUnused);
    if (unused.length === 0) continue;
    const kept = node.names.flatMap((n) => (isUnused(n) ? [] : [n.name]));
    // where a name could not be read it is not known what to keep
    const fixes = node.names.some((n) => n.name === '') ? [] : [removeImport(node, kept)];
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
