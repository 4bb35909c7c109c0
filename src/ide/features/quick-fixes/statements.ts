import * as t from '../../../../grammar/tokens.ts';
import type { AssignNode, BlockNode, Declaration, ModelNode } from '../../../1-parse/ast.ts';
import { isCloser, isOpener } from '../../../1-parse/fix-slips/token-kinds.ts';
import { namesOf } from '../../../3-check/meanings/declaration-names.ts';
import { lineStartAt } from '../../../source.ts';
import type { Analysis } from '../../core/analysis.ts';
import { documentTokens } from '../../tree/document-tokens.ts';
import { innermost, nodePath } from '../../tree/node-path.ts';
import type { EditorDiagnostic, EditorFix } from '../diagnostics.ts';
import { missingParameter, valueFor } from './missing-parameter.ts';

/** Gives the argument that a call lacks, by name, with a value to start from. */
export function addArgument(analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const param = missingParameter(analysis, d);
  const value = param && valueFor(param);
  if (!param || value === undefined) return [];
  const written = `${param.name}: ${value}`;
  const { tokens } = documentTokens(analysis.source);
  const next = tokens.findIndex((token) => token.startOffset >= d.end);
  let at = d.end;
  let newText = `(${written})`;
  if (tokens[next]?.tokenType === t.LParen) {
    const close = closerOf(tokens, next);
    if (close < 0) return [];
    at = tokens[close]?.startOffset ?? at;
    newText = close === next + 1 ? written : `, ${written}`;
  }
  const title = `Give '${param.name}' the value ${value}`;
  return [{ title, safe: false, edits: [{ path: analysis.path, start: at, end: at, newText }] }];
}

function closerOf(tokens: ReturnType<typeof documentTokens>['tokens'], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i] as (typeof tokens)[number];
    if (isOpener(token)) depth++;
    // brackets that do not pair have another fix
    else if (isCloser(token) && --depth === 0) return token.tokenType === t.RParen ? i : -1;
  }
  return -1;
}

/** Splits the inserted `x -> conv: ` into the label `conv` and the text before it; the label may be empty. */
function labelAtEnd(text: string): { before: string; label: string } {
  if (!text.endsWith(': ')) return { before: text, label: '' };
  const named = text.slice(0, -2);
  const start = Math.max(named.lastIndexOf(' '), named.lastIndexOf('(')) + 1;
  return { before: named.slice(0, start), label: named.slice(start) };
}

/** A label that the declaration does not have yet, if the suggested one already exists. */
export function freeLabel(analysis: Analysis, d: EditorDiagnostic): readonly EditorFix[] {
  const { node } = analysis.declarationAt(d.start);
  if (!node || node.kind === 'import') return d.fixes;
  const labels = new Set(
    namesOf(node as Declaration).flatMap(({ name, target }) => (target.kind === 'label' ? [name] : [])),
  );
  return d.fixes.map((fix) => {
    const [edit, ...others] = fix.edits;
    const { before, label: offered } = labelAtEnd(edit?.newText ?? '');
    if (!edit || !labels.has(offered)) return fix;
    let n = 2;
    while (labels.has(`${offered}${n}`)) n++;
    const label = `${offered}${n}`;
    return {
      title: `Label it '${label}'`,
      safe: fix.safe,
      edits: [{ ...edit, newText: `${before}${label}: ` }, ...others],
    };
  });
}

/** Ends a block with a `return` of what it bound last, or of its first tensor. */
export function addReturn(analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const block = analysis.declarationAt(d.start).node as BlockNode | undefined;
  if (block?.kind !== 'block') return [];
  const last = block.body.findLast((s): s is AssignNode => s.kind === 'assign')?.targets[0];
  const name = last?.name ?? block.params.find((p) => !p.type)?.name.name;
  const close = analysis.locate(block.span).end - 1;
  const { text } = analysis.source;
  if (!name || name === '_' || text[close] !== '}') return [];
  const lineStart = lineStartAt(text, close);
  const alone = lineStart > 0 && text.slice(lineStart, close).trim() === '';
  const edit = alone
    ? { start: lineStart, end: lineStart, newText: `  return ${name}\n` }
    : { start: close, end: close, newText: ` return ${name} ` };
  return [{ title: `Return '${name}'`, safe: false, edits: [{ path: analysis.path, ...edit }] }];
}

/** Declares an input of pictures, after the members that apply before anything is built. */
export function addInput(analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const model = analysis.declarationAt(d.start).node as ModelNode | undefined;
  if (model?.kind !== 'model') return [];
  const { text } = analysis.source;
  const facts = ['param', 'convention', 'scaling', 'variants'];
  const above = model.members.findLast((m) => facts.includes(m.kind));
  const name = analysis.locate(model.name.span).end;
  const after = above ? analysis.locate(above.span).end : text.indexOf('{', name) + 1;
  if (after === 0) return [];
  const lineEnd = text.indexOf('\n', after);
  const at =
    lineEnd < 0 ||
    text
      .slice(after, lineEnd)
      .replace(/\/\/.*/, '')
      .trim() !== ''
      ? after
      : lineEnd - Number(text[lineEnd - 1] === '\r');
  const newText = `${above ? '\n' : ''}\n  input image: [3, 224, 224]${at === after && !above ? '\n' : ''}`;
  const edit = { path: analysis.path, start: at, end: at, newText };
  return [{ title: 'Add an input of 224 x 224 pixels', safe: false, edits: [edit] }];
}

/** Discards one of several tensors that nothing reads. */
export function discardValue(analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const { node, offset } = analysis.declarationAt(d.start);
  const assign = node && innermost<AssignNode & { kind: string }>(nodePath(node, offset), 'assign');
  if (!assign || assign.targets.length < 2) return [];
  const edit = { path: analysis.path, start: d.start, end: d.end, newText: '_' };
  return [{ title: "Write '_' to discard it", safe: true, edits: [edit] }];
}

/** The whole number next to one that is not whole. */
export function wholeNumber({ source, path }: Analysis, { start, end }: EditorDiagnostic): EditorFix[] {
  const value = Number(source.text.slice(start, end));
  if (!Number.isFinite(value)) return [];
  const newText = String(Math.round(value));
  return [{ title: `Write ${newText}`, safe: false, edits: [{ path, start, end, newText }] }];
}
