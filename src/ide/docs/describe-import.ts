import type { ImportNode } from '../../1-parse/ast.ts';
import type { Module } from '../../2-resolve/program.ts';
import type { Analysis } from '../core/analysis.ts';
import { occurrenceIn } from '../names/file-names.ts';
import { authored, authoredLine } from './authored.ts';
import { describeName } from './describe-name.ts';
import { type Described, fence, firstSentence, joinParts } from './markdown.ts';

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
