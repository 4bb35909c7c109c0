// Writes docs/models.md and the drawings there from the library, the figures of other pages, docs/diagnostics.md from the catalog, the help of each command into docs/cli.md, the ops and activations into docs/language.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fillActivationsTable } from './docs/activations-table.ts';
import { fillCliHelp } from './docs/cli-help.ts';
import { renderDiagnosticsDoc } from './docs/diagnostics.ts';
import { renderFigures } from './docs/figures.ts';
import { renderModelsDoc } from './docs/models.ts';
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

const { page, drawings } = renderModelsDoc();
writeFileSync(new URL('models.md', docs), page);
const folder = new URL('images/models/', docs);
mkdirSync(folder, { recursive: true });
// Drawings of models that no longer exist.
for (const name of readdirSync(folder)) if (!drawings.has(name)) rmSync(new URL(name, folder));
for (const [name, svg] of drawings) writeFileSync(new URL(name, folder), svg);
for (const [name, svg] of renderFigures()) writeFileSync(new URL(`images/${name}`, docs), svg);
