import * as t from '../../../grammar/tokens.ts';
import { firstToken, isToken, isType, type PrintElement, type PrintNode, type PrintToken } from './tree.ts';

/** The rules whose brackets hold elements, and so may go over lines. */
export const groupRules = new Set(['args', 'list', 'choice', 'parenthesised', 'importDeclaration']);

/** The rules that list elements without brackets. */
export const listRules = new Set(['returnStatement', 'auxiliary']);

/**
 * Marks the tokens that begin a line whatever the width: where the author broke a chain, a list or an expression (as
 * prettier does for objects, the choice stays the author's), and after comments.
 */
export function markBreaks(node: PrintNode): void {
  const { rule, children } = node;
  if (isTable(node)) {
    markRows(node);
    return;
  }
  const elements = groupRules.has(rule) || listRules.has(rule) || rule === 'block';
  const body = rule === 'block' || rule === 'model' || rule === 'scaling';
  children.forEach((child, i) => {
    const next = children[i + 1];
    if (isToken(child)) {
      if (child.comments.length > 0) child.hard = true;
      if (!next) return;
      const follows = child.lineBreak || firstToken(next).lineBreak;
      if (isType(child, t.Arrow) || rule === 'expression' || isConditional(rule, child)) child.hard ||= follows;
      if (elements && isType(child, t.Comma)) firstToken(next).hard ||= follows;
      if (elements && isOpening(child)) firstToken(next).hard ||= firstToken(next).lineBreak;
      if (isType(child, t.keywordTokens.for)) child.hard ||= child.lineBreak;
    } else {
      markBreaks(child);
    }
  });
  if (rule === 'file' || body) markItems(children);
}

/** The `if` and `else` of a value; a step's `if` is in its tail. */
export function isConditional(rule: string, child: PrintElement): boolean {
  return rule === 'chain' && (isType(child, t.keywordTokens.if) || isType(child, t.keywordTokens.else));
}

function isOpening(token: PrintToken): boolean {
  return isType(token, t.LParen) || isType(token, t.LBracket) || (isType(token, t.LBrace) && token.rule !== 'block');
}

/** Everything in a body or a file begins a line, and so does the closing brace. */
function markItems(children: readonly PrintElement[]): void {
  const open = children.findIndex((c) => isType(c, t.LBrace));
  const items = children.slice(open + 1);
  if (items.length === 1 && isToken(items[0] as PrintElement)) return;
  for (const item of items) firstToken(item).hard = true;
}

/** Rows begin lines; nothing in them does, except where a cell contains a table. */
function markRows({ children }: PrintNode): void {
  for (const child of children) {
    if (isToken(child)) {
      if (child.comments.length > 0 || isType(child, t.RBrace)) child.hard = true;
    } else {
      if (child.rule === 'sourceConvention' || holdsRows(child)) markBreaks(child);
      firstToken(child).hard = true;
    }
  }
}

/** Whether an element is a table in braces. */
export function isTable({ rule }: PrintNode): boolean {
  return rule === 'rows' || rule === 'mapRows';
}

/** Whether a cell of a row contains a table: only then the row has a tree. */
export function holdsRows(row: PrintNode): boolean {
  return row.children.some((child) => !isToken(child));
}
