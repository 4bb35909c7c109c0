import {
  Choice,
  Diagram,
  type Item,
  NonTerminal,
  OneOrMore,
  Optional,
  Sequence,
  Stack,
  Terminal,
  ZeroOrMore,
} from '@prantlf/railroad-diagrams';
import { isSpelled, type Part, shownName } from './rules.ts';

// Filled boxes with dark text and mid-grey lines: readable on a white page and on a dark one.
const style = `
svg { background-color: transparent; }
path { stroke-width: 2; stroke: #7d8590; fill: none; }
text { font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; text-anchor: middle; fill: #1f2328; }
rect { stroke-width: 2; stroke: #7d8590; fill: #e6ebf1; }
.terminal rect { stroke: #3b82c4; fill: #d6e8f9; }
`;

/** Sequences with more parts than this are split over two lines. */
const longest = 9;

/** A rule's railroad diagram as an SVG file. */
export function ruleAsSvg(rule: Part): string {
  const items = convertAll(rule.definition ?? []);
  const half = Math.ceil(items.length / 2);
  const content =
    items.length > longest
      ? [new Stack(new Sequence(...items.slice(0, half)), new Sequence(...items.slice(half)))]
      : items;
  return `${new Diagram(...content).toStandalone(style).trim()}\n`;
}

function convertAll(parts: readonly Part[]): Item[] {
  const items: Item[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Part;
    const next = parts[i + 1];
    const separator = next && separatorOf(part, next);
    if (separator) {
      items.push(new OneOrMore(convert(part), separator));
      i++;
    } else items.push(convert(part));
  }
  return items;
}

/** `x (',' x)*`: the comma. */
function separatorOf(part: Part, next: Part): Item | undefined {
  const [first, second, third] = next.type === 'Repetition' ? (next.definition ?? []) : [];
  if (!first || !second || third || second.type !== part.type || !part.name || second.name !== part.name)
    return undefined;
  return first.type === 'Terminal' ? convert(first) : undefined;
}

function convert(part: Part): Item {
  const inner = () => {
    const items = convertAll(part.definition ?? []);
    return items.length === 1 ? (items[0] as Item) : new Sequence(...items);
  };
  if (part.type === 'Option') return new Optional(inner());
  if (part.type === 'Repetition') return new ZeroOrMore(inner());
  if (part.type === 'Alternation') {
    const items = (part.definition ?? []).map((a) => {
      const all = convertAll(a.definition ?? []);
      return all.length === 1 ? (all[0] as Item) : new Sequence(...all);
    });
    return new Choice(0, ...items);
  }
  if (part.type !== 'Terminal' && part.type !== 'NonTerminal') return inner();
  const name = shownName(part);
  if (part.type === 'NonTerminal') return new NonTerminal(name);
  return new Terminal(isSpelled(part) ? name.slice(1, -1) : name);
}
