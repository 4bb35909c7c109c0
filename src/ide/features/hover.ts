import { tokenize } from '../../../grammar/lexer.ts';
import type { CallNode, Declaration, ModelNode } from '../../1-parse/ast.ts';
import { lineStartAt } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import { describeAtName, describeImport } from '../docs/describe-at.ts';
import { explainCodeAt, explainDiagnosticsAt } from '../docs/explain-code.ts';
import { type Described, isIncomplete, joinParts } from '../docs/markdown.ts';
import { keywordDocs } from '../docs/words.ts';
import { describeVariant } from '../numbers/describe-network.ts';
import { describeNumber } from '../numbers/describe-number.ts';
import { describeStage } from '../numbers/describe-stage.ts';
import { networkOf } from '../numbers/network-numbers.ts';
import { innermost, nodePath, type TreeNode } from '../tree/node-path.ts';
import { nameOfRow, placesOfTable, rowAt } from '../tree/table-rows.ts';

/** What is shown at the cursor: Markdown, and the range that it is about. */
export interface Hover extends Described {
  /** Whether members of a family are missing in its tables because they are not built yet: see `measureNext`. */
  readonly incomplete: boolean;
}

/**
 * Describes what is at an offset of a document: how a number came about, what a name means, the result of a row at the
 * chosen point and in each variant, why a diagnostic is reported. Undefined if there is nothing to show.
 */
export function hover(analysis: Analysis, offset: number): Hover | undefined {
  const at = analysis.declarationAt(offset);
  const found: Described[] = [];
  const code = explainCodeAt(analysis.source.text, offset);
  if (code) return { ...code, incomplete: false };
  if (at.node) {
    const shift = offset - at.offset;
    const all =
      at.node.kind === 'import'
        ? describeImport(analysis, at.node, at.offset)
        : inDeclaration(analysis, at.node, at.offset);
    for (const f of all) found.push({ ...f, start: f.start + shift, end: f.end + shift });
  }
  const explained = explainDiagnosticsAt(analysis, offset);
  if (explained) found.push(explained);
  const parts = found.filter((f) => f.markdown !== '');
  const [first] = parts;
  if (!first) return undefined;
  const markdown = joinParts(
    parts.map((f) => f.markdown),
    '\n\n---\n\n',
  );
  return { start: first.start, end: first.end, markdown, incomplete: isIncomplete(markdown) };
}

function inDeclaration(analysis: Analysis, declaration: Declaration, offset: number): Described[] {
  const path = nodePath(declaration, offset);
  const { text } = declaration.span.source;
  const found: Described[] = [];
  const call = innermost<CallNode>(path, 'call');
  const number = call && describeNumber(analysis, declaration, call);
  if (call && number) found.push({ ...rangeOf(call), markdown: number });
  const name = describeAtName(analysis, declaration, path, offset);
  if (name && !number) found.push(name);
  if (!name) {
    const word = keywordAt(text, offset);
    if (word) found.push(word);
  }
  if (declaration.kind === 'model') found.push(...describeRow(analysis, declaration, path, offset));
  return found;
}

function rangeOf({ span: { start, end } }: TreeNode): { start: number; end: number } {
  return { start, end };
}

/** A row of a stage table or of `variants`. */
function describeRow(analysis: Analysis, model: ModelNode, path: readonly TreeNode[], offset: number): Described[] {
  const at = rowAt(path, offset);
  if (!at) return [];
  const { rows, row } = at;
  if (innermost(path, 'variants')) {
    const name = row.cells[rows.header.findIndex((h) => h.name === 'name')]?.values[0];
    return name?.kind === 'name' ? [{ ...rangeOf(row), markdown: describeVariant(analysis, model, name.text) }] : [];
  }
  const point = networkOf(analysis, model)?.point;
  return placesOfTable(model, rows, point).map(({ section, isOnly }) => {
    const markdown = isOnly ? describeStage(analysis, model, section, nameOfRow(rows, row)) : '';
    return { ...rangeOf(row), markdown };
  });
}

/** A keyword, which is not a node of the tree. */
function keywordAt(text: string, offset: number): Described | undefined {
  const from = lineStartAt(text, offset);
  const end = text.indexOf('\n', offset);
  const line = text.slice(from, end < 0 ? text.length : end);
  for (const { image, startOffset } of tokenize(line).tokens) {
    const start = from + startOffset;
    if (start > offset || offset > start + image.length) continue;
    const doc = Object.entries(keywordDocs).find(([word]) => word === image)?.[1];
    if (doc !== undefined) return { start, end: start + image.length, markdown: `**${image}**: ${doc}` };
  }
  return undefined;
}
