import type { GraphNode, Shape } from '../../5-graph/graph.ts';
import type { OpKind, OpOf } from '../../ops/ops.ts';
import type { Attribute } from './attributes.ts';
import type { Stated } from './expressions.ts';
import type { Python } from './python-text.ts';

/** A node of one call of the class, with the shapes of its inputs. */
export interface Sample<K extends OpKind> {
  readonly node: GraphNode;
  readonly op: OpOf<K>;
  readonly inputShapes: readonly Shape[];
}

/** A step of a class that is being written. */
export interface Step<K extends OpKind> {
  /** What the step is in each call of the class that has it. */
  readonly samples: readonly Sample<K>[];
  /** The step for images of other sizes that the module takes too. */
  readonly elsewhere: readonly Sample<K>[];
  /** A number of the step in `__init__`. @param argument the one of the call in the language */
  init(name: string, of: (sample: Sample<K>) => Attribute, argument?: string): Stated;
  /** A number of the step in `forward`. */
  forward(name: string, of: (sample: Sample<K>) => Attribute, argument?: string): string;
  /** The channels of an input, in `__init__`. */
  channels(input: number): Stated;
  /** A tensor of the class that has the batch size of all values. */
  batch(): string | undefined;
  /** Asks for a helper in the file. */
  helper(name: string): void;
}

/** How a step is written in the code. */
export interface StepForm {
  /** What `__init__` makes for it, as `self.NAME`. */
  readonly module?: Python;
  /** The module's name where the spec gives none. */
  readonly name?: string;
  /** Its value. @param self the module, where there is one */
  value(inputs: readonly string[], self: string): string;
  /** The channels that it gives, where they are not those of its first input. */
  readonly channels?: Stated;
}

/** A module is called. */
export const apply: StepForm['value'] = (inputs, self) => `${self}(${inputs.join(', ')})`;

/** A form that is only an expression. */
export function functional(value: (...inputs: string[]) => string): StepForm {
  return { value: (inputs) => value(...inputs) };
}

/** A size as Python's pair. */
export const pairText = (text: string) => (/^\(/.test(text) ? text : `(${text}, ${text})`);

/** Arguments with their names, without those that equal Python's defaults. */
export function keywords(...parts: readonly (readonly [name: string, stated: Stated, otherwise?: Attribute])[]) {
  return parts.flatMap(([name, { text, literal }, otherwise]): [string, string][] =>
    literal !== undefined && literal === otherwise ? [] : [[name, text]],
  );
}

/** Whether something holds in all calls, for all sizes. */
export const all = <K extends OpKind>({ samples, elsewhere }: Step<K>, holds: (sample: Sample<K>) => boolean) =>
  samples.every(holds) && elsewhere.every(holds);
