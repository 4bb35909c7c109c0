import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver';
import type { PositionEncoding } from './lines.ts';

/** What of the client's capabilities makes a difference here. */
export interface Client {
  readonly encoding: PositionEncoding;
  /** Asks for diagnostics itself: none are pushed to it. */
  readonly pullsDiagnostics: boolean;
  /** Answers `workspace/configuration`. */
  readonly configuration: boolean;
  readonly snippets: boolean;
  readonly markdown: boolean;
  readonly definitionLinks: boolean;
  readonly versionedEdits: boolean;
  readonly codeActions: boolean;
  readonly labelOffsets: boolean;
  /** Supports a call without a parameter at the cursor. */
  readonly noActiveParameter: boolean;
  /** Asks whether a name can change before it asks for the new one. */
  readonly preparesRename: boolean;
  readonly lineFoldingOnly: boolean;
  readonly symbolTrees: boolean;
  /** Registers for changes of files and settings when it is asked to. */
  readonly watchesFiles: boolean;
  readonly registersConfiguration: boolean;
  readonly workspaceFolders: boolean;
  /** What it computes again when it is notified that the chosen point has changed. */
  readonly refreshes: { readonly inlayHints: boolean; readonly codeLenses: boolean; readonly diagnostics: boolean };
  /** Opens the library from the disk, since it only opens files; from `initializationOptions.libraryFiles`. */
  readonly libraryFiles: boolean;
  /** Commands that the client runs itself, with its own dialogs; from `initializationOptions.clientCommands`. */
  readonly ownCommands: ReadonlySet<string>;
}

/** Reads a client's capabilities; anything missing or malformed counts as absent. */
export function readClient(params: InitializeParams): Client {
  const capabilities: ClientCapabilities = params.capabilities ?? {};
  const { general, textDocument: text, workspace } = capabilities;
  const options: unknown = params.initializationOptions?.clientCommands;
  const formats = text?.hover?.contentFormat;
  return {
    encoding: general?.positionEncodings?.[0] === 'utf-8' ? 'utf-8' : 'utf-16',
    pullsDiagnostics: isGiven(text?.diagnostic),
    configuration: workspace?.configuration === true,
    snippets: text?.completion?.completionItem?.snippetSupport === true,
    markdown: Array.isArray(formats) && formats.includes('markdown'),
    definitionLinks: text?.definition?.linkSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    codeActions: isGiven(text?.codeAction?.codeActionLiteralSupport),
    labelOffsets: text?.signatureHelp?.signatureInformation?.parameterInformation?.labelOffsetSupport === true,
    noActiveParameter: text?.signatureHelp?.signatureInformation?.noActiveParameterSupport === true,
    preparesRename: text?.rename?.prepareSupport === true,
    lineFoldingOnly: text?.foldingRange?.lineFoldingOnly === true,
    symbolTrees: text?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    refreshes: {
      inlayHints: workspace?.inlayHint?.refreshSupport === true,
      codeLenses: workspace?.codeLens?.refreshSupport === true,
      diagnostics: workspace?.diagnostics?.refreshSupport === true,
    },
    libraryFiles: params.initializationOptions?.libraryFiles === true,
    ownCommands: new Set(Array.isArray(options) ? options.filter((name) => typeof name === 'string') : []),
  };
}

function isGiven(capability: object | null | undefined): boolean {
  return capability !== undefined && capability !== null;
}
