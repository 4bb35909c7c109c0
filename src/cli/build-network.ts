import type { ScalingPoint } from '../4-scale/scaling.ts';
import type { Graph } from '../5-graph/graph.ts';
import { type Compilation, type CompileOptions, compile } from '../compile.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../diagnostics/json.ts';
import { type Arguments, flag } from './arguments.ts';
import type { Io } from './io.ts';
import { printDiagnostics, printJson } from './print-diagnostics.ts';
import { encodingDiagnostics } from './reading-diagnostics.ts';
import { type NamedPoint, scalingRequest } from './scaling-request.ts';
import { openSpec, type Spec } from './spec.ts';

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

/** A network of the command line: its spec, and what the options ask for. */
export interface OpenedNetwork {
  readonly spec: Spec;
  readonly request: CompileOptions;
  readonly network: Network;
}

/** Opens and builds the spec that a command line names: see `buildNetwork`. */
export async function openNetwork(args: Arguments, io: Io): Promise<OpenedNetwork | undefined> {
  return buildNetwork(await openSpec(args.operands[0], io, args.command.name), args, io);
}

/**
 * Compiles a spec as the options ask, and prints its diagnostics. Undefined where there is an error: the command then ends
 * with `exitCodes.diagnostics`, and with `--json` has printed the diagnostics.
 * @param point which point of the family: that of the options by default
 */
export function buildNetwork(spec: Spec, args: Arguments, io: Io, point?: NamedPoint): OpenedNetwork | undefined {
  const request = scalingRequest(args, spec, point);
  const compilation = compileSpec(spec, request);
  const { diagnostics } = compilation;
  printDiagnostics(diagnostics, args, io);
  if (isWhole(compilation)) return { spec, request, network: compilation };
  if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
  return undefined;
}

/** Whether a compilation came through: it has a network and no errors. */
export function isWhole(compilation: Compilation): compilation is Network {
  const { graph, point, diagnostics } = compilation;
  return graph !== undefined && point !== undefined && !hasErrors(diagnostics);
}
