import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { lineStartAt } from '../../source.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import { nodePath } from '../tree/node-path.ts';
import { wordEnd, wordStart } from '../tree/word-at.ts';

/**
 * What an editor selects step by step around an offset, the smallest first: the word, then each node of the tree that
 * holds it, the declaration, the declaration with its documentation, the file. Each range holds the one before.
 */
export function selectionRanges(analysis: Analysis, offset: number): readonly Place[] {
  const { path, source } = analysis;
  const { text } = source;
  const at = Math.max(0, Math.min(offset, text.length));
  const found: Place[] = [];
  const add = (place: Place) => {
    const inner = found.at(-1);
    if (place.path !== path || place.start > at || place.end < at || place.start === place.end) return;
    if (inner && (place.start > inner.start || place.end < inner.end)) return;
    if (!inner || place.start < inner.start || place.end > inner.end) found.push(place);
  };
  add({ path, start: wordStart(text, at), end: wordEnd(text, at) });
  const { node, offset: local } = analysis.declarationAt(at);
  if (node) {
    for (const part of nodePath(node, local).reverse()) add(analysis.locate(part.span));
    add(withDoc(text, analysis.locate((node as Declaration | ImportNode).span)));
  }
  add({ path, start: 0, end: text.length });
  return found;
}

/** A declaration with the lines of documentation right above it. */
function withDoc(text: string, place: Place): Place {
  let { start } = place;
  for (;;) {
    const lineStart = lineStartAt(text, start);
    const above = lineStart === 0 ? -1 : lineStartAt(text, lineStart - 1);
    if (above < 0 || !/^\s*\/\/\//.test(text.slice(above, lineStart))) return { ...place, start };
    start = above + /^\s*/.exec(text.slice(above, lineStart))![0].length;
  }
}
