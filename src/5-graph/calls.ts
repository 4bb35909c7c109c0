import type { Declared } from '../2-resolve/program.ts';
import { type Binding, type Env, isList, type Value } from '../4-scale/values.ts';
import type { Shape } from '../ops/shape.ts';
import type { Span } from '../source.ts';

/**
 * A call of a block, or of a model as a step, and the nodes that it became; the network's own model is the first. A call
 * is built in one go, so that its nodes, and those of calls in it, are a range.
 */
export interface Call {
  readonly declared: Declared;
  /** Its path: the prefix of its nodes' paths. */
  readonly path: string;
  /** The prefix of its tensors' names: for a use of a shared step different from its path. */
  readonly owner: string;
  /** The source that it comes from. */
  readonly span: Span;
  readonly names: CallNames;
  /** The number of its first node. */
  readonly first: number;
  /** The number after its last node: `first` where it added none. */
  readonly end: number;
}

/** The values of the names of a call's declaration in it. Computed on demand: few builds need them. */
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

  /** The value of a parameter, or of another name, that is not a tensor. */
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

/** The calls of a graph whose nodes were renumbered. @param at the new number of the first node from that number on */
export function renumberCalls(calls: readonly Call[], at: (node: number) => number): readonly Call[] {
  return calls.map((call) => ({ ...call, first: at(call.first), end: at(call.end) }));
}
