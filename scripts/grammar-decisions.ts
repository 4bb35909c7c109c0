import { EOF, type TokenType } from 'chevrotain';
import { analysedParser } from '../grammar/parser.ts';
import { allTokens } from '../grammar/tokens.ts';

/** What is asked of the analysed parser that chevrotain's public types do not declare (11.2). */
interface Internals {
  readonly fullRuleNameToShort: Readonly<Record<string, number>>;
  readonly lookAheadFuncsCache: ReadonlyMap<number, Decide>;
  attemptInRepetitionRecovery(...args: unknown[]): void;
  input: unknown[];
  file(): unknown;
}

type Decide = (this: { LA_FAST(k: number): unknown }) => unknown;
type Value = number | true | { [token: string]: Value };
interface AfterRepetition {
  readonly isEndOfRule: boolean;
  readonly token?: TokenType;
  readonly occurrence?: number;
}
/** Chevrotain's class that finds what follows a repetition, which it does not export. */
type Walker = new (rule: unknown, occurrence: number) => { startWalking(): AfterRepetition };

const bits = { occurrence: 8, rule: 12 };
const manyKind = 3 << bits.occurrence;
const keyMask = (1 << bits.rule) - 1;
const types: readonly TokenType[] = [...allTokens, EOF];

/**
 * The text of `grammar/decisions.generated.ts`: each production's decision by the one or two tokens that follow, found by
 * asking chevrotain's function for every pair of tokens, and what follows each repetition in its rule.
 */
export function grammarDecisions(): string {
  const parser = analysedParser() as unknown as Internals;
  const rules = Object.entries(parser.fullRuleNameToShort);
  const keysOf = (number: number) =>
    [...parser.lookAheadFuncsCache].filter(([key]) => (key & ~keyMask) === number).sort(([a], [b]) => a - b);
  const decisions: Record<string, [number, Value][]> = {};
  const repetitions: Record<string, (number | boolean | string | undefined)[][]> = {};
  const Walker = repetitionWalker(parser);
  const productions = analysedParser().getGAstProductions();
  for (const [rule, number] of rules) {
    for (const [key, decide] of keysOf(number)) {
      decisions[rule] ??= [];
      decisions[rule].push([key & keyMask, decision(decide)]);
      if ((key & keyMask & ~255) !== manyKind) continue;
      const { isEndOfRule, token, occurrence } = new Walker(productions[rule], key & 255).startWalking();
      repetitions[rule] ??= [];
      repetitions[rule].push([key & keyMask, isEndOfRule, ...(token ? [token.name, occurrence] : [])]);
    }
  }
  return [
    '// Generated from grammar/parser.ts by `npm run generate`. Do not edit.',
    '/** What the next token decides, by its name: an alternative, that an optional part is there, or what the token after it decides. */',
    'export interface Decision {',
    '  readonly [token: string]: number | true | Decision;',
    '}',
    '',
    '/** By rule: the decisions of its productions, each with the key of the production in its rule (kind and occurrence). */',
    `export const decisions: Readonly<Record<string, readonly (readonly [number, Decision])[]>> = ${JSON.stringify(decisions)};`,
    '',
    '/** By rule: for each repetition its key, whether the rule ends with it, and the token that follows it, if one must. */',
    'export const repetitions: Readonly<',
    '  Record<string, readonly (readonly [key: number, isEndOfRule: boolean, token?: string, occurrence?: number])[]>',
    `> = ${JSON.stringify(repetitions)};`,
    '',
  ].join('\n');
}

function decision(decide: Decide): Value {
  const table: { [token: string]: Value } = {};
  for (const first of types) {
    const seconds = types.map((second) => [second.name, at(decide, first, second)] as const);
    const values = new Set(seconds.map(([, value]) => value));
    const taken = seconds.filter((entry): entry is [string, number | true] => isTaken(entry[1]));
    if (taken.length === 0) continue;
    table[first.name] = values.size === 1 ? (taken[0] as [string, number | true])[1] : Object.fromEntries(taken);
  }
  return table;
}

function isTaken(value: unknown): value is number | true {
  return value !== undefined && value !== false;
}

function at(decide: Decide, first: TokenType, second: TokenType): unknown {
  const token = (type: TokenType) => ({ tokenType: type, tokenTypeIdx: type.tokenTypeIdx });
  return decide.call({ LA_FAST: (k) => token(k === 1 ? first : second) });
}

/** The class is an argument of a method that is called while the parser repeats. */
function repetitionWalker(parser: Internals): Walker {
  let walker: unknown;
  const attempt = parser.attemptInRepetitionRecovery;
  parser.attemptInRepetitionRecovery = (...args) => {
    walker = args[5];
  };
  parser.input = [];
  parser.file();
  parser.attemptInRepetitionRecovery = attempt;
  return walker as Walker;
}
