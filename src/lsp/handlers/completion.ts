import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  CompletionRequest,
  CompletionResolveRequest,
  InsertTextFormat,
} from 'vscode-languageserver';
import { completionAt } from '../../ide/features/completion/completion.ts';
import type { CompletionKind, CompletionItem as Item } from '../../ide/features/completion/item.ts';
import { textEdits } from '../edits.ts';
import { answer, answerIn } from '../guard.ts';
import { markup, withoutTabStops } from '../markup.ts';
import { readWorkspace } from '../read-workspace.ts';
import type { Session } from '../session.ts';
import { type DocumentView, offsetIn, rangeIn, viewOf } from '../view.ts';

const kinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  snippet: CompletionItemKind.Snippet,
  block: CompletionItemKind.Class,
  model: CompletionItemKind.Class,
  op: CompletionItemKind.Function,
  activation: CompletionItemKind.Event,
  function: CompletionItemKind.Function,
  parameter: CompletionItemKind.Field,
  value: CompletionItemKind.Variable,
  section: CompletionItemKind.Struct,
  table: CompletionItemKind.Struct,
  type: CompletionItemKind.TypeParameter,
  column: CompletionItemKind.Field,
  property: CompletionItemKind.Property,
  module: CompletionItemKind.Module,
  variant: CompletionItemKind.EnumMember,
  path: CompletionItemKind.File,
  row: CompletionItemKind.Snippet,
  word: CompletionItemKind.Text,
};

/** What the client sends back with an item to get its documentation: the list, and the item's index. */
interface ItemData {
  readonly list: number;
  readonly index: number;
}

/** The editor's own command that requests completions, if the client has it: see `Client.ownCommands`. */
const suggest = 'editor.action.triggerSuggest';

/** What can be written at the cursor. Documentation is sent when an item is selected. */
export function answerCompletion(session: Session): void {
  let last: { readonly list: number; readonly items: readonly Item[] } = { list: 0, items: [] };
  answerIn(session, CompletionRequest.type, async (view, { position }, token): Promise<CompletionList> => {
    const offset = offsetIn(view, position);
    // names of the workspace's other files are offered, none of which have been read at first
    await readWorkspace(view.ide, token);
    // items for an outdated text must not be inserted into the current one: the client asks again
    if (viewOf(session, view.uri)?.analysis !== view.analysis) return { isIncomplete: true, items: [] };
    const { items, isIncomplete } = completionAt(view.ide, view.path, offset);
    last = { list: last.list + 1, items };
    return { isIncomplete, items: items.map((item, index) => protocolItem(view, item, { list: last.list, index })) };
  });
  answer(session, CompletionResolveRequest.type, (item): CompletionItem => {
    const { list, index } = (item.data ?? {}) as Partial<ItemData>;
    const documentation = list === last.list ? last.items[index ?? -1]?.documentation : undefined;
    return documentation === undefined ? item : { ...item, documentation: markup(session, documentation) };
  });
}

function protocolItem(view: DocumentView, item: Item, data: ItemData): CompletionItem {
  const { client } = view.session;
  const isSnippet = item.isSnippet && client.snippets;
  const newText = item.isSnippet && !isSnippet ? withoutTabStops(item.insertText) : item.insertText;
  return {
    label: item.label,
    kind: kinds[item.kind],
    ...(item.detail !== undefined && { detail: item.detail }),
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeIn(view, item.replace), newText },
    ...(item.filterText !== undefined && { filterText: item.filterText }),
    sortText: item.sortText,
    ...(item.preselect && { preselect: true }),
    ...(item.commitCharacters && { commitCharacters: [...item.commitCharacters] }),
    ...(item.additionalEdits && { additionalTextEdits: textEdits(view, item.additionalEdits) }),
    ...(item.thenSuggest && client.ownCommands.has(suggest) && { command: { title: 'Suggest', command: suggest } }),
    ...(item.documentation !== undefined && { data }),
  };
}
