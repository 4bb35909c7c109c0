import type { ConditionalNode, Expr, Ident, StepNode } from '../1-parse/ast.ts';
import { type Checker, report } from './checker.ts';
import { excludeEachOther, type Fact } from './exclusive.ts';

/** A label, and what must hold for its step to be built. */
interface Label {
  readonly ident: Ident;
  readonly facts: readonly Fact[];
  /** Whether it belongs to a shared step: its uses have one label. */
  readonly shared: boolean;
  /** How many uses a shared step has, as far as the text shows: in a comprehension there are several. */
  uses: number;
}

/** The labels of a block or section, by name. Equal names are in steps whose conditions exclude each other. */
export type Labels = Map<string, Label[]>;

/** Where the labels of a part of a declaration belong. */
export interface LabelScope {
  /** The labels of the block or section, or of a model's statements. */
  readonly own: Labels;
  /** Those that shared steps belong to: in a section, of its model. */
  readonly shared: Labels;
}

/** How a labelled step is built. */
interface Building {
  readonly facts: readonly Fact[];
  readonly shared?: boolean;
  readonly repeated?: boolean;
}

/** The limit of steps that share a label: each is compared with all before it. */
const mostOfOneName = 16;

/** Records a label, or reports that another step has it that may be built together with this one. */
export function addLabel(c: Checker, ident: Ident | undefined, scope: LabelScope, building: Building): void {
  if (!ident || ident.name === '') return;
  const { facts, shared = false, repeated = false } = building;
  const label: Label = { ident, facts, shared, uses: repeated ? 2 : 1 };
  addTo(c, scope.own, label);
  if (shared && scope.shared !== scope.own) addTo(c, scope.shared, label);
}

function addTo(c: Checker, labels: Labels, label: Label): void {
  const { ident, facts, shared } = label;
  const { name, span } = ident;
  const others = labels.get(name);
  if (!others) {
    labels.set(name, [label]);
    return;
  }
  const differs = (o: Label) => !(shared && o.shared) && !excludeEachOther(c, o.facts, facts);
  const other = others.length < mostOfOneName || shared ? others.find(differs) : others[0];
  if (other) {
    const related = [{ span: other.ident.span, message: `the first '${name}'` }];
    report(c, 'duplicate-label', span, { name }, { related });
    // one mistake
    other.uses++;
    return;
  }
  // one use of a shared step represents all
  const same = shared && others.find((o) => o.shared);
  if (same) same.uses++;
  else others.push(label);
}

/** Reports a shared step that the text uses only once. */
export function reportSharedOnce(c: Checker, labels: Labels): void {
  for (const { ident, shared, uses } of [...labels.values()].flat()) {
    if (shared && uses === 1) report(c, 'shared-once', ident.span, { name: ident.name });
  }
}

/** A condition of a step as facts about the steps that it governs. */
export function factsOf(condition: Expr | undefined): readonly Fact[] {
  return condition ? [{ condition, holds: true }] : [];
}

/** Records the labels in a part of a block or section, through all chains in it, in the order of the text. */
export function collectLabels(c: Checker, part: unknown, scope: LabelScope, facts: readonly Fact[] = []): void {
  // without recursion, so that no file is too deep for it
  const open: Open[] = [];
  push(open, part, { facts, repeated: false });
  for (let next = open.pop(); next; next = open.pop()) {
    const { part, at } = next;
    if (Array.isArray(part)) for (let i = part.length - 1; i >= 0; i--) push(open, part[i], at);
    else if (part.kind === 'conditional') pushConditional(open, part as unknown as ConditionalNode, at);
    else if (part.kind === 'step') {
      const { label, share, args, tail } = part as unknown as StepNode;
      const inside = tail.condition ? { ...at, facts: [...at.facts, ...factsOf(tail.condition)] } : at;
      addLabel(c, label, scope, { ...inside, shared: share !== undefined });
      push(open, tail.condition, at);
      push(open, tail.rows, inside);
      push(open, args, inside);
    } else pushInner(open, part, part.kind === 'comprehension' ? { ...at, repeated: true } : at);
  }
}

/** The facts that hold at a part of the tree. */
interface At {
  readonly facts: readonly Fact[];
  /** Whether it is in a comprehension. */
  readonly repeated: boolean;
}

type Part = { readonly kind?: unknown };

/** A part of the tree still to be visited. */
interface Open {
  readonly part: Part;
  readonly at: At;
}

/** Kinds of expressions that contain no others: most of a table's cells. */
const leaves: ReadonlySet<unknown> = new Set(['number', 'string', 'bool', 'name']);

function push(open: Open[], part: unknown, at: At): void {
  if (typeof part === 'object' && part !== null && !leaves.has((part as { kind?: unknown }).kind))
    open.push({ part, at });
}

/** Pushes what a node contains, the last first: the first is visited next. */
function pushInner(open: Open[], part: Part, at: At): void {
  const keys = Object.keys(part);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as keyof Part;
    if ((key as string) !== 'span') push(open, part[key], at);
  }
}

function pushConditional(open: Open[], { value, condition, otherwise }: ConditionalNode, at: At): void {
  push(open, otherwise, { ...at, facts: [...at.facts, { condition, holds: false }] });
  push(open, condition, at);
  push(open, value, { ...at, facts: [...at.facts, { condition, holds: true }] });
}
