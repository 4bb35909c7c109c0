import type { IToken } from 'chevrotain';
import * as t from '../../../../grammar/tokens.ts';
import type { ModelNode, RowsNode, SectionNode, StepNode } from '../../../1-parse/ast.ts';
import { is, isCloser, isOpener } from '../../../1-parse/fix-slips/token-kinds.ts';
import { headOf } from '../../../1-parse/section-head.ts';
import { walkNodes } from '../../../1-parse/walk.ts';
import { meaningsOf } from '../../../3-check/meanings/declaration-names.ts';
import type { Signature } from '../../../3-check/signature.ts';
import { signatureAt } from './call-at.ts';
import type { OpenBracket } from './prefix.ts';
import type { CompletionSite } from './site.ts';

const k = t.keywordTokens;

export interface TableRow {
  /** Local offsets between the bars. */
  readonly cells: readonly { readonly start: number; readonly end: number }[];
  /** The offset of its first bar. */
  readonly start: number;
  readonly complete: boolean;
}

/** A table that contains the cursor. */
export interface TableAt {
  readonly kind: 'stages' | 'variants' | 'weights';
  readonly header: readonly string[];
  /** The known rows before the cursor, the header first; for a long table the last ones. */
  readonly rows: readonly TableRow[];
  /** The number of the column at the cursor; -1 between rows. */
  readonly column: number;
  /** Whether the row at the cursor is the header. */
  readonly inHeader: boolean;
  /** The block before a stage table, and the arguments that it has there. */
  readonly base: Signature | undefined;
  readonly given: ReadonlySet<string>;
  /** The blocks of a stage table that are known: the base, and those that cells name. The row's own first. */
  readonly blocks: readonly Signature[];
}

/** The innermost table around the cursor, where no other brace is between. */
export function tableAt(site: CompletionSite): TableAt | undefined {
  const place = site.prefix.open.findLastIndex(({ role }) => role === 'rows');
  const bracket = site.prefix.open[place];
  if (!bracket) return undefined;
  const rows = readRows(site.prefix.tokens, bracket.index + 1, site.piece.word.start);
  const kind = kindOf(site.prefix.tokens, bracket.index);
  const current = rows.at(-1);
  const header = (rows[0]?.cells ?? []).map(({ start, end }) => site.piece.text.slice(start, end).trim());
  const column = current && !current.complete ? current.cells.length - 1 : -1;
  const inHeader = rows.length === 1 && column >= 0;
  const common = { kind, header: inHeader ? header.slice(0, -1) : header, rows, column, inHeader };
  if (kind !== 'stages') return { ...common, base: undefined, given: new Set(), blocks: [] };
  const { callee, given } = baseOf(site, bracket);
  const base = callee === undefined ? undefined : signatureAt(site, callee);
  return { ...common, base, given, blocks: blocksOf(site, common, base) };
}

function kindOf(tokens: readonly IToken[], brace: number): TableAt['kind'] {
  if (is(tokens[brace - 1], k.variants)) return 'variants';
  return is(tokens[brace - 2], k.weights) ? 'weights' : 'stages';
}

function readRows(tokens: readonly IToken[], from: number, end: number): TableRow[] {
  const rows: { start: number; cells: { start: number; end: number }[]; complete: boolean }[] = [];
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i] as IToken;
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth--;
    if (depth !== 0) continue;
    const row = rows.at(-1);
    const cell = row?.cells.at(-1);
    const after = token.startOffset + token.image.length;
    if (is(token, t.RowStart)) rows.push({ start: token.startOffset, cells: [{ start: after, end }], complete: false });
    else if (is(token, t.Bar) && row && cell) {
      cell.end = token.startOffset;
      row.cells.push({ start: after, end });
    } else if (is(token, t.RowEnd) && row && cell) {
      cell.end = token.startOffset;
      row.complete = true;
    }
  }
  return rows;
}

/** What builds the rows at the cursor: the call before them, or of a table with a name the section that builds it. */
function baseOf(site: CompletionSite, bracket: OpenBracket): Use {
  const { tokens } = site.prefix;
  if (!is(tokens[bracket.index - 2], k.table)) return builderAt(site);
  const { node } = site.piece;
  const use = node?.kind === 'model' ? useOf(node, tokens[bracket.index - 1]?.image ?? '') : undefined;
  return use ?? { given: new Set() };
}

/** A block that builds a table, and the names of its arguments. */
interface Use {
  readonly callee?: string;
  readonly given: ReadonlySet<string>;
}

/** The section or step that has the cursor in its braces. */
export function builderAt({ path }: CompletionSite): Use {
  const builder = path.findLast((node, i) => {
    const { rows } = (node as Partial<StepNode>).tail ?? {};
    return rows !== undefined && rows === path[i + 1];
  });
  return builder ? useBy(builder as SectionNode | StepNode) : { given: new Set() };
}

function useBy(node: SectionNode | StepNode): Use {
  const { callee, args = [] } = node.kind === 'section' ? headOf(node) : node;
  return { ...(callee && { callee: callee.text }), given: new Set(args.flatMap(({ name }) => name?.name ?? [])) };
}

/** The section or step that builds a table by its name, or through a parameter of type `table`. */
function useOf(model: ModelNode, table: string): Use | undefined {
  const { targets } = meaningsOf(model);
  let byName: Use | undefined;
  let byParam: Use | undefined;
  walkNodes(model.members, (node) => {
    const { tail } = node as Partial<Pick<StepNode, 'tail'>>;
    const target = tail?.rows?.kind === 'name' ? targets.get(tail.rows) : undefined;
    if (target?.kind !== 'local') return true;
    const { ident, param } = target.local;
    const use = useBy(node as SectionNode | StepNode);
    if (param?.type?.name === 'table') byParam ??= use;
    else if (ident.name === table) byName ??= use;
    return true;
  });
  return byName ?? byParam;
}

/** The row's own block first, then the base, then those of all rows. */
function blocksOf(
  site: CompletionSite,
  table: Pick<TableAt, 'header' | 'rows' | 'inHeader'>,
  base: Signature | undefined,
): Signature[] {
  const found = new Set<Signature>();
  const take = (text: string) => {
    for (const [name] of text.matchAll(/[A-Za-z_]\w*/g)) {
      const signature = signatureAt(site, name);
      if (signature) found.add(signature);
    }
  };
  const { text, cursor, shift, node } = site.piece;
  const column = table.header.indexOf('block');
  const row = table.rows.at(-1);
  const cell = !table.inHeader && row && !row.complete ? row.cells[column] : undefined;
  if (cell) take(text.slice(cell.start, cell.end));
  if (!table.inHeader && found.size > 0) return [...found];
  if (base) found.add(base);
  if (!table.inHeader) return [...found];
  walkNodes(node, (part) => {
    const { span, kind } = part as Partial<RowsNode>;
    if (!span) return true;
    if (span.start + shift > cursor || span.end + shift < cursor) return false;
    if (kind !== 'rows') return true;
    const { header, rows } = part as RowsNode;
    const i = header.findIndex(({ name }) => name === 'block');
    for (const { cells } of i < 0 ? [] : rows.slice(0, 200)) {
      for (const value of cells[i]?.values ?? []) take(text.slice(value.span.start + shift, value.span.end + shift));
    }
    return true;
  });
  return [...found];
}
