import type { Arg, Expr, ParamNode } from '../../1-parse/ast.ts';
import type { Declared } from '../../2-resolve/program.ts';
import type { Span } from '../../source.ts';

/** What a declaration's text says about one of its steps. */
export interface StepText {
  readonly callee: string;
  readonly args: readonly Arg[];
  readonly condition?: Expr;
  /** The name before the step, where it is the first of its chain: `previous` of `previous -> adjust: Adjust(x)`. */
  readonly head?: string;
  /** The name that its result is assigned to. */
  readonly assigned?: string;
}

/** What a table's text says about the blocks of a row. */
export interface RowText {
  readonly repeats: boolean;
  readonly columns: readonly string[];
}

export interface DeclarationText {
  readonly params: readonly ParamNode[];
  /** The assigned names that are not parameters. */
  readonly assigned: ReadonlyMap<string, Expr>;
  step(span: Span): StepText | undefined;
  row(span: Span): RowText | undefined;
}

const known = new WeakMap<Declared['node'], DeclarationText>();

/** The text of a declaration, by the positions of its steps and rows. */
export function textOf({ node }: Declared): DeclarationText {
  let text = known.get(node);
  if (!text) {
    text = readText(node);
    known.set(node, text);
  }
  return text;
}

type Plain = { readonly [key: string]: unknown; readonly kind?: unknown };

function readText(node: Declared['node']): DeclarationText {
  const steps = new Map<number, StepText>();
  const rows = new Map<number, RowText>();
  const assigned = new Map<string, Expr>();
  const params: ParamNode[] = [];

  const addCall = (call: Plain, more: Partial<StepText>) => {
    const callee = call.callee as { text: string; span: Span };
    const args = (call.args ?? []) as readonly Arg[];
    steps.set(callee.span.start, { ...steps.get(callee.span.start), callee: callee.text, args, ...more });
  };
  const addChain = (first: Expr, list: readonly Plain[], target?: string) => {
    list.forEach((step, i) => {
      const tail = step.tail as { condition?: Expr };
      addCall(step, {
        ...(tail.condition && { condition: tail.condition }),
        ...(i === 0 && first.kind === 'name' && first.parts.length === 1 && { head: first.text }),
        ...(i === list.length - 1 && target !== undefined && { assigned: target }),
      });
    });
  };
  const walk = (value: unknown, target?: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const part = value as Plain;
    if (part.kind === 'assign') {
      const targets = part.targets as readonly { name: string }[];
      const name = targets.length === 1 ? targets[0]?.name : undefined;
      if (name !== undefined) assigned.set(name, part.value as Expr);
      walk(part.value, name);
      return;
    }
    if (part.kind === 'param') params.push(value as ParamNode);
    if (part.kind === 'call') addCall(part, target === undefined ? {} : { assigned: target });
    if (part.kind === 'chain') addChain(part.first as Expr, part.steps as readonly Plain[], target);
    if (part.kind === 'section') {
      const first = part.first as Expr;
      const { condition } = part.tail as { condition?: Expr };
      if (first.kind === 'name') addCall({ callee: first }, condition ? { condition } : {});
      addChain(first, part.steps as readonly Plain[]);
    }
    if (part.kind === 'rows') {
      const columns = (part.header as readonly { name: string }[]).map(({ name }) => name);
      for (const row of part.rows as readonly { span: Span }[]) {
        rows.set(row.span.start, { repeats: columns.includes('repeat'), columns });
      }
    }
    for (const [key, inner] of Object.entries(part)) if (key !== 'span' && key !== 'callee') walk(inner);
  };
  walk(node);
  const isHere = (span: Span) => span.source === node.span.source;
  return {
    params,
    assigned,
    step: (span) => (isHere(span) ? steps.get(span.start) : undefined),
    row: (span) => (isHere(span) ? rows.get(span.start) : undefined),
  };
}
