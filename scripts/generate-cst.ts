// Writes the types of the concrete syntax tree, from the parser's own rules.

import { writeFileSync } from 'node:fs';
import { generateCstDts } from 'chevrotain';
import { grammarProductions } from '../grammar/parser.ts';

const header = '// Generated from grammar/parser.ts by `npm run generate`. Do not edit.\n';
writeFileSync(new URL('../grammar/cst.generated.ts', import.meta.url), header + generateCstDts(grammarProductions()));
