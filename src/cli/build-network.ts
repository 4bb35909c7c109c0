import type { ScalingPoint } from '../4-scale/scaling.ts';
import type { Graph } from '../5-graph/graph.ts';
import { type Compilation, type CompileOptions, compile } from '../compile.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../diagnostics/json.ts';
import { type Arguments, flag } from './arguments.ts';
import type { Io } from './io.ts';
import { printDiagnostics, printJson } from './print-diagnostics.ts';
import { encodingDiagnostics } from './reading-diagnostics.ts';
import type { Spec } from './spec.ts';

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

/**
 * Compiles a spec and prints what there is to say. Undefined where there is an error: the command then ends with
 * `exitCodes.diagnostics`, and with `--json` has printed the diagnostics.
 */
export function buildNetwork(spec: Spec, options: CompileOptions, args: Arguments, io: Io): Network | undefined {
  const compilation = compileSpec(spec, options);
  printDiagnostics(compilation.diagnostics, args, io);
  if (compilation.graph && compilation.point && !hasErrors(compilation.diagnostics)) return compilation as Network;
  if (flag(args, 'json')) printJson({ diagnostics: compilation.diagnostics.map(diagnosticToJson) }, io);
  return undefined;
}
