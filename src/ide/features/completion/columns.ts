import { authored } from '../../docs/authored.ts';
import { paramsOf, paramText } from '../../docs/describe.ts';
import { columnDocs, strideColumnDoc, variantColumnDocs } from '../../docs/words.ts';
import { describe } from './arguments.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite } from './site.ts';
import type { TableAt } from './table-at.ts';

/** Columns that a table's header does not have yet. */
export function columns(site: CompletionSite, table: TableAt): CompletionProposal[] {
  const all =
    table.kind === 'stages'
      ? stageColumns(site, table)
      : table.kind === 'variants'
        ? variantColumns(site)
        : weightColumns(table);
  const there = new Set([...table.header, ...columnsAfter(site)]);
  return all.filter(({ label }) => !there.has(label));
}

/** The columns after the cursor on its line. */
function columnsAfter({ piece: { text, word } }: CompletionSite): string[] {
  const line = text.slice(word.end, text.indexOf('\n', word.end) >= 0 ? text.indexOf('\n', word.end) : undefined);
  return line
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
}

function column(label: string, rank: number, documentation: string, detail?: string): CompletionProposal {
  return { label, kind: 'column', rank, documentation, detail };
}

function stageColumns({ analysis }: CompletionSite, { blocks, given }: TableAt): CompletionProposal[] {
  const params = new Map<string, CompletionProposal>();
  for (const block of blocks) {
    for (const param of block.values) {
      const { name, required, named } = param;
      if (params.has(name) || named) continue;
      const { detail, documentation } = describe(analysis, block, param);
      const note = name === 'stride' ? `\n\n${strideColumnDoc}` : '';
      const rank = required ? 0 : given.has(name) ? 4 : 2;
      params.set(name, column(name, rank, `${documentation}${note}`, detail));
    }
  }
  const own = Object.entries(columnDocs).map(([name, doc]) => column(name, name === 'repeat' ? 1 : 3, doc));
  return [...params.values(), ...own];
}

function variantColumns({ piece: { node } }: CompletionSite): CompletionProposal[] {
  const own = Object.entries(variantColumnDocs).map(([name, doc]) => column(name, name === 'name' ? 0 : 1, doc));
  return [...own, ...paramsOf(node).map((p) => column(p.name.name, 2, authored(p.doc), paramText(p)))];
}

/** Namings that the library's weight maps have. */
const namings = ['timm', 'torchvision'];

function weightColumns({ header }: TableAt): CompletionProposal[] {
  if (header.length === 0) return [column('path', 0, 'A path of the model, or a part of it that ends at a module.')];
  return namings.map((naming) => column(naming, 0, `What ${naming} calls the modules.`));
}
