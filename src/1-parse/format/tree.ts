import type { CstElement, CstNode, IToken } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { textWidth } from '../../diagnostics/text-width.ts';
import { positionAt, type Source } from '../../source.ts';
import type { ConcreteResult } from '../concrete.ts';
import { endsOperand, isCloser, isOpener } from '../fix-slips/token-kinds.ts';

/** A comment, with the parts of its layout that are kept. */
export interface PrintComment {
  readonly text: string;
  /** It follows code on its line. */
  readonly trailing: boolean;
  /** There is a blank line above it. */
  readonly blankBefore: boolean;
  /** Its column, from 0; NaN where that is meaningless. */
  readonly column: number;
}

/** A token in its place. */
export interface PrintToken {
  readonly index: number;
  readonly token: IToken;
  /** The grammar rule that contains it. */
  rule: string;
  readonly width: number;
  /** The comments between the token before and this one. */
  comments: readonly PrintComment[];
  readonly blankBefore: boolean;
  /** The author began a line between the token before and this one. */
  readonly lineBreak: boolean;
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
  readonly source: Source;
}

/** Makes the tree that is printed, of a text without syntax errors. */
export function printTree(source: Source, { cst, tokens: written, comments }: ConcreteResult): PrintTree {
  const tokens = readTokens(source, written, comments);
  let next = 0;
  const convert = (node: CstNode): PrintNode => {
    if (node.name === 'row' || node.name === 'header') {
      const flat = flatRow(tokens, next, node.location?.endOffset ?? 0);
      if (flat) {
        next += flat.length;
        return { rule: node.name, children: flat };
      }
    }
    const children: PrintElement[] = [];
    for (const child of inOrder(node)) {
      if ('image' in child) {
        const token = tokens[next++] as PrintToken;
        token.rule = node.name;
        children.push(token);
      } else children.push(convert(child));
    }
    return { rule: node.name, children };
  };
  return { root: convert(cst), tokens, source };
}

/** The children of a node, which chevrotain sorts by kind, in the order of the text. */
function inOrder(node: CstNode): CstElement[] {
  const elements: CstElement[] = [];
  for (const kind of Object.values(node.children)) {
    for (const element of kind) if (!Number.isNaN(startOf(element))) elements.push(element);
  }
  return elements.length < 2 ? elements : elements.sort((a, b) => startOf(a) - startOf(b));
}

function startOf(element: CstElement): number {
  return 'image' in element ? element.startOffset : (element.location?.startOffset ?? Number.NaN);
}

/**
 * The tokens of a row from `first` on; undefined if one of its cells contains a table. Rows are what large files are
 * made of: their cells stay on one line, so that a tree of them is not needed, only the rules that spacing asks for.
 */
function flatRow(tokens: readonly PrintToken[], first: number, endOffset: number): PrintToken[] | undefined {
  const row: PrintToken[] = [];
  const open: string[] = [];
  for (let i = first; (tokens[i]?.token.startOffset ?? Number.POSITIVE_INFINITY) <= endOffset; i++) {
    const token = tokens[i] as PrintToken;
    const { tokenType } = token.token;
    if (i > first && tokenType === t.RowStart) return undefined;
    const afterOperand = endsOperand(tokens[i - 1]?.token);
    if (isOpener(token.token)) open.push((token.rule = ruleOfBracket(tokenType, afterOperand)));
    else if (isCloser(token.token)) token.rule = open.pop() ?? '';
    else token.rule = tokenType === t.Minus && !afterOperand ? 'operand' : 'expression';
    row.push(token);
  }
  return row;
}

function ruleOfBracket(type: IToken['tokenType'], afterOperand: boolean): string {
  if (type === t.LParen) return afterOperand ? 'args' : 'parenthesised';
  if (type === t.LBracket) return afterOperand ? 'operand' : 'list';
  return afterOperand ? 'tail' : 'choice';
}

/** The tokens, and one at the end, with what precedes each. */
function readTokens(source: Source, tokens: readonly IToken[], comments: readonly IToken[]): PrintToken[] {
  const { text } = source;
  const read: PrintToken[] = [];
  const last = { image: '', startOffset: text.length, tokenTypeIdx: 0, tokenType: t.Foreign };
  let end = 0;
  let c = 0;
  // Comments before a comma are printed after it, or the comma would begin a line.
  let moved: readonly PrintComment[] = [];
  for (let index = 0; index <= tokens.length; index++) {
    const token = tokens[index] ?? last;
    const found: PrintComment[] = [];
    let lineEnds = 0;
    for (let comment = comments[c]; comment && comment.startOffset < token.startOffset; comment = comments[++c]) {
      const between = countLineEnds(text, end, comment.startOffset);
      lineEnds += between;
      found.push({
        text: comment.image.trimEnd(),
        trailing: index > 0 && lineEnds === 0 && moved.length === 0,
        blankBefore: between > 1,
        column: columnOf(source, comment.startOffset),
      });
      end = comment.endOffset! + 1;
    }
    const between = countLineEnds(text, end, token.startOffset);
    const all = moved.length === 0 ? found : [...moved, ...found];
    const isComma = token.tokenType === t.Comma;
    moved = isComma ? all : [];
    read.push({
      index,
      token,
      rule: 'file',
      width: token.tokenType === t.StringLiteral ? textWidth(token.image) : token.image.length,
      comments: isComma ? [] : all,
      blankBefore: between > 1,
      lineBreak: lineEnds + between > 0,
      hard: token === last,
    });
    end = token.startOffset + token.image.length;
  }
  return read;
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

/** Columns further right than this are not a deliberate layout, and finding them is costly. */
const rightmost = 120;

/** The column of an offset, from 0; NaN where that is meaningless. */
export function columnOf(source: Source, offset: number): number {
  const { column } = positionAt(source, offset);
  if (column > rightmost) return Number.NaN;
  const lineStart = offset - column + 1;
  const before = source.text.slice(lineStart, offset);
  return /[\t\r]/.test(before) ? Number.NaN : textWidth(before);
}
