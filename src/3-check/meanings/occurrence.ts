import type {
  AssignNode,
  BlockNode,
  ComprehensionNode,
  Declaration,
  Ident,
  InputNode,
  ModelNode,
  ParamNode,
  ScalingEntry,
  ScalingNode,
  SectionNode,
  TableNode,
} from '../../1-parse/ast.ts';
import type { Span } from '../../source.ts';

/** What a declaration binds inside itself. */
export type LocalKind = 'parameter' | 'value' | 'section' | 'table' | 'input' | 'number';

/** A name bound inside a declaration. The same object for all its occurrences. */
export interface LocalName {
  readonly kind: LocalKind;
  /** The place that binds it. */
  readonly ident: Ident;
  readonly owner: Declaration;
  /** Counts the names of its declaration, in the order in which they come to be seen. */
  readonly order: number;
  /** For a parameter: its declaration. */
  readonly param?: ParamNode;
  /** For anything else: what binds it. */
  readonly binder?: Binder;
}

export type Binder = SectionNode | TableNode | InputNode | AssignNode | ComprehensionNode | ScalingNode | ScalingEntry;

/**
 * Names with a meaning given by the language at their place: a counter of a table, a word of `maximize`, a factor in a rounding, phi and
 * variant of a model, a measure of the built network, the name of an entry of `scaling`, a property of a tensor, a column, a convention or
 * the settings of one, an input's settings, a type, a module of another framework, a value that is called.
 */
export type LanguagePlace =
  | 'counter'
  | 'objective'
  | 'factor'
  | 'point'
  | 'measure'
  | 'entry'
  | 'property'
  | 'column'
  | 'convention'
  | 'input'
  | 'type'
  | 'module'
  | 'value';

export interface LanguageTarget {
  readonly kind: 'language';
  readonly what: LanguagePlace;
}

/**
 * A name that the language gives a value at its place: the number of a table's block, a factor in a rounding, the point of a
 * model's family.
 */
export interface GivenName extends LanguageTarget {
  readonly name: string;
}

/** A name that has a value while a network is built. One object for all its occurrences. */
export type BoundName = LocalName | GivenName;

/** The names given in cells and in arguments before a table, in roundings, and in models. */
export const givenNames = {
  index: { kind: 'language', what: 'counter', name: 'index' },
  count: { kind: 'language', what: 'counter', name: 'count' },
  d: { kind: 'language', what: 'factor', name: 'd' },
  w: { kind: 'language', what: 'factor', name: 'w' },
  r: { kind: 'language', what: 'factor', name: 'r' },
  phi: { kind: 'language', what: 'point', name: 'phi' },
  variant: { kind: 'language', what: 'point', name: 'variant' },
} as const satisfies Readonly<Record<string, GivenName>>;

/** The factors as the values of a model that scales see them; called, `w(32)`, the same words are functions. */
export const pointFactors = {
  d: { kind: 'language', what: 'point', name: 'd' },
  w: { kind: 'language', what: 'point', name: 'w' },
  r: { kind: 'language', what: 'point', name: 'r' },
} as const satisfies Readonly<Record<string, GivenName>>;

/** The factor that a name is where a model's values read it. */
export function pointFactor(target: NameTarget | undefined): keyof typeof pointFactors | undefined {
  if (target?.kind !== 'language' || target.what !== 'point') return undefined;
  return (['d', 'w', 'r'] as const).find((name) => target === pointFactors[name]);
}

/** What `maximize` may weigh in addition to the model's parameters: what a search measures about a network. */
export const objectives = {
  accuracy: { kind: 'language', what: 'objective', name: 'accuracy' },
  latency_ms: { kind: 'language', what: 'objective', name: 'latency_ms' },
  parameters: { kind: 'language', what: 'objective', name: 'parameters' },
  macs: { kind: 'language', what: 'objective', name: 'macs' },
} as const satisfies Readonly<Record<string, GivenName>>;

/** A name that `maximize` may use: `latency_ms`. */
export type ObjectiveName = keyof typeof objectives;

/** What a `require` of a model may query about the built network. */
export const measures = {
  params: { kind: 'language', what: 'measure', name: 'params' },
  macs: { kind: 'language', what: 'measure', name: 'macs' },
  activations: { kind: 'language', what: 'measure', name: 'activations' },
  peak_memory: { kind: 'language', what: 'measure', name: 'peak_memory' },
} as const satisfies Readonly<Record<string, GivenName>>;

export type Measure = (typeof measures)[keyof typeof measures];

export interface LocalTarget {
  readonly kind: 'local';
  readonly local: LocalName;
}

/**
 * What an occurrence means, as far as its own declaration determines it. `resolve-target.ts` finds the rest, through the
 * file.
 */
export type NameTarget =
  | LocalTarget
  /** The name of a declaration, where it is declared. */
  | { readonly kind: 'declared'; readonly node: BlockNode | ModelNode }
  /** Something bound here that only paths name: a step's label, a row, a model's output, a choice. */
  | { readonly kind: 'label' | 'row' | 'variant' | 'output' | 'choice'; readonly ident: Ident }
  /** A name that the declaration does not bind: the file's or the language's. */
  | { readonly kind: 'free'; readonly name: string }
  /** A named argument, or a column of a stage table: a parameter of what is called. */
  | {
      readonly kind: 'argument';
      readonly callees: readonly NameTarget[];
      readonly name: string;
      readonly column?: boolean;
    }
  /** `variant: b3` where the callee is a model that has it, `variant == b3` in a model; anything else otherwise. */
  | { readonly kind: 'chosen'; readonly callee: NameTarget; readonly name: string; readonly otherwise: NameTarget }
  /** A word of a path that starts at a section: `trunk.stages.1`. */
  | { readonly kind: 'path'; readonly root: LocalName; readonly words: readonly string[]; readonly index: number }
  /** A word of a path in a weight map. */
  | { readonly kind: 'module-path'; readonly model: string; readonly words: readonly string[]; readonly index: number }
  | LanguageTarget;

/** A name in a text. */
export interface Occurrence {
  /** In the source of its declaration. */
  readonly span: Span;
  readonly name: string;
  /** `write`: it binds the name, or gives a parameter its value. */
  readonly access: 'read' | 'write';
  readonly target: NameTarget;
}
