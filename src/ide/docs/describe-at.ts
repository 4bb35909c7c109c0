import type { Arg, Declaration } from '../../1-parse/ast.ts';
import type { Analysis } from '../core/analysis.ts';
import { occurrenceIn } from '../names/file-names.ts';
import { signatureOfCallee } from '../names/signature-of-target.ts';
import { looksLikeTensor } from '../names/tensor-arguments.ts';
import { callOfArgument, paramOfArgument } from '../tree/calls.ts';
import type { TreeNode } from '../tree/node-path.ts';
import { columnAt, rowAt } from '../tree/table-rows.ts';
import { describeName } from './describe-name.ts';
import { describeParamOf } from './describe-param.ts';
import type { Described } from './markdown.ts';

/** The meaning of what is at a cursor: a name, or for a value the parameter that it is for. */
export function describeAtName(
  analysis: Analysis,
  declaration: Declaration,
  path: readonly TreeNode[],
  offset: number,
): Described | undefined {
  const node = path.at(-1);
  if (!node || path.length < 2) return undefined;
  const { start, end } = node.span;
  const occurrence = occurrenceIn(declaration, offset);
  if (occurrence && start <= occurrence.span.start && occurrence.span.end <= end) {
    const markdown = describeName(analysis, occurrence, { declaration, path });
    return markdown === '' ? undefined : { start: occurrence.span.start, end: occurrence.span.end, markdown };
  }
  const markdown = describeValue(analysis, declaration, path, offset);
  return markdown === '' ? undefined : { start, end, markdown };
}

/** A number or another value: the parameter that it is for. */
function describeValue(
  analysis: Analysis,
  declaration: Declaration,
  path: readonly TreeNode[],
  offset: number,
): string {
  const call = callOfArgument(path);
  if (call) {
    const isTensor = (arg: Arg) => looksLikeTensor(analysis.module, declaration, arg.value);
    const signature = signatureOfCallee(analysis.module, declaration, call.site.callee);
    const param = signature && paramOfArgument(signature, call.site, call.arg, isTensor);
    return param ? describeParamOf(signature, param.name, analysis) : '';
  }
  const at = rowAt(path, offset);
  const column = at?.rows.header[columnAt(at.row, offset)];
  const name = column && occurrenceIn(declaration, column.span.start);
  return name ? describeName(analysis, name, { declaration, path }) : '';
}
