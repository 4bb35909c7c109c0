import type { Arg, CellNode, Expr, NameNode, ParamNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import { bindArguments } from '../../3-check/bind-arguments.ts';
import { signatureOf } from '../../3-check/signature.ts';
import { variantRows } from '../../3-check/variants.ts';
import type { Call } from '../../5-graph/calls.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { type CalledAt, placesOf } from './text-places.ts';

/** Where a text gives a parameter its value. */
export type Giver =
  | {
      readonly kind: 'argument';
      readonly param: ParamNode;
      readonly value: Expr;
      readonly arg: Arg;
      readonly at: CalledAt;
    }
  | { readonly kind: 'cell'; readonly param: ParamNode; readonly value: Expr; readonly cell: CellNode }
  | {
      readonly kind: 'default';
      readonly param: ParamNode;
      readonly value: Expr;
      /** The call that leaves the parameter out; none for a network's own model. */
      readonly at?: CalledAt;
    };

/** The calls that a node was built in, the outermost first. */
export function callsOf({ calls }: Graph, node: number): readonly Call[] {
  return calls.filter(({ first, end }) => first <= node && node < end);
}

/**
 * Where the texts give a parameter of a call its value. A value that is a parameter of the caller is followed to where that one is given, and so on.
 * @param calls the call and those that it is in, the outermost first
 */
export function giversOf(calls: readonly Call[], name: string): Giver[] {
  const call = calls.at(-1) as Call;
  const outer = calls.slice(0, -1);
  const param = placesOf(call.declared).params.get(name);
  if (!param) return [];
  const givers = giversHere(call, outer.at(-1), param);
  return givers.flatMap((giver): Giver[] => {
    if (giver.kind === 'default' || outer.length === 0) return [giver];
    const outerParams = placesOf((outer.at(-1) as Call).declared).params;
    const names = namesIn(giver.value).filter(({ parts: [first = ''] }) => outerParams.has(first));
    const above = names.flatMap(({ parts: [first = ''] }) => giversOf(outer, first));
    return giver.value.kind === 'name' && names.length > 0 ? above : [giver, ...above];
  });
}

/** The names in an expression. */
export function namesIn(value: unknown): NameNode[] {
  const names: NameNode[] = [];
  walkNodes(value, (node) => {
    if (node.kind === 'name') names.push(node as NameNode);
    return true;
  });
  return names;
}

function giversHere(call: Call, caller: Call | undefined, param: ParamNode): Giver[] {
  const { name } = param.name;
  const at = caller && placesOf(caller.declared).calls.get(call.span.start);
  if (caller && call.names.isGiven(name)) {
    const row = placesOf(caller.declared).rows.get(call.span.start);
    if (row) {
      const cell = row.row.cells[row.rows.header.findIndex((word) => word.name === name)];
      if (cell) return cell.values.map((value) => ({ kind: 'cell', param, value, cell }));
      // the arguments before the table, which may be written elsewhere in the model
      return placesOf(caller.declared).tables.flatMap((table) => {
        const arg = table.args.find((one) => one.name?.name === name) ?? positional(call, table, name, 0);
        return arg ? [{ kind: 'argument' as const, param, value: arg.value, arg, at: table }] : [];
      });
    }
    const arg = at && positional(call, at, name, at.node.kind === 'call' ? 0 : 1);
    if (at && arg) return [{ kind: 'argument', param, value: arg.value, arg, at }];
  }
  const { declared } = call;
  const rows = declared.kind === 'model' ? [...variantRows(declared.node).values()] : [];
  const cells = rows.flatMap((row) => row.cell(name) ?? []);
  return [
    ...(param.default ? [{ kind: 'default' as const, param, value: param.default, ...(at && { at }) }] : []),
    ...cells.flatMap((cell) => cell.values.map((value) => ({ kind: 'cell' as const, param, value, cell }))),
  ];
}

/** The argument of a parameter, by its name or its position. @param chained how many tensors come from the chain */
function positional({ declared, span }: Call, at: CalledAt, name: string, chained: number): Arg | undefined {
  const signature = signatureOf(declared);
  if (at.tail?.rows) {
    const unnamed = at.args.filter((arg) => !arg.name);
    return unnamed[signature.values.findIndex((value) => value.name === name)];
  }
  return bindArguments(signature, chained, at.args, span).byParam.get(name);
}
