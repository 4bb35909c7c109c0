import * as t from '../../../../grammar/tokens.ts';
import { modulePatterns } from '../../../3-check/meanings/path-places.ts';
import { typeNames } from '../../../3-check/types.ts';
import type { Ide } from '../../core/ide.ts';
import { conventionDocs, numberDocs, typeDocs } from '../../docs/words.ts';
import { argumentNames, variantValues } from './arguments.ts';
import { settingsOf } from './call-at.ts';
import { activationValues, blockValues, calls, localsOfType } from './callables.ts';
import { columns } from './columns.ts';
import type { Expected } from './grammar-here.ts';
import { importNames, modulePaths } from './imports.ts';
import { type CompletionItem, type CompletionProposal, orderItems } from './item.ts';
import { keywords, startsLine } from './keywords.ts';
import { afterDot, properties } from './paths.ts';
import { nextRows } from './rows.ts';
import { type CompletionSite, siteAt } from './site.ts';
import { sections, tabStops } from './skeletons.ts';
import { type TableAt, tableAt } from './table-at.ts';
import { isCalled, values } from './values.ts';
import { wantedAt } from './wanted-at.ts';

/** What can be written at a place. */
export interface Completions {
  readonly items: readonly CompletionItem[];
  /** Whether more can be than is listed: with more typed there may be others. */
  readonly isIncomplete: boolean;
}

/**
 * What can be written at an offset of a document, the most likely first: what the grammar allows after the preceding
 * text, filled with the visible names, and with those that an import would add. Also in broken text. Only the
 * declaration around the cursor is examined. @returns nothing in comments and numbers, and where only a new name is
 * possible
 */
export function completionAt(ide: Ide, path: string, offset: number): Completions {
  const analysis = ide.analysis(path);
  if (!analysis || offset < 0 || offset > analysis.source.text.length) return nothing;
  const place = siteAt(ide, analysis, offset);
  if (!place) return nothing;
  if (!('site' in place)) {
    const { word, base } = place.piece;
    const items = orderItems(proposalsAt(place), { start: word.start + base, end: word.end + base }, base);
    return { items, isIncomplete: place.others.arePart };
  }
  const { site } = place;
  const isImport = site.expected.some(({ type, rule }) => type === t.StringLiteral && rule === 'importDeclaration');
  if (!isImport) return nothing;
  const items = orderItems(modulePaths(site, place), { start: offset, end: offset }, site.piece.base);
  return { items, isIncomplete: false };
}

const nothing: Completions = { items: [], isIncomplete: false };

function proposalsAt(site: CompletionSite): CompletionProposal[] {
  const { piece, expected, typed } = site;
  const table = tableAt(site);
  if (table?.kind === 'weights' && table.column >= 0 && !table.inHeader) {
    return expected.some(isReference) ? weightCells(site, table) : [];
  }
  if (typed.includes('.')) return expected.some(isReference) ? afterDot(site) : [];
  if (piece.text[piece.word.start - 1] === '.') {
    return expected.some(({ type }) => type === t.Property) ? properties(0) : [];
  }
  const found: CompletionProposal[] = [];
  for (const e of expected) found.push(...proposalsFor(site, e, table));
  return [...found, ...keywords(site), ...negation(site)];
}

/** `not`, where what is wanted can be a bool. */
function negation(site: CompletionSite): CompletionProposal[] {
  if (!site.expected.some(({ type }) => type === t.keywordTokens.not) || variantValues(site)) return [];
  const { type } = wantedAt(site);
  return type === 'bool' ? [{ label: 'not', kind: 'keyword', rank: 5 }] : [];
}

function isReference({ type, rule }: Expected): boolean {
  return type === t.Name && rule === 'reference';
}

/** What one token that the grammar allows can be. */
function proposalsFor(
  site: CompletionSite,
  { type, rule, place, rules }: Expected,
  table: TableAt | undefined,
): CompletionProposal[] {
  if (type === t.RowStart) return nextRows(site, table);
  if (type === t.Word) return table ? columns(site, table) : [];
  if (type === t.StringLiteral) return rule === 'importDeclaration' ? modulePaths(site) : [];
  if (rule === 'type') return type === t.Name ? types() : [];
  if (type !== t.Name) return [];
  switch (rule) {
    case 'importDeclaration':
      return importNames(site);
    case 'convention':
      return Object.entries(conventionDocs).map(([label, documentation]) => word(label, documentation));
    case 'scaling':
      return [word('phi', numberDocs.variable)];
    case 'scalingEntry':
      return place === 0 ? scalingEntries() : [word('n', numberDocs.rounded)];
    case 'weights':
      return [...site.module.scope.values()].flatMap((d) =>
        d.kind === 'model' ? [{ label: d.node.name.name, kind: 'model', rank: 0 }] : [],
      );
    case 'section':
      return place === 0 ? newSections(site) : [];
    case 'step':
      return place === 0 ? [] : steps(site);
    case 'tail':
      return localsOfType(site, 'table', 0);
    case 'arg':
      return argumentNames(site);
    case 'reference':
      return valuesAt(site, table, rules);
    default:
      return [];
  }
}

function word(label: string, documentation: string | undefined): CompletionProposal {
  return { label, kind: 'word', rank: 0, documentation };
}

function types(): CompletionProposal[] {
  return typeNames.map((name, i) => {
    const label = name === 'tensor' ? 'tensor[]' : name;
    return { label, kind: 'type', rank: i / 10, documentation: typeDocs[name] ?? '' };
  });
}

function scalingEntries(): CompletionProposal[] {
  const entry = (name: string, what: string, rounding: string): CompletionProposal[] => [
    { label: name, kind: 'word', rank: 0, detail: `the factor of ${what}`, filterText: name },
    {
      label: `${name}(n) = `,
      kind: 'snippet',
      rank: 1,
      detail: `rounds ${what}`,
      insertText: tabStops(`${name}(n) = ${rounding}<0>`),
      isSnippet: true,
      filterText: name,
    },
  ];
  return [
    ...entry('d', 'depth', 'ceil(n * d)'),
    ...entry('w', 'width', 'round(n * w, <1:8>)'),
    ...entry('r', 'resolution', 'round(n * r, <1:32>)'),
  ];
}

/** Sections that most models have and this one lacks. */
function newSections(site: CompletionSite): CompletionProposal[] {
  const { node } = site.piece;
  if (node?.kind !== 'model' || !startsLine(site)) return [];
  const there = new Set(node.members.flatMap((m) => (m.kind === 'section' ? [m.name.name] : [])));
  // sections come after the input
  const rank = node.members.some(({ kind }) => kind === 'input') ? 1 : 3;
  return sections
    .filter(({ name }) => !there.has(name))
    .map(({ name, ...skeleton }) => ({ ...skeleton, kind: 'snippet', rank, isSnippet: true, filterText: name }));
}

function steps(site: CompletionSite): CompletionProposal[] {
  const label = site.expected.some(({ type, rule, place }) => type === t.Name && rule === 'step' && place === 0);
  return [
    ...localsOfType(site, 'block', 1),
    ...calls(site, { chained: true, label, called: isCalled(site) }),
    ...activationValues(site, 2),
  ];
}

/** Values, and where a section begins the steps that take what the section before gave. */
function valuesAt(site: CompletionSite, table: TableAt | undefined, rules: readonly string[]): CompletionProposal[] {
  const inCell = table !== undefined && site.bracket?.role === 'rows';
  const rows = inCell && table.column === 0 ? nextRows(site, table) : [];
  if (inCell && (table.column >= table.header.length || table.header[table.column] === 'name')) return rows;
  if (settingsOf(site.path.slice(0, -1)) && site.prefix.tokens.at(-1)?.tokenType !== t.Colon) return [];
  const isFirst = rules.at(-5) === 'section' && site.prefix.tokens.at(-1)?.tokenType === t.Colon;
  if (isFirst) {
    const tensors = values(site, { type: { tensors: 1 } }).filter(({ kind }) => kind === 'section' || kind === 'value');
    const chosen = calls(site, { chained: true, label: false, called: isCalled(site) });
    return [
      ...localsOfType(site, 'block', 0),
      ...chosen,
      ...tensors.map((p) => ({ ...p, rank: 3 })),
      ...activationValues(site, 6),
    ];
  }
  const variants = variantValues(site);
  if (variants) return variants;
  const wanted = wantedAt(site);
  return [...rows, ...(wanted.type === 'block' ? blockValues(site) : values(site, wanted))];
}

/** A cell of a weight map: in the first column the modules of its model, those without a row first. */
function weightCells(site: CompletionSite, table: TableAt): CompletionProposal[] {
  const { piece, module } = site;
  const name = piece.node?.kind === 'weights' ? piece.node.name.name : '';
  const declared = module.scope.get(name);
  if (table.column !== 0 || declared?.kind !== 'model') return [];
  const there = new Set<string>();
  if (piece.node?.kind === 'weights') {
    for (const { cells } of piece.node.rows.rows) {
      const value = cells[0]?.values[0];
      if (
        value?.kind === 'name' &&
        !(value.span.start + piece.shift <= piece.cursor && piece.cursor <= value.span.end + piece.shift)
      )
        there.add(value.text);
    }
  }
  const patterns = modulePatterns(declared);
  const end = piece.word.end + (/^(?:\.(?:\w+|\*))*/.exec(piece.text.slice(piece.word.end))?.[0].length ?? 0);
  const replace = { start: piece.word.start, end };
  return patterns.map((label) => {
    const rank = (there.has(label) ? 2 : 0) + (label.includes('*') || !/\.\d/.test(label) ? 0 : 1);
    return { label, kind: 'path', rank, detail: there.has(label) ? 'has a row' : '', replace };
  });
}
