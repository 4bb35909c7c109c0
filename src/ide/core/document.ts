import type { PartOfFile } from '../../1-parse/concrete.ts';
import { parseLimits } from '../../1-parse/limits.ts';
import { type ParseResult, parse } from '../../1-parse/parse.ts';
import type { Source } from '../../source.ts';
import { type Cut, cutText } from './cut.ts';

/** A text cut into pieces, each parsed as a separate source. Immutable; the next version shares unchanged pieces. */
export interface Document {
  /** The whole text. */
  readonly source: Source;
  /** In the order of the text; at least one. */
  readonly pieces: readonly DocumentPiece[];
  /** Where each piece starts in the text. */
  readonly starts: ReadonlyMap<Source, number>;
  /** The result of `parse` for a file, assembled from the pieces. */
  readonly parsed: ParseResult;
}

export interface DocumentPiece extends PartOfFile {
  readonly source: Source;
  /** Where it starts in the text. */
  readonly start: number;
  readonly parsed: ParseResult;
}

/** A longer text is one piece, so that the parser's bounds hold for the whole of it. */
const mostCharacters = parseLimits.tokens;

/** Cuts and parses a text; unchanged pieces are taken from the previous version. */
export function createDocument(source: Source, before?: Document): Document {
  const { name, text } = source;
  const cuts: readonly Cut[] = text.length > mostCharacters ? [{ start: 0, declared: false }] : cutText(text);
  const kept = piecesByText(before);
  let declared = false;
  const pieces = cuts.map((cut, i): DocumentPiece => {
    const last = i === cuts.length - 1;
    const part = last && i === 0 ? text : text.slice(cut.start, cuts[i + 1]?.start);
    declared ||= cut.declared;
    const place = { start: cut.start, declared, last };
    const same = kept.get(part)?.pop();
    const piece =
      same && readsAlike(same, place)
        ? { ...same, ...place }
        : parsePiece(part === text ? source : { name, text: copyOf(part) }, place);
    declared ||= piece.parsed.ast.declarations.some(({ span }) => piece.source.text[span.end - 1] === '}');
    return piece;
  });
  const starts = new Map(pieces.map((piece) => [piece.source, piece.start]));
  return { source, pieces, starts, parsed: joinPieces(source, pieces) };
}

function parsePiece(source: Source, place: PartOfFile & Pick<DocumentPiece, 'start'>): DocumentPiece {
  return { ...place, source, parsed: parse(source, place) };
}

/** The pieces of a document by their text; of equal ones the first is last. */
function piecesByText(document: Document | undefined): Map<string, DocumentPiece[]> {
  const pieces = new Map<string, DocumentPiece[]>();
  for (const piece of document?.pieces.toReversed() ?? []) {
    const equal = pieces.get(piece.source.text);
    if (equal) equal.push(piece);
    else pieces.set(piece.source.text, [piece]);
  }
  return pieces;
}

/** Whether a piece that was parsed in one place would be read the same in another. */
function readsAlike({ declared, last, parsed }: DocumentPiece, place: PartOfFile): boolean {
  if (declared === place.declared && last === place.last) return true;
  return parsed.diagnostics.length === 0 && (declared === place.declared || parsed.ast.imports.length === 0);
}

/** Copies a string: a slice in V8 keeps the whole text alive that it was cut from. */
function copyOf(part: string): string {
  return ` ${part}`.slice(1);
}

function joinPieces(source: Source, pieces: readonly DocumentPiece[]): ParseResult {
  const trees = pieces.map(({ parsed }) => parsed.ast);
  return {
    ast: {
      span: { source, start: 0, end: source.text.length },
      imports: trees.flatMap(({ imports }) => imports),
      declarations: trees.flatMap(({ declarations }) => declarations),
      comments: trees.flatMap(({ comments }) => comments),
    },
    diagnostics: pieces.flatMap(({ parsed }) => parsed.diagnostics).slice(0, parseLimits.errors),
  };
}
