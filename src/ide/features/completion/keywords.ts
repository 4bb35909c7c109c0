import type { Keyword } from '../../../../grammar/tokens.ts';
import * as t from '../../../../grammar/tokens.ts';
import { lineStartAt } from '../../../source.ts';
import { keywordDocs } from '../../docs/words.ts';
import { keywordOf } from './grammar-here.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite } from './site.ts';
import { skeletons } from './skeletons.ts';

/** Members that a model has once. */
const once: ReadonlySet<string> = new Set(['convention', 'scaling', 'variants', 'maximize', 'return']);

/** The usual order of a model's members. */
const usual: readonly Keyword[] = [
  'param',
  'convention',
  'scaling',
  'variants',
  'input',
  'table',
  'return',
  'auxiliary',
  'require',
  'maximize',
];

/** The keywords that the grammar allows, those that begin something also as its skeleton. */
export function keywords(site: CompletionSite): CompletionProposal[] {
  const there = taken(site);
  const found: CompletionProposal[] = [];
  for (const { type, rule } of site.expected) {
    const word = keywordOf(type);
    if (
      word === undefined ||
      rule === 'word' ||
      rule === 'type' ||
      rule === 'atom' ||
      rule === 'operand' ||
      there.has(word)
    )
      continue;
    const rank = rankOf(word, rule);
    const documentation = keywordDocs[word];
    found.push({ label: word, kind: 'keyword', rank, documentation });
    const skeleton = skeletons[word];
    if (skeleton && startsLine(site)) {
      found.push({
        ...skeleton,
        kind: 'snippet',
        rank,
        isSnippet: true,
        filterText: word,
        documentation,
      });
    }
  }
  if (site.expected.some(({ type }) => type === t.Operator)) found.push(...operators(site));
  return found;
}

function rankOf(word: Keyword, rule: string): number {
  const place = usual.indexOf(word);
  if (rule === 'list' || rule === 'importDeclaration') return 0;
  if (word === 'if') return 5;
  return place < 0 ? 2 : 2 + place / 20;
}

/** Infix words, where the preceding text can be a condition. */
function operators({ prefix, piece }: CompletionSite): CompletionProposal[] {
  const { tokens, statement } = prefix;
  const conditional = tokens
    .slice(statement)
    .some(({ tokenType }) => [t.keywordTokens.if, t.keywordTokens.require, t.Equal].includes(tokenType));
  if (!conditional || startsLineAt(piece.text, piece.word.start)) return [];
  return ['and', 'or'].map((label) => ({ label, kind: 'keyword', rank: 4 }));
}

/** What cannot occur again: imports below a declaration, members that a model has once. */
function taken({ piece, module, analysis }: CompletionSite): ReadonlySet<string> {
  const { node, shift, cursor, base } = piece;
  const first = module.ast.declarations[0];
  const declared = first !== undefined && analysis.locate(first.span).start < base + cursor;
  if (node?.kind !== 'model') return new Set(declared ? ['import'] : []);
  const holds = (span: { start: number; end: number }) => span.start + shift <= cursor && cursor <= span.end + shift;
  const members = node.members.flatMap((m) => (once.has(m.kind) && !holds(m.span) ? [m.kind] : []));
  return new Set(['import', ...members]);
}

/** Whether only blanks precede the word at the cursor on its line. */
export function startsLine({ piece }: CompletionSite): boolean {
  return startsLineAt(piece.text, piece.word.start);
}

function startsLineAt(text: string, offset: number): boolean {
  return text.slice(lineStartAt(text, offset), offset).trim() === '';
}
