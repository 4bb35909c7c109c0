import { type ParseResult, parse } from '../../../1-parse/parse.ts';
import { type ProgramFiles, readFiles } from '../../../2-resolve/files.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { checkModule } from '../../../3-check/check.ts';
import { checkRecursion } from '../../../3-check/check-recursion.ts';
import type { Diagnostic } from '../../../diagnostics/diagnostic.ts';
import type { Host } from '../../../host.ts';
import type { Source } from '../../../source.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import { importedPath } from '../../names/import-path.ts';

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
