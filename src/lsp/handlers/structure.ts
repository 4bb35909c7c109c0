import {
  type DocumentLink,
  DocumentLinkRequest,
  type FoldingRange,
  FoldingRangeKind,
  FoldingRangeRequest,
  LinkedEditingRangeRequest,
  type SelectionRange,
  SelectionRangeRequest,
} from 'vscode-languageserver';
import { documentLinks } from '../../ide/features/document-links.ts';
import { foldingRanges } from '../../ide/features/folding.ts';
import { linkedEditingRanges } from '../../ide/features/references.ts';
import { selectionRanges } from '../../ide/features/selection-ranges.ts';
import { invalidParams } from '../errors.ts';
import { answerIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { offsetIn, rangeIn, uriOf } from '../view.ts';

const foldingKinds = {
  region: FoldingRangeKind.Region,
  imports: FoldingRangeKind.Imports,
  comment: FoldingRangeKind.Comment,
} as const;

/** The structure of a text: folding, selection ranges, links, linked editing. */
export function answerStructure(session: Session): void {
  answerIn(session, FoldingRangeRequest.type, (view): FoldingRange[] =>
    foldingRanges(view.analysis).flatMap((folding) => {
      const { start, end } = rangeIn(view, folding);
      if (start.line >= end.line) return [];
      const lines = { startLine: start.line, endLine: end.line, kind: foldingKinds[folding.kind] };
      if (session.client.lineFoldingOnly) return [lines];
      return [{ ...lines, startCharacter: start.character, endCharacter: end.character }];
    }),
  );
  answerIn(session, SelectionRangeRequest.type, (view, { positions }): SelectionRange[] => {
    if (!Array.isArray(positions)) throw invalidParams('positions are missing');
    return positions.map((position) => {
      const offset = offsetIn(view, position);
      const ranges = selectionRanges(view.analysis, offset).map((place) => rangeIn(view, place));
      const outermostFirst = ranges.reverse();
      const found = outermostFirst.reduce<SelectionRange | undefined>(
        (parent, range) => ({ range, ...(parent && { parent }) }),
        undefined,
      );
      return found ?? { range: rangeIn(view, { start: offset, end: offset }) };
    });
  });
  answerIn(session, DocumentLinkRequest.type, (view): DocumentLink[] =>
    documentLinks(view.analysis).map((link) => ({
      range: rangeIn(view, link),
      target: 'url' in link.to ? link.to.url : uriOf(session, link.to.path),
    })),
  );
  answerIn(session, LinkedEditingRangeRequest.type, (view, { position }) => {
    const places = view.library ? [] : linkedEditingRanges(view.analysis, offsetIn(view, position));
    return places.length > 1 ? { ranges: places.map((place) => rangeIn(view, place)) } : null;
  });
}
