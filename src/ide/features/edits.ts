import { lastIndexWhile } from '../../sorted.ts';
import type { EditorEdit } from './diagnostics.ts';

/** Applies edits to a text. They do not overlap. */
export function applyEdits(text: string, edits: readonly EditorEdit[]): string {
  let result = '';
  let end = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(end, edit.start) + edit.newText;
    end = edit.end;
  }
  return result + text.slice(end);
}

/** The new positions of offsets after edits that do not touch what begins there. */
export function shiftOf(edits: readonly EditorEdit[]): (offset: number) => number {
  const ordered = inOrder(edits);
  let sum = 0;
  const shifts = ordered.map(({ start, end, newText }) => (sum += newText.length - (end - start)));
  return (offset) => offset + (shifts[lastIndexWhile(ordered, ({ start }) => start < offset)] ?? 0);
}

/** Whether two edits change a common character, or insert at one place. */
export function overlap(a: EditorEdit, b: EditorEdit): boolean {
  if (a.path !== b.path) return false;
  return (a.start === b.start && a.end === b.end) || (a.start < b.end && b.start < a.end);
}

/** Edits by the document that they change. */
export function editsByPath(edits: readonly EditorEdit[]): Map<string, EditorEdit[]> {
  const byPath = new Map<string, EditorEdit[]>();
  for (const edit of edits) byPath.set(edit.path, [...(byPath.get(edit.path) ?? []), edit]);
  return byPath;
}

function inOrder(edits: readonly EditorEdit[]): EditorEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}
