import type { Location, Position, Range } from 'vscode-languageserver';
import type { Analysis, Place } from '../ide/core/analysis.ts';
import type { Ide } from '../ide/core/ide.ts';
import { memoise } from '../memoise.ts';
import type { Source } from '../source.ts';
import type { OpenDocument } from './documents.ts';
import { invalidParams } from './errors.ts';
import { libraryFile, libraryPath } from './library-files.ts';
import { type Lines, linesOf, offsetAt, rangeOf } from './lines.ts';
import { documentAt, type Session } from './session.ts';
import { isLibraryUri, pathToUri, uriToPath } from './uris.ts';

/** A document as a request finds it: what is known about it, and conversions between its offsets and positions. */
export interface DocumentView {
  readonly session: Session;
  readonly uri: string;
  readonly path: string;
  /** Undefined for a file that is not open. */
  readonly version: number | undefined;
  readonly library: boolean;
  readonly lines: Lines;
  readonly ide: Ide;
  readonly analysis: Analysis;
}

/**
 * The document of a URI: an open one, a file of a workspace folder, or one of the library. Undefined otherwise, so that
 * no request makes the server read what it must not.
 */
export function viewOf(session: Session, uri: unknown): DocumentView | undefined {
  if (typeof uri !== 'string') throw invalidParams('the document has no uri');
  const open = session.documents.get(uri);
  const path = open?.path ?? (isLibraryUri(uri) ? uriToPath(uri) : knownPath(session, uri));
  const project = session.projects.find(path);
  if (!project || (!open && !project.isWorkspaceFolder && !path.startsWith('std/'))) return undefined;
  let analysis = project.ide.analysis(path);
  if (open && analysis?.source.text !== open.lines.text) {
    // the file is also open under another name, with another text: the requested one counts
    project.ide.open(path, open.lines.text);
    analysis = project.ide.analysis(path);
    if (analysis?.source.text !== open.lines.text) return undefined;
  }
  if (!analysis) return undefined;
  const lines = open?.lines ?? linesOf(analysis.source.text);
  const library = open?.library ?? path.startsWith('std/');
  return { session, uri, path, version: open?.version, library, lines, ide: project.ide, analysis };
}

/** The offset of a position that a client gives; an error if it is invalid. */
export function offsetIn({ session, lines }: DocumentView, position: unknown): number {
  const { line, character } = (position ?? {}) as Partial<Position>;
  if (!Number.isFinite(line) || !Number.isFinite(character)) throw invalidParams('the position is malformed');
  return offsetAt(lines, position as Position, session.client.encoding);
}

/** The offsets of a range that a client gives, the smaller one first. */
export function offsetsIn(view: DocumentView, range: unknown): { start: number; end: number } {
  const { start, end } = (range ?? {}) as Partial<Range>;
  const a = offsetIn(view, start);
  const b = offsetIn(view, end);
  return { start: Math.min(a, b), end: Math.max(a, b) };
}

/** The range of offsets of the document itself. */
export function rangeIn(
  { session, lines }: DocumentView,
  { start, end }: { readonly start: number; readonly end: number },
): Range {
  return rangeOf(lines, start, end, session.client.encoding);
}

/** The range of a place in any document. */
export function rangeAt(view: DocumentView, place: Place): Range {
  return rangeOf(linesAt(view, place.path), place.start, place.end, view.session.client.encoding);
}

/** A place in any document in the protocol's form. */
export function locationOf(view: DocumentView, place: Place): Location {
  return { uri: openAt(view, place.path)?.uri ?? uriOf(view.session, place.path), range: rangeAt(view, place) };
}

/** The open document of a path; of several the one whose text is analysed. */
export function openAt({ session, uri, path: own, ide }: DocumentView, path: string): OpenDocument | undefined {
  const found = (path === own ? session.documents.get(uri) : undefined) ?? documentAt(session, path);
  const text = found && ide.analysis(path)?.source.text;
  if (!found || found.library || found.uri === uri || found.lines.text === text) return found;
  return [...session.documents.values()].find((d) => d.path === path && d.lines.text === text);
}

/** The true path of a URI that a client gives; an error if it is invalid. */
export function pathOf({ platform }: Session, uri: unknown): string {
  if (typeof uri !== 'string') throw invalidParams('a uri is missing');
  return platform.realPath(uriToPath(uri));
}

/** The compiler's path for a URI: for a file of the library, the library's path. */
function knownPath(session: Session, uri: string): string {
  const path = pathOf(session, uri);
  return libraryPath(session, path) ?? path;
}

/** The URI of a path: the client's own where it has the file open. */
export function uriOf(session: Session, path: string): string {
  return documentAt(session, path)?.uri ?? pathToUri(libraryFile(session, path) ?? path);
}

function linesAt(view: DocumentView, path: string): Lines {
  if (path === view.path) return view.lines;
  const open = openAt(view, path);
  if (open) return open.lines;
  const { source } = view.ide.analysis(path) ?? {};
  return source ? linesOfSource(source) : linesOf('');
}

const linesOfSource = memoise(({ text }: Source) => linesOf(text));
