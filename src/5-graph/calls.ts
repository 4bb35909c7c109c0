import type { Declared } from '../2-resolve/program.ts';
import { type Binding, type Env, isList, type Value } from '../4-scale/values.ts';
import type { Shape } from '../ops/shape.ts';
import type { Span } from '../source.ts';

/**
 * A call of a block, or of a model as a step, and the nodes that it became; the network's own model is the first. What is
 * built in a call is built at one go, so that its nodes, and those of calls in it, are a range.
 */
export interface Call {
  readonly declared: Declared;
  /** Where it stands: what paths of its nodes begin with. */
  readonly path: string;
  /** What the names of its tensors begin with: of a use of a shared step another than its path. */
  readonly owner: string;
  /** The source that asked for it. */
  readonly span: Span;
  readonly names: CallNames;
  /** The number of its first node. */
  readonly first: number;
  /** The number after its last node: `first` where it added none. */
  readonly end: number;
}

/** What the names of a call's declaration were worth in it. Found out when it is asked for: few builds are. */
export class CallNames {
  readonly #vars: Env['vars'];
  readonly #given: ReadonlyMap<string, Binding>;
  #values: ReadonlyMap<string, Value> | undefined;

  constructor(vars: Env['vars'], given: ReadonlyMap<string, Binding>) {
    this.#vars = vars;
    this.#given = given;
  }

  /** Whether the call gave this parameter; the others have their defaults. */
  isGiven(name: string): boolean {
    return this.#given.has(name);
  }

  /** The value of a parameter, or of another name, that is no tensor. */
  value(name: string): Value | undefined {
    const value = this.#all().get(name);
    return value !== undefined && isPlain(value) ? value : undefined;
  }

  /** The shape of a name that is a single tensor. */
  shape(name: string): Shape | undefined {
    const value = this.#all().get(name);
    return typeof value === 'object' && !isList(value) && value.kind === 'tensor' ? value.shape : undefined;
  }

  #all(): ReadonlyMap<string, Value> {
    this.#values ??= new Map(
      [...this.#vars].map(([bound, { value }]) => [bound.kind === 'language' ? bound.name : bound.ident.name, value]),
    );
    return this.#values;
  }
}

/** Whether no tensor is in a value. */
function isPlain(value: Value): boolean {
  if (typeof value !== 'object') return true;
  if (isList(value)) return value.every(isPlain);
  return value.kind !== 'tensor' && value.kind !== 'section' && value.kind !== 'table';
}

/** The calls of a graph whose nodes got other numbers. @param at the new number of the first node from that number on */
export function renumberCalls(calls: readonly Call[], at: (node: number) => number): readonly Call[] {
  return calls.map((call) => ({ ...call, first: at(call.first), end: at(call.end) }));
}
