import { chooseModel } from './2-resolve/choose-model.ts';
import type { DeclaredModel, Program } from './2-resolve/program.ts';
import { type ResolvedProgram, resolveProgram } from './2-resolve/resolve.ts';
import { checkProgram } from './3-check/check.ts';
import type { ScalingPoint, ScalingRequest } from './4-scale/scaling.ts';
import { buildGraph } from './5-graph/build.ts';
import type { Graph } from './5-graph/graph.ts';
import { selectOutputs } from './5-graph/passes/select-outputs.ts';
import { type Diagnostic, hasErrors } from './diagnostics/diagnostic.ts';
import { emptyHost, type Host } from './host.ts';
import type { Source } from './source.ts';

/** What `compile` takes in addition to the source. */
export interface CompileOptions extends ScalingRequest {
  /** The model of the file, by name, where it declares several. */
  readonly model?: string;
  /** Other outputs than the network's own, for a backbone: see `selectOutputs`. */
  readonly outputs?: readonly string[];
}

/** All that compiling found out. Each part is there as far as the diagnostics let it come. */
export interface Compilation {
  /** The request: the same text and the same request give the same network. */
  readonly asked: CompileOptions;
  readonly program: Program;
  readonly model?: DeclaredModel;
  readonly point?: ScalingPoint;
  /** The network as written: batch norm not folded, dropout and stochastic depth in it. */
  readonly graph?: Graph;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The whole way from a text to a network:
 *
 *     text -> tokens, CST -> AST -> resolved -> checked -> scaled (phi -> d, w, r) -> graph
 *
 * The remaining steps, graph -> passes -> a target's files, are `emit` in `6-emit/emit.ts`.
 * Never throws for what a source contains: errors are diagnostics.
 */
export function compile(source: Source, options: CompileOptions = {}, host: Host = emptyHost): Compilation {
  return compileProgram(resolveProgram(source, host), options);
}

/** `compile`, of a program that has been read. */
export function compileProgram(
  { program, diagnostics: resolving }: ResolvedProgram,
  options: CompileOptions = {},
): Compilation {
  const diagnostics: Diagnostic[] = [...resolving, ...checkProgram(program)];
  if (hasErrors(diagnostics)) return { asked: options, program, diagnostics };
  const chosen = chooseModel(program, options);
  diagnostics.push(...chosen.diagnostics);
  if (!chosen.model) return { asked: options, program, diagnostics };
  const built = buildGraph(chosen.model, options);
  diagnostics.push(...built.diagnostics);
  const selected = built.graph && options.outputs ? selectOutputs(built.graph, options.outputs) : undefined;
  diagnostics.push(...(selected?.diagnostics ?? []));
  const graph = selected ? selected.graph : built.graph;
  return {
    asked: options,
    program,
    model: chosen.model,
    ...(built.point && { point: built.point }),
    ...(graph && { graph }),
    diagnostics,
  };
}
