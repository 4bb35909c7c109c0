import {
  activations,
  type BuiltinOp,
  builtinFunctions,
  builtinOps,
  interpolations,
  paddings,
  scalingFunctions,
} from '../../2-resolve/builtins.ts';
import type { Declared } from '../../2-resolve/program.ts';
import type { FileScope } from './called-blocks.ts';

/** The meaning of a name that its declaration does not bind. */
export type FreeMeaning = { readonly kind: 'declared'; readonly declared: Declared } | LanguageMeaning;

type LanguageMeaning =
  | { readonly kind: 'op'; readonly op: BuiltinOp }
  | { readonly kind: 'function' | 'scaling' | 'activation' | 'padding' | 'interpolation' };

const language = new Map<string, LanguageMeaning>();
for (const name of scalingFunctions.keys()) language.set(name, { kind: 'scaling' });
for (const name of builtinFunctions.keys()) language.set(name, { kind: 'function' });
for (const name of paddings) language.set(name, { kind: 'padding' });
for (const name of interpolations) language.set(name, { kind: 'interpolation' });
for (const name of activations) language.set(name, { kind: 'activation' });
for (const [name, op] of builtinOps) language.set(name, { kind: 'op', op });

/**
 * The meaning in a file of a name that the declaration does not bind: its own declarations win over the language's names.
 */
export function freeMeaning({ scope }: FileScope, name: string): FreeMeaning | undefined {
  const declared = scope.get(name);
  return declared ? { kind: 'declared', declared } : language.get(name);
}
