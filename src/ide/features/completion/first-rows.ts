import type { Signature } from '../../../3-check/signature.ts';
import { signatureAt } from './call-at.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite } from './site.ts';
import { tabStops } from './skeletons.ts';
import { builderAt, type TableAt } from './table-at.ts';

/** A header with a row below it, where a table has neither yet. */
export function firstRows(site: CompletionSite, table: TableAt | undefined): CompletionProposal {
  const cells = cellsFor(site, table);
  const widths = cells.map(([name, cell]) => Math.max(name.length, cell.length));
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const header = line(cells.map(([name], i) => name.padEnd(widths[i] as number)));
  const row = line(cells.map(([, cell], i) => `<${i + 1}:${cell}>${' '.repeat((widths[i] as number) - cell.length)}`));
  return {
    label: header,
    kind: 'snippet',
    rank: 0,
    detail: 'a header and a row',
    insertText: tabStops(`${header}\n${row}<0>`),
    isSnippet: true,
    filterText: '|',
  };
}

type Cell = readonly [column: string, cell: string];

function cellsFor(site: CompletionSite, table: TableAt | undefined): readonly Cell[] {
  if (table?.kind === 'weights')
    return [
      ['path', 'stem'],
      ['timm', 'conv_stem'],
    ];
  if (table?.kind === 'variants')
    return [
      ['name', 'b0'],
      ['phi', '0'],
      ['w', '1.0'],
      ['d', '1.0'],
    ];
  if (table?.base) return stageCells(table.base, table.given);
  const { callee, given } = builderAt(site);
  return stageCells(callee === undefined ? undefined : signatureAt(site, callee), given);
}

/** The columns that papers have, of those that the block takes, and what it must be given. */
function stageCells(block: Signature | undefined, given: ReadonlySet<string>): readonly Cell[] {
  if (!block)
    return [
      ['repeat', 'd(1)'],
      ['channels', 'w(16)'],
      ['stride', '1'],
    ];
  const usual: Readonly<Record<string, string>> = {
    channels: 'w(16)',
    width: 'w(16)',
    kernel: '3',
    stride: '1',
    expand: '6',
  };
  const taken = block.values.filter(
    ({ name, required }) => !given.has(name) && (required || Object.hasOwn(usual, name)),
  );
  return [['repeat', 'd(1)'], ...taken.map(({ name }): Cell => [name, usual[name] ?? '1'])];
}
