import { type CstNode, CstParser, type IRecognitionException, type IToken, type TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/** What this file needs of chevrotain's inner workings (11.2), which its public types do not declare. */
interface Internals {
  CST_STACK: CstNode[];
  _errors: IRecognitionException[];
  LA(k: number): IToken;
  SKIP_TOKEN(): IToken;
  moveToTerminatedState(): void;
  SAVE_ERROR(error: IRecognitionException): IRecognitionException;
  tryInRuleRecovery(expected: TokenType, follows: TokenType[]): IToken;
}

const inherited = CstParser.prototype as unknown as Internals;
const keywordTypes = new Set<TokenType>(Object.values(t.keywordTokens));

/** Errors after which the parser stops reading: recovery recurses once an error, and nobody reads so many. */
export const maximumErrors = 100;

/**
 * Chevrotain's parser with three changes: it stops after `maximumErrors`, a keyword where a name is due is taken for
 * the name, and the tree's nodes are cheaper.
 */
export class BoundedCstParser extends CstParser {
  /** Overrides chevrotain's, which makes `children` without a prototype: a dictionary costs three times the memory. */
  cstInvocationStateUpdate(name: string): void {
    const location = { startOffset: Number.NaN, endOffset: Number.NaN };
    (this as unknown as Internals).CST_STACK.push({ name, children: {}, location });
  }

  SAVE_ERROR(error: IRecognitionException): IRecognitionException {
    const internals = this as unknown as Internals;
    if (internals._errors.length >= maximumErrors) internals.moveToTerminatedState();
    return inherited.SAVE_ERROR.call(this, error);
  }

  /** `param input: int`: the keyword stands where a name is due, and what follows would follow a name. */
  tryInRuleRecovery(expected: TokenType, follows: TokenType[]): IToken {
    const internals = this as unknown as Internals;
    const found = internals.LA(1);
    if (expected === t.Name && keywordTypes.has(found.tokenType) && follows.includes(internals.LA(2).tokenType)) {
      internals.SKIP_TOKEN();
      return { ...found, tokenType: t.Name, tokenTypeIdx: t.Name.tokenTypeIdx as number };
    }
    return inherited.tryInRuleRecovery.call(this, expected, follows);
  }
}
