import { expect, test } from 'vitest';
import { codeLenses, resolveCodeLens } from '../../src/ide/features/code-lens.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { inlayHints } from '../../src/ide/features/inlay-hints.ts';
import { preview } from '../../src/ide/features/preview.ts';
import { semanticTokens } from '../../src/ide/features/semantic-tokens.ts';
import { signatureHelp } from '../../src/ide/features/signature-help.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';
import { openFixture } from './fixture.ts';

const rounds = Number(process.env.ENET_RUNS ?? 60);

/** Pieces that half-typed text is made of. */
const pieces = [
  '(',
  ')',
  '{',
  '}',
  '|',
  '->',
  ':',
  ',',
  '"',
  '//',
  '///',
  '\n',
  'w(',
  ' x.',
  'block ',
  'model M {',
  '[',
  '= ',
];

test('whatever is typed, what is read of a document stands inside of it', () => {
  const state = randomState(7, 'reading');
  const below = (n: number) => Math.floor(nextUnit(state) * n);
  const texts = Object.values(stdlib);
  for (let round = 0; round < rounds; round++) {
    let text = texts[below(texts.length)] as string;
    for (let edits = below(4); edits >= 0; edits--) {
      const at = below(text.length);
      const piece = below(3) === 0 ? '' : (pieces[below(pieces.length)] as string);
      text = text.slice(0, at) + piece + text.slice(at + (below(2) === 0 ? below(30) : 0));
    }
    const { ide, path } = openFixture(text);
    ide.setScaling(below(2) === 0 ? {} : { phi: below(4) });
    const analysis = ide.analysis(path)!;
    const places = [
      ...inlayHints(analysis, undefined, { values: true, shapes: true, parameterNames: true }).map((h) => h.offset),
      ...semanticTokens(analysis).flatMap((t) => [t.start, t.start + t.length]),
      ...codeLenses(analysis).flatMap((lens) => [lens.start, resolveCodeLens(analysis, lens).end]),
      ...(preview(analysis)?.stages.flatMap((s) => (s.place ? [s.place.start, s.place.end] : [])) ?? []),
    ];
    for (let i = 0; i < 40; i++) {
      const offset = below(text.length + 1);
      const found = hover(analysis, offset);
      if (found) places.push(found.start, found.end);
      signatureHelp(analysis, offset);
    }
    for (const place of places) {
      if (place < 0 || place > text.length) expect({ place, text }).toBe('inside');
    }
  }
});
