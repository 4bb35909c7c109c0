import type {
  Arg,
  CallNode,
  NameNode,
  ParamNode,
  RowNode,
  RowsNode,
  SectionNode,
  StepNode,
  Tail,
} from '../../1-parse/ast.ts';
import { headOf } from '../../1-parse/section-head.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { memoise } from '../../memoise.ts';

/** A call in a text: a step of a chain, the first element of a section, or a call in an expression. */
export interface CalledAt {
  readonly callee: NameNode;
  readonly args: readonly Arg[];
  /** Where another argument would go: before the closing bracket, or after the name where there are no brackets. */
  readonly node: StepNode | CallNode | SectionNode;
  readonly tail?: Tail;
}

/** A row of a table. */
export interface RowAt {
  readonly row: RowNode;
  readonly rows: RowsNode;
}

/** The calls and rows of a declaration, by where they start: what the nodes and calls of a graph point to. */
export interface Places {
  readonly calls: ReadonlyMap<number, CalledAt>;
  readonly rows: ReadonlyMap<number, RowAt>;
  /** Steps and sections that build a table. */
  readonly tables: readonly CalledAt[];
  readonly params: ReadonlyMap<string, ParamNode>;
}

/** The calls and rows of a declaration. */
export function placesOf({ node }: Declared): Places {
  return readPlaces(node);
}

const readPlaces = memoise((declaration: Declared['node']): Places => {
  const calls = new Map<number, CalledAt>();
  const rows = new Map<number, RowAt>();
  const tables: CalledAt[] = [];
  const params = new Map<string, ParamNode>();
  const add = (at: CalledAt) => {
    const start = at.callee.span.start;
    if (calls.has(start)) return;
    calls.set(start, at);
    if (at.tail?.rows) tables.push(at);
  };
  walkNodes(declaration, (node) => {
    if (node.kind === 'step') {
      const step = node as StepNode;
      add({ callee: step.callee, args: step.args ?? [], node: step, tail: step.tail });
    } else if (node.kind === 'section') {
      const section = node as SectionNode;
      const { callee, args } = headOf(section);
      if (callee) add({ callee, args, node: section, tail: section.tail });
    } else if (node.kind === 'call') {
      const call = node as CallNode;
      add({ callee: call.callee, args: call.args, node: call });
    } else if (node.kind === 'param') {
      params.set((node as ParamNode).name.name, node as ParamNode);
    } else if (node.kind === 'rows') {
      for (const row of (node as RowsNode).rows) rows.set(row.span.start, { row, rows: node as RowsNode });
    }
    return true;
  });
  return { calls, rows, tables, params };
});
