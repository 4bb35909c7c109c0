import type {
  DidChangeTextDocumentParams,
  TextDocumentContentChangeEvent,
  TextDocumentItem,
} from 'vscode-languageserver';
import { nounFor } from '../diagnostics/noun-for.ts';
import { stdlib } from '../stdlib.generated.ts';
import { type Lines, linesOf, offsetAt, type PositionEncoding } from './lines.ts';
import { isLibraryUri, uriToPath } from './uris.ts';

/** A document that the client has open. A change makes another value of it. */
export interface OpenDocument {
  /** As the client writes it. */
  readonly uri: string;
  readonly path: string;
  readonly version: number;
  readonly lines: Lines;
  /** A file of the library, opened to be read. */
  readonly library: boolean;
}

/**
 * Makes a document from what the client opens. A library file whose text is not the library's is a document like any other.
 * @param paths the true path of a file, and the library's path of one if it has any
 */
export function openDocument(
  { uri, text, version }: TextDocumentItem,
  paths: { realPath(path: string): string; libraryPath(file: string): string | undefined },
): OpenDocument {
  const file = isLibraryUri(uri) ? undefined : paths.realPath(uriToPath(uri));
  const named = file === undefined ? uriToPath(uri) : paths.libraryPath(file);
  const library = named !== undefined && Object.hasOwn(stdlib, named) && stdlib[named] === text;
  const path = library ? named : (file ?? uri);
  return { uri, path, version: Number.isInteger(version) ? version : 0, lines: linesOf(text), library };
}

/**
 * Applies changes in their order. A range partly outside of the text is clipped to it, as the protocol requires for positions; a malformed change is left out.
 * @returns the document after them, and what was wrong.
 */
export function changeDocument(
  document: OpenDocument,
  { contentChanges, textDocument }: DidChangeTextDocumentParams,
  encoding: PositionEncoding,
): { document: OpenDocument; problems: readonly string[] } {
  const problems: string[] = [];
  let { lines } = document;
  // Changes from the end of a text to its start, as editors send them for several places, are applied together: the
  // text before them is still described by `lines`.
  let waiting: Replacement[] = [];
  const make = () => {
    if (waiting.length > 0) lines = linesOf(replaced(lines.text, waiting));
    waiting = [];
  };
  for (const change of Array.isArray(contentChanges) ? contentChanges : []) {
    let found = replacementOf(lines, change, encoding);
    if (waiting.length > 0 && found && found.to >= (waiting.at(-1) as Replacement).from) {
      make();
      found = replacementOf(lines, change, encoding);
    }
    if (!found) {
      problems.push('a change without a text or with a malformed range');
      continue;
    }
    waiting.push(found);
    const removed = found.to - found.from;
    if (saysOtherwise(change, removed)) {
      problems.push(
        `a change whose range has ${removed} ${nounFor(removed, 'character')} and whose length is ${change.rangeLength}: the range holds`,
      );
    }
  }
  make();
  const { version } = textDocument;
  if (!Number.isInteger(version)) problems.push('a change without a version');
  else if (version <= document.version) problems.push(`version ${version} after version ${document.version}`);
  return {
    document: { ...document, version: Number.isInteger(version) ? version : document.version, lines },
    problems,
  };
}

/** Some clients also state the range's length; if it differs, the client is out of step with its own text. */
function saysOtherwise(
  change: TextDocumentContentChangeEvent,
  removed: number,
): change is TextDocumentContentChangeEvent & { rangeLength: number } {
  return 'rangeLength' in change && Number.isInteger(change.rangeLength) && change.rangeLength !== removed;
}

/** The part of the text that a change replaces. */
interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Undefined for a malformed change. */
function replacementOf(
  lines: Lines,
  change: TextDocumentContentChangeEvent | null | undefined,
  encoding: PositionEncoding,
): Replacement | undefined {
  if (typeof change?.text !== 'string') return undefined;
  const { text } = change;
  if (!('range' in change) || change.range === undefined || change.range === null) {
    return { from: 0, to: lines.text.length, text };
  }
  const { start, end } = change.range;
  if (![start?.line, start?.character, end?.line, end?.character].every(Number.isFinite)) return undefined;
  const a = offsetAt(lines, start, encoding);
  const b = offsetAt(lines, end, encoding);
  return { from: Math.min(a, b), to: Math.max(a, b), text };
}

/** A text with parts replaced, which are given from the last to the first. */
function replaced(text: string, parts: readonly Replacement[]): string {
  const pieces: string[] = [];
  let end = text.length;
  for (const part of parts) {
    pieces.push(text.slice(part.to, end), part.text);
    end = part.from;
  }
  pieces.push(text.slice(0, end));
  return pieces.reverse().join('');
}
