import type { Analysis } from '../core/analysis.ts';
import { importedPath } from '../names/import-path.ts';
import type { TextChange } from './text-diff.ts';

/**
 * Makes the edits that import names into a document: one more name in the existing import of the file, or a new import below the last one. The existing imports are found once: a list of completions needs many names.
 * @returns the edit for a name and its file, as an import names it
 */
export function importsInto(analysis: Analysis): (name: string, from: string) => TextChange {
  const { path, source, module } = analysis;
  const lastNames = new Map<string, number>();
  for (const { from, names } of module.ast.imports) {
    const last = names.at(-1);
    const file = importedPath(path, from.value);
    const isWhole = last && names.every(({ name }) => name !== '');
    if (isWhole && !lastNames.has(file)) lastNames.set(file, analysis.locate(last.span).end);
  }
  const below = placeOfNew(analysis);
  const [before, after] = linesAround(source.text, below);
  return (name, from) => {
    const end = lastNames.size > 0 ? lastNames.get(importedPath(path, from)) : undefined;
    if (end !== undefined) return { start: end, end, newText: `, ${name}` };
    const newText = `${before}import { ${name} } from "${from}"${after}`;
    return { start: below ?? 0, end: below ?? 0, newText };
  };
}

/** The end of the last import, after a comment on its line; undefined if a document has none. */
function placeOfNew({ source, module, locate }: Analysis): number | undefined {
  const last = module.ast.imports.at(-1);
  if (!last) return undefined;
  return endWithComment(source.text, locate(last.span).end);
}

/** The end of an import and of the comment that follows on its line; of only the import where code follows there. */
export function endWithComment(text: string, end: number): number {
  const rest = /[ \t]*(?:\/\/[^\r\n]*)?(?=\r?\n|$)/y;
  rest.lastIndex = end;
  return rest.test(text) ? rest.lastIndex : end;
}

/** The text before and after a new import. */
function linesAround(text: string, below: number | undefined): readonly [string, string] {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  if (below !== undefined) return [lineEnd, ''];
  return ['', `${lineEnd}${text === '' ? '' : lineEnd}`];
}
