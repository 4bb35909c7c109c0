import { type Source, withLineEnds } from '../source.ts';
import type { Fix, TextEdit } from './diagnostic.ts';

/**
 * Applies the safe fixes of a source. A fix is applied whole or not at all; of two that touch the same text the first
 * wins, and a second run may apply the other. A fix that edits another file is left alone.
 * @returns the new text, and the fixes that went into it.
 */
export function applyFixes(source: Source, fixes: readonly Fix[]): { text: string; applied: readonly Fix[] } {
  const taken: TextEdit[] = [];
  const applied = fixes.filter((fix) => {
    if (!fix.safe || fix.edits.length === 0) return false;
    if (fix.edits.some((edit) => edit.span.source.name !== source.name)) return false;
    if (fix.edits.some((edit) => taken.some((other) => overlaps(edit, other)))) return false;
    taken.push(...fix.edits);
    return true;
  });
  taken.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let text = '';
  let end = 0;
  for (const edit of taken) {
    text += source.text.slice(end, edit.span.start) + withLineEnds(edit.newText, source.text);
    end = edit.span.end;
  }
  return { text: text + source.text.slice(end), applied };
}

/** Whether two edits cannot both be made: they change a common character, or insert at one place. */
function overlaps(a: TextEdit, b: TextEdit): boolean {
  if (a.span.start === b.span.start && a.span.end === b.span.end) return true;
  return a.span.start < b.span.end && b.span.start < a.span.end;
}
