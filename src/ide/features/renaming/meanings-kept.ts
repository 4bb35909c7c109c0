import type { Ident } from '../../../1-parse/ast.ts';
import { type ParseResult, parse } from '../../../1-parse/parse.ts';
import { type ProgramFiles, readFiles } from '../../../2-resolve/files.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { checkModule } from '../../../3-check/check.ts';
import { checkRecursion } from '../../../3-check/check-recursion.ts';
import { resolveTarget } from '../../../3-check/meanings/resolve-target.ts';
import { buildDiagnostics } from '../../../diagnostics/catalog/build.ts';
import type { Diagnostic } from '../../../diagnostics/diagnostic.ts';
import type { Host } from '../../../host.ts';
import type { Source } from '../../../source.ts';
import type { Analysis, Place } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import { importedPath } from '../../names/import-path.ts';
import { entityKey, occurrencesOf } from '../../names/occurrences.ts';
import type { EditorEdit } from '../diagnostics.ts';
import { applyEdits, editsByPath, shiftOf } from '../edits.ts';

/** Why edits would change what a program means: a name with another meaning, or a new error. */
export interface ChangedMeaning {
  readonly place: Place;
  /** The error's message; none if a name would just mean something else. */
  readonly message?: string;
}

/**
 * Whether every name of some documents would mean after edits what it means now. Renaming is checked against this: any conflict shows here.
 * @returns the first change of meaning, undefined if there is none
 */
export function changedMeaning(
  ide: Ide,
  paths: readonly string[],
  edits: readonly EditorEdit[],
): ChangedMeaning | undefined {
  const byPath = editsByPath(edits);
  const texts = new Map<string, string>();
  for (const [path, own] of byPath) texts.set(path, applyEdits(ide.analysis(path)?.source.text ?? '', own));
  const shifts = new Map([...byPath].map(([path, own]) => [path, shiftOf(own)]));
  const moved = (path: string, offset: number) => shifts.get(path)?.(offset) ?? offset;
  const edited = documentsWith(ide, texts);
  for (const path of paths) {
    const analysis = ide.analysis(path);
    if (!analysis) continue;
    const { module, errors } = edited(analysis);
    const before = meanings(analysis.module, analysis, moved);
    const after = meanings(module, { locate: placeOf }, (_path, offset) => offset);
    const changed = before.find(({ means, place }, i) => means !== after[i]?.means || place !== after[i]?.place);
    if (changed) return { place: analysis.locate(changed.span) };
    const old = ownErrors(analysis);
    const [error] = errors.length > old.length ? newOnes(errors, old) : [];
    const outputs = outputsTwice(module);
    const [output] = outputs.length > outputsTwice(analysis.module).length ? outputs : [];
    if (output) return { place: placeOf(output.span), message: `two outputs would be named '${output.name}'` };
    if (error) return { place: error.span ? placeOf(error.span) : { path, start: 0, end: 0 }, message: error.message };
  }
  return undefined;
}

/**
 * Outputs of models with the name of an earlier one: only a build reports this, and the places of names do not show it.
 */
function outputsTwice({ ast }: Module): Ident[] {
  return ast.declarations.flatMap((model) => {
    const outputs = model.kind === 'model' ? model.members.flatMap((m) => (m.kind === 'return' ? m.outputs : [])) : [];
    const names = outputs.map(({ label, value }) => label?.name ?? (value.kind === 'name' ? value.text : ''));
    return outputs.flatMap(({ label, value }, i) => {
      const name = names[i] as string;
      return name !== '' && names.indexOf(name) < i ? [{ name, span: label?.span ?? value.span }] : [];
    });
  });
}

/** The errors of a document itself that are known without building. */
function ownErrors(analysis: Analysis): Diagnostic[] {
  return analysis
    .diagnosticsSoFar()
    .filter((d) => d.severity === 'error' && !Object.hasOwn(buildDiagnostics, d.code))
    .filter((d) => d.span && analysis.locate(d.span).path === analysis.path);
}

function placeOf(span: Parameters<Analysis['locate']>[0]): Place {
  return { path: span.source.name, start: span.start, end: span.end };
}

function newOnes<T extends { readonly message: string }>(now: readonly T[], before: readonly T[]): T[] {
  const known = new Set(before.map((d) => d.message));
  return [...now.filter((d) => !known.has(d.message)), ...now];
}

/** Each name of a file as the place where it stands and the places that it means. */
function meanings(module: Module, analysis: Pick<Analysis, 'locate'>, moved: (path: string, offset: number) => number) {
  return [...occurrencesOf({ module })].map(({ span, target }) => {
    const { path, start } = analysis.locate(span);
    const means = resolveTarget(module, target).map((entity) => {
      const key = entityKey(analysis, entity);
      if (key === undefined) return entity.name;
      const at = key.lastIndexOf(':');
      return `${key.slice(0, at)}:${moved(key.slice(0, at), Number(key.slice(at + 1)))}`;
    });
    return { span, place: moved(path, start), means: means.sort().join() };
  });
}

/** A hypothetical document, with its own errors that are known without building. */
export interface EditedDocument {
  readonly module: Module;
  readonly errors: readonly Diagnostic[];
}

/**
 * Documents with other texts for some files. Nothing of the editor changes. A file that several documents
 * import is read once.
 * @param texts the other texts, by path
 */
export function documentsWith(ide: Ide, texts: ReadonlyMap<string, string>): (analysis: Analysis) => EditedDocument {
  const parsed = new Map<string, ParseResult>();
  const keptParse = (source: Source): ParseResult => {
    const known = parsed.get(source.name);
    if (known?.ast.span.source.text === source.text) return known;
    const result = parse(source);
    parsed.set(source.name, result);
    return result;
  };
  return (analysis) => {
    const { path } = analysis;
    const host = hostWith(ide, analysis, texts);
    const files: ProgramFiles = { ...readFiles(host), parse: keptParse };
    const text = texts.get(path) ?? analysis.source.text;
    const { program, diagnostics } = resolveProgram({ name: path, text }, host, files);
    const all = [...diagnostics, ...checkModule(program.entry), ...checkRecursion(program)];
    const errors = all.filter((d) => d.severity === 'error' && d.span?.source.name === path);
    return { module: program.entry, errors };
  };
}

/** Only files that the document's program has already are read, so that none outside of its root is. */
function hostWith(ide: Ide, analysis: Analysis, texts: ReadonlyMap<string, string>): Host {
  const known = new Set(analysis.program.modules.map((m) => m.path));
  const bytes = new TextEncoder();
  return {
    root: rootOf(analysis.path),
    resolvePath: (from, path) => (from === '' ? path : importedPath(from, path)),
    readFile(path) {
      if (!known.has(path)) return undefined;
      const text = texts.get(path) ?? ide.analysis(path)?.source.text;
      return text === undefined ? undefined : bytes.encode(text);
    },
  };
}

/** The root of a path's file system: `/`, a drive, or where a virtual folder is. */
function rootOf(path: string): string {
  return /^(?:[A-Za-z][A-Za-z\d+.-]*:(?:\/\/[^/]*)?)?[\\/]/.exec(path)?.[0] ?? '';
}
