import type { Declared, DeclaredModel, Program } from '../../2-resolve/program.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../source.ts';

/**
 * Whether a model can be built although something else in its program may be wrong: there is no error in a declaration
 * that it reaches, nor in the imports of the files that contain those.
 */
export function isSound(program: Program, model: DeclaredModel, diagnostics: readonly Diagnostic[]): boolean {
  const wrong = new Set<Source>();
  for (const { severity, span, code } of diagnostics) {
    // what was left unsaid may be wrong anywhere
    if (code === 'more-problems') return false;
    if (severity === 'error' && span) wrong.add(span.source);
  }
  if (wrong.size === 0) return true;
  const reached = new Set<Declared>([model]);
  const paths = new Set<string>();
  for (const { node, module } of reached) {
    if (wrong.has(node.span.source)) return false;
    paths.add(module.path);
    for (const other of module.scope.values()) reached.add(other);
  }
  return !program.modules.some(
    ({ path, ast }) => paths.has(path) && ast.imports.some(({ span }) => wrong.has(span.source)),
  );
}
