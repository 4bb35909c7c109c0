import {
  type FileOperationRegistrationOptions,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { formattingTriggers } from '../ide/features/formatting.ts';
import { semanticTokenModifiers, semanticTokenTypes } from '../ide/names/name-roles.ts';
import type { Client } from './client.ts';
import { commandNames } from './handlers/commands.ts';
import { libraryScheme } from './uris.ts';

/** After these a name, a value or a cell is expected. */
const completionTriggers = ['.', '|', '(', ',', '=', '"', '/', '>'];

const movedFiles: FileOperationRegistrationOptions['filters'] = [
  { scheme: 'file', pattern: { glob: '**/*.enet', matches: 'file' } },
  { scheme: 'file', pattern: { glob: '**', matches: 'folder' } },
];

const [bar, ...otherTriggers] = formattingTriggers;

/** What the server offers a client. */
export function capabilitiesFor(client: Client): ServerCapabilities {
  return {
    positionEncoding: client.encoding,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    hoverProvider: true,
    completionProvider: { resolveProvider: true, triggerCharacters: completionTriggers },
    signatureHelpProvider: { triggerCharacters: ['(', ','], retriggerCharacters: [','] },
    definitionProvider: true,
    typeDefinitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    callHierarchyProvider: true,
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentLinkProvider: {},
    linkedEditingRangeProvider: true,
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: bar, moreTriggerCharacter: otherTriggers },
    codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll', 'source.organizeImports'] },
    inlayHintProvider: true,
    codeLensProvider: { resolveProvider: true },
    executeCommandProvider: { commands: commandNames.filter((name) => !client.ownCommands.has(name)) },
    semanticTokensProvider: {
      legend: { tokenTypes: [...semanticTokenTypes], tokenModifiers: [...semanticTokenModifiers] },
      full: { delta: true },
      range: true,
    },
    renameProvider: client.preparesRename ? { prepareProvider: true } : true,
    diagnosticProvider: { identifier: 'enet', interFileDependencies: true, workspaceDiagnostics: true },
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      textDocumentContent: { schemes: [libraryScheme] },
      fileOperations: { willRename: { filters: movedFiles } },
    },
  };
}
