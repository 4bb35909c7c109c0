import { Position, Range } from 'vscode';
import type { DocumentRange, PreviewData } from './preview-data.ts';

/** The stage that is written at a cursor: of those that hold it, the one of the fewest lines. -1 where there is none. */
export function stageAt(data: PreviewData, uri: string, cursor: Position): number {
  let best = -1;
  let lines = Number.POSITIVE_INFINITY;
  data.stages.forEach(({ place }, index) => {
    if (place?.uri !== uri || !toRange(place.range).contains(cursor)) return;
    const own = place.range.end.line - place.range.start.line;
    if (own < lines) {
      lines = own;
      best = index;
    }
  });
  return best;
}

/** Whole lines, so that a cursor in the margin of a row counts as in it. */
export function toRange({ start, end }: DocumentRange): Range {
  return new Range(new Position(start.line, 0), new Position(end.line, Number.MAX_SAFE_INTEGER));
}
