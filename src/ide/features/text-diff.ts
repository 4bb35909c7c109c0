/** A change of a text; offsets in the text before. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** So far ahead a line is sought that both texts have. */
const window = 100;

/**
 * The changes that make one text another, small ones in the lines that differ: cursors and marks keep their place.
 * Meant for texts that differ mostly in blanks; the work is linear.
 */
export function textChanges(before: string, after: string): TextChange[] {
  if (bare(before) === bare(after)) return blankChanges(before, after, 0);
  const [a, b] = [linesOf(before), linesOf(after)];
  const changes: TextChange[] = [];
  let [i, j, offset] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const [skipA, skipB] = nextPair(a, b, i, j);
    if (skipA === 0 && skipB === 0) {
      changes.push(...blankChanges(a[i] as string, b[j] as string, offset));
      offset += (a[i++] as string).length;
      j++;
      continue;
    }
    const old = a.slice(i, i + skipA).join('');
    const now = b.slice(j, j + skipB).join('');
    changes.push(...(bare(old) === bare(now) ? blankChanges(old, now, offset) : trimmed(old, now, offset)));
    offset += old.length;
    i += skipA;
    j += skipB;
  }
  return changes;
}

/** The lines of a text, each with its line end. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** How many lines to pass over on both sides until two agree but for blanks. */
function nextPair(a: readonly string[], b: readonly string[], i: number, j: number): [number, number] {
  for (let sum = 0; sum <= 2 * window; sum++) {
    for (let x = Math.max(0, sum - window); x <= Math.min(sum, window); x++) {
      const [lineA, lineB] = [a[i + x], b[j + sum - x]];
      if (lineA !== undefined && lineB !== undefined && bare(lineA) === bare(lineB)) return [x, sum - x];
    }
    if (i + sum >= a.length && j + sum >= b.length) break;
  }
  return [a.length - i, b.length - j];
}

function bare(line: string): string {
  return line.replace(/\s+/g, '');
}

/** The changes between texts that differ only in blanks: one per run of blanks. */
function blankChanges(a: string, b: string, offset: number): TextChange[] {
  if (a === b) return [];
  const changes: TextChange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [endA, endB] = [endOfBlanks(a, i), endOfBlanks(b, j)];
    const [blankA, blankB] = [a.slice(i, endA), b.slice(j, endB)];
    if (blankA !== blankB) changes.push(...trimmed(blankA, blankB, offset + i));
    i = endA;
    j = endB;
    // beyond the blanks both have the same character
    if (i < a.length) i++;
    if (j < b.length) j++;
  }
  return changes;
}

function endOfBlanks(text: string, from: number): number {
  let end = from;
  while (end < text.length && /\s/.test(text[end] as string)) end++;
  return end;
}

/** One change, without what both texts begin and end with. */
function trimmed(a: string, b: string, offset: number): TextChange[] {
  if (a === b) return [];
  let start = 0;
  const most = Math.min(a.length, b.length);
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [{ start: offset + start, end: offset + a.length - end, newText: b.slice(start, b.length - end) }];
}
