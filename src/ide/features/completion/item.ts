import type { TextChange } from '../text-diff.ts';

/** The kind of a completion; the protocol's kinds are chosen from it. */
export type CompletionKind =
  | 'keyword'
  | 'snippet'
  | 'block'
  | 'model'
  | 'op'
  | 'activation'
  | 'function'
  | 'parameter'
  | 'value'
  | 'section'
  | 'table'
  | 'type'
  | 'column'
  | 'property'
  | 'module'
  | 'variant'
  | 'path'
  | 'row'
  | 'word';

export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  /** On the line of the label: a type, a default, where the name comes from. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  readonly insertText: string;
  /** Whether `insertText` has tab stops, `$1` and `${1:text}`; a literal `$`, `}` or `\` is escaped in such a text. */
  readonly isSnippet: boolean;
  /** What the text takes the place of, in document offsets; on one line, the cursor in it. */
  readonly replace: { readonly start: number; readonly end: number };
  /** What is compared with the typed text, where that is not the label. */
  readonly filterText?: string;
  /** The order of likelihood. */
  readonly sortText: string;
  readonly preselect: boolean;
  /** Characters that take the item when they are typed. */
  readonly commitCharacters?: readonly string[];
  /** Additional edits, in document offsets: the import of a block of another file. */
  readonly additionalEdits?: readonly TextChange[];
  /** Whether what follows the inserted text can be completed at once: an argument's value after its name. */
  readonly thenSuggest?: boolean;
}

/**
 * An item as the makers of items give it: its place in the list is settled at the end. Without a text to insert it is the
 * label, without what it replaces the word at the cursor; offsets are local to the piece.
 */
export interface CompletionProposal
  extends Pick<CompletionItem, 'label' | 'kind'>,
    Partial<Omit<CompletionItem, 'label' | 'kind' | 'sortText' | 'preselect'>> {
  /** 0 is the likeliest. */
  readonly rank: number;
}

/**
 * The list as the editor shows it: the most likely first, each label of a kind once, or once for each file to import it from.
 * @param word the word at the cursor, in document offsets
 * @param base what is added to local offsets
 */
export function orderItems(
  proposals: readonly CompletionProposal[],
  word: { readonly start: number; readonly end: number },
  base: number,
): CompletionItem[] {
  const seen = new Set<string>();
  const distinct = proposals.filter(({ kind, label, detail, additionalEdits }) => {
    const key = additionalEdits ? `${kind} ${label} ${detail}` : `${kind} ${label}`;
    return !seen.has(key) && seen.add(key);
  });
  // the sort is stable: equally likely items stay in order
  return distinct
    .sort((a, b) => a.rank - b.rank)
    .map((p, i) => itemOf(p, i, p.replace ? { start: p.replace.start + base, end: p.replace.end + base } : word));
}

/** Written out field by field: a list may have a thousand items, and copying the rest of an object is slow. */
function itemOf(p: CompletionProposal, i: number, replace: CompletionItem['replace']): CompletionItem {
  return {
    label: p.label,
    kind: p.kind,
    detail: p.detail,
    documentation: p.documentation,
    insertText: p.insertText ?? p.label,
    isSnippet: p.isSnippet ?? false,
    replace,
    filterText: p.filterText,
    sortText: String(i).padStart(4, '0'),
    preselect: i === 0 && p.rank === 0,
    commitCharacters: p.commitCharacters,
    additionalEdits: p.additionalEdits,
    thenSuggest: p.thenSuggest,
  };
}
