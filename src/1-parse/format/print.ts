import * as t from '../../../grammar/tokens.ts';
import type { Source } from '../../source.ts';
import { groupRules, isConditional, isTable, listRules, markBreaks } from './breaks.ts';
import {
  blankLine,
  type ConditionColumn,
  columnOf,
  createLines,
  joinLines,
  type PrintedLines,
  startLine,
  writeComment,
  writeText,
} from './lines.ts';
import { needsSpace } from './spacing.ts';
import { printRows } from './table.ts';
import {
  firstToken,
  isToken,
  isType,
  lastToken,
  type PrintElement,
  type PrintNode,
  type PrintToken,
  type PrintTree,
  columnOf as sourceColumn,
} from './tree.ts';

/** Lines longer than this are broken where they can be. */
const maximumWidth = 120;
/** Elements that continue over lines are aligned under the first one, unless that is further right than this. */
const rightmostList = 60;

/** How the next token begins a line. */
interface LineStart {
  readonly indent: number;
  /** Whether a blank line before it is taken out, kept where the author has one, or put in. */
  readonly blank: 'none' | 'keep' | 'force';
  /** The indent of the comments before it. */
  readonly comments: number;
}

/** The state of printing. */
export interface Printer {
  readonly lines: PrintedLines;
  readonly source: Source;
  readonly tokens: readonly PrintToken[];
  /** The width of all tokens up to and with each, on one line. */
  readonly flat: readonly number[];
  /** For each token, the next one (itself included) that begins a line. */
  readonly nextHard: readonly number[];
  /** The indent of the current statement, step or list. */
  indent: number;
  /** How many brackets are open within the statement. */
  depth: number;
  pending: LineStart | undefined;
  /** The conditions of the current chain. */
  conditions: ConditionColumn | undefined;
}

/** Prints a tree as canonical text. */
export function printText(tree: PrintTree): string {
  markBreaks(tree.root);
  const p: Printer = {
    lines: createLines(),
    source: tree.source,
    tokens: tree.tokens,
    ...measure(tree.tokens),
    indent: 0,
    depth: 0,
    pending: undefined,
    conditions: undefined,
  };
  tree.root.children.forEach((child, i) => {
    const previous = tree.root.children[i - 1] as PrintNode | undefined;
    const imports = previous?.rule === 'importDeclaration' && (child as PrintNode).rule === 'importDeclaration';
    beginLine(p, 0, imports || !previous ? 'keep' : 'force');
    print(p, child);
  });
  beginLine(p, 0, 'keep');
  putToken(p, tree.tokens.at(-1) as PrintToken);
  return joinLines(p.lines);
}

function measure(tokens: readonly PrintToken[]): Pick<Printer, 'flat' | 'nextHard'> {
  const flat: number[] = [];
  let width = 0;
  tokens.forEach((token, i) => {
    width += token.width + (needsSpace(tokens[i - 1], token) ? 1 : 0);
    flat.push(width);
  });
  const nextHard: number[] = new Array(tokens.length);
  let next = tokens.length;
  for (let i = tokens.length - 1; i >= 0; i--) nextHard[i] = next = tokens[i]?.hard ? i : next;
  return { flat, nextHard };
}

/** The width from one token to another, with what clings to the end; only up to where a line begins anyway. */
function widthOf(p: Printer, first: number, last: number): number {
  const stop = Math.min(p.nextHard[first + 1] ?? p.tokens.length, p.tokens.length);
  let end = Math.min(last, stop - 1);
  while (end >= last && end + 1 < stop && !needsSpace(p.tokens[end], p.tokens[end + 1] as PrintToken)) end++;
  return (p.flat[end] as number) - (p.flat[first] as number) + (p.tokens[first] as PrintToken).width;
}

/** Has the next token begin a line. */
export function beginLine(p: Printer, indent: number, blank: LineStart['blank'], comments = indent): void {
  p.pending = { indent, blank, comments };
}

/** Prints a token, and the comments before it. */
export function putToken(p: Printer, token: PrintToken): void {
  const { comments } = token;
  const start = p.pending ?? (token.hard ? { indent: p.indent + 2, blank: 'none', comments: p.indent + 2 } : undefined);
  p.pending = undefined;
  if (start) {
    const own = comments.filter((c) => !c.trailing);
    const trailing = comments.find((c) => c.trailing);
    if (trailing) p.lines.current.comment = trailing;
    const blanks = start.blank === 'force' && !token.blankBefore && !own.some((c) => c.blankBefore);
    own.forEach((comment, i) => {
      startLine(p.lines, start.comments);
      if ((comment.blankBefore && start.blank !== 'none') || (blanks && i === 0)) blankLine(p.lines);
      writeComment(p.lines, comment.text);
    });
    startLine(p.lines, start.indent, isType(token, t.RowStart));
    const kept = token.blankBefore && start.blank !== 'none' && !closes(token);
    if (kept || (blanks && own.length === 0)) blankLine(p.lines);
  } else if (needsSpace(p.tokens[token.index - 1], token)) writeText(p.lines, ' ', 1);
  writeText(p.lines, token.token.image, token.width);
}

function closes(token: PrintToken): boolean {
  return isType(token, t.RBrace);
}

/** Prints an element by its rule. */
export function print(p: Printer, element: PrintElement): void {
  if (isToken(element)) putToken(p, element);
  else if (isTable(element)) printRows(p, element);
  else if (element.rule === 'chain' || element.rule === 'section') printChain(p, element);
  else if (element.rule === 'block') printBlock(p, element);
  else if (element.rule === 'model' || element.rule === 'scaling') printBody(p, element.children);
  else if (groupRules.has(element.rule)) printGroup(p, element.children);
  else if (listRules.has(element.rule)) printOutputs(p, element);
  else if (element.rule === 'tail') printTail(p, element);
  else for (const child of element.children) print(p, child);
}

function printBlock(p: Printer, { children }: PrintNode): void {
  const body = children.findIndex((c) => isType(c, t.LBrace));
  printGroup(p, children.slice(0, body));
  printBody(p, children.slice(body));
}

/** The contents of braces, each on its own line; and what precedes the braces. */
function printBody(p: Printer, children: readonly PrintElement[]): void {
  const open = children.findIndex((c) => isType(c, t.LBrace));
  const { indent } = p;
  children.forEach((child, i) => {
    const inside = i > open && firstToken(child).hard;
    if (inside && i < children.length - 1) {
      p.indent = indent + 2;
      beginLine(p, p.indent, i === open + 1 ? 'none' : 'keep');
      keepFirstComments(p, i === open + 1, child);
    } else if (inside) {
      p.indent = indent;
      beginLine(p, indent, i === open + 1 ? 'none' : 'keep', indent + 2);
      keepFirstComments(p, i === open + 1, child);
    }
    print(p, child);
  });
  p.indent = indent;
}

/** There is no blank line right after an opening brace, but there may be one between the comments there. */
export function keepFirstComments(p: Printer, first: boolean, element: PrintElement): void {
  if (!first || !p.pending) return;
  const token = firstToken(element);
  const own = token.comments.filter((c) => !c.trailing);
  if (own.length === 0) return;
  const head = own[0];
  token.comments = token.comments.map((c) => (c === head ? { ...c, blankBefore: false } : c));
  p.pending = { ...p.pending, blank: 'keep' };
}

/** A bracket with elements: on one line while they fit and the author did not break it. */
function printGroup(p: Printer, children: readonly PrintElement[]): void {
  const open = children.findIndex(
    (c) => isToken(c) && (isType(c, t.LParen) || isType(c, t.LBracket) || isType(c, t.LBrace)),
  );
  const { indent } = p;
  const close = children.findLastIndex((c) => isToken(c) && c.token.image !== ',' && /^[)\]}]$/.test(c.token.image));
  children.forEach((child, i) => {
    const inside = i > open && i < close;
    const before = children[i - 1];
    if (inside && (i === open + 1 || isType(before, t.Comma) || isType(child, t.keywordTokens.for))) {
      beginElement(p, children, i, close);
    }
    print(p, child);
    if (i === open) {
      const next = children[i + 1];
      const column = columnOf(p.lines);
      if (next && firstToken(next).hard) p.indent = indent + 2;
      else p.indent = column <= rightmostList ? column : indent + 4;
      p.depth++;
    } else if (i === close - 1) {
      p.indent = indent;
      p.depth--;
    }
  });
}

/** Begins a line for an element where the author has one, or where it does not fit any more. */
function beginElement(p: Printer, children: readonly PrintElement[], i: number, close: number): void {
  const first = firstToken(children[i] as PrintElement);
  const isFirst = i === 0 || !(isType(children[i - 1], t.Comma) || isType(children[i], t.keywordTokens.for));
  let last = i;
  while (last + 1 < close && !isType(children[last + 1], t.Comma)) last++;
  const width = widthOf(p, first.index, lastToken(children[last] as PrintElement).index);
  const overflows = !isFirst && columnOf(p.lines) + 1 + width > maximumWidth;
  if (first.hard || overflows) beginLine(p, p.indent, 'none');
}

/**
 * A chain: each arrow on its own line where the author wrote it so, and where the line would be too long. The `if` and
 * `else` of a value that it begins with are broken in the same way.
 */
function printChain(p: Printer, node: PrintNode): void {
  const { indent, conditions } = p;
  breakLongLines(p, node);
  const broken = node.children.some((c) => isType(c, t.Arrow) && firstToken(c).hard);
  if (p.depth === 0) p.conditions = { gap: broken ? 2 : 1, lines: [] };
  for (const child of node.children) {
    if (isType(child, t.Arrow) || isConditional(node.rule, child)) {
      if (firstToken(child).hard) {
        p.indent = indent + 2;
        beginLine(p, p.indent, 'none');
      } else if (p.depth === 0) p.lines.current.condition = undefined;
    }
    print(p, child);
  }
  p.indent = indent;
  p.conditions = conditions;
}

function breakLongLines(p: Printer, { rule, children }: PrintNode): void {
  const first = firstToken(children[0] as PrintElement);
  const last = lastToken(children.at(-1) as PrintElement).index;
  const arrows = children.filter((c): c is PrintToken => isType(c, t.Arrow) || isConditional(rule, c));
  const space = needsSpace(p.tokens[first.index - 1], first) ? 1 : 0;
  let column = p.pending ? p.pending.indent : columnOf(p.lines) + space;
  let start = first.index;
  for (let i = 0; i <= arrows.length; ) {
    // The arrows of one line: up to the next that begins one.
    let end = i;
    while (end < arrows.length && !arrows[end]?.hard) end++;
    const stop = end < arrows.length ? (arrows[end] as PrintToken).index - 1 : last;
    if (column + widthOf(p, start, stop) > maximumWidth) for (const arrow of arrows.slice(i, end)) arrow.hard = true;
    if (end >= arrows.length) return;
    start = (arrows[end] as PrintToken).index;
    column = p.indent + 2;
    i = end + 1;
  }
}

/** The outputs of a model or block: on one line, or where that is too long or the author broke it, one per line. */
function printOutputs(p: Printer, { children }: PrintNode): void {
  const { indent } = p;
  const [keyword, last] = [firstToken(children[0] as PrintElement), lastToken(children.at(-1) as PrintElement)];
  const first = Math.max(1, children.findIndex((c) => isType(c, t.Colon)) + 1);
  const follows = (i: number) => i > first && isType(children[i - 1], t.Comma);
  const start = p.pending?.indent ?? columnOf(p.lines);
  const isLong = start + widthOf(p, keyword.index, last.index) > maximumWidth;
  // a single output breaks like its chain
  const broken = children.some((child, i) => follows(i) && (isLong || firstToken(child).hard));
  children.forEach((child, i) => {
    if (broken && follows(i)) beginLine(p, p.indent, 'none');
    print(p, child);
    if (broken && i === first - 1) p.indent = columnOf(p.lines) + 1;
  });
  p.indent = indent;
}

/** `{ rows }` and `if`; a condition that ends its line hangs in the chain's column. */
function printTail(p: Printer, { children }: PrintNode): void {
  const plain = !children.some((c) => isType(c, t.RBrace) || (!isToken(c) && isTable(c)));
  for (const child of children) {
    const { current } = p.lines;
    if (isType(child, t.keywordTokens.if) && p.depth === 0 && p.conditions && plain) {
      const token = child as PrintToken;
      if (!token.hard) {
        const { width, text } = current;
        current.condition = {
          at: text.length,
          width,
          column: sourceColumn(p.source, token.token.startOffset),
          of: p.conditions,
        };
        p.conditions.lines.push(current);
        writeText(p.lines, ` ${token.token.image}`, token.width + 1);
        continue;
      }
    }
    print(p, child);
  }
}
