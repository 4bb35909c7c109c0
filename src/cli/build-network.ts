import type { CompileOptions } from '../compile.ts';
import { compileSpec, isWhole, type Network } from '../compile-spec.ts';
import { diagnosticToJson } from '../diagnostics/json.ts';
import type { Spec } from '../node/open-spec.ts';
import { flag, text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { type Io, usageError } from './io.ts';
import { openMapped } from './mapped-spec.ts';
import { openRun } from './open-run.ts';
import { askedOutputs } from './outputs-option.ts';
import { printDiagnostics, printJson } from './print-diagnostics.ts';
import { type NamedPoint, scalingRequest } from './scaling-request.ts';

/** A network of the command line: its spec, and what the options ask for. */
export interface OpenedNetwork {
  readonly spec: Spec;
  readonly request: CompileOptions;
  readonly network: Network;
  /** Of a run: the path of its weights, and the names of its classes. */
  readonly weights?: string;
  readonly labels?: readonly string[];
}

/** Opens and builds the spec that a command line names, or the network of its `--run`: see `buildNetwork`. */
export async function openNetwork(args: Arguments, io: Io): Promise<OpenedNetwork | undefined> {
  const run = text(args, 'run');
  if (run === undefined) return buildNetwork(await openMapped(args.operands[0], args, io), args, io);
  if (args.operands.length > 0) throw usageError('--run takes no spec: a run has its own', args.command.name);
  return buildRun(run, args, io);
}

/** Builds the network of a run's folder: see `buildNetwork`. */
export function buildRun(folder: string, args: Arguments, io: Io): OpenedNetwork | undefined {
  const { spec, request, labels, weights } = openRun(folder, args, io);
  const built = buildRequest(spec, withOutputs(request, args), args, io);
  return built && { ...built, labels, weights };
}

/**
 * Compiles a spec as the options ask, and prints its diagnostics. Undefined if there is an error: the command then ends
 * with `exitCodes.diagnostics`, and with `--json` has printed the diagnostics.
 * @param point which point of the family: that of the options by default
 */
export function buildNetwork(spec: Spec, args: Arguments, io: Io, point?: NamedPoint): OpenedNetwork | undefined {
  return buildRequest(spec, withOutputs(withClasses(scalingRequest(args, spec, point), args), args), args, io);
}

function buildRequest(spec: Spec, request: CompileOptions, args: Arguments, io: Io): OpenedNetwork | undefined {
  const compilation = compileSpec(spec, request);
  const { diagnostics } = compilation;
  printDiagnostics(diagnostics, args, io);
  if (isWhole(compilation)) return { spec, request, network: compilation };
  if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
  return undefined;
}

/** A request with the number of classes that `--classes` gives. */
function withClasses(request: CompileOptions, args: Arguments): CompileOptions {
  const classes = text(args, 'classes');
  if (classes === undefined) return request;
  if (request.set?.classes !== undefined) {
    throw usageError('--classes and --set classes cannot be combined', args.command.name);
  }
  return { ...request, set: { ...request.set, classes: String(Number(classes)) } };
}

/** A request with the outputs that `--outputs` names. */
function withOutputs(request: CompileOptions, args: Arguments): CompileOptions {
  const outputs = askedOutputs(args);
  return outputs ? { ...request, outputs } : request;
}
