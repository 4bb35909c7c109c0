import * as t from '../../../grammar/tokens.ts';
import type { PrintToken } from './tree.ts';

/** Whether there is a space between two tokens on one line. */
export function needsSpace(before: PrintToken | undefined, token: PrintToken): boolean {
  if (!before) return false;
  const { tokenType: left } = before.token;
  const { tokenType: right } = token.token;
  if (left === t.LParen || left === t.LBracket) return false;
  if (left === t.LBrace) return isSpacious(before);
  if (left === t.Minus && before.rule === 'operand') return false;
  switch (right) {
    case t.Comma:
    case t.Colon:
    case t.RParen:
    case t.RBracket:
      return false;
    case t.RBrace:
      return isSpacious(token);
    case t.LParen:
      // Arguments cling to a name; an input's follow its shape: `input image: [3, 8, 8] (mean: 0)`.
      return (
        token.rule === 'parenthesised' || (token.rule === 'args' && left !== t.Name && left !== t.keywordTokens.share)
      );
    case t.LBracket:
      return token.rule === 'list';
    case t.Property:
      // `x .y` is a property of x, `x.y` one name.
      return left === t.Name || /^[A-Za-z_]/.test(before.token.image);
    default:
      return true;
  }
}

/** `import { A } from`, `stages: B { rows }`; but `{3, 5}`. */
function isSpacious({ rule }: PrintToken): boolean {
  return rule === 'importDeclaration' || rule === 'tail';
}
