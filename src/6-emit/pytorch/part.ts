import type { StepText } from './ast-index.ts';
import type { Parameter } from './expressions.ts';
import type { Item, ValueKey } from './instances.ts';
import { type Python, variableName } from './python-text.ts';
import type { ClassStep } from './variants.ts';

export interface WholeNetwork {
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly value: ValueKey }[];
  readonly auxiliary: readonly { readonly name: string; readonly value: ValueKey }[];
}

/** A call of another class, with all arguments, including those that are left out. */
export interface StatedCall {
  readonly callee: string;
  readonly python: Python;
  readonly args: readonly {
    readonly parameter: Parameter;
    readonly text: string;
    /** Whether the call leaves it out. */
    readonly isDefault: boolean;
  }[];
}

/** A slot with what the code knows about it. */
export interface Part {
  readonly slot: ClassStep;
  readonly step: StepText | undefined;
  /** The condition in `__init__` under which it exists; undefined where it always does. */
  readonly condition?: string;
  /** For an optional step that is not a module: the field that holds the condition. */
  readonly flag?: string;
  readonly module?: Python;
  /** The wanted path of the module. */
  readonly path?: string;
  readonly call?: StatedCall;
  value(inputs: readonly string[], self: string): string;
  readonly outputs: readonly ValueKey[][];
}

/** The step in the first call that has it. */
export function itemOf(slot: ClassStep): Item {
  return slot.items.find((item) => item !== undefined) as Item;
}

export function isPlainName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text);
}

export function snakeCase(name: string): string {
  return variableName(
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
      .toLowerCase(),
  );
}
