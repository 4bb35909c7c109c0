import type { NameNode } from '../../1-parse/ast.ts';
import type { Declared, DeclaredModel, Module } from '../../2-resolve/program.ts';
import { variantRows } from '../variants.ts';
import type { LocalName, NameTarget } from './occurrence.ts';

/** The expression that chooses a variant of a model. */
export type VariantTarget = Extract<NameTarget, { kind: 'chosen' }>;

/** What the names of a file mean. */
export type FileScope = Pick<Module, 'scope'>;

/** The blocks and models that a callee may be: one, or what a parameter of type `block` is known to hold. */
export function calledBy(module: FileScope, callee: NameTarget): readonly Declared[] {
  if (callee.kind === 'declared') {
    const declared = module.scope.get(callee.node.name.name);
    return declared?.node === callee.node ? [declared] : [];
  }
  if (callee.kind === 'free') {
    const declared = module.scope.get(callee.name);
    return declared ? [declared] : [];
  }
  return callee.kind === 'local' ? heldBlocks(module, callee.local) : [];
}

/** The model whose variant a name is; undefined if it means what it means elsewhere. */
export function modelOfVariant(module: FileScope, { callee, name }: VariantTarget): DeclaredModel | undefined {
  for (const called of calledBy(module, callee)) {
    if (called.kind === 'model' && variantRows(called.node).has(name)) return called;
  }
  return undefined;
}

/** What a parameter of type `block` holds by its default and in the rows of `variants`. */
function heldBlocks(module: FileScope, { param, owner, ident }: LocalName): readonly Declared[] {
  if (param?.type?.name !== 'block') return [];
  const names: (NameNode | undefined)[] = [nameOf(param.default)];
  if (owner.kind === 'model') {
    for (const { cell } of variantRows(owner).values()) names.push(nameOf(cell(ident.name)?.values[0]));
  }
  const held = names.flatMap((name) => (name && module.scope.get(name.text)) ?? []);
  return [...new Set(held)];
}

function nameOf(value: { readonly kind: string } | undefined): NameNode | undefined {
  return value?.kind === 'name' ? (value as NameNode) : undefined;
}
