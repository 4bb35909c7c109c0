// Writes docs/diagnostics.md from the catalog, and the help of each command into docs/cli.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fillCliHelp } from './docs/cli-help.ts';
import { renderDiagnosticsDoc } from './docs/diagnostics.ts';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('diagnostics.md', docs), renderDiagnosticsDoc());
const cli = new URL('cli.md', docs);
writeFileSync(cli, fillCliHelp(readFileSync(cli, 'utf8')));
