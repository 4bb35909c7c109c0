import type { Arg, Declaration, ImportNode } from '../../1-parse/ast.ts';
import type { Module } from '../../2-resolve/program.ts';
import { argumentTypesIn } from '../../3-check/check.ts';
import { actsAsTensor } from '../../3-check/types.ts';
import type { Analysis } from '../core/analysis.ts';
import { occurrenceIn } from '../names/occurrences.ts';
import { signatureOfCallee } from '../names/signature-of-target.ts';
import { callOfArgument, paramOfArgument } from '../tree/calls.ts';
import type { TreeNode } from '../tree/node-path.ts';
import { columnAt, rowAt } from '../tree/table-rows.ts';
import { authored, authoredLine } from './authored.ts';
import { describeParamOf } from './describe.ts';
import { describeName } from './describe-name.ts';
import { type Described, fence, firstSentence, joinParts } from './markdown.ts';

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
    const types = argumentTypesIn(analysis.module, declaration);
    const isTensor = (arg: Arg) => actsAsTensor(types.get(arg) ?? 'unknown');
    const signature = signatureOfCallee(analysis.module, declaration, call.site.callee);
    const param = signature && paramOfArgument(signature, call.site, call.arg, isTensor);
    return param ? describeParamOf(signature, param.name, analysis) : '';
  }
  const at = rowAt(path, offset);
  const column = at?.rows.header[columnAt(at.row, offset)];
  const name = column && occurrenceIn(declaration, column.span.start);
  return name ? describeName(analysis, name, { declaration, path }) : '';
}

/** The name or the module of an import at an offset. */
export function describeImport(analysis: Analysis, node: ImportNode, offset: number): Described[] {
  const holds = ({ span }: ImportNode['from']) => span.start <= offset && offset <= span.end;
  const name = occurrenceIn(node, offset);
  if (name) {
    const { start, end } = name.span;
    return [{ start, end, markdown: describeName(analysis, name, { declaration: node, path: [] }) }];
  }
  if (!holds(node.from)) return [];
  const module = importedModule(analysis, node);
  const { start, end } = node.from.span;
  return module ? [{ start, end, markdown: describeModule(module) }] : [];
}

/** The module that an import names: of the library, or where one of its names comes from. */
function importedModule(analysis: Analysis, { names, from }: ImportNode): Module | undefined {
  const { scope, path: own } = analysis.module;
  const paths = names.flatMap(({ name }) => scope.get(name)?.module.path ?? []);
  const path = from.value.startsWith('std/') ? from.value : paths.find((p) => p !== own);
  return analysis.program.modules.find((m) => m.path === path);
}

/** A module: its path, its first comment, and what it declares. */
function describeModule({ path, library, ast, scope }: Module): string {
  const own = [...scope.values()].filter((d) => d.module.path === path);
  const names = own.map(({ kind, node }) => {
    const summary = authoredLine(firstSentence(node.doc));
    return `- ${kind} \`${node.name.name}\`${summary === '' ? '' : `: ${summary}`}`;
  });
  const heading = ast.comments[0];
  const isHeading = heading && !heading.text.startsWith('///') && heading.span.start < firstOffset(ast);
  return joinParts([
    fence(path),
    library ? 'A module of the library.' : '',
    isHeading ? authored(heading.text.replace(/^\/+ ?/, '')) : '',
    names.join('\n'),
  ]);
}

function firstOffset({ imports, declarations, span }: Module['ast']): number {
  return Math.min(...[...imports, ...declarations].map((n) => n.span.start), span.end);
}
