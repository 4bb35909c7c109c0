import { type Part, rules, shownName } from './rules.ts';

const maximumWidth = 110;

/** All rules in the W3C's EBNF notation. */
export function grammarAsEbnf(): string {
  const width = Math.max(...rules.map((rule) => rule.name.length));
  return rules.map((rule) => ruleAsEbnf(rule, width)).join('\n');
}

function ruleAsEbnf(rule: Part & { readonly name: string }, width: number): string {
  const head = `${rule.name.padEnd(width)} ::= `;
  const words = sequence(rule.definition ?? []).split(/(?= \| )/);
  // A long rule continues below its first word, each alternative at the start of a line.
  let text = head;
  let column = head.length;
  for (const word of words) {
    if (column + word.length > maximumWidth) {
      text += `\n${' '.repeat(head.length - 1)}`;
      column = head.length - 1;
    }
    text += word;
    column += word.length;
  }
  return text;
}

function sequence(parts: readonly Part[]): string {
  return parts.map((part) => ebnf(part, parts.length > 1)).join(' ');
}

function ebnf(part: Part, among: boolean): string {
  const inner = part.definition ?? [];
  if (part.type === 'Option') return `${atom(inner)}?`;
  if (part.type === 'Repetition') return `${atom(inner)}*`;
  if (part.type !== 'Alternation') return part.definition ? sequence(inner) : shownName(part);
  const text = (part.definition ?? []).map((a) => sequence(a.definition ?? [])).join(' | ');
  return among ? `(${text})` : text;
}

/** A part that a `?`, `*` or `+` can follow: in parentheses if it is more than one word. */
function atom(parts: readonly Part[]): string {
  const text = sequence(parts);
  const only = parts.length === 1 && (parts[0]?.type === 'Terminal' || parts[0]?.type === 'NonTerminal');
  return only ? text : `(${text})`;
}
