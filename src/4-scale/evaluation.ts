import type { CallNode, ChainNode, Expr } from '../1-parse/ast.ts';
import type { Code, MessageArgs } from '../diagnostics/catalog.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticExtras } from '../diagnostics/diagnostic.ts';
import { createPlaceSet, type PlaceSet } from '../diagnostics/place-set.ts';
import type { Span } from '../source.ts';
import { buildLimits } from './limits.ts';
import type { Trace } from './trace.ts';
import type { Binding, Env, Flow, Value } from './values.ts';

/** What building one network carries along. */
export interface Evaluator {
  /** Steps that are left: see `buildLimits.steps`. */
  steps: number;
  /** Expressions within expressions at this moment, through all blocks. */
  depth: number;
  /** Takes up how the numbers of the value being evaluated came about. */
  traces: Trace[];
  /** Warnings so far, each once for a place. */
  readonly diagnostics: Diagnostic[];
  readonly reported: PlaceSet;
  /** How often a warning was given, repetitions included. */
  warnings: number;
  /** The cell being evaluated, where choices may stand: `stages.2.kernel`. */
  cell: Cell | undefined;
  readonly choices: Choices;
  /** By path: what the step gave that bears it. */
  results: Map<string, Flow>;
  /** Maps the path of a shared step's use in its section, `left.net`, to the path of its nodes, `net.0`. */
  readonly uses: Map<string, string>;
  /** Builds the calls in an expression; present only when a graph is built. */
  readonly call: (call: CallNode, env: Env) => Value;
  readonly chain: (chain: ChainNode, env: Env) => Value;
}

/** A cell while its value is found. */
export interface Cell {
  /** `stages.2.kernel`. */
  readonly key: string;
  /** The path below which the names of its choices stand: that of the model or block whose table it is. */
  readonly owner: string;
  /** How many choices without a name were met in it. */
  next: number;
}

/** An open choice. */
export interface OpenChoice {
  /** Its first position. */
  readonly span: Span;
  /** As written. */
  readonly options: readonly string[];
  /** The paths of its cells, and their positions in the text: several where choices share a name. */
  readonly places: Map<string, Span>;
}

/** Decisions of a search space, and other cells set on the command line. */
export interface Choices {
  /** `stages.2.kernel` and the value given for it. */
  readonly given: ReadonlyMap<string, Expr>;
  readonly used: Set<string>;
  /** Open choices, by their names for `--set`. */
  readonly open: Map<string, OpenChoice>;
  /** For the path of a built cell the name of its choice, if it has one. */
  readonly named: Map<string, string>;
  /**
   * The cells of all tables built, and the names of choices in their declarations: for the message about what cannot be set;
   * collected only where something is given.
   */
  readonly seen: Map<string, 'cell' | 'name'>;
}

export function createEvaluation(
  given: ReadonlyMap<string, Expr>,
  build: Pick<Evaluator, 'call' | 'chain'>,
  steps: number = buildLimits.steps,
): Evaluator {
  return {
    steps,
    depth: 0,
    traces: [],
    diagnostics: [],
    reported: createPlaceSet(),
    warnings: 0,
    cell: undefined,
    choices: { given, used: new Set(), open: new Map(), named: new Map(), seen: new Map() },
    results: new Map(),
    uses: new Map(),
    ...build,
  };
}

/** Ends the build of a model; caught where the build began. Thrown for errors in a spec, never from the public API. */
export class Failure extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Ends the build with an error. */
export function fail<C extends Code>(
  code: C,
  span: Span | undefined,
  args: MessageArgs<C>,
  extras: DiagnosticExtras = {},
): never {
  throw new Failure(createDiagnostic(code, span, args, extras));
}

/** Reports something that does not end the build, once per place however often the place is built. */
export function warn<C extends Code>(
  ev: Evaluator,
  code: C,
  span: Span,
  args: MessageArgs<C>,
  extras: DiagnosticExtras = {},
): void {
  ev.warnings++;
  if (ev.reported.add(code, span)) ev.diagnostics.push(createDiagnostic(code, span, args, extras));
}

/** Uses up steps of the build's budget; ends the build where none are left. */
export function spend(ev: Evaluator, steps: number, span: Span): void {
  ev.steps -= steps;
  if (ev.steps < 0) fail('too-much-work', span, {});
}

/** Evaluates something and keeps how its numbers came about. */
export function traced(ev: Evaluator, evaluate: () => Value): Binding {
  const outer = ev.traces;
  ev.traces = [];
  try {
    const value = evaluate();
    return ev.traces.length > 0 ? { value, traces: ev.traces } : { value };
  } finally {
    ev.traces = outer;
  }
}

/** Records how a number was computed, once for a number that is used twice. */
export function addTraces(ev: Evaluator, traces: readonly Trace[]): void {
  for (const trace of traces) {
    if (ev.traces.length < buildLimits.traces && !ev.traces.includes(trace)) ev.traces.push(trace);
  }
}
