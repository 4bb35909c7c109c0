import { type Source, withLineEnds } from '../source.ts';
import type { Fix, TextEdit } from './diagnostic.ts';

/**
 * Applies the safe fixes of a source. A fix is applied whole or not at all; of two that touch the same text the first
 * wins, and a second run may apply the other. A fix that edits another file is left alone.
 * @returns the new text, and the fixes that went into it.
 */
export function applyFixes(source: Source, fixes: readonly Fix[]): { text: string; applied: readonly Fix[] } {
  const taken = createEditSet();
  const applied = fixes.filter((fix) => {
    if (!fix.safe || fix.edits.length === 0) return false;
    if (fix.edits.some((edit) => edit.span.source.name !== source.name)) return false;
    if (fix.edits.some((edit) => taken.touches(edit))) return false;
    for (const edit of fix.edits) taken.add(edit);
    return true;
  });
  const edits = applied.flatMap((fix) => fix.edits);
  edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let text = '';
  let end = 0;
  for (const edit of edits) {
    text += source.text.slice(end, edit.span.start) + withLineEnds(edit.newText, source.text);
    end = edit.span.end;
  }
  return { text: text + source.text.slice(end), applied };
}

/** The number of characters in one page of a text. */
const pageSize = 256;

/** Edits by the pages of the text that they touch, so that each is compared with its neighbours alone. */
function createEditSet() {
  const pages = new Map<number, TextEdit[]>();
  const pagesOf = function* ({ span }: TextEdit): Generator<number> {
    const last = Math.floor(span.end / pageSize);
    for (let page = Math.floor(span.start / pageSize); page <= last; page++) yield page;
  };
  return {
    /** Whether an edit cannot be made together with those in the set. */
    touches(edit: TextEdit): boolean {
      for (const page of pagesOf(edit)) if (pages.get(page)?.some((other) => overlaps(edit, other))) return true;
      return false;
    },
    add(edit: TextEdit): void {
      for (const page of pagesOf(edit)) {
        const edits = pages.get(page);
        if (edits) edits.push(edit);
        else pages.set(page, [edit]);
      }
    },
  };
}

/** Whether two edits cannot both be made: they change a common character, or insert at one place. */
function overlaps(a: TextEdit, b: TextEdit): boolean {
  if (a.span.start === b.span.start && a.span.end === b.span.end) return true;
  return a.span.start < b.span.end && b.span.start < a.span.end;
}
