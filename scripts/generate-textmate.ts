// Writes grammar/enet.tmLanguage.json, the editors' syntax highlighting, from the tokens.
import { writeFileSync } from 'node:fs';
import { createTextMateGrammar } from './textmate/grammar.ts';

const text = `${JSON.stringify(createTextMateGrammar(), undefined, 2)}\n`;
writeFileSync(new URL('../grammar/enet.tmLanguage.json', import.meta.url), text);
