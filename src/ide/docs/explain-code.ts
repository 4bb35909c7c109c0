import { type Code, catalog } from '../../diagnostics/catalog.ts';
import { lineStartAt } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import { documentDiagnostics } from '../features/diagnostics.ts';
import { type Described, joinParts } from './markdown.ts';

/** A diagnostic's explanation from the catalog: Markdown. */
export function explainCode(code: Code): string {
  const { severity, explanation } = catalog[code];
  return joinParts([`**${code}** (${severity})`, indentedToFences(explanation)]);
}

/** The catalog indents its examples by four blanks; here they are code of the language. */
function indentedToFences(text: string): string {
  return text.replace(/(?:^ {4}.*\n?)+/gm, (code) => {
    const lines = code
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(4));
    return `\`\`\`enet\n${lines.join('\n')}\n\`\`\`\n`;
  });
}

/** The code of a diagnostic that a comment names at an offset: `// unused-import: for the example below`. */
export function explainCodeAt(text: string, offset: number): Described | undefined {
  const lineStart = lineStartAt(text, offset);
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const comment = commentStart(line);
  if (comment < 0) return undefined;
  const isPart = (at: number) =>
    at >= lineStart + comment && at < lineStart + line.length && inCode.test(text[at] ?? '');
  let start = offset;
  while (isPart(start - 1)) start--;
  let end = offset;
  while (isPart(end)) end++;
  const word = text.slice(start, end);
  return word.includes('-') && Object.hasOwn(catalog, word)
    ? { start, end, markdown: explainCode(word as Code) }
    : undefined;
}

const inCode = /[a-z0-9-]/;

/** Where the comment of a line starts; strings cannot hold one, since a string ends on its line. */
function commentStart(line: string): number {
  for (let i = 0, inString = false; i < line.length - 1; i++) {
    if (line[i] === '"') inString = !inString;
    else if (!inString && line[i] === '/' && line[i + 1] === '/') return i;
  }
  return -1;
}

/** The explanations of what is reported at an offset, each code once. The messages themselves the editor shows. */
export function explainDiagnosticsAt(analysis: Analysis, offset: number): Described | undefined {
  const reported = documentDiagnostics(analysis, analysis.diagnosticsSoFar());
  const here = reported.filter((d) => d.start <= offset && offset <= d.end && d.end > d.start);
  const [first] = here;
  if (!first) return undefined;
  const codes = [...new Set(here.map((d) => d.code))];
  return { start: first.start, end: first.end, markdown: codes.map(explainCode).join('\n\n') };
}
