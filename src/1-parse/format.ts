import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Source, withLineEnds } from '../source.ts';
import { parseConcrete } from './concrete.ts';
import { printText } from './format/print.ts';
import { printTree } from './format/tree.ts';

const byteOrderMark = '\ufeff';

/**
 * A source as canonical text: what `enetc fmt` writes. Formatting the result again changes nothing, its AST is that of the source except for spans, and every comment is kept. The author's choices (a chain or a list on one line or several, a blank line, the column of a comment) are kept. So are a byte order mark and the line ends of the first line: Git and editors choose them.
 *
 * A source with syntax errors is returned unchanged, with its diagnostics.
 */
export function format(source: Source): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const concrete = parseConcrete(source, 'file');
  if (concrete.diagnostics.length > 0) return { text: source.text, diagnostics: concrete.diagnostics };
  const text = withLineEnds(printText(printTree(source, concrete)), source.text);
  return { text: source.text.startsWith(byteOrderMark) ? byteOrderMark + text : text, diagnostics: [] };
}
