import type {
  AssignNode,
  ComprehensionNode,
  Declaration,
  Ident,
  ImportNode,
  InputNode,
  ParamNode,
  SectionNode,
  TableNode,
} from '../../1-parse/ast.ts';
import { activations, builtinOps, isBuiltinName, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Declared, Module } from '../../2-resolve/program.ts';
import { activationSignature, type Signature, signatureOf } from '../../3-check/signature.ts';
import type { TreeNode } from './node-path.ts';

/** What a name stands for where it is used. */
export type NameMeaning =
  | { readonly kind: 'local'; readonly node: ParamNode | SectionNode | TableNode | InputNode | AssignNode }
  | { readonly kind: 'element'; readonly node: ComprehensionNode; readonly name: Ident }
  | { readonly kind: 'counter'; readonly name: 'index' | 'count' }
  | { readonly kind: 'declared'; readonly declared: Declared }
  | { readonly kind: 'builtin'; readonly name: string };

/**
 * What a name means in a declaration: the same rules as the checker's, by the tree alone, so that it also answers where
 * a file has errors.
 * @param path the nodes that the name stands in, where comprehensions bind names
 */
export function meaningOf(
  module: Module,
  declaration: Declaration | ImportNode | undefined,
  name: string,
  path: readonly TreeNode[] = [],
): NameMeaning | undefined {
  for (const node of path.toReversed()) {
    if (node.kind !== 'comprehension') continue;
    const comprehension = node as ComprehensionNode;
    const bound = comprehension.names.find((n) => n.name === name);
    if (bound) return { kind: 'element', node: comprehension, name: bound };
  }
  const local = declaration && localOf(declaration, name);
  if (local) return { kind: 'local', node: local };
  if (name === 'index' || name === 'count') return { kind: 'counter', name };
  const declared = module.scope.get(name);
  if (declared) return { kind: 'declared', declared };
  return isBuiltinName(name) || scalingFunctions.has(name) ? { kind: 'builtin', name } : undefined;
}

type LocalNode = Extract<NameMeaning, { kind: 'local' }>['node'];

const locals = new WeakMap<Declaration | ImportNode, ReadonlyMap<string, LocalNode>>();

/** What binds a name in a block or a model: the first that does. Found once for each declaration. */
function localOf(declaration: Declaration | ImportNode, name: string): LocalNode | undefined {
  let names = locals.get(declaration);
  if (!names) {
    names = bindLocals(declaration);
    locals.set(declaration, names);
  }
  return names.get(name);
}

function bindLocals(declaration: Declaration | ImportNode): ReadonlyMap<string, LocalNode> {
  const names = new Map<string, LocalNode>();
  if (declaration.kind !== 'block' && declaration.kind !== 'model') return names;
  const bind = (name: string, node: LocalNode) => {
    if (name !== '' && name !== '_' && !names.has(name)) names.set(name, node);
  };
  const parts = declaration.kind === 'block' ? [...declaration.params, ...declaration.body] : declaration.members;
  for (const part of parts) {
    if (part.kind === 'assign') for (const target of part.targets) bind(target.name, part);
    else if (part.kind === 'param' || part.kind === 'section' || part.kind === 'table' || part.kind === 'input') {
      bind(part.name.name, part);
    }
  }
  return names;
}

/** The signature of what a step or a call names; of a parameter of type `block`, that of its default. */
export function signatureOfName(
  module: Module,
  declaration: Declaration | ImportNode | undefined,
  name: string,
): Signature | undefined {
  const meaning = meaningOf(module, declaration, name);
  if (!meaning) return undefined;
  if (meaning.kind === 'declared') return signatureOf(meaning.declared);
  if (meaning.kind === 'local') {
    const { node } = meaning;
    if (node.kind !== 'param' || node.default?.kind !== 'name') return undefined;
    const value = node.default.text;
    return value === name ? undefined : signatureOfName(module, undefined, value);
  }
  if (meaning.kind !== 'builtin') return undefined;
  const op = builtinOps.get(name);
  return op ? signatureOf(op) : activations.has(name) ? activationSignature(name) : undefined;
}
