import { readdirSync, readFileSync } from 'node:fs';
import { generateCstDts } from 'chevrotain';
import { expect, test } from 'vitest';
import { grammarProductions } from '../../grammar/parser.ts';
import { grammarDecisions } from '../../scripts/grammar-decisions.ts';
import { renderGrammarDocs } from '../../scripts/grammar-docs/render.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('docs/grammar.md and its diagrams are current (npm run generate)', () => {
  const files = renderGrammarDocs();
  for (const [path, text] of files) expect(read(`docs/${path}`), path).toBe(text);
  const diagrams = readdirSync(new URL('docs/grammar/', root)).map((name) => `grammar/${name}`);
  expect(diagrams.filter((path) => !files.has(path))).toEqual([]);
});

test('the types of the concrete tree are current (npm run generate)', () => {
  expect(read('grammar/cst.generated.ts')).toContain(generateCstDts(grammarProductions()));
});

test("the parser's decisions are current (npm run generate)", () => {
  expect(read('grammar/decisions.generated.ts')).toBe(grammarDecisions());
});
