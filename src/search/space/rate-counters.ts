import type { Arg, CallNode, Member, RowsNode, StepNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import { builtinOps } from '../../2-resolve/builtins.ts';
import type { Declared, DeclaredBlock, DeclaredModel } from '../../2-resolve/program.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import { boundName, eachName } from '../../3-check/meanings/names-in.ts';
import { givenNames } from '../../3-check/meanings/occurrence.ts';

/** The ops whose arguments matter only in training, and which do nothing afterwards. */
const rates: ReadonlySet<string> = new Set(['DropPath', 'Dropout']);

/**
 * Whether the `index` and `count` of a member reach only rates of DropPath and Dropout: then a network's costs do not depend on
 * the number of a block.
 */
export function countsRatesAlone(model: DeclaredModel, member: Member): boolean {
  const { targets } = meaningsOf(model.node);
  const permitted = new Set<object>();
  const names = new Set<string>();
  const permit = (part: object, name: string) => {
    if (!isCounted(part)) return;
    permitted.add(part);
    names.add(name);
  };
  const isCounted = (part: unknown) => {
    let counted = false;
    walkNodes(part, (node) => {
      counted ||= permitted.has(node) ? false : isCounter(node);
      return !permitted.has(node);
    });
    return counted;
  };
  const isCounter = (node: object) => {
    const target = targets.get(node as Parameters<typeof targets.get>[0]);
    const bound = target && boundName(target);
    return bound === givenNames.index || bound === givenNames.count;
  };
  walkNodes(member, (node) => {
    const { args } = node as Partial<CallNode | StepNode>;
    for (const arg of args ?? []) if (arg.name) permit(arg, arg.name.name);
    if (node.kind !== 'rows') return true;
    const { header, rows } = node as RowsNode;
    for (const { cells } of rows) {
      for (const [column, cell] of cells.entries()) if (cell) permit(cell, header[column]?.name ?? '');
    }
    return true;
  });
  return !isCounted(member) && [...names].every((name) => isRateOfMember(model, member, name));
}

/** Whether each block that a member names uses a parameter only as a rate, if it has it at all, and at least one has it. */
export function isRateOfMember(model: DeclaredModel, member: Member, name: string): boolean {
  let isRate = true;
  let taken = false;
  eachName(meaningsOf(model.node), member, (_, target) => {
    // a parameter may name any block
    if (target.kind === 'local' && target.local.param?.type?.name === 'block') isRate = false;
    if (target.kind !== 'free') return;
    const declared = model.module.scope.get(target.name);
    const op = declared ? undefined : builtinOps.get(target.name);
    if (op && !rates.has(target.name) && op.params.some((param) => param.name === name)) isRate = false;
    if (declared?.kind === 'model') isRate = false;
    if (declared?.kind !== 'block' || !hasParameter(declared, name)) return;
    taken = true;
    if (!isRateOfBlock(declared, name, new Set())) isRate = false;
  });
  return isRate && taken;
}

function hasParameter({ node }: DeclaredBlock, name: string): boolean {
  return node.params.some((param) => param.name.name === name);
}

/** Whether a parameter of a block goes only to arguments of DropPath and Dropout, or to such parameters of other blocks. */
function isRateOfBlock(block: DeclaredBlock, name: string, open: Set<string>): boolean {
  const key = `${block.module.path}/${block.node.name.name}/${name}`;
  if (open.has(key)) return true;
  open.add(key);
  const { targets } = meaningsOf(block.node);
  const passed = new Set<object>();
  let isRate = true;
  walkNodes([block.node.params, block.node.body], (node) => {
    if (passed.has(node)) return false;
    const { callee, args } = node as Partial<CallNode | StepNode>;
    const target = callee && targets.get(callee);
    if (callee && args && target?.kind === 'free') {
      const called = block.module.scope.get(target.name);
      for (const arg of args) if (isPassed(called, target.name, arg)) passed.add(arg);
    }
    if (node.kind !== 'name') return true;
    const meaning = targets.get(node as Parameters<typeof targets.get>[0]);
    if (meaning?.kind === 'local' && meaning.local.param?.name.name === name) isRate = false;
    return false;
  });
  return isRate;

  function isPassed(called: Declared | undefined, callee: string, arg: Arg): boolean {
    if (!called) return rates.has(callee);
    return called.kind === 'block' && arg.name !== undefined && isRateOfBlock(called, arg.name.name, open);
  }
}
