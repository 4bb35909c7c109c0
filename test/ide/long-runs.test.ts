import { expect, test } from 'vitest';
import { codeActions } from '../../src/ide/features/code-actions.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import { foldingRanges } from '../../src/ide/features/folding.ts';
import { formatDocument, formatOnType } from '../../src/ide/features/formatting.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { inlayHints } from '../../src/ide/features/inlay-hints.ts';
import { renameAt } from '../../src/ide/features/rename.ts';
import { selectionRanges } from '../../src/ide/features/selection-ranges.ts';
import { semanticTokens } from '../../src/ide/features/semantic-tokens.ts';
import { signatureHelp } from '../../src/ide/features/signature-help.ts';
import { openFixture } from './fixture.ts';

/** Things of which a text may have thousands, one after the other: a key that is held, a paste, a generated file. */
const units = [
  ...['/', ' ', '\n', '(', '[', '{', ')', '}', '|', '-', '->', '"', '.', 'a', 'a.', 'a, ', '1 + ', 'not ', 'a(', ': '],
  ...[
    '#',
    '/*',
    '// a // b\n',
    '///\n',
    '| a |\n',
    '-> a ',
    'a = ',
    'model ',
    'weights x {\n',
    'block a(x) {\n',
    '[a for ',
  ],
];
const beginnings = [
  ...['', 'import { ', 'block a(x) {\n  ', 'model M {\n  s: Conv(', 'model M {\n  variants {\n  | name | '],
];

test.each(beginnings)('no feature takes long where thousands of one thing follow %j', (begin) => {
  for (const unit of units) {
    const text = begin + unit.repeat(2_000);
    const { ide, path, analysis } = openFixture(text);
    const features: Record<string, (offset: number) => unknown> = {
      completion: (offset) => completionAt(ide, path, offset),
      hover: (offset) => hover(analysis, offset),
      signature: (offset) => signatureHelp(analysis, offset),
      selection: (offset) => selectionRanges(analysis, offset),
      rename: (offset) => renameAt(ide, analysis, offset, 'fresh'),
      'on type': (offset) => formatOnType(analysis, offset, '\n'),
      format: () => formatDocument(analysis),
      folding: () => foldingRanges(analysis),
      tokens: () => semanticTokens(analysis),
      hints: () => inlayHints(analysis),
      actions: () => codeActions(ide, analysis, 0, text.length),
    };
    for (const [name, run] of Object.entries(features)) {
      const start = process.cpuUsage();
      for (const offset of [text.length, text.length >> 1]) run(offset);
      const { user, system } = process.cpuUsage(start);
      // some tens of milliseconds in most; brackets within brackets once took minutes
      expect((user + system) / 1000, `${name} at ${JSON.stringify(unit)}`).toBeLessThan(4_000);
    }
  }
});
