import type { Arg, BlockNode, ModelNode } from '../../1-parse/ast.ts';
import type { Module } from '../../2-resolve/program.ts';
import { argumentTypesIn } from '../../3-check/check.ts';
import { actsAsTensor } from '../../3-check/types.ts';
import { signatureOfCallee } from '../names/signature-of-target.ts';
import { callSite, paramOfArgument } from '../tree/calls.ts';
import { childrenOf, type TreeNode } from '../tree/node-path.ts';
import type { InlayHint } from './value-hints.ts';

/** The names of parameters before positional arguments, except where the argument is an equal name. */
export function argumentHints(module: Module, declaration: BlockNode | ModelNode): InlayHint[] {
  const hints: InlayHint[] = [];
  const types = argumentTypesIn(module, declaration);
  const isTensor = (arg: Arg) => actsAsTensor(types.get(arg) ?? 'unknown');
  const open: { node: TreeNode; parent?: TreeNode }[] = [{ node: declaration }];
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const { node, parent } = entry;
    for (const child of childrenOf(node)) open.push({ node: child, parent: node });
    const site = callSite(node, parent);
    const signature = site && signatureOfCallee(module, declaration, site.callee);
    if (!signature) continue;
    for (const arg of site.args) {
      const param = arg.name ? undefined : paramOfArgument(signature, site, arg, isTensor);
      if (!param || param.tensor || saysName(arg, param.name)) continue;
      const tooltip = `\`${param.name}\` of ${signature.name}`;
      hints.push({ offset: arg.span.start, label: `${param.name}:`, tooltip, kind: 'parameter' });
    }
  }
  return hints;
}

function saysName({ value }: Arg, name: string): boolean {
  return value.kind === 'name' && value.parts.at(-1) === name;
}
