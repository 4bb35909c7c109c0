import type { Surroundings } from '../2-resolve/program.ts';
import type { Scale } from './apply-scaling.ts';
import type { ConventionPoint } from './scaling.ts';
import type { Binding } from './values.ts';

/** The names that an expression sees while a network is built, and where its parameters' paths begin. */
export interface Env {
  readonly vars: Map<string, Binding>;
  readonly parent?: Env;
  /** Where the names of blocks are looked up. */
  readonly module: Surroundings;
  /** In models: what d, w and r are. */
  readonly scale?: Scale;
  readonly convention: ConventionPoint;
  /** The path of the block or section that is being built. */
  readonly path: string;
  /** In a comprehension: the element's number, which labels take on, `.0`. */
  readonly numbers: string;
}

/** An environment inside another: of a comprehension, or of a table's cells. */
export function innerEnv(parent: Env, vars: Iterable<readonly [string, Binding]>, numbers = ''): Env {
  return { ...parent, vars: new Map(vars), parent, numbers: parent.numbers + numbers };
}

export function lookupVar(env: Env, name: string): Binding | undefined {
  for (let e: Env | undefined = env; e; e = e.parent) {
    const found = e.vars.get(name);
    if (found) return found;
  }
  return undefined;
}

/** All names that an environment binds, the innermost first. */
export function* visibleVars(env: Env): Generator<string> {
  for (let e: Env | undefined = env; e; e = e.parent) yield* e.vars.keys();
}

/** `stages.2` and `conv` make `stages.2.conv`. */
export function joinPath(path: string, part: string): string {
  if (part === '') return path;
  return path === '' ? part : `${path}.${part}`;
}
