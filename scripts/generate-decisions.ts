// Writes what chevrotain finds out of the grammar's rules, so that a parser starts without finding it out again.
import { writeFileSync } from 'node:fs';
import { grammarDecisions } from './grammar-decisions.ts';

writeFileSync(new URL('../grammar/decisions.generated.ts', import.meta.url), grammarDecisions());
