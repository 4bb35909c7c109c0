import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  LogMessageNotification,
  type LogMessageParams,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol/node';
import { nodePlatform } from '../../src/cli/language-server/platform.ts';
import { serveStreams } from '../../src/cli/language-server/serve-streams.ts';

/** The real process, as `npm test` has just built it. */
export const entry = fileURLToPath(new URL('../../dist/enetc.cjs', import.meta.url));

/** A client of a server, with what the server has said so far. */
export interface TestClient {
  readonly connection: ProtocolConnection;
  readonly server: InitializeResult;
  /** What was published last, by URI. */
  readonly published: Map<string, PublishDiagnosticsParams>;
  readonly log: string[];
  open(uri: string, text: string, version?: number): Promise<void>;
  change(uri: string, version: number, ...changes: TextDocumentContentChangeEvent[]): Promise<void>;
  close(uri: string): Promise<void>;
  /** The diagnostics of a document at a version, when they are there. */
  diagnostics(uri: string, version?: number): Promise<Diagnostic[]>;
  /** Ends the server as the protocol says. */
  stop(): Promise<void>;
}

/** What an editor of today can do; parts of it can be replaced. */
export const fullCapabilities: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: {
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true },
    symbol: {},
  },
  textDocument: {
    hover: { contentFormat: ['markdown', 'plaintext'] },
    definition: { linkSupport: true },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
    signatureHelp: { signatureInformation: { parameterInformation: { labelOffsetSupport: true } } },
    rename: { prepareSupport: true },
    publishDiagnostics: { versionSupport: true, relatedInformation: true },
  },
};

/** A folder with files, as it truly lies. */
export function workspace(files: Readonly<Record<string, string>> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'enet-lsp-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

export function uriOf(root: string, name: string): string {
  return pathToFileURL(join(root, name)).href;
}

export function spawnServer(...args: string[]): ChildProcess {
  if (!existsSync(entry)) throw new Error('there is no dist/enetc.cjs: npm run build');
  return spawn(process.execPath, [entry, 'lsp', ...args], { stdio: 'pipe' });
}

/** A client of a process of its own. */
export async function startProcess(
  root?: string,
  params: Partial<InitializeParams> = {},
): Promise<TestClient & { child: ChildProcess }> {
  const child = spawnServer('--stdio');
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout as NodeJS.ReadableStream),
    new StreamMessageWriter(child.stdin as NodeJS.WritableStream),
  );
  return { ...(await startClient(connection, root, params)), child };
}

/** A client of a server in this process. `ended` resolves to its exit code. */
export async function startHere(
  root?: string,
  params: Partial<InitializeParams> = {},
): Promise<TestClient & { ended: Promise<number> }> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const ended = serveStreams(toServer, toClient, nodePlatform());
  const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  return { ...(await startClient(connection, root, params)), ended };
}

async function startClient(
  connection: ProtocolConnection,
  root: string | undefined,
  params: Partial<InitializeParams>,
): Promise<TestClient> {
  const published = new Map<string, PublishDiagnosticsParams>();
  const waiting = new Set<() => void>();
  const log: string[] = [];
  connection.onNotification(PublishDiagnosticsNotification.type, (said) => {
    published.set(said.uri, said);
    for (const look of waiting) look();
  });
  connection.onNotification(LogMessageNotification.type, ({ message }: LogMessageParams) => void log.push(message));
  connection.onUnhandledNotification(() => {});
  connection.listen();
  const uri = root === undefined ? null : pathToFileURL(root).href;
  const server = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: uri === null ? null : [{ uri, name: 'test' }],
    capabilities: fullCapabilities,
    ...params,
  });
  await connection.sendNotification(InitializedNotification.type, {});
  return {
    connection,
    server,
    published,
    log,
    open: (uri, text, version = 1) =>
      connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId: 'enet', version, text },
      }),
    change: (uri, version, ...contentChanges) =>
      connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges,
      }),
    close: (uri) => connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } }),
    diagnostics: (uri, version = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const said = published.get(uri);
          if (said?.version !== version) return;
          waiting.delete(look);
          resolve(said.diagnostics);
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      connection.dispose();
    },
  };
}
