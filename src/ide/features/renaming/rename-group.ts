import { walkNodes } from '../../../1-parse/walk.ts';
import type { Module } from '../../../2-resolve/program.ts';
import type { Entity } from '../../../3-check/meanings/entity.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import {
  declaredAt,
  dependentFiles,
  type EntityUse,
  entityKey,
  occurrencesOf,
  occurrencesOfEntity,
} from '../../names/occurrences.ts';

/** What has to be renamed together: parameters that share a column, labels that share a path. */
export interface RenameGroup {
  readonly entities: readonly Entity[];
  readonly found: readonly EntityUse[];
}

/** All that shares an occurrence with one of some entities, directly or through others. */
export function renameGroup(ide: Ide, analysis: Analysis, start: readonly Entity[]): RenameGroup {
  const entities = new Map<string, Entity>();
  const found = new Map<string, EntityUse>();
  const open: { entity: Entity; analysis: Analysis }[] = start.map((entity) => ({ entity, analysis }));
  for (const { entity, analysis: seen } of open) {
    const key = entityKey(seen, entity) ?? entity.name;
    if (entities.has(key)) continue;
    entities.set(key, entity);
    for (const f of occurrencesOfEntity(ide, seen, entity)) {
      found.set(`${f.path}:${f.start}`, f);
      for (const other of f.entities) open.push({ entity: other, analysis: f.analysis });
    }
  }
  return { entities: [...entities.values()], found: [...found.values()] };
}

/**
 * An argument or a column that may be the parameter of a block that is passed on as a value: what a parameter of type
 * `block` holds is not known everywhere.
 */
export function doubtfulUse(ide: Ide, analysis: Analysis, { entities, found }: RenameGroup): EntityUse | undefined {
  const owners = entities.flatMap(({ kind, owner }) =>
    (kind === 'parameter' || kind === 'input') && owner ? [owner.name.name] : [],
  );
  if (owners.length === 0) return undefined;
  const sure = new Set(found.map((f) => `${f.path}:${f.start}`));
  const { path } = declaredAt(analysis, entities[0] as Entity) ?? analysis;
  for (const file of dependentFiles(ide, path)) {
    const dependent = ide.analysis(file);
    if (!dependent?.program.modules.some((m) => owners.some((name) => isHandedOn(m, name)))) continue;
    for (const module of dependent.program.modules) {
      for (const occurrence of occurrencesOf({ module })) {
        const { target, name } = occurrence;
        if (target.kind !== 'argument' || name !== entities[0]?.name) continue;
        if (target.callees.length > 0 && !target.callees.some((c) => c.kind === 'local')) continue;
        const place = dependent.locate(occurrence.span);
        if (!sure.has(`${place.path}:${place.start}`))
          return { ...place, occurrence, entities: [], analysis: dependent };
      }
    }
  }
  return undefined;
}

/** Whether a file passes a block as an argument, in a list or as a value. */
function isHandedOn(module: Module, name: string): boolean {
  if (!module.scope.has(name)) return false;
  let handed = false;
  walkNodes(module.ast.declarations, (node) => {
    const { value, items } = node as { value?: { kind?: string; text?: string }; items?: (typeof value)[] };
    if (node.kind === undefined || node.kind === 'assign' || node.kind === 'list') {
      handed ||= [value, ...(items ?? [])].some((v) => v?.kind === 'name' && v.text === name);
    }
    return !handed;
  });
  return handed;
}
