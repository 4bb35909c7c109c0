import { fenced } from './markdown.ts';

/**
 * Only here does text by the author of a spec become Markdown for hovers and completions. A spec may come from anyone: its
 * documentation may format text and link to pages by http, but neither run a command of the editor, load a picture, nor
 * write HTML; and a fence that it leaves open does not swallow what follows.
 */

// what can begin a construct that must be examined; most documentation has none
const special = /[`~<\]]|[^\P{Cc}\t\n]/u;
const lineEnd = /\r\n?|\n/;
/** The row under the head of a table, also in a list or quote: cells may end anywhere, even within code spans. */
const tableRule = /^[\s|:>*+\d.)-]+$/;
const fenceStart = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*([\w+-]{0,20})/;

/** Documentation as Markdown that can be embedded between other parts. */
export function authored(doc: string): string {
  if (!special.test(doc)) return doc;
  const out: string[] = [];
  let open: { readonly mark: string; readonly language: string; readonly code: string[] } | undefined;
  const lines = doc.split(lineEnd);
  const hasTable = lines.some((line) => line.includes('-') && tableRule.test(line));
  for (const line of lines) {
    const [, mark, language = ''] = open ? [] : (fenceStart.exec(line) ?? []);
    if (open && isFenceEnd(line, open.mark)) {
      out.push(fenced(open.language, open.code.join('\n')));
      open = undefined;
    } else if (open) open.code.push(withoutControls(line));
    else if (mark !== undefined) open = { mark, language, code: [] };
    else if (hasTable) out.push(line.split('|').map(authoredLine).join('|'));
    else out.push(authoredLine(line));
  }
  if (open) out.push(fenced(open.language, open.code.join('\n')));
  return out.join('\n');
}

function isFenceEnd(line: string, mark: string): boolean {
  const text = line.trim();
  return text.length >= mark.length && line.search(/\S/) < 4 && text === (mark[0] as string).repeat(text.length);
}

const address = /:\/\/|www\./iy;
// none of its parts has brackets, so that each is examined once
const pageLink = /\[[^[\]`<>\\]*\]\(https?:\/\/[^[\]\s()<>"'\\`]*\)/y;

/**
 * One line of documentation. Code spans end on their line, so that none here and one of a renderer can be different
 * stretches of text; what looks like a link, a picture, a reference or a tag outside of them is text. It is written
 * with entities: a backslash could become part of a preceding address that renderers turn into a link.
 */
export function authoredLine(line: string): string {
  if (!special.test(line)) return line;
  const text = withoutControls(line);
  const codeEnds = codeSpans(text);
  let result = '';
  let inAddress = false;
  for (let at = 0; at < text.length; ) {
    const c = text[at] as string;
    let next = at + 1;
    if (c === '`' && !inAddress && codeEnds.has(at)) {
      next = codeEnds.get(at) as number;
      result += text.slice(at, next);
    } else if (c === '[' && text[at - 1] !== '!' && matches(pageLink, text, at)) {
      next = pageLink.lastIndex;
      result += text.slice(at, next);
      inAddress = true;
    } else if (c === '\\' && special.test(text[next] ?? '')) {
      result += entity(text[next] as string);
      next++;
    } else if (c === '\\') {
      next++;
      result += text.slice(at, next);
    } else if (c === '`' || (c === '~' && text[next] === '~')) result += entity(c);
    else if (c === '<' && /[A-Za-z/!?]/.test(text[next] ?? '')) result += entity(c);
    else if (c === ']' && /[([:]/.test(text[next] ?? '')) result += entity(c);
    else {
      result += c;
      if (/\s/.test(c)) inAddress = false;
      else inAddress ||= matches(address, text, at);
    }
    at = next;
  }
  return result;
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function entity(c: string): string {
  return `&#${c.charCodeAt(0)};`;
}

/**
 * Where each code span of a line ends, by where it starts. Those that some renderers read as something else are none: of
 * three backticks, a fence; with what ends the text of a link, that link.
 */
function codeSpans(text: string): ReadonlyMap<number, number> {
  const runs = [...text.matchAll(/\\[^`]|\\?(`+)/g)].filter(([, ticks]) => ticks !== undefined);
  const nextOfLength = new Map<number, number>();
  const closers = runs.map(() => -1);
  for (let i = runs.length - 1; i >= 0; i--) {
    const length = runs[i]?.[1]?.length ?? 0;
    closers[i] = nextOfLength.get(length) ?? -1;
    nextOfLength.set(length, i);
  }
  const spans = new Map<number, number>();
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i] as RegExpExecArray;
    const closer = runs[closers[i] as number];
    if (!closer || run[0].startsWith('\\') || run[0].length > 2) continue;
    const end = closer.index + closer[0].length;
    if (/\][([:]/.test(text.slice(run.index, end))) continue;
    spans.set(run.index, end);
    i = closers[i] as number;
  }
  return spans;
}

function withoutControls(line: string): string {
  return line.replace(/[^\P{Cc}\t]/gu, '');
}
