import type { ScalingPoint } from './4-scale/scaling.ts';
import type { Graph } from './5-graph/graph.ts';
import { type Compilation, type CompileOptions, compile } from './compile.ts';
import { createDiagnostic, type Diagnostic, hasErrors } from './diagnostics/diagnostic.ts';
import type { Spec } from './node/open-spec.ts';

/** A compilation that came through. */
export interface Network extends Compilation {
  readonly graph: Graph;
  readonly point: ScalingPoint;
}

/** Compiles a spec; its diagnostics have that of its encoding before them. */
export function compileSpec(spec: Spec, options: CompileOptions): Compilation {
  const compilation = compile(spec.source, options, spec.host);
  return { ...compilation, diagnostics: [...encodingDiagnostics(spec), ...compilation.diagnostics] };
}

/** Whether a compilation came through: it has a network and no errors. */
export function isWhole(compilation: Compilation): compilation is Network {
  const { graph, point, diagnostics } = compilation;
  return graph !== undefined && point !== undefined && !hasErrors(diagnostics);
}

/** What is wrong with the bytes of a spec. */
export function encodingDiagnostics({ valid, source }: Spec): Diagnostic[] {
  return valid ? [] : [createDiagnostic('invalid-utf8', { source, start: 0, end: 0 }, {})];
}
