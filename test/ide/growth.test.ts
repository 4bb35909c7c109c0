import { expect, test } from 'vitest';
import { codeActions } from '../../src/ide/features/code-actions.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import { definitionsAt, typeDefinitionsAt } from '../../src/ide/features/definition.ts';
import { documentLinks } from '../../src/ide/features/document-links.ts';
import { foldingRanges } from '../../src/ide/features/folding.ts';
import { formatDocument, formatOnType, formatRange } from '../../src/ide/features/formatting.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { inlayHints } from '../../src/ide/features/inlay-hints.ts';
import { organizeImports } from '../../src/ide/features/organize-imports.ts';
import { highlightsAt, linkedEditingRanges, referencesAt } from '../../src/ide/features/references.ts';
import { prepareRename, renameAt } from '../../src/ide/features/rename.ts';
import { selectionRanges } from '../../src/ide/features/selection-ranges.ts';
import { semanticTokens } from '../../src/ide/features/semantic-tokens.ts';
import { signatureHelp } from '../../src/ide/features/signature-help.ts';
import { documentSymbols } from '../../src/ide/features/symbols.ts';
import { openFixture } from './fixture.ts';

/** One long line, of n characters and of four times as many: what an editor asks for may take four times as long. */

const block = 'block B(x) {\n  return x -> Conv(8, 3)\n}\n';
const lines: Readonly<Record<string, (n: number) => string>> = {
  'a comment of letters': (n) => `// ${'a'.repeat(n)}\n${block}`,
  'a comment of codes': (n) => `// ${'a-'.repeat(n / 2)}\n${block}`,
  'a comment of blanks': (n) => `//${' '.repeat(n)}x\n${block}`,
  'a comment of links': (n) => `// ${'http://a.b/c '.repeat(n / 13)}\n${block}`,
  'documentation of backticks': (n) => `/// ${'` ``` '.repeat(n / 6)}\n${block}`,
  'documentation of brackets': (n) => `/// ${'[a](http://b['.repeat(n / 13)}\n${block}`,
  'documentation of tags': (n) => `/// ${'<a '.repeat(n / 3)}\n${block}`,
  'a long name': (n) => block.replace('Conv', 'a'.repeat(n)),
  'a long path': (n) => block.replace('Conv', `a${'.b'.repeat(n / 2)}`),
  'a long number': (n) => block.replace('8', '1'.repeat(n)),
  'blanks in a call': (n) => block.replace('8', `${' '.repeat(n)}8`),
  'an import of blanks': (n) => `import { A${' '.repeat(n)}} from${' '.repeat(n)}x\n${block}`,
  'an open import': (n) => `import { ${' '.repeat(n)}\n`,
  'a row of bars': (n) => `model M {\n  input i: [3, 8, 8]\n  s: B {\n    ${'| '.repeat(n / 2)}\n  }\n}\n${block}`,
  'an open string': (n) => `import { A } from "${'../'.repeat(n / 3)}\n${block}`,
  'dots and stars': (n) => block.replace('Conv', `a${'.*'.repeat(n / 2)}`),
};

type Feature = (fixture: ReturnType<typeof openFixture>, offset: number) => unknown;
const at = (ask: (analysis: ReturnType<typeof openFixture>['analysis'], offset: number) => unknown): Feature => {
  return ({ analysis }, offset) => ask(analysis, offset);
};
const features: Readonly<Record<string, Feature>> = {
  hover: at(hover),
  definition: at(definitionsAt),
  'type definition': at(typeDefinitionsAt),
  highlights: at(highlightsAt),
  selection: at(selectionRanges),
  'linked editing': at(linkedEditingRanges),
  'signature help': at(signatureHelp),
  'formatting a range': at((analysis, offset) => formatRange(analysis, offset, offset + 1)),
  'formatting while typing': at((analysis, offset) => [
    formatOnType(analysis, offset, '|'),
    formatOnType(analysis, offset, '\n'),
  ]),
  formatting: at((analysis) => formatDocument(analysis)),
  links: at((analysis) => documentLinks(analysis)),
  folding: at((analysis) => foldingRanges(analysis)),
  hints: at((analysis) => inlayHints(analysis, undefined, { values: true, shapes: true, parameterNames: true })),
  tokens: at((analysis) => semanticTokens(analysis)),
  symbols: at((analysis) => documentSymbols(analysis)),
  completion: ({ ide, path }, offset) => completionAt(ide, path, offset),
  references: ({ ide, analysis }, offset) => referencesAt(ide, analysis, offset),
  'asking for a renaming': ({ ide, analysis }, offset) => prepareRename(ide, analysis, offset),
  renaming: ({ ide, analysis }, offset) => renameAt(ide, analysis, offset, 'fresh'),
  'code actions': ({ ide, analysis }, offset) => codeActions(ide, analysis, offset, offset),
  'organizing imports': at((analysis) => organizeImports(analysis)),
};

/** What a feature costs on a line, at its start, in it and at its end, in milliseconds of the process. */
function costOf(feature: Feature, text: string): number {
  const fixture = openFixture(text);
  // reading the text is not asked here
  void fixture.analysis.diagnostics;
  const places = [text.length >> 2, text.length >> 1, text.indexOf('\n', text.length >> 1), text.length - 4];
  const start = process.cpuUsage();
  for (const place of places) feature(fixture, Math.max(0, place));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const long = 12_000;

test.each(Object.entries(features))('%s on a long line', (_, feature) => {
  const slow = Object.entries(lines).flatMap(([name, make]) => {
    for (let tries = 0; tries < 3; tries++) {
      const [once, fourfold] = [costOf(feature, make(long)), costOf(feature, make(4 * long))];
      if (fourfold < 30 + 8 * once) return [];
    }
    return [name];
  });
  expect(slow).toEqual([]);
});
