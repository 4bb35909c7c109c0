import type { Declared, Program } from '../2-resolve/program.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { calleesOf } from './callees.ts';
import { checkLimits } from './limits.ts';

/** Reports blocks and models that contain themselves. Imports have no cycles, so a cycle is within one file. */
export function checkRecursion(program: Program): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const done = new Set<Declared>();
  for (const module of program.modules) {
    for (const declared of module.scope.values()) {
      if (declared.module.path === module.path && !done.has(declared)) visit(declared, done, diagnostics);
    }
  }
  return diagnostics;
}

/** Depth first, without recursion: a chain of blocks may be long. */
function visit(start: Declared, done: Set<Declared>, diagnostics: Diagnostic[]): void {
  const path: { readonly declared: Declared; next: number }[] = [];
  const places = new Map<Declared, number>();
  const enter = (declared: Declared) => {
    done.add(declared);
    places.set(declared, path.length);
    path.push({ declared, next: 0 });
  };
  enter(start);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const callee = calleesOf(top.declared).declared[top.next++];
    if (!callee) {
      places.delete(top.declared);
      path.pop();
      continue;
    }
    const at = places.get(callee);
    if (at === undefined) {
      if (!done.has(callee)) enter(callee);
    } else if (diagnostics.length < checkLimits.diagnostics) {
      diagnostics.push(cycleDiagnostic(path.slice(at).map((p) => p.declared)));
    }
  }
}

function cycleDiagnostic(cycle: readonly Declared[]): Diagnostic {
  const [first] = cycle as readonly [Declared];
  const names = cycle.map((d) => d.node.name.name);
  const shown = names.length > 8 ? [...names.slice(0, 6), '...', names.at(-1)] : names;
  const related = cycle.slice(1, 8).map((d) => ({ span: d.node.name.span, message: `through '${d.node.name.name}'` }));
  const args = { cycle: [...shown, names[0]].join(' -> ') };
  return createDiagnostic('recursive-block', first.node.name.span, args, { related });
}
