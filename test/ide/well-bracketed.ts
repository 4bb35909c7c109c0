import { tokenize } from '../../grammar/lexer.ts';

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Whether every bracket of a text, strings and comments aside, has its partner. */
export function isWellBracketed(text: string): boolean {
  const open: string[] = [];
  for (const { image } of tokenize(text).tokens) {
    const closer = closers[image];
    if (closer !== undefined) open.push(closer);
    else if ((image === ')' || image === ']' || image === '}') && open.pop() !== image) return false;
  }
  return open.length === 0;
}
