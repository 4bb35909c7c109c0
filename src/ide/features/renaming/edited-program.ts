import type { Program } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { checkProgram } from '../../../3-check/check.ts';
import type { Diagnostic } from '../../../diagnostics/diagnostic.ts';
import type { Host } from '../../../host.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import { importedPath } from '../../names/import-path.ts';

/** A program as it would be with some texts changed, with the errors that can be known without building. */
export interface EditedProgram {
  readonly program: Program;
  readonly errors: readonly Diagnostic[];
}

/**
 * What a document's program would be with other texts for some files. Nothing of the editor changes.
 * @param texts the other texts, by path
 */
export function programWith(ide: Ide, analysis: Analysis, texts: ReadonlyMap<string, string>): EditedProgram {
  const { path } = analysis;
  const text = texts.get(path) ?? analysis.source.text;
  const { program, diagnostics } = resolveProgram({ name: path, text }, hostWith(ide, analysis, texts));
  const errors = [...diagnostics, ...checkProgram(program)].filter((d) => d.severity === 'error');
  return { program, errors };
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

/** The root of a path's file system: `/`, or a drive. */
function rootOf(path: string): string {
  return /^(?:[A-Za-z]:)?[\\/]/.exec(path)?.[0] ?? '';
}
