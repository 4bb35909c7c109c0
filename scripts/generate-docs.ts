// Writes docs/diagnostics.md from the catalog, the help of each command into docs/cli.md, the ops and activations into docs/language.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fillActivationsTable } from './docs/activations-table.ts';
import { fillCliHelp } from './docs/cli-help.ts';
import { renderDiagnosticsDoc } from './docs/diagnostics.ts';
import { fillOpsTable } from './docs/ops-table.ts';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('diagnostics.md', docs), renderDiagnosticsDoc());
for (const [name, fill] of [
  ['cli.md', fillCliHelp],
  ['language.md', (page: string) => fillActivationsTable(fillOpsTable(page))],
] as const) {
  const page = new URL(name, docs);
  writeFileSync(page, fill(readFileSync(page, 'utf8')));
}
