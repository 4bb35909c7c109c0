import { expect, test } from 'vitest';
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from '../../src/ide/features/call-hierarchy.ts';
import { codeActions } from '../../src/ide/features/code-actions.ts';
import { definitionsAt, typeDefinitionsAt } from '../../src/ide/features/definition.ts';
import type { EditorEdit } from '../../src/ide/features/diagnostics.ts';
import { documentLinks } from '../../src/ide/features/document-links.ts';
import { editsForMoves } from '../../src/ide/features/file-rename.ts';
import { foldingRanges } from '../../src/ide/features/folding.ts';
import { formatDocument, formatOnType } from '../../src/ide/features/formatting.ts';
import { highlightsAt, linkedEditingRanges, referencesAt } from '../../src/ide/features/references.ts';
import { prepareRename, renameAt } from '../../src/ide/features/rename.ts';
import { selectionRanges } from '../../src/ide/features/selection-ranges.ts';
import { documentSymbols } from '../../src/ide/features/symbols.ts';
import { corpus } from '../robust/corpus.ts';
import { type Edit, mutate } from '../robust/mutate.ts';
import { openFixture, symbolsOf } from './fixture.ts';

const runs = Number(process.env.ENET_FUZZ ?? 60);

test('every feature answers at any place of any text, and speaks of places that there are', () => {
  let state = 7;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const { ide, path } = openFixture('');
  for (let seed = 0; seed < runs; seed++) {
    const edits = Array.from({ length: 1 + next(4) }, (): Edit => [next(64), next(1e6), next(1e6), next(1e6)]);
    const text = mutate(seed % corpus.length, edits, seed % 2 === 0 ? 'gentle' : 'rough');
    ide.change(path, text);
    const analysis = ide.analysis(path)!;
    const lengthOf = (file: string) => ide.analysis(file)?.source.text.length ?? -1;
    const check = (places: readonly { path: string; start: number; end: number }[]) => {
      for (const p of places) expect(0 <= p.start && p.start <= p.end && p.end <= lengthOf(p.path)).toBe(true);
    };
    const checkEdits = (edits: readonly EditorEdit[]) => {
      check(edits);
      for (const e of edits) expect(e.path).toBe(path);
    };
    check(foldingRanges(analysis));
    check(documentLinks(analysis));
    check(documentSymbols(analysis).map((s) => s.place));
    checkEdits(formatDocument(analysis));
    checkEdits(editsForMoves(ide, [{ from: path, to: '/space/sub/other.enet' }]));
    check(symbolsOf(ide, 'conv').map((s) => s.place));
    for (let k = 0; k < 6; k++) {
      const offset = next(text.length + 1);
      const definitions = [...definitionsAt(analysis, offset), ...typeDefinitionsAt(analysis, offset)];
      check(definitions.flatMap((d) => [d.origin, d.target, d.selection]));
      check(referencesAt(ide, analysis, offset));
      check(highlightsAt(analysis, offset));
      check(linkedEditingRanges(analysis, offset));
      check(selectionRanges(analysis, offset));
      for (const typed of ['|', '\n']) checkEdits(formatOnType(analysis, offset, typed));
      for (const item of prepareCallHierarchy(analysis, offset)) {
        check([item.place, item.selection]);
        for (const call of [...incomingCalls(ide, item), ...outgoingCalls(ide, item)]) check(call.places);
      }
      const prepared = prepareRename(ide, analysis, offset);
      const result = renameAt(ide, analysis, offset, 'fresh_name');
      if ('refusal' in result) expect(result.refusal).toMatch(/\.$/);
      else checkEdits(result.edits);
      if ('refusal' in prepared) expect(result).toHaveProperty('refusal');
    }
    for (const { edits: fixing } of codeActions(ide, analysis, 0, text.length)) checkEdits(fixing);
  }
}, 600_000);
