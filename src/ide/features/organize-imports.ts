import type { ImportNode } from '../../1-parse/ast.ts';
import { format } from '../../1-parse/format.ts';
import { parseDiagnostics } from '../../diagnostics/catalog/parse.ts';
import type { Analysis } from '../core/analysis.ts';
import { documentTokens } from '../tree/document-tokens.ts';
import type { EditorEdit } from './diagnostics.ts';
import { endWithComment } from './import-edit.ts';
import { textChanges } from './text-diff.ts';

/** An import as it is to be written. */
interface Entry {
  readonly from: string;
  readonly names: Set<string>;
  /** Comments on the lines above it, and what follows it on its line. */
  readonly above: string[];
  readonly trailing: string[];
}

/**
 * The edits that put the imports of a document in order: the library first, then by path; one import for each file, its
 * names in order; without the names that nothing uses. Comments go with their import. None if an import is not
 * complete; unused names are only removed where no syntax error hides their use.
 */
export function organizeImports(analysis: Analysis): readonly EditorEdit[] {
  const { module, path, source } = analysis;
  const { imports } = module.ast;
  const [first] = imports;
  const last = imports.at(-1);
  const isBroken = (node: ImportNode) => node.from.value === '' || node.names.some((n) => n.name === '');
  if (!first || !last || imports.some(isBroken)) return [];
  const start = analysis.locate(first.span).start;
  const end = endWithComment(source.text, analysis.locate(last.span).end);
  if (!isAllImports(analysis, start, end)) return [];
  const entries = readEntries(analysis);
  const lines = [...entries.values()]
    .filter((entry) => entry.names.size + entry.above.length + entry.trailing.length > 0)
    .sort((a, b) => Number(isOwn(a.from)) - Number(isOwn(b.from)) || (a.from < b.from ? -1 : 1))
    .map(printEntry);
  // where nothing is left the blank lines below go too
  const below = lines.length > 0 ? 0 : (/^\s*/.exec(source.text.slice(end))?.[0].length ?? 0);
  const before = source.text.slice(start, end + below);
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const after = lines.join('\n').replace(/\n/g, lineEnd);
  return textChanges(before, after).map((c) => ({
    path,
    start: start + c.start,
    end: start + c.end,
    newText: c.newText,
  }));
}

/** Whether a range contains only imports and comments: unparsed text there must not be lost. */
function isAllImports({ module, source, locate }: Analysis, start: number, end: number): boolean {
  const places = module.ast.imports.map((node) => locate(node.span));
  let next = 0;
  return documentTokens(source).tokens.every(({ startOffset }) => {
    if (startOffset < start || startOffset >= end) return true;
    while (next < places.length && (places[next]?.end ?? 0) <= startOffset) next++;
    return (places[next]?.start ?? end) <= startOffset;
  });
}

function readEntries(analysis: Analysis): Map<string, Entry> {
  const { imports } = analysis.module.ast;
  const unused = unusedNames(analysis);
  const { text } = analysis.source;
  const entries = new Map<string, Entry>();
  const { comments } = documentTokens(analysis.source);
  let end = analysis.locate((imports[0] as ImportNode).span).start;
  for (const node of imports) {
    const place = analysis.locate(node.span);
    const entry = entries.get(node.from.value) ?? { from: node.from.value, names: new Set(), above: [], trailing: [] };
    entries.set(node.from.value, entry);
    for (const { name } of node.names) if (!unused.has(name)) entry.names.add(name);
    const lineEnd = endWithComment(text, place.end);
    for (const { startOffset, image } of comments) {
      if (startOffset >= end && startOffset < place.end) entry.above.push(image.trimEnd());
      else if (startOffset >= place.end && startOffset < lineEnd) entry.trailing.push(image.trimEnd());
    }
    end = lineEnd;
  }
  return entries;
}

function unusedNames(analysis: Analysis): ReadonlySet<string> {
  const { path, source } = analysis;
  const own = analysis.diagnosticsSoFar().filter((d) => d.span && analysis.locate(d.span).path === path);
  if (own.some((d) => Object.hasOwn(parseDiagnostics, d.code))) return new Set();
  return new Set(
    own.flatMap((d) => {
      if (d.code !== 'unused-import' || !d.span) return [];
      const { start, end } = analysis.locate(d.span);
      return [source.text.slice(start, end)];
    }),
  );
}

/** Whether an import names a file, not the library. */
function isOwn(from: string): boolean {
  return !from.startsWith('std/');
}

function printEntry({ from, names, above, trailing }: Entry): string {
  // no comment is lost with its import
  if (names.size === 0) return [...above, ...trailing].join('\n');
  const sorted = [...names].sort((a, b) => (a < b ? -1 : 1));
  const written = `import { ${sorted.join(', ')} } from "${from}"`;
  const canonical = format({ name: '', text: written }).text.trimEnd();
  const [comment, ...more] = trailing;
  return [...above, ...more, comment === undefined ? canonical : `${canonical}  ${comment}`].join('\n');
}
