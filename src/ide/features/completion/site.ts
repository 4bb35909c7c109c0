import type { IToken } from 'chevrotain';
import * as t from '../../../../grammar/tokens.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { lineStartAt } from '../../../source.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import type { TreeNode } from '../../tree/node-path.ts';
import { type Expected, expectedAfter, nodesAround } from './grammar-here.ts';
import { type CursorPiece, pieceAt, tokensBefore } from './piece.ts';
import { type OpenBracket, type Prefix, readPrefix } from './prefix.ts';
import { type ScopeAt, scopeAt } from './scope-at.ts';
import { type WorkspaceName, type WorkspaceNames, workspaceNames } from './workspace-names.ts';

/** All that the makers of items know of the cursor. */
export interface CompletionSite {
  readonly ide: Ide;
  readonly analysis: Analysis;
  readonly module: Module;
  readonly piece: CursorPiece;
  readonly prefix: Prefix;
  readonly expected: readonly Expected[];
  /** The innermost open bracket. */
  readonly bracket: OpenBracket | undefined;
  /** The nodes around the cursor; computed on first use. */
  readonly path: readonly TreeNode[];
  /** The names that can be seen at the cursor; computed on first use. */
  readonly scope: ScopeAt;
  /** The word at the cursor, up to the cursor. */
  readonly typed: string;
  /** Of the workspace's other files; computed on first use. */
  readonly others: { names(): readonly WorkspaceName[]; readonly arePart: boolean };
}

/** A string that contains the cursor. */
export interface OpenString {
  /** Local offsets of what is between the quotes. */
  readonly start: number;
  readonly end: number;
  readonly site: CompletionSite;
}

/**
 * Classifies an offset: a site, a site inside a string, or undefined if nothing can be completed, in a comment or a
 * number.
 */
export function siteAt(ide: Ide, analysis: Analysis, offset: number): CompletionSite | OpenString | undefined {
  const piece = pieceAt(analysis, offset);
  const { text, cursor } = piece;
  if (text.startsWith('//', cursor - 1)) return undefined;
  const { tokens, comments } = tokensBefore(piece);
  const comment = comments.at(-1);
  if (comment && cursor > comment.startOffset && !text.slice(comment.startOffset, cursor).includes('\n'))
    return undefined;
  const last = tokens.at(-1);
  const touches = last !== undefined && last.endOffset! + 1 === piece.word.start;
  if (last && touches && last.tokenType === t.NumberLiteral) return undefined;
  // between the two characters of an operator
  if (/^(?:[=<>!]=|->)$/.test(text.slice(cursor - 1, cursor + 1))) return undefined;
  // half of what begins a comment
  if (
    last &&
    touches &&
    last.image === '/' &&
    text.slice(lineStartAt(text, last.startOffset), last.startOffset).trim() === ''
  )
    return undefined;
  if (last && last.tokenType === t.Foreign && last.image.startsWith('"') && touches)
    return stringSite(ide, analysis, piece, tokens);
  if (last && touches && last.tokenType === t.Foreign && /^\.+$/.test(last.image)) tokens.pop();
  return createSite(ide, analysis, piece, tokens);
}

function createSite(ide: Ide, analysis: Analysis, piece: CursorPiece, tokens: readonly IToken[]): CompletionSite {
  const prefix = readPrefix(piece.text, tokens, piece.word.start);
  const { module } = analysis;
  let scope: ScopeAt | undefined;
  const typed = piece.text.slice(piece.word.start, piece.cursor);
  let found: WorkspaceNames | undefined;
  let path: readonly TreeNode[] | undefined;
  const site: CompletionSite = {
    ide,
    analysis,
    module,
    piece,
    prefix,
    expected: expectedAfter(prefix),
    bracket: prefix.open.at(-1),
    get path() {
      path ??= nodesAround(piece.text, prefix);
      return path;
    },
    get scope() {
      scope ??= scopeAt(module, piece, site.path);
      return scope;
    },
    typed,
    others: {
      names() {
        found ??= workspaceNames(ide, module, site.scope, typed);
        return found.names;
      },
      get arePart() {
        return found?.isPart === true;
      },
    },
  };
  return site;
}

/** A string that contains the cursor: what is before it, and how far it goes. */
function stringSite(ide: Ide, analysis: Analysis, piece: CursorPiece, tokens: IToken[]): OpenString {
  const open = tokens.pop() as IToken;
  const start = open.startOffset + 1;
  const rest = /^[^"\n\r]*/.exec(piece.text.slice(piece.cursor))?.[0] ?? '';
  const closed = piece.text[piece.cursor + rest.length] === '"';
  const site = createSite(ide, analysis, { ...piece, word: { start: open.startOffset, end: piece.cursor } }, tokens);
  return { start, end: piece.cursor + (closed ? rest.length : 0), site };
}
