import type { ConditionalNode, Expr, Ident, StepNode } from '../1-parse/ast.ts';
import { type Checker, report } from './checker.ts';
import { excludeEachOther, type Fact } from './exclusive.ts';

/** A label, and what must hold for its step to be built. */
interface Label {
  readonly ident: Ident;
  readonly facts: readonly Fact[];
  /** Whether it is of a shared step: its uses have one label. */
  readonly shared: boolean;
}

/** The labels of a block or section, by name. Several of one name are in steps whose conditions exclude each other. */
export type Labels = Map<string, Label[]>;

/** As many steps share a label at most: each is compared with all before it. */
const mostOfOneName = 16;

/** Takes up a label, or says that a step has it already that may be built together with this one. */
export function addLabel(
  c: Checker,
  ident: Ident | undefined,
  labels: Labels,
  facts: readonly Fact[] = [],
  shared = false,
): void {
  if (!ident || ident.name === '') return;
  const { name, span } = ident;
  const label: Label = { ident, facts, shared };
  const others = labels.get(name);
  if (!others) {
    labels.set(name, [label]);
    return;
  }
  const differs = (o: Label) => !(shared && o.shared) && !excludeEachOther(c, o.facts, facts);
  const other = others.length < mostOfOneName || shared ? others.find(differs) : others[0];
  if (!other) {
    // of the uses of a shared step one stands for all
    if (!shared || !others.some((o) => o.shared)) others.push(label);
  } else {
    const related = [{ span: other.ident.span, message: `the first '${name}'` }];
    report(c, 'duplicate-label', span, { name }, { related });
  }
}

/** A condition of a step as facts of what it governs. */
export function factsOf(condition: Expr | undefined): readonly Fact[] {
  return condition ? [{ condition, holds: true }] : [];
}

/** Takes up the labels in a part of a block or section, through all chains in it, in the order of the text. */
export function collectLabels(c: Checker, part: unknown, labels: Labels, facts: readonly Fact[] = []): void {
  // without recursion, so that no file is too deep for it
  const open: Open[] = [{ part, facts }];
  for (let next = open.pop(); next; next = open.pop()) {
    const parts = partsOf(c, next, labels);
    for (let i = parts.length - 1; i >= 0; i--) open.push(parts[i] as Open);
  }
}

/** A part of the tree that is still to be looked at, with what holds there. */
interface Open {
  readonly part: unknown;
  readonly facts: readonly Fact[];
}

function partsOf(c: Checker, { part, facts }: Open, labels: Labels): readonly Open[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.map((inner) => ({ part: inner, facts }));
  const { kind } = part as { readonly kind?: unknown };
  if (kind === 'conditional') {
    const { value, condition, otherwise } = part as ConditionalNode;
    return [
      { part: value, facts: [...facts, { condition, holds: true }] },
      { part: condition, facts },
      { part: otherwise, facts: [...facts, { condition, holds: false }] },
    ];
  }
  if (kind === 'step') {
    const { label, share, args, tail } = part as StepNode;
    const inside = [...facts, ...factsOf(tail.condition)];
    addLabel(c, label, labels, inside, share !== undefined);
    return [
      { part: args, facts: inside },
      { part: tail.rows, facts: inside },
      { part: tail.condition, facts },
    ];
  }
  const inner: Open[] = [];
  for (const key in part) if (key !== 'span') inner.push({ part: (part as Record<string, unknown>)[key], facts });
  return inner;
}
