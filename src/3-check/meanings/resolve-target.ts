import type { Member, ModelNode } from '../../1-parse/ast.ts';
import { builtinOps } from '../../2-resolve/builtins.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { variantRows } from '../variants.ts';
import { calledBy, type FileScope, modelOfVariant } from './called-blocks.ts';
import { meaningsOf } from './declaration-names.ts';
import type { Entity } from './entity.ts';
import { freeMeaning } from './free-meaning.ts';
import type { LocalName, NameTarget } from './occurrence.ts';
import { modelPlaces, sectionPlaces } from './path-places.ts';

/**
 * What an occurrence means in its file. Several where a table builds several blocks or a path has stars; none where
 * nothing has that name.
 */
export function resolveTarget(module: FileScope, target: NameTarget): readonly Entity[] {
  switch (target.kind) {
    case 'local':
      return [localEntity(target.local)];
    case 'declared': {
      const { node } = target;
      const declared = module.scope.get(node.name.name);
      if (declared?.node === node) return [declaredEntity(declared)];
      // of two with one name the second is what no other name means
      return [{ kind: node.kind, name: node.name.name, ident: node.name }];
    }
    case 'label':
    case 'row':
    case 'variant':
    case 'output':
    case 'choice':
      return [{ kind: target.kind, name: target.ident.name, ident: target.ident }];
    case 'free':
      return freeEntities(module, target.name);
    case 'argument':
      return distinct(target.callees.flatMap((callee) => parametersOf(module, callee, target.name)));
    case 'chosen': {
      const model = modelOfVariant(module, target);
      return model ? variantEntity(model.node, target.name) : resolveTarget(module, target.otherwise);
    }
    case 'path':
      return sectionPlaces({ module, owner: target.root.owner }, target.root.ident, target.words, target.index);
    case 'module-path': {
      const model = module.scope.get(target.model);
      return model?.kind === 'model' ? modelPlaces(model, target.words, target.index) : [];
    }
    case 'language':
      return [];
  }
}

export function localEntity(local: LocalName): Entity {
  const { kind, ident, owner } = local;
  return { kind, name: ident.name, ident, owner, local };
}

export function declaredEntity(declared: Declared): Entity {
  return { kind: declared.kind, name: declared.node.name.name, ident: declared.node.name, declared };
}

function freeEntities(module: FileScope, name: string): Entity[] {
  const meaning = freeMeaning(module, name);
  if (!meaning) return [];
  return [meaning.kind === 'declared' ? declaredEntity(meaning.declared) : { kind: 'language', name }];
}

function variantEntity(model: ModelNode, name: string): Entity[] {
  const value = variantRows(model).get(name)?.cell('name')?.values[0];
  return value ? [{ kind: 'variant', name, ident: { name, span: value.span }, owner: model }] : [];
}

function parametersOf(module: FileScope, callee: NameTarget, name: string): Entity[] {
  if (callee.kind === 'free' && !module.scope.has(callee.name)) {
    const op = builtinOps.get(callee.name);
    return op?.params.some((p) => p.name === name) ? [{ kind: 'language', name }] : [];
  }
  return calledBy(module, callee).flatMap((declared): Entity[] => {
    const local = parameterOf(declared, name);
    return local ? [localEntity(local)] : [];
  });
}

/** A parameter of a block, or of a model, whose inputs are its tensor parameters. */
function parameterOf({ node }: Declared, name: string): LocalName | undefined {
  const parts: readonly Member[] = node.kind === 'block' ? node.params : node.members;
  const param = parts.find((p) => (p.kind === 'param' || p.kind === 'input') && p.name.name === name);
  return param?.kind === 'param' || param?.kind === 'input' ? meaningsOf(node).locals.get(param.name) : undefined;
}

/** Entities that are declared at different places; what the language gives once by its name. */
function distinct(entities: readonly Entity[]): Entity[] {
  const seen = new Map<unknown, Entity>();
  for (const entity of entities) seen.set(entity.ident ?? entity.name, entity);
  return [...seen.values()];
}
