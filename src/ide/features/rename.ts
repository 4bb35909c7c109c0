import { keywords } from '../../../grammar/tokens.ts';
import { isBuiltinName } from '../../2-resolve/builtins.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import { ownColumns } from '../../3-check/meanings/walk-expr.ts';
import { positionAt } from '../../source.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import { declaredAt, dependentFiles, isOwnFile, type NameAt, nameAt } from '../names/occurrences.ts';
import { wordEnd, wordStart } from '../tree/word-at.ts';
import type { EditorEdit } from './diagnostics.ts';
import { changedMeaning } from './renaming/meanings-kept.ts';
import { doubtfulUse, renameGroup } from './renaming/rename-group.ts';

/** Why something cannot be renamed, as a sentence for the user. */
export interface Refusal {
  readonly refusal: string;
}

/** A name that can be renamed, and its position under the cursor. */
export interface Renameable {
  readonly place: Place;
  readonly name: string;
}

/** Names of a model that choose a point of its family, and so cannot be bound. */
const reserved: ReadonlySet<string> = new Set(['d', 'w', 'r', 'phi', 'variant']);
/** Kinds of names that only occur in paths, separate from all other names. */
const inPaths: ReadonlySet<Entity['kind']> = new Set(['label', 'row', 'variant', 'output', 'choice']);

/** Whether the name at an offset can be renamed: a name that a file of the workspace declares. */
export function prepareRename(ide: Ide, analysis: Analysis, offset: number): Renameable | Refusal {
  const name = nameAt(analysis, offset);
  if (!name) return refuseWord(analysis, offset);
  return refuseName(ide, analysis, name) ?? { place: name.place, name: name.occurrence.name };
}

/**
 * Renames the name at an offset, in all files of the workspace. Parameters that share a column and labels that share a
 * path are renamed together, since one text names them all. Refused where a name would then mean something else, or where
 * the library or the language gives the name.
 */
export function renameAt(
  ide: Ide,
  analysis: Analysis,
  offset: number,
  newName: string,
): { readonly edits: readonly EditorEdit[] } | Refusal {
  const name = nameAt(analysis, offset);
  if (!name) return refuseWord(analysis, offset);
  const refused = refuseName(ide, analysis, name) ?? refuseNewName(name, newName);
  if (refused) return refused;
  if (newName === name.occurrence.name) return { edits: [] };
  const group = renameGroup(ide, analysis, name.entities);
  const shared = group.entities.find((entity) => !isOwn(ide, analysis, entity));
  if (shared) return refuseShared(analysis, shared);
  const edits = group.found.map(({ path, start, end }) => ({ path, start, end, newText: newName }));
  const outside = edits.find(({ path }) => !isOwnFile(ide, path));
  if (outside)
    return { refusal: `'${name.occurrence.name}' also appears in ${outside.path}, outside of the workspace.` };
  const isColumn = group.found.some(({ occurrence: { target } }) => target.kind === 'argument' && target.column);
  if (isColumn && (newName === 'stride' || name.occurrence.name === 'stride')) return { refusal: strideIsOwn };
  const doubtful = doubtfulUse(ide, analysis, group);
  if (doubtful) {
    return {
      refusal: `It is not known whether '${name.occurrence.name}' is meant in ${lineOf(ide, doubtful)}, where a block is a parameter's value. Rename it by hand.`,
    };
  }
  return refuseConflict(ide, analysis, group.entities, edits, newName) ?? { edits };
}

const strideIsOwn =
  "The column 'stride' of a table has a special meaning: its value is for the first block of a row. A parameter cannot be renamed from or to that name.";

function refuseConflict(
  ide: Ide,
  analysis: Analysis,
  entities: readonly Entity[],
  edits: readonly EditorEdit[],
  newName: string,
): Refusal | undefined {
  const declared = entities.flatMap((entity) => declaredAt(analysis, entity)?.path ?? []);
  const files = new Set([...declared.flatMap((path) => dependentFiles(ide, path)), ...edits.map((e) => e.path)]);
  const changed = changedMeaning(ide, [...files], edits);
  if (!changed) return undefined;
  const where = lineOf(ide, changed.place);
  return {
    refusal: changed.message
      ? `'${newName}' cannot be the new name: in ${where} ${changed.message}.`
      : `'${newName}' cannot be the new name: it would change what a name means in ${where}.`,
  };
}

/** Whether an entity is declared in a file of the workspace. */
function isOwn(ide: Ide, analysis: Analysis, entity: Entity): boolean {
  const declared = declaredAt(analysis, entity);
  return declared !== undefined && isOwnFile(ide, declared.path);
}

function refuseName(ide: Ide, analysis: Analysis, { occurrence, entities }: NameAt): Refusal | undefined {
  const { name, target } = occurrence;
  const [first] = entities;
  if (!first) {
    return { refusal: target.kind === 'language' ? languageOwn(name) : `Nothing here is named '${name}'.` };
  }
  const foreign = entities.find((entity) => !isOwn(ide, analysis, entity));
  if (!foreign) return undefined;
  if (foreign.kind === 'language') return { refusal: languageOwn(name) };
  const path = declaredAt(analysis, foreign)?.path ?? '';
  return {
    refusal: isLibrary(path) ? libraryOwn(name, path) : `'${name}' is declared in ${path}, outside of the workspace.`,
  };
}

function refuseShared(analysis: Analysis, shared: Entity): Refusal {
  const path = declaredAt(analysis, shared)?.path;
  const owner = shared.owner ? ` of '${shared.owner.name.name}'` : '';
  return {
    refusal: path
      ? `A column or a path that names it also names '${shared.name}'${owner} in ${path}, which cannot be changed.`
      : `A column that names it also names '${shared.name}' of one of the language's ops.`,
  };
}

function refuseNewName({ entities, occurrence: { name } }: NameAt, newName: string): Refusal | undefined {
  const areRows = entities.every(({ kind }) => kind === 'row' || kind === 'variant');
  const begin = areRows ? /^(?!\d+[eE]\d+$)\d*[A-Za-z_]\w*$/ : /^[A-Za-z_]\w*$/;
  const isNumber = /^(0|[1-9]\d*)$/.test(newName) && entities.every(({ kind }) => kind === 'variant');
  if ((!begin.test(newName) && !isNumber) || newName === '_') {
    return {
      refusal: `'${newName}' is not a name: a name is made of letters, digits and '_', and does not begin with a digit.`,
    };
  }
  if ((keywords as readonly string[]).includes(newName)) return { refusal: `'${newName}' is a word of the language.` };
  if (entities.every((entity) => inPaths.has(entity.kind))) return undefined;
  if (isBuiltinName(newName)) return { refusal: languageOwn(newName) };
  const column = [name, newName].find((word) => ownColumns.has(word));
  if (column !== undefined && entities.some(({ kind }) => kind === 'parameter')) return columnIsOwn(column);
  const inModel = entities.some((entity) => entity.owner?.kind === 'model' && entity.kind !== 'number');
  if (inModel && reserved.has(newName)) return { refusal: `'${newName}' has a special meaning in a model.` };
  return undefined;
}

function refuseWord(analysis: Analysis, offset: number): Refusal {
  const { text } = analysis.source;
  const word = text.slice(wordStart(text, offset), wordEnd(text, offset));
  const isKeyword = (keywords as readonly string[]).includes(word);
  return {
    refusal: isKeyword ? `'${word}' is a word of the language.` : 'There is no name here that can be renamed.',
  };
}

function columnIsOwn(name: string): Refusal {
  return {
    refusal: `The column '${name}' of a table has a special meaning: a parameter cannot be renamed from or to that name.`,
  };
}

function languageOwn(name: string): string {
  return `'${name}' is the language's own name and cannot be renamed or taken.`;
}

function libraryOwn(name: string, path: string): string {
  return `'${name}' belongs to the library (${path}), which cannot be changed.`;
}

function isLibrary(path: string): boolean {
  return path.startsWith('std/');
}

function lineOf(ide: Ide, { path, start }: Place): string {
  const source = ide.analysis(path)?.source;
  const file = path.split(/[\\/]/).at(-1);
  return source ? `${file}, line ${positionAt(source, start).line}` : `${file}`;
}
