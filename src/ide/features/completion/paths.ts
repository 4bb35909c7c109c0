import { tensorProperties } from '../../../3-check/check-name.ts';
import type { LocalName } from '../../../3-check/meanings/occurrence.ts';
import { type PathWord, wordsBelow } from '../../../3-check/meanings/path-places.ts';
import { isTensors } from '../../../3-check/types.ts';
import { authored } from '../../docs/authored.ts';
import { propertyDocs } from '../../docs/words.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite } from './site.ts';

/** What may follow the last dot of the word at the cursor: properties of tensors, parts of a section. */
export function afterDot(site: CompletionSite): CompletionProposal[] {
  const { word, text } = site.piece;
  const words = site.typed.split('.');
  const start = word.start + site.typed.lastIndexOf('.') + 1;
  const replace = { start, end: Math.max(start, word.end) };
  const dotted = /^(?:\.(?:\w+|\*))+/.exec(text.slice(word.end))?.[0];
  const root = site.scope.names.get(words[0] ?? '');
  if (!root) return [];
  const { local, type } = root;
  const section = local?.kind === 'section' ? local : undefined;
  const inner = section ? wordsAfter(site, section, words.slice(0, -1)) : [];
  const known = section !== undefined || isTensors(type) || type === 'unknown';
  const isWhole = words.length === 2 || section !== undefined;
  return [...inner, ...(known && isWhole && dotted === undefined ? properties(section ? 1 : 0) : [])].map((p) => ({
    ...p,
    replace,
  }));
}

/** The properties of a tensor's shape. */
export function properties(rank: number): CompletionProposal[] {
  return tensorProperties.map((label) => ({
    label,
    kind: 'property',
    rank,
    detail: 'int',
    documentation: propertyDocs[label] ?? '',
  }));
}

/** The words that may follow in the path of a section: rows, labels, sections of a model. */
function wordsAfter(site: CompletionSite, { ident, owner }: LocalName, words: readonly string[]): CompletionProposal[] {
  const found = wordsBelow({ module: site.module, owner }, ident, words);
  return found.slice(0, mostWords).map((word) => proposal(word, words.join('.')));
}

function proposal({ kind, name, ident, owner }: PathWord, before: string): CompletionProposal {
  if (kind === 'section') {
    const section = owner?.kind === 'model' ? owner.members.find((m) => 'name' in m && m.name === ident) : undefined;
    return { label: name, kind, rank: 0, documentation: section && 'doc' in section ? authored(section.doc) : '' };
  }
  if (kind === 'row') return { label: name, kind, rank: 0, detail: `row of ${before}` };
  return { label: name, kind: 'path', rank: 0, detail: `step of ${before}` };
}

/** The limit of words that are offered for one path. */
const mostWords = 200;
