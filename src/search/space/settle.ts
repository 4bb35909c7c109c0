import type { CellNode, ChoiceNode, RowsNode } from '../../1-parse/ast.ts';
import { withoutColumn } from '../../1-parse/edit-columns.ts';
import { format } from '../../1-parse/format.ts';
import { parse } from '../../1-parse/parse.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import { keepLibrary, readFiles } from '../../2-resolve/files.ts';
import { resolveProgram } from '../../2-resolve/resolve.ts';
import { checkSource } from '../../check-source.ts';
import { type CompileOptions, compileProgram } from '../../compile.ts';
import { applyFixes } from '../../diagnostics/apply-fixes.ts';
import { createDiagnostic, type Diagnostic, hasErrors, type TextEdit } from '../../diagnostics/diagnostic.ts';
import type { Host } from '../../host.ts';
import { memoise } from '../../memoise.ts';
import type { Source, Span } from '../../source.ts';
import type { DiscoveredSpace } from './discover.ts';
import { type Decision, type Encoding, isUsed } from './space.ts';

/** A spec without choices, or why there is none. */
export interface Settled {
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** How the files of a space's networks are read: the library only once. */
const filesOf = memoise((host: Host) => keepLibrary(readFiles(host)));

/**
 * The text of a spec with the choices of one candidate settled: a plain spec, which compiles and trains like any other. Cells
 * that the chosen blocks do not take are emptied, and imports that are no longer used removed.
 * @param options which point of the family it is to build at, without the choices
 */
export function settleChoices(
  source: Source,
  host: Host,
  space: DiscoveredSpace,
  encoding: Encoding,
  options: CompileOptions = {},
): Settled {
  const elsewhere = space.spans.flat().find((span) => span.source.name !== source.name);
  if (elsewhere) return { diagnostics: [createDiagnostic('choices-elsewhere', elsewhere, {})] };
  const settled = settledText(source, host, space, encoding, options, true);
  // a row that is left out may still have to state what its block would take
  return settled.text === undefined ? settledText(source, host, space, encoding, options, false) : settled;
}

/** @param empties whether a cell whose choice does not matter is emptied; otherwise it has its first option */
function settledText(
  source: Source,
  host: Host,
  space: DiscoveredSpace,
  encoding: Encoding,
  options: CompileOptions,
  empties: boolean,
): Settled {
  const edits = choiceEdits(source, space, encoding, empties);
  if ('severity' in edits) return { diagnostics: [edits] };
  const files = filesOf(host);
  let text = applyEdits(source, edits);
  // a cell that is not a choice may be for a parameter that only other blocks take
  for (;;) {
    const { diagnostics } = compileProgram(resolveProgram({ ...source, text }, host, files), options);
    const untaken = diagnostics.flatMap(({ code, span }) => (code === 'cell-not-taken' && span ? [span] : []));
    const column = diagnostics.find((d) => d.code === 'unknown-column')?.span;
    if (untaken.length > 0) text = applyEdits({ ...source, text }, emptied(untaken));
    else if (column) text = applyEdits({ ...source, text }, withoutColumn({ ...source, text }, column));
    else if (hasErrors(diagnostics)) return { diagnostics };
    else break;
  }
  const settled = { ...source, text };
  const unused = checkSource(settled, host, { files }).diagnostics.filter(({ code }) => code === 'unused-import');
  const plain = applyFixes(
    settled,
    unused.flatMap((d) => d.fixes ?? []),
  ).text;
  return { text: format({ ...source, text: plain }).text, diagnostics: [] };
}

/** What replaces each choice, or a diagnostic where two uses of one table are to differ. */
function choiceEdits(
  source: Source,
  space: DiscoveredSpace,
  encoding: Encoding,
  empties: boolean,
): TextEdit[] | Diagnostic {
  const cells = cellsOfChoices(source);
  const edits = new Map<number, { edit: TextEdit; used: boolean; key: string }>();
  const places = space.decisions.flatMap((decision, i) =>
    (space.spans[i] ?? []).map((span) => [i, decision, span] as const),
  );
  for (const [i, { key, options }, span] of places) {
    const used = isUsed(space, encoding, i);
    const cell = cells.get(span.start);
    const whole = empties && !used && cell?.values.length === 1;
    const edit = {
      span: whole ? cell.span : span,
      newText: whole ? ' ' : (options[used ? (encoding[i] as number) : 0] as string),
    };
    const before = edits.get(span.start);
    if (before?.used && used && before.edit.newText !== edit.newText) {
      return createDiagnostic('choices-differ', span, { one: before.key, other: key });
    }
    if (!before || used) edits.set(span.start, { edit, used, key });
  }
  // two choices in one emptied cell are one edit
  const byStart = new Map([...edits.values()].map(({ edit }) => [edit.span.start, edit]));
  return [...byStart.values()];
}

/** The edits that empty cells, each once: several blocks may not take one. */
function emptied(cells: readonly Span[]): TextEdit[] {
  return [...new Map(cells.map((span) => [span.start, { span, newText: ' ' }])).values()];
}

function cellsOfChoices(source: Source): Map<number, CellNode> {
  const cells = new Map<number, CellNode>();
  walkNodes(parse(source).ast, (node) => {
    if (node.kind !== 'rows') return true;
    for (const cell of (node as RowsNode).rows.flatMap((row) => row.cells)) {
      walkNodes(cell?.values, (inner) => {
        if (inner.kind === 'choice' && cell) cells.set((inner as ChoiceNode).span.start, cell);
        return true;
      });
    }
    return true;
  });
  return cells;
}

function applyEdits(source: Source, edits: readonly TextEdit[]): string {
  return applyFixes(source, [{ title: '', safe: true, edits }]).text;
}

/** The space with some decisions settled, by key and value as in `--set`. */
export function restrictSpace(
  space: DiscoveredSpace,
  given: Readonly<Record<string, string>>,
): { readonly space: DiscoveredSpace; readonly diagnostics: readonly Diagnostic[] } {
  const wrong = space.decisions.flatMap(({ key, options }, i) => {
    const value = given[key];
    if (value === undefined || options.includes(value)) return [];
    return [createDiagnostic('not-a-choice', space.spans[i]?.[0], { name: key, value, options: options.join(', ') })];
  });
  const kept = space.decisions.map(({ key, options }) =>
    options.flatMap((option, i) => (given[key] === undefined || given[key] === option ? [i] : [])),
  );
  const decisions = space.decisions.map(
    (decision, i): Decision => ({
      ...decision,
      options: (kept[i] ?? []).map((o) => decision.options[o] as string),
      when: decision.when.map((conditions) =>
        conditions.map((c) => ({
          decision: c.decision,
          options: (kept[c.decision] ?? []).flatMap((o, place) => (c.options.includes(o) ? [place] : [])),
        })),
      ),
    }),
  );
  return { space: { ...space, decisions }, diagnostics: wrong };
}
