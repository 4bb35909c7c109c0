/** A Markdown table. The first column is aligned left, the others, which contain numbers, right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = `| ${header.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}

/** Parts one below the other; `---` between what belongs to different things. */
export function joinParts(parts: readonly string[], separator = '\n\n'): string {
  return parts.filter((part) => part !== '').join(separator);
}

/** The first sentence of a documentation: it ends before a capital letter or code, so that `et al. 2018` is not an end. */
export function firstSentence(doc: string): string {
  const [paragraph = ''] = doc.split(/\n\s*\n/);
  const text = paragraph.replace(/\s+/g, ' ').trim();
  return /^.*?[.!?](?= [A-Z`]|$)/.exec(text)?.[0] ?? text;
}

/** Code of the language. */
export function fence(code: string): string {
  return fenced('enet', code);
}

/** Code between fences that are longer than any in it. */
export function fenced(language: string, code: string): string {
  const longest = (code.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${code}\n${mark}`;
}

/** The cell of a table for unknown values. */
export const notYet = '…';

/** Whether a text has a table in which something is not known yet: then it is worth asking again. */
export function isIncomplete(markdown: string): boolean {
  return markdown.includes(`| ${notYet} |`);
}

/** The text shown for a range, of a document or of a declaration's own source. */
export interface Described {
  readonly start: number;
  readonly end: number;
  readonly markdown: string;
}
