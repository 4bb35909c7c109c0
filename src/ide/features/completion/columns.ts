import type { ModelNode } from '../../../1-parse/ast.ts';
import { authored } from '../../docs/authored.ts';
import { paramText } from '../../docs/describe.ts';
import { columnDocs, strideColumnDoc, variantColumnDocs } from '../../docs/words.ts';
import { describe } from './arguments.ts';
import type { Proposal } from './item.ts';
import type { Site } from './site.ts';
import type { TableAt } from './table-at.ts';
import { paramsOf } from './wanted-at.ts';

/** Columns that a table's header does not have yet. */
export function columns(site: Site, table: TableAt): Proposal[] {
  const all =
    table.kind === 'stages'
      ? stageColumns(table)
      : table.kind === 'variants'
        ? variantColumns(site)
        : weightColumns(table);
  const there = new Set([...table.header, ...columnsAfter(site)]);
  return all.filter(({ label }) => !there.has(label));
}

/** The columns that stand after the cursor on its line. */
function columnsAfter({ piece: { text, word } }: Site): string[] {
  const line = text.slice(word.end, text.indexOf('\n', word.end) >= 0 ? text.indexOf('\n', word.end) : undefined);
  return line
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
}

function stageColumns({ blocks, given }: TableAt): Proposal[] {
  const params = new Map<string, Proposal>();
  for (const block of blocks) {
    for (const param of block.values) {
      if (params.has(param.name) || param.named) continue;
      const { detail, documentation } = describe(block, param);
      const note = param.name === 'stride' ? `\n\n${strideColumnDoc}` : '';
      const rank = param.required ? 0 : given.has(param.name) ? 4 : 2;
      params.set(param.name, {
        label: param.name,
        kind: 'column',
        rank,
        detail,
        documentation: `${documentation}${note}`,
      });
    }
  }
  const own = Object.entries(columnDocs).map(([label, documentation]): Proposal => {
    return { label, kind: 'column', rank: label === 'repeat' ? 1 : 3, documentation };
  });
  return [...params.values(), ...own];
}

function variantColumns(site: Site): Proposal[] {
  const own = Object.entries(variantColumnDocs).map(([label, documentation]): Proposal => {
    return { label, kind: 'column', rank: label === 'name' ? 0 : 1, documentation };
  });
  const { node } = site.piece;
  const params = node?.kind === 'model' ? paramsOf(node as ModelNode) : [];
  return [
    ...own,
    ...params.map((p): Proposal => {
      return { label: p.name.name, kind: 'column', rank: 2, detail: paramText(p), documentation: authored(p.doc) };
    }),
  ];
}

/** Namings that the library's weight maps have. */
const namings = ['timm', 'torchvision'];

function weightColumns({ header }: TableAt): Proposal[] {
  if (header.length === 0)
    return [
      {
        label: 'path',
        kind: 'column',
        rank: 0,
        documentation: 'A path of the model, or a part of it that ends at a module.',
      },
    ];
  return namings.map((label) => ({
    label,
    kind: 'column',
    rank: 0,
    documentation: `What ${label} calls the modules.`,
  }));
}
