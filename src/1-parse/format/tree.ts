import type { CstElement, CstNode, IToken } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { textWidth } from '../../diagnostics/text-width.ts';
import { positionAt, type Source } from '../../source.ts';
import type { ConcreteResult } from '../parse.ts';

/** A comment, with what of its place is kept. */
export interface PrintComment {
  readonly text: string;
  /** It follows code on its line. */
  readonly trailing: boolean;
  /** A blank line stands above it. */
  readonly blankBefore: boolean;
  /** Where it began on its line, from 0; NaN where that says nothing. */
  readonly column: number;
}

/** A token in its place. */
export interface PrintToken {
  readonly index: number;
  readonly token: IToken;
  /** The grammar rule that it stands in. */
  readonly rule: string;
  readonly width: number;
  /** The comments between the token before and this one. */
  comments: readonly PrintComment[];
  readonly blankBefore: boolean;
  /** The author began a line between the token before and this one. */
  readonly lineBreak: boolean;
  /** Where it began on its line, from 0; NaN where that says nothing. */
  readonly column: number;
  /** It begins a line of the output, whatever the width. Set by `markBreaks`. */
  hard: boolean;
}

/** A node of the concrete tree with its children in the order of the text. */
export interface PrintNode {
  readonly rule: string;
  readonly children: readonly PrintElement[];
}

export type PrintElement = PrintNode | PrintToken;

export function isToken(element: PrintElement): element is PrintToken {
  return 'token' in element;
}

export function isType(element: PrintElement | undefined, type: IToken['tokenType']): boolean {
  return element !== undefined && isToken(element) && element.token.tokenType === type;
}

/** The first token of an element; every element of a text without errors has one. */
export function firstToken(element: PrintElement): PrintToken {
  let e = element;
  while (!isToken(e)) e = e.children[0] as PrintElement;
  return e;
}

export function lastToken(element: PrintElement): PrintToken {
  let e = element;
  while (!isToken(e)) e = e.children.at(-1) as PrintElement;
  return e;
}

export interface PrintTree {
  readonly root: PrintNode;
  /** All tokens, and one of no length at the end that holds the last comments. */
  readonly tokens: readonly PrintToken[];
}

/** Makes the tree that is printed, of a text without syntax errors. */
export function printTree(source: Source, { cst, tokens, comments }: ConcreteResult): PrintTree {
  const printed: PrintToken[] = [];
  const gaps = readGaps(source, tokens, comments);
  const convert = (node: CstNode): PrintNode => {
    const children = Object.values(node.children).flat().filter(hasTokens);
    children.sort((a, b) => startOf(a) - startOf(b));
    return {
      rule: node.name,
      children: children.map((child) => {
        if (!('image' in child)) return convert(child);
        const index = printed.length;
        const token: PrintToken = { index, token: child, rule: node.name, ...(gaps[index] as Gap), hard: false };
        printed.push(token);
        return token;
      }),
    };
  };
  const root = convert(cst);
  const end = { image: '', startOffset: source.text.length, tokenTypeIdx: 0, tokenType: t.Foreign };
  printed.push({ index: printed.length, token: end, rule: 'file', ...(gaps[printed.length] as Gap), hard: true });
  return { root, tokens: printed };
}

function hasTokens(element: CstElement): boolean {
  return 'image' in element || !Number.isNaN(element.location?.startOffset ?? Number.NaN);
}

function startOf(element: CstElement): number {
  return 'image' in element ? element.startOffset : (element.location?.startOffset ?? 0);
}

type Gap = Pick<PrintToken, 'comments' | 'blankBefore' | 'lineBreak' | 'column' | 'width'>;

/** What stands before each token, and before the end. */
function readGaps(source: Source, tokens: readonly IToken[], comments: readonly IToken[]): Gap[] {
  const gaps: Gap[] = [];
  let end = 0;
  let c = 0;
  // Comments before a comma are printed after it, or the comma would begin a line.
  let moved: PrintComment[] = [];
  for (let i = 0; i <= tokens.length; i++) {
    const token = tokens[i];
    const start = token?.startOffset ?? source.text.length;
    const found: PrintComment[] = [];
    const from = end;
    let lineEnds = 0;
    for (let comment = comments[c]; comment && comment.startOffset < start; comment = comments[++c]) {
      const between = countLineEnds(source.text, end, comment.startOffset);
      lineEnds += between;
      found.push({
        text: comment.image.trimEnd(),
        trailing: i > 0 && lineEnds === 0 && moved.length === 0,
        blankBefore: between > 1,
        column: columnOf(source, comment.startOffset),
      });
      end = comment.endOffset! + 1;
    }
    const between = countLineEnds(source.text, end, start);
    const all = [...moved, ...found];
    const isComma = token?.tokenType === t.Comma;
    moved = isComma ? all : [];
    gaps.push({
      comments: isComma ? [] : all,
      blankBefore: between > 1,
      lineBreak: lineEnds + between > 0 || (found.length > 0 && from > 0),
      column: token ? columnOf(source, start) : 0,
      width: token ? textWidth(token.image) : 0,
    });
    end = token ? token.endOffset! + 1 : end;
  }
  return gaps;
}

/** Line ends between two offsets: \n, \r or both as one. */
function countLineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) count++;
  }
  return count;
}

/** Columns further right than this are no one's layout; also, looking at them costs. */
const rightmost = 120;

function columnOf(source: Source, offset: number): number {
  const { column } = positionAt(source, offset);
  if (column > rightmost) return Number.NaN;
  const lineStart = offset - column + 1;
  const before = source.text.slice(lineStart, offset);
  return /[\t\r]/.test(before) ? Number.NaN : textWidth(before);
}
