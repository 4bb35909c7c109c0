import type { Code } from '../../diagnostics/catalog.ts';
import { withLineEnds } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import { isOwnFile } from '../names/occurrences.ts';
import { documentDiagnostics, type EditorDiagnostic, type EditorEdit, type EditorFix } from './diagnostics.ts';
import { overlap } from './edits.ts';
import { alignTableAt } from './formatting.ts';
import { organizeImports } from './organize-imports.ts';
import { addImport, nearestFile } from './quick-fixes/imports.ts';
import { addArgument, addInput, addReturn, discardValue, freeLabel, wholeNumber } from './quick-fixes/statements.ts';
import { addCells, addColumn, emptyCell, fillCell } from './quick-fixes/tables.ts';

/** A change that an editor offers at a place. */
export interface CodeAction {
  readonly title: string;
  readonly kind: 'quickfix' | 'source.fixAll' | 'source.organizeImports';
  readonly edits: readonly EditorEdit[];
  /** What it fixes. */
  readonly diagnostic?: EditorDiagnostic;
  /** Whether it is the one that an editor applies if it is set to fix without asking. */
  readonly preferred: boolean;
}

/** Fixes for a diagnostic in addition to its own. */
type QuickFixes = (ide: Ide, analysis: Analysis, d: EditorDiagnostic) => EditorFix[];

const here =
  (make: (analysis: Analysis, d: EditorDiagnostic) => EditorFix[]): QuickFixes =>
  (_ide, analysis, d) =>
    make(analysis, d);

const quickFixes: Partial<Record<Code, readonly QuickFixes[]>> = {
  'unknown-name': [addImport],
  'unknown-weights-model': [addImport],
  'file-not-found': [nearestFile],
  'import-path': [nearestFile],
  'missing-column': [here(addColumn)],
  'missing-cell': [here(fillCell)],
  'missing-argument': [here(addArgument)],
  'cell-not-taken': [here(emptyCell)],
  'cell-count': [here(addCells)],
  'return-missing': [here(addReturn)],
  'no-input': [here(addInput)],
  'unused-value': [here(discardValue)],
  'not-whole': [here(wholeNumber)],
};

/**
 * What can be done about a range of a document: the fixes of its diagnostics, the alignment of its table, and for the
 * whole document all safe fixes at once and the order of imports. Only files of the workspace are changed.
 */
export function codeActions(ide: Ide, analysis: Analysis, start: number, end: number): readonly CodeAction[] {
  const diagnostics = fixable(analysis).filter((d) => d.start <= end && start <= d.end);
  const actions = diagnostics.flatMap((d) => {
    const fixes = fixesOf(ide, analysis, d);
    return fixes.map(
      ({ title, safe, edits }): CodeAction => ({
        title,
        kind: 'quickfix',
        edits,
        diagnostic: d,
        preferred: safe || fixes.length === 1,
      }),
    );
  });
  const add = (kind: CodeAction['kind'], title: string, edits: readonly EditorEdit[]) => {
    if (edits.length > 0) actions.push({ title, kind, edits, preferred: false });
  };
  add('quickfix', 'Align the table', alignTableAt(analysis, start));
  add('source.fixAll', 'Apply all safe fixes', fixAll(analysis));
  add('source.organizeImports', 'Organize imports', organizeImports(analysis));
  return distinct(actions).filter(({ edits }) => edits.every(({ path }) => isOwnFile(ide, path)));
}

/** What is known without building anything: what only a build shows cannot be fixed automatically. */
function fixable(analysis: Analysis): readonly EditorDiagnostic[] {
  return documentDiagnostics(analysis, analysis.diagnosticsSoFar());
}

/** The fixes of a diagnostic: its own, and those that only the editor has. */
export function fixesOf(ide: Ide, analysis: Analysis, d: EditorDiagnostic): readonly EditorFix[] {
  const own = d.code === 'missing-label' ? freeLabel(analysis, d) : d.fixes;
  const all = [...own, ...(quickFixes[d.code] ?? []).flatMap((make) => make(ide, analysis, d))];
  return all.map((fix) => ({ ...fix, edits: inItsLines(analysis, fix.edits) }));
}

/** The edits of all fixes of a document that cannot change what it means; of two that touch the same text, the first's. */
export function fixAll(analysis: Analysis): readonly EditorEdit[] {
  const taken: EditorEdit[] = [];
  for (const { fixes } of fixable(analysis)) {
    for (const { safe, edits } of fixes) {
      const fits = edits.every((e) => e.path === analysis.path && !taken.some((other) => overlap(e, other)));
      if (safe && fits) taken.push(...edits);
    }
  }
  return inItsLines(analysis, taken);
}

/** New lines end as those of the document do. */
function inItsLines({ source }: Analysis, edits: readonly EditorEdit[]): readonly EditorEdit[] {
  return edits.map((edit) => ({ ...edit, newText: withLineEnds(edit.newText, source.text) }));
}

/** Actions that do different things: two diagnostics may have one fix. */
function distinct(actions: readonly CodeAction[]): CodeAction[] {
  const seen = new Set<string>();
  return actions.filter(({ kind, edits }) => {
    const key = `${kind} ${edits.map((e) => `${e.path}:${e.start}:${e.end}:${e.newText}`).join()}`;
    return !seen.has(key) && seen.add(key);
  });
}
