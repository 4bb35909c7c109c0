// Writes docs/grammar.md and docs/grammar/*.svg, from the parser's own rules.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { renderGrammarDocs } from './grammar-docs/render.ts';

const docs = new URL('../docs/', import.meta.url);
const files = renderGrammarDocs();
mkdirSync(new URL('grammar/', docs), { recursive: true });
// Diagrams of rules that no longer exist.
for (const name of readdirSync(new URL('grammar/', docs))) {
  if (!files.has(`grammar/${name}`)) rmSync(new URL(`grammar/${name}`, docs));
}
for (const [path, text] of files) writeFileSync(new URL(path, docs), text);
