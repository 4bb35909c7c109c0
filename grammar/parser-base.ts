import {
  type CstNode,
  CstParser,
  type IParserConfig,
  type IRecognitionException,
  type IToken,
  type TokenType,
} from 'chevrotain';
import { type Decision, decisions, repetitions } from './decisions.generated.ts';
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
  getFollowSetFromFollowKey(key: object): TokenType[];
  /** A parser's rules, by number; a production's key is its rule's number with its kind and occurrence. */
  fullRuleNameToShort: Readonly<Record<string, number>>;
  tokensMap: Readonly<Record<string, TokenType>>;
  setLaFuncCache(key: number, decide: (this: { LA_FAST(k: number): IToken }) => unknown): void;
  firstAfterRepMap: Record<
    number,
    { token: TokenType | undefined; occurrence: number | undefined; isEndOfRule: boolean }
  >;
  selfAnalysisDone: boolean;
}

const inherited = CstParser.prototype as unknown as Internals;
const keywordTypes = new Set<TokenType>(Object.values(t.keywordTokens));

/** Errors after which the parser stops reading: recovery recurses once an error, and nobody reads so many. */
export const maximumErrors = 100;

/** What is decided at a token: nothing, one thing, or what the token after it decides. */
type Entry = number | true | undefined | readonly Entry[];

/**
 * Chevrotain's parser with four changes: it stops after `maximumErrors`, a keyword where a name is due is taken for
 * the name, the tree's nodes are cheaper, and it is ready without analysing its grammar: what chevrotain would compute at
 * every start (a tenth of a short command's time) is in `decisions.generated.ts`. Only a text with errors needs the rest.
 */
export class BoundedCstParser extends CstParser {
  /** @param analysed the same parser with its grammar analysed; undefined for that parser itself */
  constructor(
    config: IParserConfig,
    private readonly analysed: (() => BoundedCstParser) | undefined,
  ) {
    super(t.allTokens, config);
  }

  /** To be called when the rules are defined. */
  protected prepare(): void {
    if (!this.analysed) {
      this.performSelfAnalysis();
      return;
    }
    const internals = this as unknown as Internals;
    const { tokensMap: types, fullRuleNameToShort: numbers } = internals;
    for (const [rule, ofRule] of Object.entries(decisions)) {
      for (const [key, decision] of ofRule) {
        const table = tableOf(decision, types);
        internals.setLaFuncCache((numbers[rule] as number) | key, function () {
          const entry = table[this.LA_FAST(1).tokenTypeIdx];
          return typeof entry === 'object' ? entry[this.LA_FAST(2).tokenTypeIdx] : entry;
        });
      }
    }
    for (const [rule, ofRule] of Object.entries(repetitions)) {
      for (const [key, isEndOfRule, token, occurrence] of ofRule) {
        const after = { token: token === undefined ? undefined : types[token], occurrence, isEndOfRule };
        internals.firstAfterRepMap[(numbers[rule] as number) | key] = after;
      }
    }
    internals.selfAnalysisDone = true;
  }

  /** Overrides chevrotain's: the rules as data, which messages and recovery ask for. */
  override getGAstProductions(): ReturnType<CstParser['getGAstProductions']> {
    return this.analysed ? this.analysed().getGAstProductions() : super.getGAstProductions();
  }

  getFollowSetFromFollowKey(key: object): TokenType[] {
    const parser = this.analysed ? this.analysed() : this;
    return inherited.getFollowSetFromFollowKey.call(parser, key);
  }

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

function tableOf(decision: Decision, types: Readonly<Record<string, TokenType>>): readonly Entry[] {
  const table: Entry[] = [];
  for (const [name, value] of Object.entries(decision)) {
    table[(types[name] as TokenType).tokenTypeIdx as number] =
      typeof value === 'object' ? tableOf(value, types) : value;
  }
  return table;
}
