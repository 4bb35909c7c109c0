import { expect, test } from 'vitest';
import { prepareCallHierarchy } from '../../src/ide/features/call-hierarchy.ts';
import { codeActions } from '../../src/ide/features/code-actions.ts';
import { codeLenses } from '../../src/ide/features/code-lens.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import { definitionsAt, typeDefinitionsAt } from '../../src/ide/features/definition.ts';
import { documentDiagnostics } from '../../src/ide/features/diagnostics.ts';
import { documentLinks } from '../../src/ide/features/document-links.ts';
import { applyEdits } from '../../src/ide/features/edits.ts';
import { foldingRanges } from '../../src/ide/features/folding.ts';
import { alignTableAt, formatDocument, formatOnType, formatRange } from '../../src/ide/features/formatting.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { inlayHints } from '../../src/ide/features/inlay-hints.ts';
import { organizeImports } from '../../src/ide/features/organize-imports.ts';
import { preview } from '../../src/ide/features/preview.ts';
import { highlightsAt, linkedEditingRanges, referencesAt } from '../../src/ide/features/references.ts';
import { prepareRename, renameAt } from '../../src/ide/features/rename.ts';
import { selectionRanges } from '../../src/ide/features/selection-ranges.ts';
import { semanticTokens } from '../../src/ide/features/semantic-tokens.ts';
import { signatureHelp } from '../../src/ide/features/signature-help.ts';
import { documentSymbols } from '../../src/ide/features/symbols.ts';
import { openFixture } from './fixture.ts';

/** What the ends of a text are made of. */
const parts = ['\n', '\r\n', ' ', '|', '{', '}', '"', '//', '/*', '#', 'x', 'block ', 'import '];

function* textsOf(length: number): Generator<string> {
  if (length === 0) return yield '';
  for (const rest of textsOf(length - 1)) for (const part of parts) yield part + rest;
}

test.each([0, 1, 2, 3])('every feature answers at each place of all texts of %d parts', (n) => {
  const { ide, path } = openFixture('');
  for (const text of textsOf(n)) {
    ide.change(path, text);
    const analysis = ide.analysis(path)!;
    const within = (what: string, places: readonly { start: number; end: number }[]) => {
      const ok = places.every(({ start, end }) => 0 <= start && start <= end && end <= text.length);
      if (!ok) expect({ what, text, places }).toBe('within the text');
    };
    const applied = (what: string, edits: Parameters<typeof applyEdits>[1]) => {
      within(what, edits);
      return applyEdits(text, edits);
    };
    within('diagnostics', documentDiagnostics(analysis));
    within('folding', foldingRanges(analysis));
    within('links', documentLinks(analysis));
    within('lenses', codeLenses(analysis));
    within(
      'symbols',
      documentSymbols(analysis).map((s) => s.place),
    );
    within(
      'tokens',
      semanticTokens(analysis).map(({ start, length }) => ({ start, end: start + length })),
    );
    within(
      'hints',
      inlayHints(analysis).map(({ offset }) => ({ start: offset, end: offset })),
    );
    applied('organize', organizeImports(analysis));
    const formatted = applied('format', formatDocument(analysis));
    ide.change(path, formatted);
    expect(formatDocument(ide.analysis(path)!), JSON.stringify(text)).toEqual([]);
    ide.change(path, text);
    preview(analysis);
    for (let offset = 0; offset <= text.length; offset++) {
      const found = hover(analysis, offset);
      if (found) within('hover', [found]);
      for (const { replace } of completionAt(ide, path, offset).items) within('completion', [replace]);
      signatureHelp(analysis, offset);
      within('selection', selectionRanges(analysis, offset));
      within('highlights', highlightsAt(analysis, offset));
      within('linked', linkedEditingRanges(analysis, offset));
      within('align', alignTableAt(analysis, offset));
      for (const typed of ['|', '\n']) applied('on type', formatOnType(analysis, offset, typed));
      applied('range', formatRange(analysis, offset, text.length));
      for (const { edits } of codeActions(ide, analysis, offset, text.length)) applied('action', edits);
      const names = [...definitionsAt(analysis, offset), ...typeDefinitionsAt(analysis, offset)];
      within(
        'definition',
        names.map(({ origin }) => origin),
      );
      within('references', referencesAt(ide, analysis, offset));
      prepareCallHierarchy(analysis, offset);
      const renamed = renameAt(ide, analysis, offset, 'fresh');
      if (!('refusal' in renamed)) applied('rename', renamed.edits);
      prepareRename(ide, analysis, offset);
    }
  }
});
