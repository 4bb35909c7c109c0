import type { Analysis, Place } from '../core/analysis.ts';
import { importedPath } from '../names/import-path.ts';
import { documentTokens } from '../tree/document-tokens.ts';

/** A part of a text that leads somewhere: to a document of the program, or to a page. */
export interface DocumentLink extends Place {
  readonly to: { readonly path: string } | { readonly url: string };
}

/** How papers and pages are cited in comments, and the page of each. */
const citations: readonly { readonly pattern: RegExp; readonly url: (found: RegExpMatchArray) => string }[] = [
  { pattern: /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g, url: ([text]) => text },
  { pattern: /\barxiv:\s?(\d{4}\.\d{4,5}(?:v\d+)?)/gi, url: (m) => `https://arxiv.org/abs/${m[1]}` },
  { pattern: /\barxiv\.org\/abs\/(\d{4}\.\d{4,5}(?:v\d+)?)/gi, url: (m) => `https://arxiv.org/abs/${m[1]}` },
  { pattern: /\b(?:doi:\s?)?(10\.\d{4,9}\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}])/gi, url: (m) => `https://doi.org/${m[1]}` },
];

/** The links of a document: its imports that were found, and the pages, arXiv numbers and DOIs in its comments. */
export function documentLinks(analysis: Analysis): readonly DocumentLink[] {
  const { module, program, source, path } = analysis;
  const known = new Set(program.modules.map((m) => m.path));
  const imports = module.ast.imports.flatMap(({ from }): DocumentLink[] => {
    const to = importedPath(path, from.value);
    if (!known.has(to)) return [];
    const { start, end } = analysis.locate(from.span);
    return [{ path, start: start + 1, end: end - 1, to: { path: to } }];
  });
  const pages = documentTokens(source).comments.flatMap((comment) => linksIn(path, comment.image, comment.startOffset));
  return [...imports, ...pages];
}

function linksIn(path: string, text: string, offset: number): DocumentLink[] {
  const found: DocumentLink[] = [];
  // the characters of links: of overlapping links the first pattern's wins
  const taken = new Set<number>();
  for (const { pattern, url } of citations) {
    for (const match of text.matchAll(pattern)) {
      const { index } = match;
      const end = index + match[0].length;
      const before = taken.size;
      for (let at = index; at < end; at++) taken.add(at);
      if (taken.size - before < end - index) continue;
      found.push({ path, start: offset + index, end: offset + end, to: { url: url(match) } });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
